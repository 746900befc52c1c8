"""The hidden space: every pattern as a point in the space of a hidden group's activations."""

import math
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QWidget

from bpviz.core.model.activations import ACTIVATIONS
from bpviz.core.run.snapshot import SnapshotRequest
from bpviz.core.text.number_words import percent, plain
from bpviz.core.values import Matrix
from bpviz.experiment.prepare import PreparedExperiment
from bpviz.session.frame import Frame
from bpviz.ui.toolkit.drawing.colour_scale import ColourScale, Pixels, activation_scale
from bpviz.ui.toolkit.drawing.legend import Legend, LegendKey
from bpviz.ui.toolkit.drawing.output_colours import (
    class_keys,
    decision_level,
    output_scale,
    point_colours,
    right_rows,
)
from bpviz.ui.toolkit.drawing.pattern_names import full_name, named_by_inputs, short_name
from bpviz.ui.toolkit.drawing.theme import LIGHT, SPACE, Theme
from bpviz.ui.toolkit.guard import guard_overrides
from bpviz.ui.toolkit.widgets.columns import fill_column
from bpviz.ui.toolkit.widgets.elided_text import TextLine
from bpviz.ui.toolkit.widgets.placeholder_page import PlaceholderPage
from bpviz.ui.views.base import View
from bpviz.ui.views.hidden_space.camera import Angles
from bpviz.ui.views.hidden_space.canvas import SpaceCanvas, SpacePicture
from bpviz.ui.views.hidden_space.controls import MODES, Controls, SpaceChoice
from bpviz.ui.views.hidden_space.space import (
    Space,
    component_space,
    decision,
    pair_space,
    single_space,
    unit_label,
)
from bpviz.ui.views.hidden_space.trail import Trail, TrailPoint, places_followed

NO_FRAME = "The patterns appear here as points in the space of the hidden units."
NO_HIDDEN = "This network has no hidden units: its inputs go straight to its outputs."
NOT_COMPUTED = "not computed at this instant"

MOST_NAMES = 16
MOST_SAID = 6
"""A readout says the activations of groups of at most so many units."""

LEGEND_FROM = 260


