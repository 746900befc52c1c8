"""An experiment, or an instant of its run, as one compact text: `bpviz --state TEXT` opens that.

The text is "b1." or "b2." and compressed bytes in URL-safe base64. b1: the JSON of the fields
that differ from Experiment()'s defaults. b2: one line of JSON with these and the instant, then
the arrays that it refers to. Either JSON may have a "window", to which the window is reduced.
If the defaults or a format change, its number is incremented.
"""

import base64
import binascii
import json
import zlib
from dataclasses import replace
from typing import Any, NoReturn

from bpviz.core.values import BadValue, Unquoted
from bpviz.experiment.experiment import Experiment
from bpviz.experiment.mapping import experiment_from, to_mapping
from bpviz.sharing.checkpoint import SharedExperiment
from bpviz.sharing.checkpoint_codec import from_plain, to_plain
from bpviz.sharing.shown import EVERYTHING, Shown, shown_from, shown_table

PREFIX, INSTANT_PREFIX = "b1.", "b2."
LONGEST = 16_000
"""Characters of a text, at most."""

LARGEST = 200_000
"""Bytes of its unpacked content, at most."""


def link_text(experiment: Experiment, shown: Shown = EVERYTHING) -> str:
    """The text of an experiment. Raises BadValue if it would be too long."""
    return PREFIX + _packed(_json({**to_mapping(experiment), **_window(shown)}))


def text_of(shared: SharedExperiment) -> str:
    """The text of an experiment at an instant. Raises BadValue if it would be too long."""
    if shared.at is None:
        return link_text(shared.experiment, shared.shown)
    plain, arrays = to_plain(shared)
    head = {"experiment": to_mapping(shared.experiment), "at": plain, **_window(shared.shown)}
    whole = b"".join([_json(head), b"\n", *arrays])
    if len(whole) > LARGEST:
        _refuse_length(len(whole), LARGEST, "bytes before it is packed")
    return INSTANT_PREFIX + _packed(whole)


def experiment_of(text: str) -> Experiment:
    """The experiment of a text; see ``read_link_text``."""
    return read_link_text(text).experiment


def read_link_text(text: str) -> SharedExperiment:
    """The content of a text made by link_text or text_of; "bpviz --state" may precede it.

    Raises BadValue for any other text.
    """
    words = text[-2 * LONGEST :].split()
    text = words[-1].strip("'\"") if words else ""
    if len(text) > LONGEST:
        _refuse(text, f"of at most {LONGEST:,} characters")
    version, dot, packed = text.partition(".")
    if not dot or version[:1] != "b" or not version[1:].isdecimal():
        _refuse(text, "made by Copy link text", f"one begins with '{PREFIX}' or '{INSTANT_PREFIX}'")
    if version + dot not in (PREFIX, INSTANT_PREFIX):
        _refuse(text, "of version 1 or 2", "this one is from another bpviz")
    plain = _unpacked(text, packed)
    if version + dot == PREFIX:
        table = _parsed(text, plain)
        shown = _take_window(table)
        return SharedExperiment(experiment_from(table, Experiment()), shown=shown)
    line, newline, arrays = plain.partition(b"\n")
    head = _parsed(text, line)
    shown = _take_window(head)
    if not newline or not isinstance(head, dict) or set(head) != {"experiment", "at"}:
        _refuse(text, "complete", "a part of this one is missing or changed")
    experiment = experiment_from(head["experiment"], Experiment())
    try:
        return replace(from_plain(experiment, head["at"], arrays), shown=shown)
    except BadValue:
        raise
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, OverflowError):
        _refuse(text, "complete", "a part of this one is missing or changed")


def _window(shown: Shown) -> dict[str, Any]:
    return {} if shown == EVERYTHING else {"window": shown_table(shown)}


def _take_window(head: Any) -> Shown:
    """What the JSON of a text says about the window, taken out of it."""
    return shown_from(head.pop("window", {})) if isinstance(head, dict) else EVERYTHING


def _json(plain: Any) -> bytes:
    return json.dumps(plain, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def _packed(plain: bytes) -> str:
    packed = base64.urlsafe_b64encode(zlib.compress(plain, 9)).decode().rstrip("=")
    if len(packed) > LONGEST - len(PREFIX):
        _refuse_length(len(packed) + len(PREFIX), LONGEST, "characters")
    return packed


def _unpacked(text: str, packed: str) -> bytes:
    try:
        raw = base64.b64decode(packed + "=" * (-len(packed) % 4), b"-_", validate=True)
        unpack = zlib.decompressobj()
        plain = unpack.decompress(raw, LARGEST)
        if not unpack.eof or unpack.unused_data:
            raise ValueError("cut off, or too large")
        return plain
    except (ValueError, binascii.Error, zlib.error):
        _refuse(text, "complete", "a part of this one is missing or changed")


def _parsed(text: str, plain: bytes) -> Any:
    try:
        return json.loads(plain)
    except (ValueError, RecursionError):
        _refuse(text, "complete", "a part of this one is missing or changed")


def _refuse(text: str, allowed: str, why: str = "") -> NoReturn:
    raise BadValue("link text", text, allowed, why)


def _refuse_length(found: int, limit: int, unit: str) -> NoReturn:
    raise BadValue(
        "link text",
        Unquoted(f"{found:,}"),
        f"at most {limit:,} {unit}",
        "for this network or these patterns it would be too long",
    )
