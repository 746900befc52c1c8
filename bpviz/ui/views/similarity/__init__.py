"""The similarity of patterns in a hidden group: a cluster tree and a matrix."""

from bpviz.ui.views.similarity.view import SimilarityView

__all__ = ["SimilarityView"]
