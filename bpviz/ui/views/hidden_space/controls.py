"""The row of choices above the hidden space, and what of them another network allows."""

from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from bpviz.core.model.patterns import PatternSet
from bpviz.experiment.prepare import PreparedExperiment
from bpviz.ui.toolkit.drawing.theme import SPACE, Theme, scaled
from bpviz.ui.toolkit.widgets.elided_text import TextLine
from bpviz.ui.toolkit.widgets.toggle import Toggle
from bpviz.ui.views.hidden_space.space import SpaceMode, modes_for, unit_label

MODES: dict[SpaceMode, str] = {
    "pair": "two units",
    "3d": "3-D",
    "pca": "components",
    "pca3d": "components, 3-D",
}


@dataclass(frozen=True, slots=True)
class SpaceChoice:
    """The choices of the user, see HiddenSpaceView; None is what suits the network."""

    group: int | None = None
    mode: SpaceMode | None = None
    units: tuple[int, int] = (0, 1)
    unit: int | None = None
    trails: bool = True

    def allowed(self, setup: PreparedExperiment) -> "SpaceChoice":
        """The same with what this network or these patterns do not have at its default."""
        hidden = setup.network.hidden
        group = self.group if self.group is not None and self.group < len(hidden) else None
        size = setup.network.groups[hidden[-1 if group is None else group]].size if hidden else 0
        fits = max(self.units) < size and self.units[0] != self.units[1]
        outputs = [unit for _, unit in _outputs(setup.patterns)]
        return replace(
            self,
            group=group,
            units=self.units if fits else (0, 1),
            unit=self.unit if self.unit in outputs else outputs[0],
        )

    def shown_group(self, setup: PreparedExperiment) -> int:
        """The index of the group that is shown; there is one."""
        return setup.network.hidden[-1 if self.group is None else self.group]

    def shown_mode(self, setup: PreparedExperiment) -> SpaceMode | None:
        """What the axes are; None for a group of one unit."""
        size = setup.network.groups[self.shown_group(setup)].size
        modes = modes_for(size) if size > 1 else ()
        return self.mode if self.mode in modes else next(iter(modes), None)


NARROWEST_BOX, WIDEST_BOX = 44, 150  # px at 100 % text


class Controls(QWidget):
    """Boxes for a Choice, shown where there is something to choose, and the instant."""

    chosen = Signal(object)
    """A SpaceChoice that the user made."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._choice = SpaceChoice()
        self.group = self._box("hidden_space_group", "Hidden group")
        self.mode = self._box("hidden_space_mode", "What the axes are")
        self.x_unit = self._box("hidden_space_x", "Unit on the horizontal axis")
        self.y_unit = self._box("hidden_space_y", "Unit on the vertical axis")
        self.unit = self._box("hidden_space_unit", "Output whose decision is drawn")
        self.trails = Toggle(
            "trails", "hidden_space_trails", "Where the patterns came from while the view was open"
        )
        self.trails.setAccessibleName("Show trails")
        self.instant = TextLine(align=Qt.AlignmentFlag.AlignRight)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE // 2)
        for widget in (self.group, self.mode, self.x_unit, self.y_unit, self.unit, self.trails):
            row.addWidget(widget)
        row.addWidget(self.instant, 1)
        self.trails.clicked.connect(lambda _=False: self._choose())

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        self.trails.set_theme(theme)
        self.instant.set_theme(theme)

    def show_choice(self, choice: SpaceChoice, setup: PreparedExperiment) -> None:
        """Show a choice that this setup allows."""
        self._choice = choice
        network = setup.network
        self.trails.setChecked(choice.trails)
        self.trails.setVisible(bool(network.hidden))
        if not network.hidden:
            for box in (self.group, self.mode, self.x_unit, self.y_unit, self.unit):
                box.hide()
            return
        group, mode = choice.shown_group(setup), choice.shown_mode(setup)
        size = network.groups[group].size
        groups = [(network.groups[g].name, h) for h, g in enumerate(network.hidden)]
        _fill(self.group, groups, network.hidden.index(group))
        modes = modes_for(size) if size > 1 else ()
        _fill(self.mode, [(MODES[m], m) for m in modes], mode)
        names = [(unit_label(network, group, u), u) for u in range(size)]
        for box, unit in zip((self.x_unit, self.y_unit), choice.units, strict=True):
            _fill(box, names, unit)
            box.setVisible(mode == "pair" and size > 2)
        _fill(self.unit, _outputs(setup.patterns), choice.unit)

    def _choose(self) -> None:
        old = self._choice
        x, y = self.x_unit.currentData(), self.y_unit.currentData()
        if x == y:  # a unit that is chosen for both axes changes places with the other
            y, x = old.units
        units = (x, y) if self.x_unit.count() > 1 else old.units
        self.chosen.emit(
            SpaceChoice(
                self.group.currentData(),
                self.mode.currentData() if self.mode.count() > 1 else old.mode,
                units,
                self.unit.currentData(),
                self.trails.isChecked(),
            )
        )

    def _box(self, name: str, tip: str) -> QComboBox:
        box = QComboBox(self)
        box.setObjectName(name)
        box.setAccessibleName(tip)
        box.setToolTip(tip)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        box.setMinimumWidth(scaled(NARROWEST_BOX))
        box.setMaximumWidth(scaled(WIDEST_BOX))
        box.activated.connect(lambda _index: self._choose())
        return box


def _outputs(patterns: PatternSet) -> list[tuple[str, int | None]]:
    """The outputs that can be chosen, the winning class first where targets are one-hot."""
    names = patterns.class_names if patterns.one_hot else patterns.output_names
    units: list[tuple[str, int | None]] = [
        (name, k) for k, name in enumerate(names[: patterns.n_outputs])
    ]
    if patterns.n_outputs == 1:
        return [(patterns.output_names[0], 0)]
    return [("winning class", None), *units] if patterns.one_hot else units


def _fill(box: QComboBox, items: list[tuple[str, Any]], chosen: Any) -> None:
    """Offer these, where there are several."""
    with QSignalBlocker(box):
        if [(box.itemText(i), box.itemData(i)) for i in range(box.count())] != items:
            box.clear()
            for text, value in items:
                box.addItem(text, value)
        if items:
            values = [value for _, value in items]
            box.setCurrentIndex(values.index(chosen) if chosen in values else 0)
    box.setVisible(len(items) > 1)
