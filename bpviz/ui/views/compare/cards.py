"""A card for each compared run: the key to its curve, what it reached, and its output, small."""

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QEnterEvent,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QWidget

from bpviz.core.text.number_words import number_text, percent
from bpviz.session.compare import ComparedRun
from bpviz.ui.toolkit.drawing.epoch_axis import ErrorScale
from bpviz.ui.toolkit.drawing.pixels import device_ratio
from bpviz.ui.toolkit.drawing.plotting import plot_font
from bpviz.ui.toolkit.drawing.text_metrics import elided_name
from bpviz.ui.toolkit.drawing.theme import SPACE, Theme
from bpviz.ui.toolkit.guard import guard_overrides
from bpviz.ui.toolkit.widgets.naming import plain_tip
from bpviz.ui.views.compare.lines import last_error
from bpviz.ui.views.compare.thumb import has_thumb, is_function, paint_thumb

NARROWEST, WIDEST = 124, 240
KEY = SPACE + 20
"""Px before the name, with the line that is the key to the curve."""

FLAT = 0.62
"""Height by width of a small picture of a function; a map is as high as wide."""

TALLEST = 112


@dataclass(frozen=True, slots=True, eq=False)
class CardContent:
    """What a card shows: a run, its name, the colour of its curve, and whether it is the present
    one, which cannot be opened or taken away."""

    run: ComparedRun
    name: str
    colour: QColor
    present: bool = False
    scale: ErrorScale = "sum"


