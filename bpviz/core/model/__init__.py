"""What a network is: units, weights, patterns, and the functions it is made of."""
