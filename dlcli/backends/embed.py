"""Fitting: text and a method → word vectors in a file, or a run directory with them and a report."""
