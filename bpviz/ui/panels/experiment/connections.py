"""The connections between groups: which exist, how densely, with which receptive field."""

from dataclasses import replace
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from bpviz.core.number_grammar import parse_pair, write_pair
from bpviz.core.values import BadValue, check_number
from bpviz.experiment.experiment import Experiment, Link
from bpviz.ui.panels.experiment.network_edit import link_of, pairs, with_link
from bpviz.ui.panels.experiment.settings import describe
from bpviz.ui.toolkit.drawing.theme import SPACE
from bpviz.ui.toolkit.widgets.choice_entries import CheckEntry
from bpviz.ui.toolkit.widgets.form_rows import FieldEntry, FieldLabel
from bpviz.ui.toolkit.widgets.line_entry import LineEntry
from bpviz.ui.toolkit.widgets.notes_and_marks import MARK, NEW_RUN, Note, box, remove_row
from bpviz.ui.toolkit.widgets.number_entry import NumberEntry

DENSITY_WIDTH, FIXED_WIDTH = 48, 34
"""Px of the columns at the right of the table."""

Pair = tuple[str, str]
Image = tuple[int, int] | None


def field_entry(pair: Pair, image: tuple[int, int]) -> LineEntry:
    """A field for the rows and columns of a receptive field over an image; empty for none."""

    def read(text: str) -> Any:
        if not text.strip():
            return None
        size = parse_pair(text)
        fits = size and 1 <= size[0] <= image[0] and 1 <= size[1] <= image[1]
        if not fits:
            raise BadValue(
                f"receptive field of {pair[0]} to {pair[1]}",
                text.strip(),
                f"rows x columns from 1 x 1 to {image[0]} x {image[1]}, or nothing",
            )
        return size

    entry = LineEntry(read, lambda size: "" if size is None else write_pair(size))
    entry.setPlaceholderText("none")
    return entry


