"""Array arithmetic: no network, no input or output."""
