"""The looks of the tables and tool buttons of panels."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPalette
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QHeaderView,
    QTableView,
    QToolButton,
)

from bpviz.ui.toolkit.drawing.plotting import plot_font
from bpviz.ui.toolkit.drawing.theme import Theme
from bpviz.ui.toolkit.widgets.naming import named


def dress_table(table: QTableView, name: str, title: str) -> None:
    """Give a table rows of one height, figures of one width, and a name."""
    table.setObjectName(name)
    table.setAccessibleName(title)
    table.setFont(plot_font())
    table.setWordWrap(False)
    table.setShowGrid(False)  # the style's own lines vanish on a dark surface
    table.setTabKeyNavigation(False)
    table.setFrameShape(QTableView.Shape.NoFrame)
    corner = table.findChild(QAbstractButton)  # Qt's own: it chooses all cells
    if corner is not None:
        corner.setAccessibleName("Choose all")
    table.setHorizontalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
    across, down = table.horizontalHeader(), table.verticalHeader()
    table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
    across.setTextElideMode(Qt.TextElideMode.ElideMiddle)
    across.setHighlightSections(False)
    across.setFont(plot_font())
    down.setFont(plot_font())
    down.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    down.setDefaultSectionSize(round(QFontMetricsF(plot_font()).height()) + 6)


def colour_table(table: QAbstractItemView, theme: Theme) -> None:
    """Give a table the colours of a theme; what is selected stays readable in its own colour."""
    palette = theme.palette()
    palette.setColor(QPalette.ColorRole.Button, theme.colour("panel"))
    chosen = _mixed(theme.colour("surface"), theme.colour("accent"), 0.25)
    palette.setColor(QPalette.ColorRole.Highlight, chosen)
    palette.setColor(QPalette.ColorRole.HighlightedText, theme.colour("text"))
    table.setPalette(palette)
    table.viewport().update()


def _mixed(low: QColor, high: QColor, share: float) -> QColor:
    parts = (QColor.redF, QColor.greenF, QColor.blueF)
    return QColor.fromRgbF(*(p(low) + share * (p(high) - p(low)) for p in parts))


def tool_button(name: str, text: str, tip: str) -> QToolButton:
    """A button of a panel's own row of buttons."""
    button = named(QToolButton(), name, tip)
    button.setText(text)
    button.setAccessibleName(text)
    return button
