"""What a recipe may say; every default lives here and nowhere else."""
