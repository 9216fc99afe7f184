"""What is trained: one task a file."""
