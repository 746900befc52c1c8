"""One unit: what it says to each pattern, and holding it at a value."""

from bpviz.ui.panels.unit.panel import UnitPanel

__all__ = ["UnitPanel"]
