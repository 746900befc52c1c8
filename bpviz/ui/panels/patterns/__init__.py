"""The Patterns panel: a table of the training patterns to read and edit."""

from bpviz.ui.panels.patterns.panel import PatternsPanel

__all__ = ["PatternsPanel"]
