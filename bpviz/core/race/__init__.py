"""Many networks of one experiment, each from its own seed, trained at once in plain NumPy.

The arrays have the network axis last, so that one instruction works on several networks.
"""
