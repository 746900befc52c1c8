"""Pattern sets: truth tables, generators, real data and CSV files, one row each."""
