"""The first line of the microscope: the weight or unit, the instant, and the buttons."""

from html import escape

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolButton, QWidget

from bpviz.core.model.references import BiasRef, WeightRef
from bpviz.core.text.number_words import number_text, percent
from bpviz.ui.panels.microscope.named_reading import NamedReading
from bpviz.ui.toolkit.drawing.theme import LIGHT, SPACE, Theme
from bpviz.ui.toolkit.guard import guard_overrides
from bpviz.ui.toolkit.widgets.naming import named, plain_tip
from bpviz.ui.toolkit.widgets.table_style import tool_button
from bpviz.ui.toolkit.widgets.toggle import Toggle


@guard_overrides
class MicroscopeHeading(QWidget):
    """Names the weight, bias or unit of the numbers below, and the instant."""

    swapped = Signal()
    """The user asks for the bias instead of its unit, or the reverse."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme: Theme = LIGHT
        self._buttons: list[QToolButton] = []
        self._has_swap = False
        self._shown: tuple[NamedReading, bool] | None = None
        self.words = named(QLabel(), "microscope_title")
        self.words.setTextFormat(Qt.TextFormat.RichText)
        self.words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.swap = tool_button("microscope_swap", "Bias", "Look at the unit's bias, or the unit")
        self.swap.clicked.connect(self.swapped)
        self.formula = Toggle(
            "Formula", "microscope_formula",
            "Show the formula, and with this pattern's numbers; without it, more rows fit",
        )  # fmt: skip
        self.formula.setAccessibleName("Formula")
        self.formula.setChecked(True)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(SPACE)
        self._row.addWidget(self.words, 1)
        self.add(self.swap)
        self.add(self.formula)
        self.swap.hide()

    def add(self, button: QToolButton) -> None:
        """Add a button at the right."""
        self._buttons.append(button)
        self._row.addWidget(button)

    def show_buttons(self, shown: bool) -> None:
        """Show or hide all buttons; pictures of the panel have none."""
        for button in self._buttons:
            button.setVisible(shown and (button is not self.swap or self._has_swap))
        self._row.activate()
        self._say_reading()

    def say(self, html: str) -> None:
        """Show this text."""
        self._shown = None
        self.words.setToolTip("")
        self.words.setText(html)

    def show_reading(self, reading: NamedReading, *, stale: bool) -> None:
        """Show the title of a reading; ``stale``: also that it is of an earlier instant."""
        self._shown = reading, stale
        self._say_reading()
        self._has_swap = not isinstance(reading.ref, WeightRef) and not reading.is_input
        self.swap.setVisible(self._has_swap)
        self.swap.setText("Unit" if isinstance(reading.ref, BiasRef) else "Bias")

    def _say_reading(self) -> None:
        """Say as much of the instant as there is room for; the tool tip says all of it."""
        if self._shown is None:
            return
        reading, stale = self._shown
        title, more = f"{reading.title}{value_words(reading)}", remarks(reading)
        bold = QFont(self.words.font())
        bold.setBold(True)
        room = self.words.width() - QFontMetrics(bold).horizontalAdvance(title)
        metrics, texts = self.words.fontMetrics(), instant_words(reading, stale=stale)
        fitting = (t for t in texts if metrics.horizontalAdvance(f" · {t}{more}") <= room)
        when = next(fitting, texts[-1])
        self.words.setToolTip("" if when == texts[0] else plain_tip(texts[0]))
        self.words.setText(
            f"<b>{escape(title)}</b><span style='color: {self._theme.muted}'> · {when}</span>{more}"
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Say what the new width has room for."""
        super().resizeEvent(event)
        self._row.activate()
        self._say_reading()

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        self._theme = theme
        self.formula.set_theme(theme)


def instant_words(reading: NamedReading, *, stale: bool) -> tuple[str, ...]:
    """The instant of a reading, and the same in fewer words; ``stale``: it is an earlier one."""
    instants = reading.frame.snapshot.instants
    if stale:
        return tuple(f"as it was at {instant}" for instant in instants)
    if reading.made:
        return f"{instants[0]}, the update just made", "the update just made"
    return instants


def value_words(reading: NamedReading) -> str:
    """' = 0.105', a weight's or bias's value."""
    change = reading.change
    if change is None:
        return ""
    return f" = {number_text(change.value)}{' before the update' if reading.made else ''}"


def remarks(reading: NamedReading) -> str:
    """Remarks: why it does not change, how many weights share its number, its share of E."""
    change, unit = reading.change, reading.unit
    said = []
    if change is not None and change.still:
        said.append(f"not trained: {change.still}")
    if change is not None and len(change.tied) > 1:
        said.append(f"shared by {len(change.tied):,} weights")
    if change is None and unit.clamped:
        said.append("held by hand")
    if change is None and not reading.is_input and not unit.clamped and reading.is_complete:
        of = "of E" if unit.deviation is not None else "of its group's error"
        said.append(f"{percent(unit.share)} {of}")
    scale = reading.frame.setup.patterns.target_scale
    if change is None and scale is not None and unit.deviation is not None:
        said.append(f"standardised: 1 is {number_text(float(scale[1][unit.unit]))} in the file")
    return "".join(f" · {words}" for words in said)
