"""Races: many networks of one experiment, each from its own seed, trained at once in NumPy.

The network axis of the arrays is the last one, so an instruction works on several networks.
"""
