"""The field for a number: the one way in which numbers are typed in the window's forms."""

from collections.abc import Callable
from typing import Any, Literal

from bpviz.core.values import BadValue
from bpviz.ui.toolkit.widgets.fields import LineEntry
from bpviz.ui.toolkit.widgets.number_text import (
    parse_decimal,
    parse_decimals,
    parse_whole,
    separator_hint,
    shortened,
    write_number,
    write_whole,
)

OFF = ("", "off", "never", "none", "-", "–")
"""What may be typed for a number that is not used."""

_WAYS: dict[str, tuple[Callable[[str], Any], Callable[[Any], str]]] = {
    "number": (parse_decimal, write_number),
    "whole": (parse_whole, write_whole),
}


class NumberEntry(LineEntry):
    """A line for a number that ``check`` allows; it raises BadValue for any other value.

    A "number" is typed with a decimal point or a decimal comma, and always shown with a point;
    a "whole" one may have groups of three figures. ``optional`` allows an empty line: None.
    """

    def __init__(
        self,
        kind: Literal["number", "whole"],
        check: Callable[[Any], object],
        *,
        optional: bool = False,
    ) -> None:
        parse, write = _WAYS[kind]

        def read(text: str) -> Any:
            if optional and text.strip().lower() in OFF:
                return None
            value = parse(text)
            try:
                check(shortened(text.strip()) if value is None else value)
            except BadValue as error:
                hint = separator_hint(text) if value is None else ""
                raise BadValue(error.field, error.value, error.allowed + hint) from None
            return value

        super().__init__(read, lambda value: "" if value is None else write(value))
        self.kind = kind
        if optional:
            self.setPlaceholderText("never")


class NumberListEntry(LineEntry):
    """A line for some numbers, or none: a tuple. ``field`` is what a refusal names."""

    def __init__(self, field: str) -> None:
        def read(text: str) -> tuple[float, ...]:
            numbers = parse_decimals(text)
            if numbers is None:
                allowed = "numbers with ; between them, such as 0.1; 0.5"
                raise BadValue(field, shortened(text.strip()), allowed)
            return tuple(numbers)

        super().__init__(read, lambda numbers: "; ".join(map(write_number, numbers)))
