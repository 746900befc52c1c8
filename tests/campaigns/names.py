"""Hostile names of files, columns and classes in everything that bpviz writes or shows.

A table with such names is trained in the real window; its script, its texts for homework, its
CSV files and every text, tooltip and cell on screen are looked at. Nothing may become code,
a formula of a spreadsheet, or a picture that is loaded from the disk.
"""

import ast
import csv
import io
import random
from pathlib import Path
from tempfile import TemporaryDirectory

from PySide6.QtCore import Qt
from PySide6.QtGui import Qt as QtGuiQt
from PySide6.QtWidgets import QComboBox, QLabel, QPushButton, QWidget

from bpviz.app import make_application
from bpviz.experiment.experiment import experiment_for, open_problem
from bpviz.experiment.prepare import new_run, prepare
from bpviz.session.recording.csv_tables import line_of
from bpviz.sharing.keras_script import keras_script
from bpviz.ui.export.tables import TABLES, Rows, TableSource
from bpviz.ui.toolkit.settings import Settings
from bpviz.ui.window.main_window import MainWindow
from tests.campaigns.common import Budget, Findings, until

MARK = "HOSTILE"
NAMES = [
    'x"""+str(__import__("os").system("touch {mark}"))+"""',
    "<img src='file://{mark}'>",
    "![x](file://{mark})",
    "<b>bold</b>",
    "=HYPERLINK(1)",
    "+1+1",
    "-x",
    "@SUM(A1)",
    "\\input{{{mark}}}",
    "$x$ \\write18{{touch {mark}}}",
    "%s %n {{0}}",
    "\u202eabc",
    "a" * 2000,
    "😀" * 20,
    "two\nlines",
    "'\"`",
    "&lt;",
]


def campaign(budget: Budget) -> Findings:
    """Tables with hostile names, one after the other."""
    found = Findings("names")
    make_application([])
    while budget.goes_on(found.tried):
        chance = random.Random(f"{budget.seed} {found.tried}")
        with TemporaryDirectory() as folder:
            mark = Path(folder) / MARK
            names = [name.format(mark=mark) for name in chance.sample(NAMES, 5)]
            path = _table(Path(folder), names, chance)
            try:
                _check(path, found)
            except Exception as error:
                found.exception(error, f"try {found.tried}: {names}")
            if mark.exists():
                found.fault("code in a name ran", repr(names))
        found.tried += 1
    return found


def _table(folder: Path, names: list[str], chance: random.Random) -> Path:
    stem = "".join(c for c in names[4] if c not in "/\x00\n")[:80]
    path = folder / f"{stem}.csv"
    rows = [[*names[:3], "class"]]
    for number in range(24):
        cells = [f"{chance.random():.3f}" for _ in range(3)]
        rows.append([*cells, names[3 + number % 2]])
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)
    return path


def _check(path: Path, found: Findings) -> None:
    experiment, patterns = open_problem(str(path))
    setup = prepare(experiment, 1, patterns)
    script = keras_script(setup, new_run(setup).parameters)
    body = ast.parse(script.encode()).body
    if not isinstance(body[0], ast.Expr) or not isinstance(body[0].value, ast.Constant):
        found.fault("the script does not begin with a text", script[:300])
    _check_window(path, found)


def _check_window(path: Path, found: Findings) -> None:
    window = MainWindow(experiment_for("xor"), Settings(path.with_name("settings.txt")))
    try:
        window.show()
        window.run_actions.load_problem(str(path))
        until(lambda: _has_new_run(window) or _preview_is_ready(window))
        if not _has_new_run(window):  # something was guessed: it is asked about first
            window.findChild(QPushButton, "preview_train").click()
        until(lambda: _has_new_run(window))
        window.parts.late.need_all()
        until(lambda: window.session.status.state == "paused")
        for widget in window.findChildren(QWidget):
            texts = [widget.toolTip(), widget.statusTip(), widget.whatsThis()]
            if isinstance(widget, QLabel) and widget.textFormat() == Qt.TextFormat.AutoText:
                texts.append(widget.text())
            if isinstance(widget, QComboBox):
                texts += [widget.itemData(i, Qt.ItemDataRole.ToolTipRole) for i in range(9)]
            for text in texts:
                if text and "<img" in str(text) and QtGuiQt.mightBeRichText(str(text)):
                    kind = f"{type(widget).__name__} {widget.objectName()}"
                    found.fault(f"shown as HTML: {kind}", str(text)[:300])
        source = TableSource(window.current_frame)
        for table in TABLES:
            if table.is_available(source):
                _check_cells(table.key, table.rows(source), found)
    finally:
        window.close()
        window.deleteLater()


def _has_new_run(window: MainWindow) -> bool:
    return window.current_frame is not None and window.current_frame.snapshot.run_id > 1


def _preview_is_ready(window: MainWindow) -> bool:
    button = window.findChild(QPushButton, "preview_train")
    return button is not None and button.isVisible() and button.isEnabled()


def _check_cells(key: str, rows: Rows, found: Findings) -> None:
    answer = None
    while True:
        try:
            row = rows.send(answer)
        except StopIteration:
            return
        answer = row() if callable(row) else None
        if not callable(row):
            for cell in next(csv.reader(io.StringIO(line_of(row), newline=""))):
                if cell[:1] in ("=", "+", "-", "@") and not _is_number(cell):
                    found.fault(f"a formula in {key}.csv", cell[:200])


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
