"""One file a command: a recipe becomes calls."""
