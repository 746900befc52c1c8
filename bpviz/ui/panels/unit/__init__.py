"""The Unit panel: a unit's activation for each pattern, and clamping it."""

from bpviz.ui.panels.unit.panel import UnitPanel

__all__ = ["UnitPanel"]
