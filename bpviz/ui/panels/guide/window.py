"""The guide's window: contents and search on the left, a page on the right."""

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSplitter,
    QToolButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from bpviz.ui.panels.guide.browser import GuideBrowser
from bpviz.ui.panels.guide.pages import INDEX, Page, split_link
from bpviz.ui.panels.guide.search import MOST, GuideIndex, Match
from bpviz.ui.toolkit.drawing.theme import SPACE, Theme
from bpviz.ui.toolkit.guard import guard_overrides
from bpviz.ui.toolkit.settings import Settings
from bpviz.ui.toolkit.widgets.naming import named, plain_tip

SIDE_WIDTH, ROW = 280, 3 * SPACE
"""Px of the list at first, and of each row of it."""

TEXT_SIZE = "guide/text_size"
TARGET = Qt.ItemDataRole.UserRole
"""What an item of the list leads to: a PagePlace, or the number of a match."""


@dataclass(frozen=True, slots=True)
class PagePlace:
    """A page, and the anchor of a heading on it or how far it is scrolled."""

    page: str
    anchor: str = ""
    scroll: int = 0


@guard_overrides
@guard_overrides
class GuideWindow(QWidget):
    """Shows the pages; ``linked`` is emitted with the target of a link out of the guide."""

    linked = Signal(str)

    def __init__(
        self,
        pages: Mapping[str, Page],
        settings: Settings,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setObjectName("guide_window")
        self.setWindowTitle("Guide – bpviz")
        self.resize(1120, 760)
        self._pages, self._settings = pages, settings
        self._index: GuideIndex | None = None
        self._matches: list[Match] = []
        self._at = -1
        self._back: list[PagePlace] = []
        self._forward: list[PagePlace] = []
        self.browser = named(GuideBrowser(theme), "guide_page")
        self.browser.setAccessibleName("Page of the guide")
        self.browser.followed.connect(self.follow)
        self._build()
        self._add_keys()
        self.browser.set_text_size(settings.whole(TEXT_SIZE, int(self.browser.text_size)))
        self.set_theme(theme)
        self._show(PagePlace(INDEX))

    # -- the current page --------------------------------------------------------------------

    @property
    def page(self) -> str:
        """The name of the page on show."""
        page = self.browser.page
        return "" if page is None else page.name

    def open_page(self, name: str, anchor: str = "") -> None:
        """Show a page, from the heading with this anchor on."""
        self._leave()
        self._show(PagePlace(name, anchor))

    def follow(self, target: str) -> None:
        """Follow a link, within the guide or out of it."""
        if ":" in target:
            self.linked.emit(target)
            return
        name, anchor = split_link(target, self.page)
        if name in self._pages:
            self.open_page(name, anchor)

    def go_back(self) -> None:
        """Go to the previous page."""
        self._travel(self._back, self._forward)

    def go_forward(self) -> None:
        """Go to the page from which ``go_back`` came."""
        self._travel(self._forward, self._back)

    def _travel(self, source: list[PagePlace], other: list[PagePlace]) -> None:
        if source:
            place = source.pop()
            other.append(self._here())
            self._show(place)

    def _here(self) -> PagePlace:
        return PagePlace(self.page, scroll=self.browser.verticalScrollBar().value())

    def _leave(self) -> None:
        self._back.append(self._here())
        self._forward.clear()

    def _show(self, place: PagePlace) -> None:
        if place.page != self.page:
            self.browser.show_page(self._pages[place.page])
            self._mark()
        if not (place.anchor and self.browser.go_to(place.anchor)):
            self.browser.verticalScrollBar().setValue(place.scroll)
        self.back.setEnabled(bool(self._back))
        self.forward.setEnabled(bool(self._forward))
        self._choose_page()

    # -- search ----------------------------------------------------------------------------

    def search(self, words: str) -> None:
        """List every place of these words; the contents, where there are none to look for."""
        if self._index is None:
            self._index = GuideIndex(self._pages)
        self._matches = self._index.search(words)
        self._at = -1
        if words.strip():
            self._list_matches(words.strip())
        else:
            self._list_contents()
        self._mark()

    def step_match(self, by: int) -> None:
        """Go to the next match, or the previous one; from the last to the first."""
        if self._matches:
            first = 0 if by > 0 else len(self._matches) - 1
            at = first if self._at < 0 else (self._at + by) % len(self._matches)
            self._go_to_match(at)

    def _go_to_match(self, at: int) -> None:
        match = self._matches[at]
        if match.page != self.page:
            self._leave()
            self._show(PagePlace(match.page))
        self._at = at
        self._mark()
        self._choose_match()

    def _mark(self) -> None:
        here = [n for n, match in enumerate(self._matches) if match.page == self.page]
        places = [(self._matches[n].position, self._matches[n].length) for n in here]
        self.browser.mark(places, here.index(self._at) if self._at in here else -1)

    # -- the list --------------------------------------------------------------------------

    def _list_contents(self) -> None:
        with QSignalBlocker(self.list):
            self.list.clear()
            for page in self._pages.values():
                item = _item(page.title, PagePlace(page.name))
                for heading in page.headings:
                    if heading.level == 2:
                        item.addChild(_item(heading.text, PagePlace(page.name, heading.anchor)))
                self.list.addTopLevelItem(item)
        self._found.hide()
        self._choose_page()

    def _list_matches(self, words: str) -> None:
        bold = self.list.font()
        bold.setBold(True)
        with QSignalBlocker(self.list):
            self.list.clear()
            for name, page in self._pages.items():
                here = [n for n, match in enumerate(self._matches) if match.page == name]
                if here:
                    item = _item(f"{page.title} ({len(here)})", None)
                    item.setFont(0, bold)
                    item.addChildren([_item(self._matches[n].line, n) for n in here])
                    self.list.addTopLevelItem(item)
            self.list.expandAll()
        count = len(self._matches)
        more = "at least " if count == MOST else ""
        places = f"{more}{count} {'place' if count == 1 else 'places'}"
        self._found.setText(places if count else f"“{words}” is not in the guide.")
        self._found.show()

    def _choose_page(self) -> None:
        """In the contents, mark the page on show and list its headings."""
        if self.field.text().strip():
            return
        with QSignalBlocker(self.list):
            for item in self._items():
                if item.parent() is not None:
                    continue
                is_here = item.data(0, TARGET).page == self.page
                item.setExpanded(is_here)
                current = self.list.currentItem()
                if is_here and (current is None or current.data(0, TARGET).page != self.page):
                    self.list.setCurrentItem(item)

    def _choose_match(self) -> None:
        with QSignalBlocker(self.list):
            for item in self._items():
                if item.data(0, TARGET) == self._at and item.parent() is not None:
                    self.list.setCurrentItem(item)

    def _items(self) -> list[QTreeWidgetItem]:
        every = Qt.MatchFlag.MatchContains | Qt.MatchFlag.MatchRecursive
        return self.list.findItems("", every)

    def _take(self, item: QTreeWidgetItem | None) -> None:
        """Go to what was chosen in the list, with the mouse or the keys."""
        target = None if item is None else item.data(0, TARGET)
        if isinstance(target, PagePlace):
            self._leave()
            self._show(target)
        elif isinstance(target, int):
            self._go_to_match(target)

    # -- building --------------------------------------------------------------------------

    def _build(self) -> None:
        self.field = named(QLineEdit(), "guide_search", "Search all pages (Ctrl+F)")
        self.field.setPlaceholderText("Search")
        self.field.setClearButtonEnabled(True)
        self.field.setAccessibleName("Search the guide")
        self.field.textChanged.connect(self.search)
        self.field.installEventFilter(self)
        self._found = named(QLabel(), "guide_found")
        self._found.setWordWrap(True)
        self.list = named(QTreeWidget(), "guide_list")
        self.list.setAccessibleName("Contents, or what was found")
        self.list.setHeaderHidden(True)
        self.list.setIndentation(2 * SPACE)
        self.list.setFrameShape(QTreeWidget.Shape.NoFrame)
        self.list.currentItemChanged.connect(lambda item, _: self._take(item))
        self.list.itemClicked.connect(self._click)
        side = QWidget()
        column = QVBoxLayout(side)
        column.setContentsMargins(SPACE, SPACE, SPACE, SPACE)
        column.setSpacing(SPACE)
        column.addLayout(self._bar())
        column.addWidget(self.field)
        column.addWidget(self._found)
        column.addWidget(self.list, 1)
        split = QSplitter()
        split.addWidget(side)
        split.addWidget(self.browser)
        split.setStretchFactor(1, 1)
        split.setSizes([SIDE_WIDTH, 1120 - SIDE_WIDTH])
        split.setChildrenCollapsible(False)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(split)
        self._list_contents()

    def _click(self, item: QTreeWidgetItem) -> None:
        """Go to an item again that is selected already: the page may have been scrolled."""
        target = item.data(0, TARGET)
        if isinstance(target, PagePlace) and target.page == self.page:
            self._show(target)

    def _bar(self) -> QHBoxLayout:
        self.back = self._button("←", "guide_back", "Back (Alt+Left)")
        self.forward = self._button("→", "guide_forward", "Forward (Alt+Right)")
        self.smaller = self._button("A−", "guide_smaller", "Smaller text (Ctrl+minus)")
        self.larger = self._button("A+", "guide_larger", "Larger text (Ctrl+plus)")
        row = QHBoxLayout()
        row.setSpacing(SPACE // 2)
        row.addWidget(self.back)
        row.addWidget(self.forward)
        row.addStretch(1)
        row.addWidget(self.smaller)
        row.addWidget(self.larger)
        self.back.clicked.connect(self.go_back)
        self.forward.clicked.connect(self.go_forward)
        self.smaller.clicked.connect(lambda: self.change_size(-1))
        self.larger.clicked.connect(lambda: self.change_size(1))
        return row

    def _button(self, text: str, name: str, tip: str) -> QToolButton:
        button = named(QToolButton(), name, tip)
        button.setText(text)
        button.setAccessibleName(tip.partition(" (")[0])
        return button

    def change_size(self, by: int) -> None:
        """Make the text larger or smaller by these points, and keep the size in the settings."""
        self.browser.set_text_size(self.browser.text_size + by)
        self._settings.set(TEXT_SIZE, int(self.browser.text_size))
        self._mark()

    def _add_keys(self) -> None:
        keys = {
            "Ctrl+F": self._begin_search, "Alt+Left": self.go_back, "Alt+Right": self.go_forward,
            "Ctrl++": lambda: self.change_size(1), "Ctrl+=": lambda: self.change_size(1),
            "Ctrl+-": lambda: self.change_size(-1),
        }  # fmt: skip
        for key, act in keys.items():
            QShortcut(QKeySequence(key), self).activated.connect(act)

    def _begin_search(self) -> None:
        self.field.setFocus()
        self.field.selectAll()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """In the search field, keys go through what was found; Escape ends the search."""
        if watched is self.field and isinstance(event, QKeyEvent):
            if event.type() != QEvent.Type.KeyPress:
                return False
            back = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            if event.key() == Qt.Key.Key_Down or (enter and not back):
                self.step_match(1)
            elif event.key() == Qt.Key.Key_Up or enter:
                self.step_match(-1)
            elif event.key() == Qt.Key.Key_Escape:
                self.field.clear()
            else:
                return False
            return True
        return False

    def set_theme(self, theme: Theme) -> None:
        """Use these colours from now on."""
        self.setPalette(theme.palette())
        side = theme.view_palette()
        side.setColor(side.ColorRole.Base, theme.colour("panel"))
        self.list.setPalette(side)
        self._found.setPalette(theme.hint_palette())
        self.browser.set_theme(theme)
        self._mark()


def _item(text: str, target: object) -> QTreeWidgetItem:
    item = QTreeWidgetItem([text])
    item.setSizeHint(0, QSize(0, ROW))
    item.setData(0, TARGET, target)
    item.setToolTip(0, plain_tip(text))
    return item
