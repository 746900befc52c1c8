"""The table of training patterns, to look at and to edit."""

from bpviz.ui.panels.patterns.panel import PatternsPanel

__all__ = ["PatternsPanel"]
