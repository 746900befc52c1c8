"""The table of actions: menus, toolbar, keys and tooltips are made from its rows."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Self, overload

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from bpviz.session.commands import Command
from bpviz.ui.toolkit.drawing import icons
from bpviz.ui.toolkit.drawing.theme import Theme

Handler = Callable[[], object]


@dataclass(eq=False, slots=True)
class ActionRow:
    """One action; its name is that of its attribute of Actions, its objectName action_<name>.

    ``sends`` returns the command that the action sends to the training thread, if that is all
    that it does; what other actions do is in the ``handlers`` of the parts of the window.
    """

    text: str
    tip: str
    menu: str
    key: str = ""
    icon: str = ""
    toolbar: bool = False
    sends: Callable[[], Command] | None = None
    name: str = field(default="", init=False)

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, actions: None, owner: type) -> Self: ...

    @overload
    def __get__(self, actions: "Actions", owner: type) -> QAction: ...

    def __get__(self, actions: "Actions | None", owner: type) -> "Self | QAction":
        """The row itself as an attribute of the class, its QAction as one of an instance."""
        return self if actions is None else actions[self]


class Actions:
    """The actions of a window: the rows are its attributes, and a new one is one row.

    ``Actions.run`` is a row; ``actions.run`` and ``actions[row]`` are QActions.
    """

    # fmt: off
    open_csv = ActionRow(
        "&Open CSV…", "Learn the patterns of a CSV file", "&File", "Ctrl+O", "folder",
    )
    data = ActionRow(
        "&Data…", "See how the table of this problem is read, and read it otherwise", "&File",
        "Ctrl+Shift+O",
    )
    reload = ActionRow(
        "&Reload table", "Read the file again, and start again with what is in it now", "&File",
        "F5",
    )
    export = ActionRow(
        "&Export…", "Save views or the window as PNG or SVG, or their numbers as CSV", "&File",
        "Ctrl+E", "picture",
    )
    copy_window = ActionRow(
        "&Copy picture of the window", "Put a picture of the whole window on the clipboard",
        "&File", "Ctrl+Shift+C",
    )
    copy_keras = ActionRow(
        "Copy as &Keras",
        "Put a Keras 3 script on the clipboard that builds this network with these weights",
        "&File",
    )
    copy_state = ActionRow(
        "Copy &link text", "Put a text on the clipboard that opens exactly this instant elsewhere",
        "&File", "Ctrl+L",
    )
    paste_state = ActionRow(
        "Open copied lin&k text", "Open the instant whose link text is on the clipboard", "&File",
        "Ctrl+Shift+L",
    )
    quit = ActionRow("&Quit", "Close bpviz", "&File", "Ctrl+Q")
    undo = ActionRow(
        "&Undo", "Take back the last change by hand, or bring the run before back", "&Edit",
        "Ctrl+Z", "undo",
    )
    redo = ActionRow(
        "&Redo", "Make the change that was taken back again", "&Edit", "Ctrl+Shift+Z", "redo",
    )
    run = ActionRow(
        "&Run", "Train until a stop condition or until paused", "&Training", "Space", "play",
        toolbar=True,
    )
    back = ActionRow(
        "&Back one epoch", "Back by one epoch", "&Training", "Left", "skip-previous", toolbar=True,
    )
    step = ActionRow(
        "&Step one epoch", "Train exactly one epoch", "&Training", "Right", "skip-next",
        toolbar=True,
    )
    play_slowly = ActionRow(
        "Play slowl&y", "Forward phase by phase, at the pace of the speed control", "&Training",
        "Ctrl+Space", "play-circle", toolbar=True,
    )
    reset = ActionRow(
        "Rese&t", "Back to epoch 0 and the same initial weights", "&Training", "Ctrl+R", "restart",
        toolbar=True,
    )
    new_seed = ActionRow(
        "&New seed", "Start again from other initial weights: the next seed", "&Training", "Ctrl+N",
        "dice", toolbar=True,
    )
    race = ActionRow(
        "R&ace…", "Train many seeds and variants of this experiment at once", "&Training",
        "Ctrl+Shift+R", "flag", toolbar=True,
    )
    lesion = ActionRow(
        "L&esion…", "See the error without some of the hidden units: each alone, and more and more",
        "&Training",
    )
    solve = ActionRow(
        "Sol&ve it yourself", "Set the weights by hand until every row of the truth table is right",
        "&Training", "Ctrl+T",
    )
    plot = ActionRow(
        "&Plot over time", "Plot over time the weight or unit that the mouse points at",
        "&Training", "P",
    )
    new_data = ActionRow(
        "Regenerate &data", "Start again with other patterns of the same kind: the next data seed",
        "&Training", "Ctrl+D",
    )
    keep = ActionRow(
        "&Keep this run for comparison",
        "Keep the present run's curve and lay the next ones over it", "&Training", "Ctrl+K",
    )
    slower = ActionRow("S&lower", "Fewer epochs per second", "&Training", "Ctrl+Left")
    faster = ActionRow("&Faster", "More epochs per second", "&Training", "Ctrl+Right")
    fastest = ActionRow(
        "As fast as poss&ible", "Train without a limit of the speed", "&Training",
        "Ctrl+Shift+Right",
    )
    choose_speed = ActionRow(
        "Start at a &watchable speed",
        "A new problem starts at a speed at which its error falls within some seconds", "&Training",
    )
    pause_solved = ActionRow(
        "Pause when s&olved", "Pause once in a run, when every training pattern is right",
        "&Training",
    )
    present = ActionRow(
        "&Presentation",
        "One or two views full screen with large text; 1 to 9 choose them, Escape returns", "&View",
        "F11",
    )
    show_only = ActionRow(
        "Show &only…", "Choose which panels, views and fields are shown; the others are hidden",
        "&View",
    )
    show_everything = ActionRow(
        "Show e&verything", "Show all panels, views and fields again", "&View",
    )
    theme_system = ActionRow("Colours of the &system", "Light or dark, as the system is", "&View")
    theme_light = ActionRow("&Light", "Dark on light", "&View")
    theme_dark = ActionRow("&Dark", "Light on dark", "&View")
    reset_layout = ActionRow(
        "&Reset layout", "Put all panels back where they were at first", "&View",
    )
    guide = ActionRow("&Guide", "What bpviz shows and how it is used: searchable", "&Help", "F1")
    write_lessons = ActionRow(
        "Writing &lessons", "How lessons of your own are written, copied and tried", "&Help",
    )
    whats_new = ActionRow("&What's new", "What has changed in bpviz, newest first", "&Help")
    history = ActionRow(
        "A brief &history…", "Works from 1943 to 1989, and the lessons that show them", "&Help",
    )
    shortcuts = ActionRow("&Keys…", "All keys of bpviz", "&Help", "Ctrl+F1")
    about = ActionRow("&About bpviz", "Version, licence and sources", "&Help")
    # fmt: on

    def __init__(self, parent: QWidget) -> None:
        """Make every action; nothing is connected yet."""
        self._made = {row.name: _made(row, parent) for row in ACTIONS}

    def __getitem__(self, row: ActionRow | str) -> QAction:
        """The action of a row, or of a row's name."""
        return self._made[row if isinstance(row, str) else row.name]

    def connect(self, row: ActionRow, handler: Handler) -> None:
        """Let an action call this."""
        self[row].triggered.connect(lambda _=False: handler())

    def connect_commands(self, send: Callable[[Command], None]) -> None:
        """Let ``send`` have the commands of the actions that only send one."""
        for row in ACTIONS:
            if row.sends is not None:
                self.connect(row, partial(_send_new, send, row.sends))


