"""The words in the diagram: captions of groups, and names and numbers around units."""

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPen

from bpviz.core.text.number_words import plain
from bpviz.ui.toolkit.drawing.theme import SPACE
from bpviz.ui.views.network.brushes import Brushes, write
from bpviz.ui.views.network.labels import WIDEST, compact, short, target_text
from bpviz.ui.views.network.layout import RING, GroupBlock, NetworkLayout, caption
from bpviz.ui.views.network.letters import Lettering
from bpviz.ui.views.network.lines import shades
from bpviz.ui.views.network.overlays import number
from bpviz.ui.views.network.pattern_pass import PatternPass

SWATCH = 5.0  # px, the radius of the circle that shows a target


def paint_captions(brushes: Brushes, layout: NetworkLayout, pattern_pass: PatternPass) -> None:
    """Write the name of each group above it, its contents, and its scale if it has its own."""
    letters = brushes.letters
    for block in layout.blocks:
        box = block.caption
        y = box.top + letters.line / 2
        for line in _caption(letters, block, pattern_pass, layout.caption_lines):
            width = sum(letters.width(text) for text, _ in line)
            x = block.box.left + (block.box.width - width) / 2
            x = max(min(x, box.right - width), box.left)
            for text, role in line:
                write(brushes, x, y, text, role)
                x += letters.width(text)
            y += letters.line


def _caption(
    letters: Lettering, block: GroupBlock, pattern_pass: PatternPass, lines: int
) -> tuple[tuple[tuple[str, str], ...], ...]:
    """The lines of a caption, each as pieces of one colour."""
    names, parts = caption(pattern_pass.setup, block)
    limit = pattern_pass.limits.activations[block.group]
    if limit != pattern_pass.limits.common and block.group < len(pattern_pass.act) - 1:
        parts = (f"{parts[0]}, ±{plain(limit)}", *parts)
    room = block.caption.width
    name = letters.fit(names, room)
    if lines == 2:
        return ((name, "text"),), ((letters.fit(parts, room), "muted"),)
    made_of = letters.fit(parts, room - letters.width(f"{name} · "))
    return (((name, "text"), (f" · {made_of}", "muted")),)


def paint_labels(brushes: Brushes, block: GroupBlock, pattern_pass: PatternPass) -> None:
    """Write the names and numbers around the units of a group."""
    if block.name not in ("above", "beside") and not block.bias:
        return
    names = brushes.names[block.group]
    letters = brushes.letters
    role = pattern_pass.setup.network.groups[block.group].role
    reach = block.radius + RING + letters.line / 2
    for unit, (x, y) in enumerate(zip(block.x.tolist(), block.y.tolist(), strict=True)):
        if block.name == "above":
            write(brushes, x, y - reach, names[unit], "text", 0.5, clear=True)
        elif block.name == "beside" and role == "input":
            _label_input(brushes, block, unit, names[unit], pattern_pass)
        elif block.name == "beside":
            _label_output(brushes, block, unit, names[unit], pattern_pass)
        if block.bias and (bias := bias_text(pattern_pass, block.group, unit)):
            write(brushes, x, y + reach, bias, "muted", 0.5, clear=True)


def bias_text(pattern_pass: PatternPass, group: int, unit: int) -> str:
    """'b −0.52', or the overlay's number of the bias; '' if none is written."""
    step = pattern_pass.setup.network.groups[group].activation == "step"
    if step or pattern_pass.lacking:
        return ""
    value = number(float(pattern_pass.rings[group][unit]), pattern_pass.limits.weight)
    return f"{pattern_pass.overlay.bias} {value}"


def _label_input(
    brushes: Brushes, block: GroupBlock, unit: int, name: str, pattern_pass: PatternPass
) -> None:
    y, right, width = float(block.y[unit]), block.label.right, block.label.width
    letters = brushes.letters
    if block.value == "beside":
        value = short(float(pattern_pass.act[block.group][unit]))
        write(brushes, right, y, value, "text", 1.0)
        right -= letters.width(WIDEST) + SPACE
        width -= letters.width(WIDEST) + SPACE
    write(brushes, right, y, letters.elide_name(name, width), "muted", 1.0)


def _label_output(
    brushes: Brushes, block: GroupBlock, unit: int, name: str, pattern_pass: PatternPass
) -> None:
    letters = brushes.letters
    y, left = float(block.y[unit]), block.label.left
    target = target_text(pattern_pass.setup.patterns, pattern_pass.targets, unit)
    if block.lines == 2:
        name = letters.elide_name(name, block.label.width)
        write(brushes, left, y - letters.line / 2, name, "text")
        _target(brushes, block, left, y + letters.line / 2, target, unit, pattern_pass)
        return
    name_room, value_room = _columns(brushes, block, target)
    write(brushes, left, y, letters.elide_name(name, name_room), "text")
    left += name_room
    if value_room:
        left += value_room
        write(
            brushes, left, y, compact(float(pattern_pass.written(block.group)[unit])), "text", 1.0
        )
    _target(brushes, block, left + SPACE, y, target, unit, pattern_pass)


def _columns(brushes: Brushes, block: GroupBlock, target: str) -> tuple[float, float]:
    """The widths of the columns of names and of activations beside outputs."""
    letters = brushes.letters
    room = letters.width(target) + 2 * SWATCH + SPACE
    value_room = letters.width(WIDEST) + SPACE if block.value == "beside" else 0.0
    widest = letters.widest(brushes.names[block.group])
    return max(min(widest, block.label.width - room - value_room), 0.0), value_room


def target_left(brushes: Brushes, block: GroupBlock, pattern_pass: PatternPass, unit: int) -> float:
    """The x of a target's text, which is in one line with the output's name and number."""
    target = target_text(pattern_pass.setup.patterns, pattern_pass.targets, unit)
    return block.label.left + sum(_columns(brushes, block, target)) + 2 * SWATCH + 1.5 * SPACE


def _target(
    brushes: Brushes,
    block: GroupBlock,
    x: float,
    y: float,
    text: str,
    unit: int,
    pattern_pass: PatternPass,
) -> None:
    """Draw a small circle in the target's colour, to compare with the output, and 't ...'.

    A drawing has no target.
    """
    if pattern_pass.drawn:
        return
    painter, theme, *_ = brushes
    tone = brushes.outputs.codes(pattern_pass.targets[: unit + 1])[unit]
    painter.setPen(QPen(theme.colour("unit_outline"), 1.0))
    painter.setBrush(shades(theme)[tone])
    painter.drawEllipse(QPointF(x + SWATCH, y), SWATCH, SWATCH)
    x += 2 * SWATCH + SPACE / 2
    text = _fitting_target(brushes.letters, text, block.label.right + 1.5 * SPACE - x)
    write(brushes, x, y, text, "muted")


def _fitting_target(letters: Lettering, text: str, width: float) -> str:
    """A target such as 't 1 (name)' without the middle of the name, or without the name, where
    it is wider than this.
    """
    if letters.width(text) <= width:
        return text
    value, _, name = text.partition(" (")
    short = letters.elide_name(name[:-1], width - letters.width(f"{value} ()"))
    return f"{value} ({short})" if len(short) > 2 else value