@guard_overrides
class HiddenSpaceView(View):
    """Where each pattern lies in the space of a hidden group's activations, and has come from.

    Choices: ``group`` (index among the hidden groups, None: the last), ``mode`` (a key of
    MODES, None until chosen), ``units`` (the two on the axes), ``unit`` (the output whose
    decision is drawn, None: the winning class), ``trails``, ``angles``, ``selected``; and, so
    that a picture shows the same as the screen, ``like`` (the directions of the axes),
    ``trail`` (the steps) and ``setup`` (the run that both belong to; those of another one are
    ignored).
    """

    key: ClassVar[str] = "hidden_space"
    title: ClassVar[str] = "Hidden space"
    about: ClassVar[str] = "Where each pattern lies in the space of the hidden activations."
    vector: ClassVar[bool] = True

    def __init__(self, parent: QWidget | None = None, theme: Theme = LIGHT) -> None:
        super().__init__(parent, theme)
        self._frame: Frame | None = None
        self._choice = SpaceChoice()
        self._selected: int | None = None
        self._like: Matrix | None = None
        self._trail = Trail()
        self._scene: SpacePicture | None = None
        self._pixels: Pixels = np.empty(0, dtype=np.uint32)
        self._build()
        self.set_theme(theme)
        self._show()

    def _build(self) -> None:
        self._controls = Controls(self)
        self._canvas = SpaceCanvas(self.theme)
        self._canvas.setObjectName("hidden_space_canvas")
        self._canvas.setAccessibleName("Patterns in the space of the hidden units")
        self._legend = Legend(self.theme)
        self._readout = TextLine(role="text")
        self._readout.setObjectName("hidden_space_readout")
        self._page = PlaceholderPage(
            "hidden_space_hint", NO_FRAME, (self._canvas, 1), (self._legend, 0)
        )
        fill_column(self, self._controls, (self._page, 1), self._readout)
        self._controls.chosen.connect(self._choose)
        self._canvas.hovered.connect(self._read)
        self._canvas.pattern_chosen.connect(self._choose_pattern)
        self._canvas.turned.connect(self.choices_changed)

    # -- what every view can do ------------------------------------------------------------

    def snapshot_request(self) -> SnapshotRequest:
        """The activations of the shown patterns, those of the outputs among them."""
        return SnapshotRequest(activations=True)

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        super().set_theme(theme)
        for part in (self._page, self._controls, self._canvas, self._legend, self._readout):
            part.set_theme(theme)
        if self._frame is not None:
            self._dress(self._frame.setup)
            self._show()

    def show_frame(self, frame: Frame) -> None:
        """Show this instant."""
        old, self._frame = self._frame, frame
        if old is not None and old.setup.network is not frame.setup.network:
            self._trail.clear()
            self._like = None
        elif old is not None and old.setup.patterns is not frame.setup.patterns:
            self._trail.clear()  # the points are others now
        if old is None or old.setup is not frame.setup:
            self._take_setup(frame.setup)
        self._show()

    def hideEvent(self, event: QHideEvent) -> None:
        """Forget the trail: what happens while the view is hidden leaves none."""
        self._trail.cut()

    def select_pattern(self, row: int) -> None:
        """Mark this training pattern."""
        self._selected = row
        self._canvas.select(row)

    def choices(self) -> dict[str, Any]:
        """The choices of the user, and what the picture needs besides the frame."""
        angles = self._canvas.angles
        return {
            "group": self._choice.group,
            "mode": self._choice.mode,
            "units": self._choice.units,
            "unit": self._choice.unit,
            "trails": self._choice.trails,
            "angles": (angles.azimuth, angles.elevation),
            "selected": self._selected,
            "like": self._like,
            "trail": self._trail.steps,
            "setup": None if self._frame is None else self._frame.setup,
        }

    def set_choices(self, choices: dict[str, Any]) -> None:
        """Take over choices from another instance; unknown or unfit ones are passed over."""
        self._choice = replace(self._choice, **_fit_choices(choices))
        if "selected" in choices and _is_number(choices["selected"]):
            self._selected = choices["selected"]
        if _is_pair(choices.get("angles"), float):
            self._canvas.angles = Angles(*choices["angles"])
        self._take_past(choices)
        self._canvas.select(self._selected)
        if self._frame is not None:
            self._take_setup(self._frame.setup)
            self._show()

    def _take_past(self, choices: dict[str, Any]) -> None:
        """Apply axes and trail, unless they are of another network or of other patterns: a
        hidden view still has those of the run before."""
        now = None if self._frame is None else self._frame.setup
        of, like, steps = (choices.get(name) for name in ("setup", "like", "trail"))
        if now is None or not isinstance(of, PreparedExperiment) or of.network is not now.network:
            return
        if isinstance(like, np.ndarray):
            self._like = like
        if isinstance(steps, tuple) and of.patterns is now.patterns:
            self._trail = Trail(tuple(step for step in steps if isinstance(step, TrailPoint)))

    # -- setting up ------------------------------------------------------------------------

    def _take_setup(self, setup: PreparedExperiment) -> None:
        """Fit the choices to a network and its patterns."""
        self._choice = self._choice.allowed(setup)
        self._controls.show_choice(self._choice, setup)
        self._dress(setup)

    def _dress(self, setup: PreparedExperiment) -> None:
        """The colours of the dots: they do not change during a run."""
        targets = setup.patterns.train.targets[setup.shown]
        colours = point_colours(setup, self.theme, targets, self._choice.unit)
        self._pixels = np.array([colour.rgb() for colour in colours], dtype=np.uint32)

    # -- choices of the user ---------------------------------------------------------------

    def _choose(self, choice: SpaceChoice) -> None:
        old, self._choice = self._choice, choice
        if choice.group != old.group:
            self._trail.clear()
        if (choice.group, choice.mode) != (old.group, old.mode):
            self._like = None
        if self._frame is not None:
            self._take_setup(self._frame.setup)
        self._show()
        self.choices_changed.emit()

    def _choose_pattern(self, row: int) -> None:
        self.select_pattern(row)
        self.pattern_selected.emit(row)

    # -- showing ---------------------------------------------------------------------------

    def _show(self) -> None:
        frame = self._frame
        instants = ("",) if frame is None else frame.snapshot.instants
        self._controls.instant.set_text(*instants)
        if frame is None or not frame.setup.network.hidden or not frame.snapshot.activations:
            hint = NO_FRAME if frame is None else NOT_COMPUTED
            if frame is not None and not frame.setup.network.hidden:
                hint = NO_HIDDEN
            self._page.say(hint)
            self._readout.set_text("")
            return
        scene = self._scene = self._make_scene(frame)
        self._canvas.show_scene(scene)
        self._show_legend(frame.setup, scene)
        self._page.show_page()
        self._read(self._canvas.under_mouse())

    def _make_scene(self, frame: Frame) -> SpacePicture:
        setup, snapshot = frame.setup, frame.snapshot
        group = self._choice.shown_group(setup)
        acts, answers = snapshot.activations[group], snapshot.activations[-1]
        acts = np.where(np.isfinite(acts), acts, 0.0)
        if acts.shape[1] == 1:  # one unit: its answer, and above it that of an output
            acts = np.concatenate([acts, answers[:, [self._choice.unit or 0]]], axis=1)
        self._trail.add(snapshot.epoch, snapshot.update, acts)
        steps = [step for step in self._trail.steps if step.acts.shape[1] == acts.shape[1]]
        followed = places_followed(len(acts))
        every = np.concatenate([acts, *(step.acts for step in steps)])
        space = self._space(setup, group, acts, every)
        return SpacePicture(
            space,
            space.points(acts),
            setup.shown,
            self._pixels,
            ~right_rows(setup, setup.patterns.train.targets[setup.shown], answers),
            decision(frame, group, space, acts, self._choice.unit),
            _names(setup),
            _trails(space, steps, acts[followed]) if self._choice.trails else np.empty((0, 0, 2)),
            followed,
        )

    def _space(self, setup: PreparedExperiment, group: int, acts: Matrix, every: Matrix) -> Space:
        network, size = setup.network, setup.network.groups[group].size
        if size == 1:
            name = setup.patterns.output_names[self._choice.unit or 0]
            return single_space(network, group, name, every)
        match self._choice.shown_mode(setup):
            case "pca" | "pca3d" as mode:
                space = component_space(acts, every, 2 if mode == "pca" else 3, self._like)
                self._like = space.basis
                return space
            case "3d":
                return pair_space(network, group, (0, 1, 2), acts, every)
        units = self._choice.units if size > 2 else (0, 1)
        return pair_space(network, group, units, acts, every)

    def _show_legend(self, setup: PreparedExperiment, scene: SpacePicture) -> None:
        self._legend.set_content(*_legend(setup, self.theme, scene, self._choice.unit), top=SPACE)
        self._legend.setVisible(self.width() >= LEGEND_FROM)

    # -- reading ---------------------------------------------------------------------------

    def _read(self, found: list[int]) -> None:
        """Say which patterns are under the mouse, or else what is shown."""
        frame, scene = self._frame, self._scene
        if frame is None or scene is None:
            return
        if not found:
            self._readout.set_text(self._note(scene), *self._short_notes(scene))
        elif len(found) == 1:
            self._readout.set_text(self._pattern_text(frame, scene, found[0]))
        else:
            names = [short_name(frame.setup.patterns, int(scene.rows[i])) for i in found[:6]]
            more = ", …" if len(found) > len(names) else ""
            text = self._pattern_text(frame, scene, found[0])
            self._readout.set_text(f"{text} · here too: {', '.join(names[1:])}{more}")

    def _note(self, scene: SpacePicture) -> str:
        parts = []
        share = scene.space.share
        if math.isfinite(share):
            parts.append(f"These axes show {percent(share)} of the variance.")
        if scene.decision.note:
            parts.append(scene.decision.note)
        elif scene.wrong.any():
            wrong, n = int(scene.wrong.sum()), len(scene.rows)
            parts.append(f"{wrong:,} of {n:,} shown patterns are answered wrongly.")
        return " ".join(parts)

    def _short_notes(self, scene: SpacePicture) -> list[str]:
        """The same in fewer words."""
        share, wrong = scene.space.share, int(scene.wrong.sum())
        last = scene.decision.short or scene.decision.note
        if wrong and not last:
            last = f"{wrong:,} of {len(scene.rows):,} wrong"
        shares = [f"{percent(share)} of the variance"] if math.isfinite(share) else []
        return [" · ".join(filter(None, [*shares, last])), last]

    def _pattern_text(self, frame: Frame, scene: SpacePicture, index: int) -> str:
        setup, snapshot = frame.setup, frame.snapshot
        group = self._choice.shown_group(setup)
        acts = snapshot.activations[group][index]
        scale = activation_scale(
            ACTIVATIONS[setup.network.groups[group].activation], float(np.abs(acts).max()) or 1.0
        )
        said = [
            f"{unit_label(setup.network, group, unit)} {scale.text(float(acts[unit]))}"
            for unit in range(min(len(acts), MOST_SAID))
        ]
        more = f", … ({len(acts):,} units)" if len(acts) > MOST_SAID else ""
        verdict = "wrong" if scene.wrong[index] else "right"
        name = full_name(setup.patterns, int(scene.rows[index]))
        return f"{name}: {', '.join(said)}{more} · {verdict}"


