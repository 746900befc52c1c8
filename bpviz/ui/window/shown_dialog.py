"""The dialog in which panels, views and fields are ticked to be shown."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from bpviz.sharing.shown import EVERYTHING, Shown
from bpviz.ui.panels.experiment.parts import PARTS, SECTIONS
from bpviz.ui.toolkit.drawing.theme import SPACE, scaled
from bpviz.ui.toolkit.widgets.naming import named

TEXT = (
    "What is not ticked is hidden until Show everything (View); hidden fields keep their values. "
    "Copied link texts pass this on, and so can a lesson. The network is always shown."
)
NAME = Qt.ItemDataRole.UserRole


class ShownDialog(QDialog):
    """Tick boxes for the panels and views, and for the sections and fields of the experiment."""

    chosen = Signal(object)
    """Shown: what the user wants to see."""

    def __init__(self, titles: Mapping[str, str], shown: Shown, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("dialog_show_only")
        self.setWindowTitle("Show only")
        self._panels = _tree("shown_panels", "Panels and views")
        self._panels.setRootIsDecorated(False)
        self._fields = _tree("shown_fields", "Fields of the Experiment panel")
        self._fill(titles)
        self._tick(shown)
        about = QLabel(TEXT)
        about.setWordWrap(True)
        trees = QHBoxLayout()
        trees.setSpacing(SPACE)
        trees.addWidget(self._panels)
        trees.addWidget(self._fields)
        layout = QVBoxLayout(self)
        layout.setSpacing(SPACE)
        layout.addWidget(about)
        layout.addLayout(trees, 1)
        layout.addWidget(self._buttons())
        self.resize(scaled(620), scaled(480))

    def _buttons(self) -> QDialogButtonBox:
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        accept = buttons.addButton("Show only these", QDialogButtonBox.ButtonRole.AcceptRole)
        every = buttons.addButton("Tick all", QDialogButtonBox.ButtonRole.ResetRole)
        named(accept, "shown_accept")
        named(every, "shown_tick_all")
        every.clicked.connect(lambda: self._tick(EVERYTHING))
        buttons.accepted.connect(self._accept)
        buttons.rejected.connect(self.reject)
        return buttons

    def _fill(self, titles: Mapping[str, str]) -> None:
        for key, title in titles.items():
            self._panels.addTopLevelItem(_item(key, title))
        sections = {name: _item(name, title) for name, title in SECTIONS.items()}
        for part in PARTS.values():
            if part.section:
                sections[part.section].addChild(_item(part.name, part.title))
        self._fields.addTopLevelItems(list(sections.values()))
        self._fields.expandAll()

    def _tick(self, shown: Shown) -> None:
        for item in _items(self._panels):
            _set_ticked(item, shown.has(item.data(0, NAME)))
        for item in _items(self._fields):  # a section sets its fields
            _set_ticked(item, item.data(0, NAME) not in shown.hide)
        for item in _items(self._fields):
            for field in _children(item):
                if field.data(0, NAME) in shown.hide:
                    _set_ticked(field, False)

    def _accept(self) -> None:
        panels = _items(self._panels)
        ticked = tuple(item.data(0, NAME) for item in panels if _state(item))
        self.accept()
        self.chosen.emit(Shown(None if len(ticked) == len(panels) else ticked, self._hidden()))

    def _hidden(self) -> tuple[str, ...]:
        hidden: list[QTreeWidgetItem] = []
        for section in _items(self._fields):
            every = [section] if not _state(section) else _children(section)
            hidden += [item for item in every if not _state(item)]
        return tuple(item.data(0, NAME) for item in hidden)


def _tree(name: str, title: str) -> QTreeWidget:
    tree = named(QTreeWidget(), name, title)
    tree.setHeaderLabel(title)
    tree.setAccessibleName(title)
    palette = tree.palette()  # the style draws the outline of a box with a darker Window
    palette.setColor(QPalette.ColorRole.Window, palette.color(QPalette.ColorRole.PlaceholderText))
    tree.setPalette(palette)
    return tree


def _item(name: str, title: str) -> QTreeWidgetItem:
    item = QTreeWidgetItem([title])
    item.setData(0, NAME, name)
    item.setFlags(
        Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        | Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsAutoTristate
    )  # fmt: skip
    item.setCheckState(0, Qt.CheckState.Checked)
    return item


def _items(tree: QTreeWidget) -> Sequence[QTreeWidgetItem]:
    return [item for i in range(tree.topLevelItemCount()) if (item := tree.topLevelItem(i))]


def _children(item: QTreeWidgetItem) -> Sequence[QTreeWidgetItem]:
    return [child for i in range(item.childCount()) if (child := item.child(i))]


def _state(item: QTreeWidgetItem) -> bool:
    """Whether it, or a part of it, is ticked."""
    return item.checkState(0) != Qt.CheckState.Unchecked


def _set_ticked(item: QTreeWidgetItem, ticked: bool) -> None:
    item.setCheckState(0, Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked)
