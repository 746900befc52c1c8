"""An experiment as one compact text, to be passed on: `bpviz --state TEXT` opens exactly that.

The text is "b1." and, in the alphabet of URLs, the compressed JSON of what differs from
Experiment()'s defaults. A change of those defaults or of the format counts the 1 up.
"""

import base64
import binascii
import json
import zlib
from typing import Any, NoReturn

from bpviz.core.values import BadValue
from bpviz.experiment import Experiment
from bpviz.experiment_map import experiment_from, to_mapping

VERSION = 1
PREFIX = f"b{VERSION}."
LONGEST = 16_000
"""Characters that a text may have."""

LARGEST = 200_000
"""Bytes that it may become when it is unpacked."""


def link_text(experiment: Experiment) -> str:
    """The text that opens this experiment. Raises BadValue if it would be too long."""
    plain = json.dumps(
        to_mapping(experiment), sort_keys=True, separators=(",", ":"), allow_nan=False
    )
    packed = base64.urlsafe_b64encode(zlib.compress(plain.encode(), 9)).decode().rstrip("=")
    if len(packed) > LONGEST - len(PREFIX):
        raise BadValue("link text", f"{len(packed):,} characters", f"at most {LONGEST:,}")
    return PREFIX + packed


def experiment_of(text: str) -> Experiment:
    """The experiment of a text that link_text made; "bpviz --state" may stand before it.

    Raises BadValue for any other text.
    """
    words = text[-2 * LONGEST :].split()
    text = words[-1].strip("'\"") if words else ""
    if len(text) > LONGEST:
        _refuse(text, f"a link text of at most {LONGEST:,} characters")
    version, dot, packed = text.partition(".")
    if not dot or version[:1] != "b" or not version[1:].isdecimal():
        _refuse(text, f"a text that Copy link text made; it begins with {PREFIX}")
    if version != PREFIX[:-1]:
        _refuse(text, f"a link text of version {VERSION}: this one is from another bpviz")
    return experiment_from(_unpack(text, packed), Experiment())


def _unpack(text: str, packed: str) -> Any:
    try:
        raw = base64.b64decode(packed + "=" * (-len(packed) % 4), b"-_", validate=True)
        unpack = zlib.decompressobj()
        plain = unpack.decompress(raw, LARGEST)
        if not unpack.eof or unpack.unused_data:
            raise ValueError("cut off, or too large")
        return json.loads(plain)
    except (ValueError, RecursionError, binascii.Error, zlib.error):
        _refuse(text, "a whole link text: a part of this one is missing or changed")


def _refuse(text: str, allowed: str) -> NoReturn:
    shown = text if len(text) <= 40 else f"{text[:36]}…"
    raise BadValue("link text", shown, allowed)