ACTIONS = tuple(row for row in vars(Actions).values() if isinstance(row, ActionRow))
"""Every row, in the order of the menus and the toolbar."""


def _send_new(send: Callable[[Command], None], make: Callable[[], Command]) -> None:
    send(make())


def _made(row: ActionRow, parent: QWidget) -> QAction:
    action = QAction(row.text, parent)
    action.setObjectName(f"action_{row.name}")
    if row.key:
        action.setShortcut(QKeySequence(row.key))
    describe(action, row.tip)
    return action


def describe(action: QAction, tip: str) -> None:
    """Set an action's tooltip, with its key."""
    key = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
    action.setToolTip(f"{tip} ({key})" if key else tip)
    action.setStatusTip(tip)


def set_icons(actions: Actions, theme: Theme) -> None:
    """Draw every icon in the theme's colours."""
    for row in ACTIONS:
        if row.icon:
            set_icon(actions[row], row.icon, theme)


def set_icon(action: QAction, icon: str, theme: Theme) -> None:
    """Draw one action's icon in the theme's colours."""
    role = "accent" if action.objectName() == f"action_{Actions.run.name}" else "text"
    look = f"{icon} {theme.name}"
    if action.property("look") == look:
        return  # called at every change of status
    action.setProperty("look", look)
    action.setIcon(icons.icon(icon, colour=theme.colour(role), disabled=theme.colour("muted", 110)))
