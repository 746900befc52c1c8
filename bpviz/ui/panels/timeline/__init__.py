"""The timeline: a strip to drag through the epochs of a run."""

from bpviz.ui.panels.timeline.strip import TimelineStrip as TimelineStrip
