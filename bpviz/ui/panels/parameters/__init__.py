"""The Weights panel: a table of weights, biases and thresholds to read and edit."""

from bpviz.ui.panels.parameters.panel import ParametersPanel

__all__ = ["ParametersPanel"]
