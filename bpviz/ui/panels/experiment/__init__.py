"""The Experiment panel: the problem, the network and the training."""
