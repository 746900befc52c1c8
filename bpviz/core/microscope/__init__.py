"""Every term of the next change of one weight, as numbers, formulas and text."""
