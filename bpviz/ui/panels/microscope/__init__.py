"""The microscope: every term of one weight's change, as a formula, numbers and bars."""

from bpviz.ui.panels.microscope.panel import MicroscopePanel as MicroscopePanel
