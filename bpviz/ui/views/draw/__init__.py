"""The draw view: an image drawn by hand, and what the network answers to it."""

from bpviz.ui.views.draw.view import DrawView

__all__ = ["DrawView"]
