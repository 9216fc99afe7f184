"""Algorithms that are neither network nor loop."""
