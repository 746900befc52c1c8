"""Lists of names in one text: names or numbers of columns with commas between them."""

import csv
import io
from collections.abc import Iterable


def list_of(text: str) -> list[str]:
    """The names that a text lists; names with commas are in quotes. Raises csv.Error."""
    cells = next(csv.reader([text], skipinitialspace=True, strict=True), [])
    return [cell.strip() for cell in cells if cell.strip()]


def written_list(names: Iterable[str]) -> str:
    """The text that lists these names, each once."""
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(dict.fromkeys(names))
    return out.getvalue()
