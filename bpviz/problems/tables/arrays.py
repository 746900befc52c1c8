"""Arrays of NumPy (.npy, .npz), Parquet files, and JSON records as tables."""

import json
import zipfile
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bpviz.core.number_grammar import parse_whole
from bpviz.core.values import BadValue
from bpviz.problems.tables.cells import columns_named, table_of_cells, table_of_columns
from bpviz.problems.tables.model import BadTable, DataNote, RawTable, Reading
from bpviz.problems.tables.source import MAX_BYTES, Source, encoding_of, too_large

NamedArrays = dict[str, NDArray[Any]]


def read_numpy(source: Source, reading: Reading) -> RawTable:
    """The table of an array, or of the arrays of an archive. Objects are never unpickled."""
    try:
        arrays = _arrays(source)
    except BadValue:
        raise
    except Exception as error:  # NumPy parses the head as Python, which raises almost anything
        pickled = "allow_pickle" in str(error) or "Python objects" in str(error)
        why = "it holds Python objects, which are never opened" if pickled else "it is damaged"
        raise BadTable(source.path, "an array of numbers or texts", why) from None
    return _table(source, arrays, reading)


def _arrays(source: Source) -> NamedArrays:
    if zipfile.is_zipfile(source.path):
        with zipfile.ZipFile(source.path) as archive:
            if sum(info.file_size for info in archive.infolist()) > MAX_BYTES:
                raise too_large(source.path)
        with np.load(source.path, allow_pickle=False) as file:
            members = {name: file[name] for name in file.files}
        return {name: each for name, each in members.items() if isinstance(each, np.ndarray)}
    with source.open() as opened:
        opened.read(1)  # a file that is too short for its shape is refused below, without memory
    return {"": np.load(source.path, mmap_mode="r", allow_pickle=False)}


def _table(source: Source, arrays: NamedArrays, reading: Reading) -> RawTable:
    name, inputs = _inputs(source, arrays, reading.sheet)
    notes: list[DataNote] = []
    image: tuple[int, int] | None = None
    if inputs.dtype.names:
        named = [(field, inputs[field]) for field in inputs.dtype.names]
        return table_of_columns(source, named, reading)
    if inputs.ndim == 3:
        image = (int(inputs.shape[1]), int(inputs.shape[2]))
    flat = inputs.reshape(len(inputs), -1) if inputs.ndim > 1 else inputs[:, None]
    columns = columns_named(name, flat)
    others = {
        other: values for other, values in arrays.items()
        if other != name and values.ndim == 1 and len(values) == len(inputs)
    }  # fmt: skip
    columns += list(others.items())
    left = [other for other in arrays if other != name and other not in others]
    if left:
        notes.append(DataNote(f"Arrays left out: {', '.join(left)}."))
    header = bool(others)
    if not header:
        columns = [(f"column {n}", values) for n, (_, values) in enumerate(columns, 1)]
    return table_of_columns(
        source, columns, reading, header=header, notes=tuple(notes), image_shape=image
    )


def _inputs(source: Source, arrays: NamedArrays, wanted: str) -> tuple[str, NDArray[Any]]:
    """The array of the rows: the one that was chosen, or the first with two dimensions."""
    names = list(arrays)
    if wanted:
        number = parse_whole(wanted)
        if wanted not in names and (number is None or not 1 <= number <= len(names)):
            allowed = f"a number from 1 to {len(names)} or one of {', '.join(names)}"
            raise BadValue("sheet", wanted, allowed)
        name = wanted if wanted in names else names[(number or 1) - 1]
        return name, arrays[name]
    several = [name for name in names if arrays[name].ndim in (2, 3) or arrays[name].dtype.names]
    single = [name for name in names if arrays[name].ndim == 1]
    if not several and not single:
        shapes = ", ".join(str(values.shape) for values in arrays.values())
        raise BadTable(source.path, "an array with a row for each pattern", f"it has {shapes}")
    name = (several or single)[0]
    return name, arrays[name]


def read_parquet(source: Source, reading: Reading) -> RawTable:
    """The table of a Parquet file, which needs pyarrow."""
    try:
        import pyarrow.parquet as parquet
        from pyarrow import ArrowException
    except ImportError:
        why = "install it with pip install 'bpviz[parquet]'"
        raise BadTable(source.path, "a table that can be read without pyarrow", why) from None
    try:
        found = parquet.read_table(source.path)
        columns = zip(found.column_names, found.columns, strict=True)
        named = [(name, _values(column)) for name, column in columns]
    except (ArrowException, OSError, ValueError, UnicodeError) as error:
        raise BadTable(source.path, "a Parquet file that can be read", str(error)[:100]) from None
    return table_of_columns(source, named, reading)


def _values(column: Any) -> NDArray[Any]:
    values = column.to_numpy()
    if values.dtype.kind == "M":
        return np.array([str(value)[:19] for value in values], dtype=object)
    if values.dtype.kind == "O" and all(isinstance(v, int | float | None) for v in values):
        numbers = [np.nan if v is None else float(v) for v in values]
        return np.array(numbers)
    return np.asarray(values)


def read_records(source: Source, reading: Reading) -> RawTable:
    """The table of JSON: a list of records, of rows, or a record of columns; or one a line."""
    encoding, _ = encoding_of(source, reading.encoding)
    with source.text(encoding) as file:
        text = file.read()
    try:
        found = _parsed(text)
    except ValueError as error:
        why = str(error).partition(" (char")[0]
        raise BadTable(source.path, "JSON without a mistake", why) from None
    except RecursionError:
        raise BadTable(source.path, "a table in a file", "it is nested too deeply") from None
    rows = _rows(found)
    if rows is None:
        raise BadTable(
            source.path, "a table in a file", "it is JSON, but no list of records or rows"
        )
    return table_of_cells(source, rows, reading, len(rows))


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        lines = [line for line in text.splitlines() if line.strip()]
        if len(lines) < 2 or not lines[0].lstrip().startswith(("{", "[")):
            raise
        return [json.loads(line) for line in lines]


def _rows(found: Any) -> list[list[Any]] | None:
    if isinstance(found, dict):
        lists = {name: values for name, values in found.items() if isinstance(values, list)}
        if len(lists) == 1:
            return _rows(next(iter(lists.values())))
        if len(lists) > 1 and len({len(values) for values in lists.values()}) == 1:
            return [list(lists), *map(list, zip(*lists.values(), strict=True))]
        return None
    if not isinstance(found, list) or not found:
        return None
    if all(isinstance(row, list) for row in found):
        return found
    if not all(isinstance(row, dict) for row in found):
        return None
    names = list(dict.fromkeys(name for row in found for name in row))
    return [names, *([row.get(name) for name in names] for row in found)]
