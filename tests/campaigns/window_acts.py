"""What a person may do in the window, at places that chance chooses."""

import random
from collections import Counter
from pathlib import Path
from typing import Any

from bpviz.ui.window.actions import ACTIONS
from tests.campaigns import hands
from tests.campaigns.common import wait
from tests.campaigns.round_inputs import CLIPBOARD, KEYS, TEXTS

KINDS = {
    "click": 14, "double": 4, "drag": 5, "wheel": 4, "key": 8, "type": 8, "action": 14, "button": 8,
    "combo": 6, "dock": 5, "open": 4, "paste": 3, "resize": 2, "table": 4, "wait": 2, "lesson": 5,
    "hover": 3, "slide": 3, "cell": 3, "link": 2, "squeeze": 2, "drop": 3, "menu": 3, "dialog": 8,
    "seek": 14,
}  # fmt: skip


OPENS = {
    "export_dialog": "export", "race_window": "race", "table_preview": "data",
    "dialog_show_only": "show_only", "presentation": "present", "keys_dialog": "shortcuts",
}  # fmt: skip
"""Name of a window beside the main one -> the action that opens it."""


class Acts:
    """The acts; each is a method of the name of its kind with an underscore before it."""

    folder: Path
    app: Any
    window: Any
    reached: Counter[str]
    known: set[str]
    files: random.Random
    file_names: list[str]

    # -- what is met -------------------------------------------------------------------------

    @staticmethod
    def name_of(widget: Any) -> str:
        """What a widget is called in a list of what was reached."""
        return widget.objectName() or type(widget).__name__

    def is_new(self, name: str) -> bool:
        """Whether neither this round nor an earlier one has reached this."""
        return name not in self.known and not self.reached[name]

    def meet(self, field: Any) -> None:
        """Note that a field was used."""
        self.reached[f"field {self.name_of(field)}"] += 1

    def pick(self, chance: random.Random, fields: list[Any]) -> Any:
        """One of these fields, which are not empty; often one that was not used yet."""
        new = [field for field in fields if self.is_new(f"field {self.name_of(field)}")]
        field = chance.choice(new if new and chance.random() < 0.7 else fields)
        self.meet(field)
        return field

    def windows(self) -> list[Any]:
        """The windows that a person sees: a stage in a scene is one only where a view shows it."""

        def is_seen(top: Any) -> bool:
            proxy = top.graphicsProxyWidget()
            scene = None if proxy is None else proxy.scene()
            return scene is None or any(view.isVisible() for view in scene.views())

        return [top for top in self.app.topLevelWidgets() if top.isVisible() and is_seen(top)]

    def named_fields(self) -> list[Any]:
        """The fields with a name that are there now, seen or not."""
        from PySide6.QtWidgets import QAbstractButton, QAbstractSlider, QComboBox, QLineEdit

        kinds = (QAbstractButton, QAbstractSlider, QComboBox, QLineEdit)
        return [
            field
            for top in self.app.topLevelWidgets()
            for kind in kinds
            for field in top.findChildren(kind)
            if field.objectName() and not field.objectName().startswith("qt_")
        ]

    def field_names(self) -> set[str]:
        """The names of these fields, as ``reached`` calls them."""
        return {f"field {field.objectName()}" for field in self.named_fields()}

    # -- acts --------------------------------------------------------------------------------

    def _seen(self, kind: Any = None) -> list[Any]:
        from PySide6.QtWidgets import QWidget

        tops = self.windows()
        found = [w for top in tops for w in (top, *top.findChildren(kind or QWidget))]
        if kind is not None:
            found = [widget for widget in found if isinstance(widget, kind)]
        return [
            w for w in found if w.isVisible() and w.isEnabled() and min(w.width(), w.height()) > 2
        ]

    def _place(self, chance: random.Random) -> Any:
        """A random visible widget, and a point of it in its window."""
        from PySide6.QtCore import QPoint

        widget = chance.choice(self._seen())
        point = QPoint(chance.randrange(widget.width()), chance.randrange(widget.height()))
        return widget, widget.mapTo(widget.window(), point)

    def _click(self, chance: random.Random, times: int = 1) -> None:
        from PySide6.QtCore import Qt

        widget, point = self._place(chance)
        buttons = [Qt.MouseButton.LeftButton] * 6 + [Qt.MouseButton.RightButton]
        modifiers = [Qt.KeyboardModifier.NoModifier] * 4 + [Qt.KeyboardModifier.ShiftModifier]
        button, held = chance.choice(buttons), chance.choice(modifiers)
        for _ in range(times):
            hands.click(widget, point, button, held)

    def _double(self, chance: random.Random) -> None:
        self._click(chance, times=2)

    def _drag(self, chance: random.Random) -> None:
        from PySide6.QtCore import QPoint

        widget, point = self._place(chance)
        points = [point]
        for _ in range(4):
            points.append(points[-1] + QPoint(chance.randrange(-90, 91), chance.randrange(-60, 61)))
        hands.drag(widget, points)

    def _wheel(self, chance: random.Random) -> None:
        from PySide6.QtCore import QPoint, QPointF, Qt
        from PySide6.QtGui import QWheelEvent

        widget = chance.choice(self._seen())
        at = QPointF(chance.randrange(widget.width()), chance.randrange(widget.height()))
        turned = QPoint(0, chance.choice([-1200, -120, 120, 1200, 7]))
        event = QWheelEvent(
            at, widget.mapToGlobal(at), QPoint(), turned, Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        self.app.sendEvent(widget, event)

    def _key(self, chance: random.Random) -> None:
        from PySide6.QtCore import Qt

        target = self.app.activePopupWidget() or self.app.activeWindow() or self.window
        modifiers = [Qt.KeyboardModifier.NoModifier] * 3 + [Qt.KeyboardModifier.ControlModifier]
        for _ in range(chance.choice([1, 1, 3, 10])):
            key = getattr(Qt.Key, f"Key_{chance.choice(KEYS)}")
            hands.press_key(target, key, chance.choice(modifiers), in_window=True)

    def _type(self, chance: random.Random) -> None:
        from PySide6.QtCore import Qt
        from PySide6.QtWidgets import QLineEdit

        fields = [w for w in self._seen(QLineEdit) if not w.isReadOnly()]
        if fields:
            entry = self.pick(chance, fields)
            entry.setFocus()
            entry.selectAll()
            entry.insert(chance.choice(TEXTS))
            hands.press_key(
                entry, chance.choice([Qt.Key.Key_Return, Qt.Key.Key_Tab, Qt.Key.Key_Escape])
            )

    def _action(self, chance: random.Random) -> None:
        names = sorted({row.name for row in ACTIONS} - {"quit"})
        new = [name for name in names if self.is_new(f"action {name}")]
        name = chance.choice(new if new and chance.random() < 0.5 else names)
        self.window.actions_by_name[name].trigger()

    def _button(self, chance: random.Random) -> None:
        from PySide6.QtWidgets import QAbstractButton

        if buttons := self._seen(QAbstractButton):
            self.pick(chance, buttons).click()

    def _combo(self, chance: random.Random) -> None:
        from PySide6.QtWidgets import QComboBox

        if boxes := [box for box in self._seen(QComboBox) if box.count()]:
            box = self.pick(chance, boxes)
            index = chance.randrange(box.count())
            box.setCurrentIndex(index)
            box.activated.emit(index)

    def _seek(self, chance: random.Random) -> None:
        """Go to where a field is that was not used yet, and use it if it can be."""
        from PySide6.QtWidgets import QDockWidget, QStackedWidget, QTabWidget

        fields = [f for f in self.named_fields() if self.is_new(f"field {self.name_of(f)}")]
        if not fields:
            return
        field = page = chance.choice(fields)
        while (holder := page.parentWidget()) is not None and not page.isWindow():
            if isinstance(holder, QStackedWidget | QTabWidget) and holder.indexOf(page) >= 0:
                holder.setCurrentWidget(page)
            if isinstance(page, QDockWidget) and page.objectName().startswith("dock_"):
                self.window.bring(page.objectName().removeprefix("dock_"))
            self.unfold(page, holder)
            page = holder
        if not page.isVisible() and (name := OPENS.get(page.objectName())) is not None:
            self.window.actions_by_name[name].trigger()
        wait(30)
        if field.isVisible() and field.isEnabled():
            self.meet(field)
            self.use(field, chance)

    def unfold(self, page: Any, holder: Any) -> None:
        """Press what unfolds a part of the window, as long as it is folded."""
        from PySide6.QtWidgets import QAbstractButton

        for button in holder.findChildren(QAbstractButton) if page.isHidden() else ():
            if button.isCheckable() and not button.isChecked() and button.isVisible():
                self.meet(button)
                button.click()
                if not page.isHidden():
                    return

    def use(self, field: Any, chance: random.Random) -> None:
        """Do with a field what it is for."""
        from PySide6.QtWidgets import QAbstractButton, QAbstractSlider, QComboBox

        if isinstance(field, QAbstractButton):
            field.click()
        elif isinstance(field, QAbstractSlider):
            field.setValue(chance.randint(field.minimum(), field.maximum()))
        elif isinstance(field, QComboBox):
            index = chance.randrange(max(field.count(), 1))
            field.setCurrentIndex(index)
            field.activated.emit(index)
        else:
            field.setText(chance.choice(TEXTS))
            field.editingFinished.emit()

    def _dock(self, chance: random.Random) -> None:
        docks = self.window.docks.by_key
        key = chance.choice(sorted(docks))
        do = chance.choice(["bring", "bring", "bring", "float", "close", "dock", "tiny"])
        if do == "bring":
            self.window.bring(key)
        elif do == "tiny":
            docks[key].setFloating(True)
            docks[key].resize(1, 1)
        elif do == "close":
            docks[key].close()
        else:
            docks[key].setFloating(do == "float")

    def _open(self, chance: random.Random) -> None:
        from PySide6.QtWidgets import QAbstractButton

        lesson = [b for b in self._seen(QAbstractButton) if b.objectName() == "lesson_open"]
        if lesson and chance.random() < 0.4:
            lesson[0].click()
        else:
            self.window.actions_by_name["open_csv"].trigger()

    def _hover(self, chance: random.Random) -> None:
        from PySide6.QtCore import QEvent
        from PySide6.QtGui import QHelpEvent
        from PySide6.QtTest import QTest

        widget = chance.choice(self._seen())
        handle, point = widget.window().windowHandle(), widget.rect().center()
        QTest.mouseMove(handle, widget.mapTo(widget.window(), point))
        event = QHelpEvent(QEvent.Type.ToolTip, point, widget.mapToGlobal(point))
        self.app.sendEvent(widget, event)

    def _slide(self, chance: random.Random) -> None:
        from PySide6.QtWidgets import QAbstractSlider

        if sliders := self._seen(QAbstractSlider):
            slider = self.pick(chance, sliders)
            slider.setValue(chance.randint(slider.minimum(), slider.maximum()))

    def _cell(self, chance: random.Random) -> None:
        """Select cells, sort or resize the columns of a table, and copy."""
        from PySide6.QtCore import Qt
        from PySide6.QtWidgets import QHeaderView, QTableView

        if not (tables := self._seen(QTableView)):
            return
        table = chance.choice(tables)
        header = table.horizontalHeader()
        if isinstance(header, QHeaderView) and header.count():
            section = chance.randrange(header.count())
            header.resizeSection(section, chance.choice([0, 5, 80, 3000]))
            header.sectionClicked.emit(section)
        table.selectAll()
        table.setFocus()
        hands.press_key(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)

    def _link(self, chance: random.Random) -> None:
        """Paste the link text of another experiment, or the present one with a changed letter."""
        from bpviz.experiment.experiment import experiment_for
        from bpviz.sharing.checkpoint import SharedExperiment
        from bpviz.sharing.link_text import text_of

        text = text_of(SharedExperiment(experiment_for(chance.choice(["xor", "iris", "sine"]))))
        if chance.random() < 0.5:
            at = chance.randrange(len(text))
            text = text[:at] + chance.choice("aZ0_-.") + text[at + 1 :]
        self.app.clipboard().setText(text)
        self.window.actions_by_name["paste_state"].trigger()

    def _paste(self, chance: random.Random) -> None:
        from PySide6.QtCore import Qt
        from PySide6.QtWidgets import QAbstractItemView

        self.app.clipboard().setText(chance.choice(CLIPBOARD))
        if tables := self._seen(QAbstractItemView):
            table = chance.choice(tables)
            table.setFocus()
            hands.press_key(table, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
        self.window.actions_by_name["paste_state"].trigger()

    def _squeeze(self, chance: random.Random) -> None:
        """Give a view no room, as a layout does for a moment."""
        view = chance.choice(list(self.window.views.values()))
        view.setMinimumSize(0, 0)
        view.resize(chance.randrange(1, 12), chance.randrange(1, 12))

    def _drop(self, chance: random.Random) -> None:
        """Drop a file on the window, or a text or two files, which it takes for none."""
        from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
        from PySide6.QtGui import QDropEvent

        data = QMimeData()
        paths = [self._file() for _ in range(chance.choice([1, 1, 1, 1, 0, 2]))]
        data.setUrls([QUrl.fromLocalFile(path) for path in paths])
        event = QDropEvent(
            QPointF(9, 9), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )  # fmt: skip
        self.app.sendEvent(self.window, event)

    def _menu(self, chance: random.Random) -> None:
        """Open a context menu, where there is one; it is answered like a dialog."""
        from PySide6.QtGui import QContextMenuEvent

        widget = chance.choice(self._seen())
        at = widget.rect().center()
        reason = QContextMenuEvent.Reason.Mouse
        event = QContextMenuEvent(reason, at, widget.mapToGlobal(at))
        self.app.sendEvent(widget, event)

    def _dialog(self, chance: random.Random) -> None:
        """Use a field or a button of a window beside the main one, or close it."""
        from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit

        others = [top for top in self.windows() if top is not self.window]
        if not others:
            dialogs = ("export", "data", "race", "history", "show_only", "shortcuts", "about")
            self.window.actions_by_name[chance.choice(dialogs)].trigger()
            return
        top = chance.choice(others)
        kinds = (QAbstractButton, QComboBox, QLineEdit)
        fields = [f for kind in kinds for f in top.findChildren(kind) if f.isVisible()]
        if not fields or chance.random() < 0.15:
            top.close()
            return
        field = self.pick(chance, [f for f in fields if f.isEnabled()] or fields)
        self.use(field, chance)

    def _resize(self, chance: random.Random) -> None:
        sizes = [(1, 1), (640, 480), (1280, 800), (3840, 2160), (300, 2000), (2500, 200)]
        self.window.resize(*chance.choice(sizes))

    def _table(self, chance: random.Random) -> None:
        from PySide6.QtCore import QAbstractListModel, Qt
        from PySide6.QtWidgets import QAbstractItemView, QLineEdit

        tables = [t for t in self._seen(QAbstractItemView) if t.model() and t.model().rowCount()]
        if not tables:
            return
        table = chance.choice(tables)
        model = table.model()
        index = model.index(chance.randrange(min(model.rowCount(), 12)), 0)
        # Of a list, PySide cannot ask how many columns it has.
        columns = 1 if isinstance(model, QAbstractListModel) else model.columnCount()
        index = index.siblingAtColumn(chance.randrange(max(columns, 1)))
        table.setCurrentIndex(index)
        if model.flags(index) & Qt.ItemFlag.ItemIsEditable:
            table.edit(index)
            for editor in table.findChildren(QLineEdit)[-1:]:
                editor.selectAll()
                editor.insert(chance.choice(TEXTS))
                hands.press_key(editor, Qt.Key.Key_Return)

    def _wait(self, chance: random.Random) -> None:
        wait(chance.choice([50, 200, 500]))

    def _lesson(self, chance: random.Random) -> None:
        from bpviz.lessons.loader import find_lesson, shipped_lessons

        lesson = find_lesson(chance.choice(sorted(shipped_lessons())))
        self.window.open_lesson(lesson, set_up=chance.random() < 0.7)
