"""Colours, axes, names and formulas: how things are drawn."""
