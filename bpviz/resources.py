"""Where the shipped data lies: inside the wheel, or beside the package in a checkout."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def resource(*parts: str) -> Path:
    """The path of a shipped file, e.g. ``resource("problems", "iris.csv")``.

    Raises FileNotFoundError when neither the wheel's nor the checkout's folder holds it.
    """
    for root in (_PACKAGE / "resources", _PACKAGE.parent / "resources"):
        path = root.joinpath(*parts)
        if path.exists():
            return path
    raise FileNotFoundError(f"bpviz's own file {'/'.join(parts)} is missing: reinstall bpviz")