def _legend(
    setup: PreparedExperiment, theme: Theme, scene: SpacePicture, unit: int | None
) -> tuple[list[ColourScale], list[LegendKey]]:
    patterns = setup.patterns
    keys: list[LegendKey] = []
    scales: list[ColourScale] = []
    if unit is None:
        keys = class_keys(patterns, theme)
    elif patterns.kind == "classes" and not patterns.one_hot:
        keys = [*reversed(class_keys(patterns, theme))]
    else:
        scales = [output_scale(setup, unit)]
    keys.append(LegendKey("ring", theme.colour("error"), "wrong"))
    if scene.decision.is_drawn:
        level = None if unit is None else decision_level(setup, unit)
        text = "decision" if level is None else f"output {plain(level, 6)}"
        plane = scene.decision.normal is not None
        colour = theme.colour("muted", 90) if plane else theme.colour("text")
        keys.append(LegendKey("area" if plane else "line", colour, text))
    return scales, keys


def _trails(space: Space, steps: list[TrailPoint], now: Matrix) -> Matrix:
    """(steps, R, d): where the followed patterns were, a gap as nan, and last where they are."""
    rows: list[Matrix] = []
    for step in steps:
        points = space.points(step.acts)
        if step.after_gap:
            rows.append(np.full_like(points, np.nan))
        rows.append(points)
    rows.append(space.points(now))
    return np.stack(rows)


def _names(setup: PreparedExperiment) -> tuple[str, ...]:
    patterns, shown = setup.patterns, setup.shown
    if len(shown) > MOST_NAMES or not named_by_inputs(patterns):
        return ()
    return tuple(short_name(patterns, int(row)) for row in shown)


def _fit_choices(choices: dict[str, Any]) -> dict[str, Any]:
    """Those of the choices that a Choice can have."""
    fit: dict[str, Any] = {
        n: choices[n] for n in ("group", "unit") if n in choices and _is_number(choices[n])
    }
    if choices.get("mode") in MODES:
        fit["mode"] = choices["mode"]
    if _is_pair(choices.get("units"), int) and min(choices["units"]) >= 0:
        fit["units"] = tuple(choices["units"])
    if isinstance(choices.get("trails"), bool):
        fit["trails"] = choices["trails"]
    return fit


def _is_number(value: Any) -> bool:
    return value is None or (type(value) is int and value >= 0)


def _is_pair(value: Any, kind: type) -> bool:
    return (
        isinstance(value, tuple | list)
        and len(value) == 2
        and all(isinstance(v, kind) and not isinstance(v, bool) for v in value)
    )
