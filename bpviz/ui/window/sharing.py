"""Exports and the clipboard: pictures, a Keras script, and the link text of an instant."""

from pathlib import Path

from PySide6.QtGui import QGuiApplication

from bpviz.core.values import BadValue
from bpviz.session.commands import Describe, Load
from bpviz.sharing.shown import EVERYTHING
from bpviz.ui.window.actions import ActionRow, Actions, Handler
from bpviz.ui.window.context import WindowContext
from bpviz.ui.window.lazy_views import LazyViews
from bpviz.ui.window.race_window import RaceWindowController


class Sharing:
    """Puts what the window shows on the clipboard or into files, and opens link texts."""

    def __init__(self, window: WindowContext, parts: LazyViews, race: RaceWindowController) -> None:
        self._window, self._parts, self._race = window, parts, race
        window.session.described.connect(self._copy_link)

    def handlers(self) -> dict[ActionRow, Handler]:
        """Action -> what it does."""
        return {
            Actions.export: self.export,
            Actions.copy_window: self.copy_window,
            Actions.copy_keras: self.copy_keras,
            Actions.copy_state: self.copy_state,
            Actions.paste_state: self.paste_link,
        }

    def export(self) -> None:
        """Ask which pictures or numbers to save, and where."""
        from bpviz.ui.export.dialog import ExportDialog  # imported on first use

        frame, widget = self._window.current_frame, self._window.widget
        if frame is not None:
            views = [*self._parts.all_pictured(), *self._race.views]
            dialog = ExportDialog(views, frame, widget, self._window.settings, widget)
            dialog.exported.connect(self._note_files)
            dialog.exec()

    def _note_files(self, paths: list[Path]) -> None:
        kind = "table" if paths[0].suffix == ".csv" else "picture"
        count = f"1 {kind}" if len(paths) == 1 else f"{len(paths)} {kind}s"
        self._window.say(f"{count} written to {paths[0].parent}.")

    def copy_window(self) -> None:
        """Copy a picture of the whole window."""
        from bpviz.ui.export.pictures import window_picture  # imported on first use

        QGuiApplication.clipboard().setImage(window_picture(self._window.widget, 2.0))
        self._window.say("Picture copied to the clipboard.", 4000)

    def copy_view(self, key: str) -> None:
        """Copy a picture of the view or panel of this key."""
        from bpviz.ui.export.pictures import copy_picture  # imported on first use

        view, frame = self._parts.pictured(key), self._window.current_frame
        if view is not None and frame is not None:
            copy_picture(view, frame)
        self._window.say("Picture copied to the clipboard.", 4000)

    def copy_state(self) -> None:
        """Request the link text of the present instant; ``_copy_link`` copies it."""
        self._window.session.send(Describe(self._window.shown))

    def copy_keras(self) -> None:
        """Copy a script that builds this network in Keras."""
        from bpviz.sharing.keras_script import keras_script  # imported on first use

        frame = self._window.current_frame
        if frame is None:
            return
        try:
            text = keras_script(frame.setup, frame.snapshot.parameters, frame.snapshot.epoch)
        except BadValue as error:
            self._window.message.say(str(error))
            return
        QGuiApplication.clipboard().setText(text)
        self._window.say(f"Keras script of {frame.snapshot.instant} copied to the clipboard.")

    def _copy_link(self, instant: str, text: str) -> None:
        from bpviz.sharing.link_text import read_link_text  # imported on first use

        QGuiApplication.clipboard().setText(text)
        curve = "" if read_link_text(text).has_curve else " without the curve that led to it"
        self._window.say(
            f"Link text of {instant} copied{curve}, {len(text):,} characters. "
            "Open copied link text (Ctrl+Shift+L) opens it in a window, bpviz --state from a shell."
        )

    def paste_link(self) -> None:
        """Open the instant whose link text is on the clipboard."""
        from bpviz.sharing.link_text import read_link_text  # imported on first use

        try:
            shared = read_link_text(QGuiApplication.clipboard().text())
            if shared.shown != EVERYTHING:
                self._window.show_only(shared.shown)
        except BadValue as error:
            self._window.message.say(str(error))
            return
        self._window.message.clear()
        self._window.session.send(Load(shared.experiment, at=shared.at))
