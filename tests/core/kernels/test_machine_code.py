"""Machine code on disk: what cannot be read or written is dropped, and compiled again."""

import importlib.util
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("numba")

from numba.core import caching

from bpviz.core.kernels.machine_code import is_on_disk, kept

MODULE = "bpviz_kept_source"
SOURCE = "def twice(values):\n    values *= 2.0\n"


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with a function and its machine code."""
    folder = tmp_path_factory.mktemp("good")
    (folder / "source.py").write_text(SOURCE)
    assert hits(compiled(folder)) == 0
    yield folder
    del sys.modules[MODULE]


def compiled(folder: Path) -> Any:
    """The function of the folder, compiled anew."""
    spec = importlib.util.spec_from_file_location(MODULE, folder / "source.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[MODULE] = module  # there Numba looks for the function's globals
    spec.loader.exec_module(module)
    return kept(module.twice)


def hits(function: Any) -> int:
    """Run the function: how often its machine code came from the disk."""
    values = np.array([1.0, 2.5])
    function(values)
    assert values.tolist() == [2.0, 5.0]
    return sum(function.stats.cache_hits.values())


def replace_by_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


DAMAGES: dict[str, Callable[[Path], object]] = {
    "empty": lambda path: path.write_bytes(b""),
    "cut off": lambda path: path.write_bytes(path.read_bytes()[:-40]),
    "one byte": lambda path: path.write_bytes(b"."),
    "garbage": lambda path: path.write_bytes(bytes(range(256)) * 8),
    "garbage that ends well": lambda path: path.write_bytes(b"\x80\x05garbage."),
    "another pickle": lambda path: path.write_bytes(b"\x80\x05N."),
    "unreadable": replace_by_folder,
}


@pytest.fixture
def copied(good: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "copy"
    shutil.copytree(good, folder)
    assert hits(compiled(folder)) == 1
    return folder


@pytest.mark.parametrize("suffix", ["nbi", "nbc"])
@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_files_are_dropped_and_written_anew(copied: Path, suffix: str, damage: str) -> None:
    for path in (copied / "__pycache__").glob(f"*.{suffix}"):
        DAMAGES[damage](path)
    assert hits(compiled(copied)) == 0
    if damage != "unreadable":  # a folder at the place of the file stays there
        assert hits(compiled(copied)) == 1


def test_on_a_full_disk_it_works_in_memory(copied: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: object) -> None:
        raise OSError(28, "No space left on device")

    for path in (copied / "__pycache__").glob("*.nb?"):
        path.unlink()
    monkeypatch.setattr(caching.IndexDataCacheFile, "_save_data", full)
    function = compiled(copied)
    assert hits(function) == 0
    assert not is_on_disk(function)


def test_without_any_folder_that_can_be_written_to_it_works_in_memory(
    copied: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(caching.FunctionCache, "_impl_class", staticmethod(refusing))
    monkeypatch.setenv("NUMBA_CACHE_DIR", "/dev/null/nowhere")
    assert hits(compiled(copied)) == 0


def refusing(function: object) -> None:
    raise RuntimeError("cannot cache function: no locator available")


@pytest.mark.parametrize("suffix", ["nbi", "nbc"])
@pytest.mark.parametrize("damage", ["empty", "cut off", "unreadable"])
def test_machine_code_that_is_cut_off_is_not_taken_for_kept(
    copied: Path, suffix: str, damage: str
) -> None:
    assert is_on_disk(compiled(copied))
    for path in (copied / "__pycache__").glob(f"*.{suffix}"):
        DAMAGES[damage](path)
    assert not is_on_disk(compiled(copied))
