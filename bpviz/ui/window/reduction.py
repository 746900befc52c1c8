"""The window with only some of its panels and fields, and the way back to all of them."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStatusBar, QToolButton

from bpviz.core.values import check_choice
from bpviz.sharing.shown import ALWAYS, EVERYTHING, Shown, shown_from, shown_table
from bpviz.ui.panels.experiment.panel import ExperimentPanel
from bpviz.ui.panels.experiment.parts import PARTS
from bpviz.ui.toolkit.widgets.naming import named
from bpviz.ui.window.actions import ActionRow, Actions, Handler
from bpviz.ui.window.context import WindowContext
from bpviz.ui.window.docks import Docks

SETTING = "shown"


class Reduction:
    """Hides panels, views and fields; the choice is kept in the settings.

    While something is hidden, a button in the status bar shows everything again.
    """

    def __init__(
        self,
        window: WindowContext,
        docks: Docks,
        panel: ExperimentPanel,
        bar: QStatusBar,
        actions: Actions,
    ) -> None:
        self._window, self._docks, self._panel = window, docks, panel
        self._everything = actions.show_everything
        self._button = named(QToolButton(), "status_show_everything")
        self._button.setDefaultAction(self._everything)
        self._button.setObjectName("status_show_everything")
        self._button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        bar.addPermanentWidget(self._button)
        self.shown = self._remembered()
        self._apply(open_docks=False)

    def handlers(self) -> dict[ActionRow, Handler]:
        """Action -> what it does."""
        return {Actions.show_only: self.ask, Actions.show_everything: self.show_everything}

    def ask(self) -> None:
        """Show the dialog in which the user chooses."""
        from bpviz.ui.window.shown_dialog import ShownDialog  # imported on first use

        titles = {key: dock.windowTitle() for key, dock in self._docks.by_key.items()}
        dialog = ShownDialog(titles, self.shown, self._window.widget)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.chosen.connect(self.show_only)
        dialog.open()

    def show_everything(self) -> None:
        """Show all panels, views and fields."""
        self.show_only(EVERYTHING)
        self._window.say("All panels, views and fields are shown.")

    def show_only(self, shown: Shown) -> None:
        """Show this much, now and at the next start.

        Raises BadValue for the name of a panel or field that there is not.
        """
        self._check(shown)
        self._set(shown, open_docks=True)
        if shown != EVERYTHING:
            self._window.say(
                "Some panels, views or fields are hidden: Show everything brings them back."
            )

    def bring_back(self, key: str) -> None:
        """Show a panel or view that is hidden."""
        if key in self._docks.by_key and not self.shown.has(key):
            self._set(self.shown.with_panel(key), open_docks=False)
            dock = self._docks.by_key[key]
            dock.show()
            self._window.say(f"{dock.windowTitle()} was hidden and is shown again.")

    def _remembered(self) -> Shown:
        """What the settings hold; everything if that is damaged or of another version."""
        if SETTING not in self._window.settings:
            return EVERYTHING
        import json  # imported on first use

        try:
            shown = shown_from(json.loads(self._window.settings.text(SETTING)))
            self._check(shown)
        except (ValueError, RecursionError):  # among them BadValue
            return EVERYTHING
        return shown

    def _check(self, shown: Shown) -> None:
        for key in shown.panels or ():
            check_choice("panels", key, (ALWAYS, *self._docks.by_key))
        for name in shown.hide:
            check_choice("hide", name, PARTS)

    def _set(self, shown: Shown, *, open_docks: bool) -> None:
        import json  # imported on first use

        keys = [key for key in self._docks.by_key if shown.has(key)]
        self.shown = (
            EVERYTHING if len(keys) == len(self._docks.by_key) and not shown.hide else shown
        )
        self._window.settings.set(SETTING, json.dumps(shown_table(self.shown)))
        self._apply(open_docks=open_docks)

    def _apply(self, *, open_docks: bool) -> None:
        keys = [key for key in self._docks.by_key if self.shown.has(key)]
        self._docks.show_only(keys, open_=open_docks)
        self._panel.hide_parts(self.shown.hide)
        reduced = self.shown != EVERYTHING
        self._everything.setEnabled(reduced)
        self._button.setVisible(reduced)
        self._button.setToolTip(f"Hidden: {', '.join(self._hidden_titles())}. Show them again.")

    def _hidden_titles(self) -> list[str]:
        titles = [d.windowTitle() for k, d in self._docks.by_key.items() if not self.shown.has(k)]
        return titles + [PARTS[name].title for name in self.shown.hide]
