"""An exception in a method that Qt calls is reported, and costs that one call only."""

import importlib
import pkgutil

import pytest
from PySide6.QtCore import QAbstractTableModel, QEvent, QModelIndex, QObject, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QTableView, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

import bpviz.ui
from bpviz.ui.toolkit.guard import attempt, guard_overrides, is_guarded, overrides


@guard_overrides
class Broken(QWidget):
    painted = 0

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.drawLine(0, 0, 9, 9)
        self.painted += 1
        raise KeyError(3)

    def sizeHint(self) -> QSize:
        raise ValueError("no size")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        raise ValueError("no filter")


@guard_overrides
class BrokenModel(QAbstractTableModel):
    def rowCount(self, parent: object = None) -> int:
        raise ValueError("no rows")

    def columnCount(self, parent: object = None) -> int:
        return 2

    def data(self, index: QModelIndex, role: int = 0) -> object:
        raise ValueError("no data")


def test_painting_goes_on_beside_a_widget_that_fails(qtbot: QtBot) -> None:
    window, broken = QWidget(), Broken()
    broken.setMinimumSize(50, 50)
    qtbot.addWidget(window)
    layout = QVBoxLayout(window)
    layout.addWidget(broken)
    with qtbot.captureExceptions() as caught:
        window.show()
        qtbot.waitUntil(lambda: broken.painted > 0)
        before = broken.painted
        broken.update()
        qtbot.waitUntil(lambda: broken.painted > before)
        assert not window.grab().isNull()  # no painter is left active on the window
    kinds = [kind for kind, _, _ in caught]
    assert kinds.count(KeyError) == 1  # once, however often it is painted
    assert broken.sizeHint() == QWidget().sizeHint()


def test_a_filter_that_fails_lets_events_through(qtbot: QtBot) -> None:
    broken, watched = Broken(), QWidget()
    qtbot.addWidget(broken)
    qtbot.addWidget(watched)
    watched.installEventFilter(broken)
    with qtbot.captureExceptions():
        watched.show()
    assert watched.isVisible()


def test_a_model_that_fails_is_an_empty_one(qtbot: QtBot) -> None:
    view, model = QTableView(), BrokenModel()
    qtbot.addWidget(view)
    with qtbot.captureExceptions() as caught:
        view.setModel(model)
        view.show()
        assert model.rowCount() == 0
        assert model.data(model.index(0, 0), Qt.ItemDataRole.DisplayRole.value) is None
        view.hide()
        view.setModel(None)
    assert any("no rows" in str(error) for _, error, _ in caught)


def test_what_is_not_qts_keeps_its_exceptions() -> None:
    @guard_overrides
    class Plain(QWidget):
        def shown(self) -> None:
            raise KeyError(3)

    with pytest.raises(KeyError):
        Plain.shown(None)  # type: ignore[arg-type]
    assert overrides(Plain) == []
    assert is_guarded(Broken.paintEvent)


def all_overrides() -> list[tuple[type, str]]:
    """Every method of the package's window that Qt calls."""
    modules = [
        importlib.import_module(module.name)
        for module in pkgutil.walk_packages(bpviz.ui.__path__, "bpviz.ui.")
    ]
    classes = {
        value
        for module in modules
        for value in vars(module).values()
        if isinstance(value, type) and value.__module__ == module.__name__
    }
    found = [(cls, name) for cls in classes for name in overrides(cls)]
    return sorted(found, key=lambda row: (row[0].__qualname__, row[1]))


@pytest.mark.parametrize(
    ("cls", "name"), all_overrides(), ids=lambda v: v if isinstance(v, str) else v.__qualname__
)
def test_no_exception_leaves_an_override(qtbot: QtBot, cls: type, name: str) -> None:
    method = getattr(cls, name)
    assert is_guarded(method)
    with qtbot.captureExceptions():
        method(object(), *[object()] * method.__wrapped__.__code__.co_argcount)  # raises inside


def test_of_several_calls_a_failing_one_costs_itself_only(qtbot: QtBot) -> None:
    done: list[int] = []
    with qtbot.captureExceptions() as caught:
        for number in (1, 0, 2):
            attempt(lambda n=number: done.append(1 // n))
    assert done == [1, 0]
    assert [kind for kind, _, _ in caught] == [ZeroDivisionError]


def test_an_object_that_is_being_destroyed_reports_nothing(qtbot: QtBot) -> None:
    broken = Broken()
    qtbot.addWidget(broken)
    vars(broken).clear()  # as the collector leaves it before Qt destroys the widget
    with qtbot.captureExceptions() as caught:
        broken.sizeHint()
    assert caught == []
