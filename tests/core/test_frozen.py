"""What frozen.dataclass makes behaves as what the standard library makes."""

import dataclasses
import pickle
from typing import Any

import pytest

from bpviz.core import frozen


class Plain:
    """A record with every kind of field that bpviz uses."""

    number: float
    word: str = "w"
    table: dict[str, int] = dataclasses.field(default_factory=dict)
    length: int = dataclasses.field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "length", len(self.word))


Plain.__qualname__ = "Record"
parts = {key: value for key, value in vars(Plain).items() if key not in ("__dict__", "__weakref__")}


def made(decorate: Any, **options: bool) -> Any:
    return decorate(frozen=True, slots=True, **options)(type("Record", (), dict(parts)))


Record, Library = made(frozen.dataclass), made(dataclasses.dataclass)
KINDS = pytest.mark.parametrize("kind", [Record, Library], ids=["ours", "library's"])


@KINDS
def test_fields_are_taken_in_their_order_or_by_name(kind: Any) -> None:
    record = kind(1.5, table={"a": 1})
    assert (record.number, record.word, record.table, record.length) == (1.5, "w", {"a": 1}, 1)
    assert kind(1.5).table == {}
    assert kind(1.5).table is not kind(1.5).table
    with pytest.raises(TypeError, match=r"Record.__init__\(\) missing .* 'number'"):
        kind()
    with pytest.raises(TypeError, match="unexpected keyword argument 'length'"):
        kind(1.5, length=3)
    match kind(1.5, "two"):
        case kind(number, word):
            assert (number, word) == (1.5, "two")


@KINDS
def test_it_cannot_be_changed(kind: Any) -> None:
    record = kind(1.5)
    with pytest.raises(dataclasses.FrozenInstanceError, match="assign to field 'word'"):
        record.word = "x"
    with pytest.raises(dataclasses.FrozenInstanceError, match="delete field 'word'"):
        del record.word
    assert not hasattr(record, "__dict__")


@KINDS
def test_the_library_s_functions_take_it(kind: Any) -> None:
    record = kind(1.5, table={"a": 1})
    assert dataclasses.replace(record, word="long") == kind(1.5, "long", {"a": 1})
    assert dataclasses.asdict(record) == {
        "number": 1.5, "word": "w", "table": {"a": 1}, "length": 1,
    }  # fmt: skip
    assert repr(record) == "Record(number=1.5, word='w', table={'a': 1}, length=1)"


def test_equal_fields_make_equal_records_of_one_class_only() -> None:
    assert Record(1.5) == Record(1.5) != Record(2.5)
    assert Record(1.5) != Library(1.5)
    other = made(frozen.dataclass, eq=False)
    one = other(1.5)
    assert one == one != other(1.5)
    assert len({one, other(1.5)}) == 2

    @frozen.dataclass(frozen=True, slots=True)
    class Pair:
        left: int
        right: int

    assert len({Pair(1, 2), Pair(1, 2), Pair(2, 1)}) == 2


def test_it_goes_from_process_to_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(globals(), "Record", Record)
    Record.__module__ = __name__
    record = Record(1.5, "long")
    assert pickle.loads(pickle.dumps(record)) == record


def test_nothing_but_frozen_records_with_slots_is_offered() -> None:
    with pytest.raises(TypeError, match="only frozen"):
        frozen.dataclass(frozen=False, slots=True)
