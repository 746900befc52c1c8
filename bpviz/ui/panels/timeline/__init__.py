"""The timeline: a slider over the epochs of a run."""

from bpviz.ui.panels.timeline.strip import TimelineStrip as TimelineStrip
