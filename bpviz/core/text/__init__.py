"""How the core writes numbers for people."""
