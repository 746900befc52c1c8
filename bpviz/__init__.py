"""bpviz: see a multilayer network learn."""

__version__ = "0.1.0"