class LinkRow(QWidget):
    """One pair of groups. ``image`` is the shape of the source's image, if it has one."""

    entered = Signal(object)
    """The Link of the pair as entered."""

    def __init__(self, pair: Pair, image: Image) -> None:
        super().__init__()
        self.pair, self.image = pair, image
        self._link = Link(*pair)
        self.present, self.fixed, self.shared = CheckEntry(), CheckEntry(), CheckEntry()
        self.density = NumberEntry("number", self._check_density)
        self.field = field_entry(pair, image or (1, 1))
        self.entries: dict[str, FieldEntry] = {
            "present": self.present,
            "density": self.density,
            "fixed": self.fixed,
            "field": self.field,
            "shared": self.shared,
        }
        self._describe()
        self.message = Note("error", f"{self.present.objectName()}_message")
        self.message.setContentsMargins(MARK + SPACE // 2, 0, 0, 2)
        self._lay_out()
        for name, entry in self.entries.items():
            entry.committed.connect(lambda value, name=name: self._set(name, value))
            entry.sentence_changed.connect(self._judge)

    def show_link(self, link: Link, before: Link, *, force: bool) -> None:
        """Show a connection; highlight the differences from that of the run (``before``)."""
        self._link = link
        for name, entry in self.entries.items():
            value = getattr(link, name)
            entry.show_value(value, force=force or not link.present)
            entry.set_pending(getattr(before, name) != value)
        self.density.setVisible(link.present)
        self.fixed.setVisible(link.present)
        # A field that does not fit the problem is still shown, so that it can be removed.
        has_image = self.image is not None or link.field is not None
        self._image_line.setVisible(link.present and has_image)

    def _check_density(self, value: Any) -> None:
        check_number(f"density of connection {self.pair[0]} to {self.pair[1]}", value, 0.0, 1.0,
                     above=True)  # fmt: skip

    def _describe(self) -> None:
        source, target = self.pair
        of = f"of the connection {source} to {target}"
        size = f"{self.image[0]} x {self.image[1]} " if self.image else ""
        rows = {
            "present": ("Presence", f"Whether units of {source} are connected to {target}."),
            "density": ("Density", "Share of the weights that exist, drawn with the seed."),
            "fixed": ("Fixed weights", "Fixed weights keep their initial values."),
            "field": (
                "Receptive field",
                f"Each unit of {target} sees so many rows x columns of the {size}image; there "
                "must be one unit for each place of the field.",
            ),
            "shared": ("Shared weights", "All places of the field share one set of weights."),
        }
        for name, (title, tip) in rows.items():
            object_name = f"field_link_{source}_{target}_{name}".replace(" ", "")
            describe(self.entries[name], object_name, f"{title} {of}", f"{tip} {NEW_RUN}")

    def _lay_out(self) -> None:
        label = FieldLabel(f"{self.pair[0]} → {self.pair[1]}")
        label.setBuddy(self.present)
        first = QHBoxLayout()
        box(first, SPACE // 2)
        first.addWidget(self.present)
        first.addWidget(label, 1)
        for entry, width in ((self.density, DENSITY_WIDTH), (self.fixed, FIXED_WIDTH)):
            entry.setFixedWidth(width)
            policy = QSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
            policy.setRetainSizeWhenHidden(True)
            entry.setSizePolicy(policy)
            first.addWidget(entry)
        layout = QVBoxLayout(self)
        box(layout, 2)
        layout.addLayout(first)
        self._image_line = self._second_line()
        layout.addWidget(self._image_line)
        layout.addWidget(self.message)

    def _second_line(self) -> QWidget:
        line = QWidget()
        second = QHBoxLayout(line)
        box(second, SPACE // 2)
        field_label, shared_label = FieldLabel("field"), FieldLabel("shared")
        field_label.setBuddy(self.field)
        shared_label.setBuddy(self.shared)
        second.addSpacing(MARK + SPACE)
        for part, share in (
            (field_label, 2), (self.field, 4), (self.shared, 0), (shared_label, 4),
        ):  # fmt: skip
            second.addWidget(part, share)
        return line

    def _set(self, name: str, value: Any) -> None:
        changes = {name: value}
        if name == "field" and value is None:
            changes["shared"] = False  # only the positions of a receptive field share weights
        self.entered.emit(replace(self._link, **changes))

    def _judge(self) -> None:
        sentences = [entry.sentence for entry in self.entries.values() if entry.sentence]
        self.message.say(" ".join(sentences))


class Connections(QWidget):
    """The table of all pairs of groups; edits Experiment.links."""

    entered = Signal(object)
    """The experiment with the connections as entered."""

    rows_changed = Signal()
    """Rows were added or removed."""

    def __init__(self) -> None:
        super().__init__()
        self._experiment = Experiment()
        self._made_for: tuple[list[Pair], Image] | None = None
        self.rows: list[LinkRow] = []
        self._layout = QVBoxLayout(self)
        box(self._layout, 2)
        self._layout.addWidget(_table_heading())

    def show_experiment(
        self, base: Experiment, entered: Experiment, image: Image, *, force: bool
    ) -> None:
        """Show the entered connections; ``image`` is the shape of the problem's image."""
        self._experiment = entered
        made_for = pairs(entered), image
        if made_for != self._made_for:
            self._made_for = made_for
            self._rebuild(image)
            self.rows_changed.emit()
        known, fresh = set(pairs(base)), replace(entered, links=())
        for row in self.rows:
            before = link_of(base if row.pair in known else fresh, *row.pair)
            row.show_link(link_of(entered, *row.pair), before, force=force)

    def entry_for(self, field: str) -> FieldEntry | None:
        """The field that a BadValue is about."""
        for row in self.rows:
            name = f"connection {row.pair[0]} to {row.pair[1]}"
            if field == f"density of {name}":
                return row.density
            if field == name:
                return row.field if row.field.value is not None else row.present
            if field == f"group {row.pair[1]}":
                return row.present
        return None

    def summary(self) -> str:
        """A summary for the heading of the folded section."""
        n = len(self._experiment.links)
        return f"{n} set" if n else "dense, layer to layer"

    def _rebuild(self, image: Image) -> None:
        """Make a row for each pair; existing rows are kept, with the text typed in them."""
        assert self._made_for is not None
        old = {(row.pair, row.image): row for row in self.rows}
        self.rows = []
        for pair in self._made_for[0]:
            its_image = image if pair[0] == "input" else None
            row = old.pop((pair, its_image), None) or self._make(pair, its_image)
            self.rows.append(row)
            self._layout.addWidget(row)  # also moves an existing row
        for row in old.values():
            remove_row(row)

    def _make(self, pair: Pair, image: Image) -> LinkRow:
        row = LinkRow(pair, image)
        row.entered.connect(self._set)
        return row

    def _set(self, link: Link) -> None:
        self.entered.emit(with_link(self._experiment, link))


def _table_heading() -> QWidget:
    heading = QWidget()
    line = QHBoxLayout(heading)
    box(line, SPACE // 2)
    from_to, density, fixed = (Note("muted") for _ in range(3))
    from_to.setContentsMargins(MARK + SPACE // 2, 0, 0, 0)
    line.addWidget(from_to, 1)
    from_to.say("from → to")
    for note, text, width in (
        (density, "density", DENSITY_WIDTH),
        (fixed, "fixed", FIXED_WIDTH),
    ):
        note.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        note.setFixedWidth(width)
        line.addWidget(note)
        note.say(text)
    return heading
