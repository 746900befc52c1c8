"""The responses view: what every hidden unit answers over the plane of two inputs."""

from bpviz.ui.views.responses.view import ResponsesView

__all__ = ["ResponsesView"]
