"""Data sets that need no network, one file each."""
