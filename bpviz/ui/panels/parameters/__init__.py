"""The table of weights, biases and thresholds, to look at and to set by hand."""

from bpviz.ui.panels.parameters.panel import ParametersPanel

__all__ = ["ParametersPanel"]
