"""What a person takes along: pictures, a Keras script, and the link text of an instant."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication

from bpviz.core.values import BadValue
from bpviz.session.commands import Describe, Load
from bpviz.ui.views.base import View

if TYPE_CHECKING:
    from bpviz.ui.window.main_window import MainWindow


class Sharing:
    """Puts what a window shows on the clipboard or into files, and takes a link text from it."""

    def __init__(self, window: "MainWindow") -> None:
        self._window = window
        window.session.described.connect(self._take_link)

    def handlers(self) -> dict[str, Callable[[], None]]:
        """Name of an action -> what it does."""
        return {
            "export": self.export,
            "copy_window": lambda: self.copy(None),
            "copy_keras": self.copy_keras,
            "copy_state": self.copy_state,
            "paste_state": self.paste_link,
        }

    def export(self) -> None:
        """Ask which pictures or numbers to save, and where."""
        from bpviz.ui.export.dialog import ExportDialog  # not needed before it is asked for

        window = self._window
        if window.current_frame is not None:
            views = window.pictured_views()
            dialog = ExportDialog(views, window.current_frame, window, window.settings, window)
            dialog.exported.connect(self._note_files)
            dialog.exec()

    def _note_files(self, paths: list[Path]) -> None:
        kind = "table" if paths[0].suffix == ".csv" else "picture"
        count = f"1 {kind}" if len(paths) == 1 else f"{len(paths)} {kind}s"
        self._say(f"{count} written to {paths[0].parent}.")

    def copy(self, view: View | None) -> None:
        """A picture of a view, or of the whole window, goes to the clipboard."""
        from bpviz.ui.export.pictures import copy_picture, window_picture  # not needed before that

        if view is None:
            QGuiApplication.clipboard().setImage(window_picture(self._window, 2.0))
        elif self._window.current_frame is not None:
            copy_picture(view, self._window.current_frame)
        self._say("Picture copied to the clipboard.", 4000)

    def copy_state(self) -> None:
        """The link text of the present instant goes to the clipboard once it is described."""
        self._window.session.send(Describe())

    def copy_keras(self) -> None:
        """A script that builds this network in Keras goes to the clipboard."""
        from bpviz.sharing.keras_script import keras_script  # not needed before it is asked for

        frame = self._window.current_frame
        if frame is None:
            return
        try:
            text = keras_script(frame.setup, frame.snapshot.parameters, frame.snapshot.epoch)
        except BadValue as error:
            self._window.message.say(str(error))
            return
        QGuiApplication.clipboard().setText(text)
        self._say(f"Keras script of {frame.snapshot.instant} copied to the clipboard.")

    def _take_link(self, instant: str, text: str) -> None:
        QGuiApplication.clipboard().setText(text)
        self._say(
            f"Link text of {instant} copied, {len(text):,} characters: bpviz --state TEXT opens it."
        )

    def paste_link(self) -> None:
        """Open what the link text on the clipboard says."""
        from bpviz.sharing.link_text import moment_of  # not needed before it is asked for

        try:
            moment = moment_of(QGuiApplication.clipboard().text())
        except BadValue as error:
            self._window.message.say(str(error))
            return
        self._window.message.clear()
        self._window.session.send(Load(moment.experiment, at=moment.at))

    def _say(self, words: str, milliseconds: int = 8000) -> None:
        self._window.statusBar().showMessage(words, milliseconds)
