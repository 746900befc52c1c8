"""Colours, axes, names, formulas: how things are drawn."""
