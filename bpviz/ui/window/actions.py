"""The table of actions: menus, toolbar, keys and tooltips are made from its rows."""

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from bpviz.ui.toolkit.drawing import icons
from bpviz.ui.toolkit.drawing.theme import Theme

Actions = Mapping[str, QAction]
"""Every action by name."""


@dataclass(frozen=True, slots=True)
class ActionRow:
    """One action: its objectName is action_<name>."""

    name: str
    text: str
    tip: str
    menu: str
    key: str = ""
    icon: str = ""
    toolbar: bool = False


ACTIONS: tuple[ActionRow, ...] = (
    ActionRow("open_csv", "&Open CSV…", "Learn the patterns of a CSV file", "&File", "Ctrl+O",
              "folder"),
    ActionRow("data", "&Data…",
              "See how the table of this problem is read, and read it otherwise", "&File",
              "Ctrl+Shift+O"),
    ActionRow("reload", "&Reload table",
              "Read the file again, and start again with what is in it now", "&File", "F5"),
    ActionRow("export", "&Export…",
              "Save views or the window as PNG or SVG, or their numbers as CSV", "&File",
              "Ctrl+E", "picture"),
    ActionRow("copy_window", "&Copy picture of the window",
              "Put a picture of the whole window on the clipboard", "&File", "Ctrl+Shift+C"),
    ActionRow("copy_keras", "Copy as &Keras",
              "Put a Keras 3 script on the clipboard that builds this network with these weights",
              "&File"),
    ActionRow("copy_state", "Copy &link text",
              "Put a text on the clipboard that opens exactly this instant elsewhere", "&File",
              "Ctrl+L"),
    ActionRow("paste_state", "Open copied lin&k text",
              "Open the instant whose link text is on the clipboard", "&File", "Ctrl+Shift+L"),
    ActionRow("quit", "&Quit", "Close bpviz", "&File", "Ctrl+Q"),
    ActionRow("undo", "&Undo",
              "Take back the last change by hand, or bring the run before back", "&Edit",
              "Ctrl+Z", "undo"),
    ActionRow("redo", "&Redo", "Make the change that was taken back again", "&Edit",
              "Ctrl+Shift+Z", "redo"),
    ActionRow("run", "&Run", "Train until a stop condition or until paused", "&Training", "Space",
              "play", toolbar=True),
    ActionRow("back", "&Back one epoch", "Back by one epoch", "&Training", "Left",
              "skip-previous", toolbar=True),
    ActionRow("step", "&Step one epoch", "Train exactly one epoch", "&Training", "Right",
              "skip-next", toolbar=True),
    ActionRow("play_slowly", "Play slowl&y",
              "Forward phase by phase, at the pace of the speed control", "&Training",
              "Ctrl+Space", "play-circle", toolbar=True),
    ActionRow("reset", "Rese&t", "Back to epoch 0 and the same initial weights", "&Training",
              "Ctrl+R", "restart", toolbar=True),
    ActionRow("new_seed", "&New seed",
              "Start again from other initial weights: the next seed", "&Training", "Ctrl+N",
              "dice", toolbar=True),
    ActionRow("race", "R&ace…", "Train many seeds and variants of this experiment at once",
              "&Training", "Ctrl+Shift+R", "flag", toolbar=True),
    ActionRow("solve", "Sol&ve it yourself",
              "Set the weights by hand until every row of the truth table is right",
              "&Training", "Ctrl+T"),
    ActionRow("plot", "&Plot over time",
              "Plot over time the weight or unit that the mouse points at", "&Training", "P"),
    ActionRow("new_data", "Regenerate &data",
              "Start again with other patterns of the same kind: the next data seed", "&Training",
              "Ctrl+D"),
    ActionRow("keep", "&Keep this run for comparison",
              "Keep the present run's curve and lay the next ones over it", "&Training", "Ctrl+K"),
    ActionRow("slower", "S&lower", "Fewer epochs per second", "&Training", "Ctrl+Left"),
    ActionRow("faster", "&Faster", "More epochs per second", "&Training", "Ctrl+Right"),
    ActionRow("fastest", "As fast as poss&ible", "Train without a limit of the speed",
              "&Training", "Ctrl+Shift+Right"),
    ActionRow("choose_speed", "Start at a &watchable speed",
              "A new problem starts at a speed at which its error falls within some seconds",
              "&Training"),
    ActionRow("pause_solved", "Pause when s&olved",
              "Pause once in a run, when every training pattern is right", "&Training"),
    ActionRow("present", "&Presentation",
              "One or two views full screen with large text; 1 to 9 choose them, Escape returns",
              "&View", "F11"),
    ActionRow("show_only", "Show &only…",
              "Choose which panels, views and fields are shown; the others are hidden", "&View"),
    ActionRow("show_everything", "Show e&verything",
              "Show all panels, views and fields again", "&View"),
    ActionRow("theme_system", "Colours of the &system", "Light or dark, as the system is", "&View"),
    ActionRow("theme_light", "&Light", "Dark on light", "&View"),
    ActionRow("theme_dark", "&Dark", "Light on dark", "&View"),
    ActionRow("reset_layout", "&Reset layout", "Put all panels back where they were at first",
              "&View"),
    ActionRow("guide", "&Guide", "What bpviz shows and how it is used: searchable", "&Help", "F1"),
    ActionRow("whats_new", "&What's new", "What has changed in bpviz, newest first", "&Help"),
    ActionRow("history", "A brief &history…",
              "Works from 1943 to 1989, and the lessons that show them", "&Help"),
    ActionRow("shortcuts", "&Keys…", "The keys that bpviz knows", "&Help", "Ctrl+F1"),
    ActionRow("about", "&About bpviz", "Version, licence and sources", "&Help"),
)  # fmt: skip


def make_actions(parent: QWidget) -> dict[str, QAction]:
    """Every action by name; nothing is connected yet."""
    actions = {}
    for row in ACTIONS:
        action = QAction(row.text, parent)
        action.setObjectName(f"action_{row.name}")
        if row.key:
            action.setShortcut(QKeySequence(row.key))
        describe(action, row.tip)
        actions[row.name] = action
    return actions


def describe(action: QAction, tip: str) -> None:
    """Set an action's tooltip, with its key."""
    key = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
    action.setToolTip(f"{tip} ({key})" if key else tip)
    action.setStatusTip(tip)


def set_icons(actions: dict[str, QAction], theme: Theme) -> None:
    """Draw every icon in the theme's colours."""
    for row in ACTIONS:
        if row.icon:
            set_icon(actions[row.name], row.icon, theme)


def set_icon(action: QAction, icon: str, theme: Theme) -> None:
    """Draw one action's icon in the theme's colours."""
    role = "accent" if action.objectName() == "action_run" else "text"
    look = f"{icon} {theme.name}"
    if action.property("look") == look:
        return  # called at every change of status
    action.setProperty("look", look)
    action.setIcon(icons.icon(icon, colour=theme.colour(role), disabled=theme.colour("muted", 110)))
