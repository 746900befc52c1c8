"""The fields for numbers: the one way in which numbers are typed in the window's forms."""

from collections.abc import Callable
from typing import Any, Literal

from bpviz.core.number_grammar import read, read_list, write_list, write_number, write_whole
from bpviz.ui.toolkit.widgets.line_entry import LineEntry

OFF = ("", "off", "never", "none", "-", "–")
"""What may be typed for a number that is not used."""


class NumberEntry(LineEntry):
    """A line for a number that ``check`` allows; it raises BadValue for any other value.

    A "number" is typed with a decimal point or a decimal comma, and always shown with a point;
    a "whole" one may have groups of three digits. ``optional`` allows an empty line: None.
    """

    def __init__(
        self,
        kind: Literal["number", "whole"],
        check: Callable[[Any], object],
        *,
        optional: bool = False,
    ) -> None:
        whole = kind == "whole"
        write = write_whole if whole else write_number

        def read_line(text: str) -> Any:
            if optional and text.strip().lower() in OFF:
                return None
            return read(text, check, whole=whole, grouped=True)

        super().__init__(read_line, lambda value: "" if value is None else write(value))
        self.kind = kind
        if optional:
            self.setPlaceholderText("never")


class NumberListEntry(LineEntry):
    """A line for some numbers, or none: a tuple. ``field`` is what a refusal names."""

    def __init__(self, field: str) -> None:
        super().__init__(lambda text: read_list(field, text, commas=False), write_list)
