"""Settings are plain texts: they come back as they were, and no file can make them run code."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QByteArray

from bpviz.ui.toolkit import settings as module
from bpviz.ui.toolkit.settings import Settings

texts = st.text(st.characters(exclude_categories=["Cs"]))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config" / "settings.txt"


@given(st.dictionaries(texts, texts))
def test_texts_come_back(tmp_path_factory: pytest.TempPathFactory, values: dict[str, str]) -> None:
    path = tmp_path_factory.mktemp("settings") / "settings.txt"
    first = Settings(path)
    for key, text in values.items():
        first.set(key, text)
    first.save()
    second = Settings(path)
    assert {key: second.text(key) for key in values} == values
    assert all(key in second for key in values)


def test_numbers_and_bytes_come_back_and_anything_else_is_the_default(path: Path) -> None:
    settings = Settings(path)
    settings.set("number", 7)
    settings.set("yes", True)
    settings.set_data("layout", QByteArray(b"\x00\xff=\n"))
    settings.save()
    again = Settings(path)
    assert again.whole("number") == 7
    assert again.whole("yes") == 1
    assert again.data("layout") == QByteArray(b"\x00\xff=\n")
    for text in ("-1", "1e3", "²", "9" * 5000, "seven", ""):
        again.set("number", text)
        assert again.whole("number", 3) == 3
    again.set("layout", "no bytes")
    assert again.data("layout").isEmpty()


def test_two_windows_keep_each_others_changes(path: Path) -> None:
    one, other = Settings(path), Settings(path)
    one.set("theme", "dark")
    other.set("lesson", "xor")
    one.save()
    other.save()
    both = Settings(path)
    assert (both.text("theme"), both.text("lesson")) == ("dark", "xor")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00",
        b"theme\n= dark\n",
        b"state=@Variant(\\0\\0\\0\\x7f\\0\\0\\0\\xePyObject\\0...)",
        b"x" * (module.MOST_BYTES + 1),
    ],
)
def test_a_damaged_file_is_an_empty_one(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    settings = Settings(path)
    assert settings.text("theme", "system") == "system"
    settings.set("theme", "light")
    settings.save()
    assert Settings(path).text("theme") == "light"


def test_a_folder_that_cannot_be_written_costs_the_memory_only(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    settings = Settings(tmp_path / "file" / "settings.txt")
    settings.set("theme", "dark")
    settings.save()
    assert settings.text("theme") == "dark"


def test_nothing_is_left_beside_the_file(path: Path) -> None:
    settings = Settings(path)
    settings.set("theme", "dark")
    settings.save()
    settings.save()
    assert os.listdir(path.parent) == ["settings.txt"]
