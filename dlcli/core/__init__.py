"""Names, errors, recipes, runs, bundles, reports: no arrays, no torch."""