@guard_overrides
class Card(QWidget):
    """Opens its experiment when it is clicked, or with Enter; the cross takes it away."""

    opened = Signal()
    removed = Signal()

    CROSS = 18

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._content: CardContent | None = None
        self._thumb: QPixmap | None = None
        self._hovered = False
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def show_content(self, content: CardContent, theme: Theme) -> None:
        """Show this."""
        old, self._content, self._theme = self._content, content, theme
        if old is not None and _same(old, content):
            return
        if old is None or old.run is not content.run or old.colour != content.colour:
            self._thumb = None
        focus = Qt.FocusPolicy.NoFocus if content.present else Qt.FocusPolicy.TabFocus
        self.setFocusPolicy(focus)
        self.setAccessibleName(f"{content.name}: {self._result()}")
        tip = "The run in the window" if content.present else "Click to open this experiment"
        words = f"{content.name}\n{content.run.message or self._result()}\n{tip}"
        self.setToolTip(plain_tip(words))
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        self._theme, self._thumb = theme, None
        self.update()

    def _result(self, brief: bool = False) -> str:
        """'E 0.0123 · 100 % right' or what became of it."""
        assert self._content is not None
        run, scale = self._content.run, self._content.scale
        if run.state == "failed":
            return "diverged" if "diverged" in run.message else "cannot be trained"
        if not len(run.curve.epochs):
            return {"waiting": "waiting…", "cancelled": "cancelled"}.get(run.state, run.state)
        error = number_text(last_error(run, "train", scale))
        right = float(run.curve.train_right[-1])
        if brief:
            return f"{error} · {percent(right, 0)}"
        end = f" · cancelled at {run.epoch:,}" if run.state == "cancelled" else ""
        sign = "E/P" if scale == "per_pattern" else "E"
        return f"{sign} {error} · {percent(right, 0)} right{end}"

    @property
    def name(self) -> str:
        """The name of its run."""
        return "" if self._content is None else self._content.name

    @property
    def shown_name(self) -> str:
        """What there is room for of the name, in one line or two."""
        return " ".join(self._name_lines(self.width()))

    def wanted_height(self, width: int) -> int:
        """The px that it needs at a width."""
        line = QFontMetricsF(plot_font()).height()
        thumb, lines = self._thumb_height(width), len(self._name_lines(width)) + 1
        return round(lines * line) + SPACE + (thumb + SPACE // 2 if thumb else 0) + SPACE // 2

    def _name_lines(self, width: int) -> list[str]:
        """The name in one line, or in two where it does not fit into one of a card so wide."""
        name = self.name
        metrics, room = QFontMetricsF(plot_font(bold=True)), self._name_room(width)
        words = name.split(" ")
        fit = max(
            (n for n in range(1, len(words) + 1)
             if metrics.horizontalAdvance(" ".join(words[:n])) <= room), default=0,
        )  # fmt: skip
        if fit in (0, len(words)):
            return [elided_name(metrics, name, room)]
        return [" ".join(words[:fit]), elided_name(metrics, " ".join(words[fit:]), room)]

    def _name_room(self, width: int) -> int:
        return width - KEY - SPACE // 2 - (self.CROSS if self._can_go() else 0)

    def _thumb_height(self, width: int) -> int:
        content = self._content
        if content is None or content.run.setup is None or not has_thumb(content.run):
            return 0
        share = FLAT if is_function(content.run.setup) else 1.0
        return min(TALLEST, round((width - 2 * SPACE) * share))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint frame, key, name, result and picture."""
        content, theme = self._content, self._theme
        if content is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        strong = self._hovered or self.hasFocus()
        painter.setPen(QPen(theme.colour("accent" if strong else "border"), 1))
        painter.setBrush(theme.colour("raised") if strong else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(frame, 4, 4)
        painter.setFont(plot_font(bold=True))
        metrics = QFontMetricsF(painter.font())
        line, names = metrics.height(), self._name_lines(self.width())
        painter.setPen(QPen(content.colour, 3))
        y = SPACE // 2 + line / 2
        painter.drawLine(QRectF(SPACE, y, 14, 0).topLeft(), QRectF(SPACE, y, 14, 0).topRight())
        painter.setPen(theme.colour("text"))
        room = self._name_room(self.width())
        for n, name in enumerate(names):
            box = QRectF(KEY, SPACE // 2 + n * line, room, line)
            painter.drawText(box, Qt.AlignmentFlag.AlignLeft, name)
        painter.setFont(plot_font())
        failed = content.run.state == "failed"
        painter.setPen(theme.colour("error" if failed else "muted"))
        metrics = QFontMetricsF(painter.font())
        room = self.width() - 2 * SPACE
        text = self._result(brief=metrics.horizontalAdvance(self._result()) > room)
        text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
        box = QRectF(SPACE, SPACE // 2 + len(names) * line, room, line)
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft, text)
        if self._can_go() and strong:
            self._paint_cross(painter)
        if has_thumb(content.run):
            self._paint_thumb(painter, content, round((len(names) + 1) * line) + SPACE)
        painter.end()

    def _paint_thumb(self, painter: QPainter, content: CardContent, top: int) -> None:
        """Paint the small picture, kept as it is until the run or the size changes."""
        width = self.width() - 2 * SPACE
        size = QSize(width, self._thumb_height(self.width()))
        if size.isEmpty():
            return
        if self.window().testAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen):
            # A picture is painted only once, and in an SVG lines stay lines.
            painter.translate(SPACE, top)
            box = QRectF(0.5, 0.5, size.width() - 1, size.height() - 1)
            paint_thumb(painter, content.run, self._theme, content.colour, box)
            return
        ratio = device_ratio(painter)
        if (
            self._thumb is None
            or self._thumb.devicePixelRatio() != ratio
            or self._thumb.deviceIndependentSize().toSize() != size
        ):
            pixmap = QPixmap(size * ratio)
            pixmap.setDevicePixelRatio(ratio)
            pixmap.fill(self._theme.colour("surface"))
            inner = QPainter(pixmap)
            inner.setRenderHint(QPainter.RenderHint.Antialiasing)
            box = QRectF(0.5, 0.5, size.width() - 1, size.height() - 1)
            paint_thumb(inner, content.run, self._theme, content.colour, box)
            inner.end()
            self._thumb = pixmap
        painter.drawPixmap(QPoint(SPACE, top), self._thumb)

    def _paint_cross(self, painter: QPainter) -> None:
        box = QRectF(self._cross()).adjusted(5, 5, -5, -5)
        painter.setPen(QPen(self._theme.colour("muted"), 1.4))
        painter.drawLine(box.topLeft(), box.bottomRight())
        painter.drawLine(box.topRight(), box.bottomLeft())

    def _cross(self) -> QRect:
        return QRect(self.width() - self.CROSS - 2, 2, self.CROSS, self.CROSS)

    def _can_go(self) -> bool:
        return self._content is not None and not self._content.present

    def enterEvent(self, event: QEnterEvent) -> None:
        """Show that it can be clicked."""
        self._hovered = self._can_go()
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Look as before."""
        self._hovered = False
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Open the experiment, or take the card away."""
        at = event.position().toPoint()
        clicked = event.button() == Qt.MouseButton.LeftButton and self.rect().contains(at)
        if clicked and self._can_go():
            (self.removed if self._cross().contains(at) else self.opened).emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens, Delete takes away."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._can_go():
            self.opened.emit()
        elif event.key() == Qt.Key.Key_Delete and self._can_go():
            self.removed.emit()
        else:
            super().keyPressEvent(event)


@guard_overrides
class CardGrid(QWidget):
    """Cards in as many columns as there is room for; wider cards before more rows."""

    opened = Signal(int)
    removed = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.cards: list[Card] = []

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        self._theme = theme
        for card in self.cards:
            card.set_theme(theme)

    def show_contents(self, contents: list[CardContent]) -> None:
        """Show these, in this order."""
        while len(self.cards) > len(contents):
            card = self.cards.pop()
            card.hide()
            card.deleteLater()
        while len(self.cards) < len(contents):
            card, number = Card(self._theme, self), len(self.cards)
            card.setObjectName(f"compare_card_{number}")
            card.opened.connect(lambda number=number: self.opened.emit(number))
            card.removed.connect(lambda number=number: self.removed.emit(number))
            card.show()
            self.cards.append(card)
        for card, content in zip(self.cards, contents, strict=True):
            card.show_content(content, self._theme)
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out anew."""
        self._arrange()

    def _arrange(self) -> None:
        if not self.cards:
            self.setMinimumHeight(0)
            return
        gap = SPACE // 2
        columns, width, height = self._cells(gap)
        for n, card in enumerate(self.cards):
            row, column = divmod(n, columns)
            card.setGeometry(column * (width + gap), row * (height + gap), width, height)
        rows = -(-len(self.cards) // columns)
        self.setMinimumHeight(rows * (height + gap) - gap)

    def _cells(self, gap: int) -> tuple[int, int, int]:
        """Columns, width and height of the cards: the widest that need no scrolling, if any do."""
        seen = self.parentWidget()
        room = self.height() if seen is None else seen.height()
        most = max(1, min((self.width() + gap) // (NARROWEST + gap), len(self.cards)))
        for columns in range(1, most + 1):
            width = min(WIDEST, (self.width() + gap) // columns - gap)
            height = max(card.wanted_height(width) for card in self.cards)
            if -(-len(self.cards) // columns) * (height + gap) - gap <= room:
                break
        return columns, width, height


def _same(old: CardContent, new: CardContent) -> bool:
    """Whether both look alike; the run in the window is another one at every instant."""
    return (old.run, old.name, old.colour) == (new.run, new.name, new.colour)
