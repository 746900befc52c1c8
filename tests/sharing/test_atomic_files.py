"""Files are written whole or not at all, and every refusal names the path and the reason."""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bpviz.sharing import atomic_files
from bpviz.sharing.atomic_files import (
    PREFIX,
    SUFFIX,
    NewFile,
    WriteFailed,
    free_path,
    make_folder,
    write_bytes,
)


@contextmanager
def full_disk() -> Iterator[None]:
    """Files cannot grow beyond 4 kB: the system itself refuses the rest.

    Not a fixture: pytest writes its own log, which may be a file, before fixtures end.
    """
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_file_has_its_name_only_when_it_is_complete(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    with NewFile(path) as file:
        file.write(b"one ")
        assert not path.exists()
        file.write(b"two")
        file.commit()
    assert path.read_bytes() == b"one two"
    assert os.listdir(tmp_path) == ["a.bin"]


def test_what_is_not_committed_leaves_nothing(tmp_path: Path) -> None:
    with NewFile(tmp_path / "a.bin") as file:
        file.write(b"half")
    assert os.listdir(tmp_path) == []


def test_an_existing_file_is_replaced_only_when_told(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(b"old")
    with pytest.raises(WriteFailed, match=r"a\.bin could not be written: a file .* exists"):
        write_bytes(path, b"new")
    assert path.read_bytes() == b"old"
    before = path.stat().st_ino
    write_bytes(path, b"new", replace=True)
    assert path.read_bytes() == b"new"
    assert path.stat().st_ino != before  # another file took the name: half of it was never visible


def test_a_file_that_appears_meanwhile_is_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    with NewFile(path) as file:
        file.write(b"ours")
        path.write_bytes(b"theirs")
        with pytest.raises(WriteFailed, match="exists already"):
            file.commit()
    assert path.read_bytes() == b"theirs"
    assert os.listdir(tmp_path) == ["a.bin"]


@pytest.mark.parametrize("size", [5_000, 5_000_000])
def test_a_full_disk_leaves_the_old_file(tmp_path: Path, size: int) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(b"old")
    sentence = r"a\.bin could not be written: file too large\."
    with full_disk(), pytest.raises(WriteFailed, match=sentence):
        write_bytes(path, b"x" * size, replace=True)
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["a.bin"]


def test_a_disk_that_fails_at_the_very_end_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(WriteFailed, match="no space left on device"):
        write_bytes(tmp_path / "a.bin", b"x")
    assert os.listdir(tmp_path) == []


def test_a_missing_folder_and_a_folder_of_the_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(WriteFailed, match="no such file or directory"):
        write_bytes(tmp_path / "missing" / "a.bin", b"x")
    with pytest.raises(WriteFailed, match="a folder has this name"):
        write_bytes(tmp_path, b"x", replace=True)


def test_others_may_read_what_is_written(tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    plain.write_bytes(b"")
    write_bytes(tmp_path / "ours", b"")
    modes = [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("plain", "ours")]
    assert modes[0] == modes[1]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_bytes(b"old")
    link.symlink_to(target)
    write_bytes(link, b"new", replace=True)
    assert link.is_symlink()
    assert target.read_bytes() == b"new"


def test_a_link_that_leads_nowhere_is_not_followed_unless_told(tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / "link"
    link.symlink_to(target)
    with pytest.raises(WriteFailed, match="exists already"):
        write_bytes(link, b"new")
    assert not target.exists()
    write_bytes(link, b"new", replace=True)
    assert target.read_bytes() == b"new"


def test_a_pipe_or_a_device_is_never_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path in (pipe, Path(os.devnull)):
        before = path.stat().st_mode
        with pytest.raises(WriteFailed, match="a device or a pipe has this name"):
            write_bytes(path, b"new", replace=True)
        assert path.stat().st_mode == before


def test_a_link_planted_at_the_unfinished_name_is_not_written_through(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    victim = tmp_path / "victim"
    victim.write_bytes(b"precious")
    monkeypatch.setattr(atomic_files.secrets, "token_hex", lambda n: "guessed")
    (tmp_path / f"{PREFIX}{os.getpid()}-guessed{SUFFIX}").symlink_to(victim)
    with pytest.raises(WriteFailed, match="file exists"):
        write_bytes(tmp_path / "a.bin", b"new")
    assert victim.read_bytes() == b"precious"
    assert not (tmp_path / "a.bin").exists()


def test_what_a_killed_process_left_is_removed_and_what_another_one_writes_is_not(
    tmp_path: Path,
) -> None:
    left = tmp_path / f"{PREFIX}1-left{SUFFIX}"
    left.write_bytes(b"half")
    long_ago = 1_000_000_000
    os.utime(left, (long_ago, long_ago))
    with NewFile(tmp_path / "slow.csv") as slow:
        (unfinished,) = {*tmp_path.iterdir()} - {left}
        os.utime(unfinished, (long_ago, long_ago))
        write_bytes(tmp_path / "a.bin", b"new")
        assert not left.exists()
        assert unfinished.exists()
        slow.commit()
    assert sorted(os.listdir(tmp_path)) == ["a.bin", "slow.csv"]


def test_the_longest_name_that_the_system_takes(tmp_path: Path) -> None:
    path = tmp_path / ("x" * 255)
    write_bytes(path, b"new")
    assert path.read_bytes() == b"new"


def test_folders_are_made_or_refused(tmp_path: Path) -> None:
    make_folder(tmp_path / "a" / "b")
    make_folder(tmp_path / "a" / "b")
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(WriteFailed, match="a file has the folder's name"):
        make_folder(tmp_path / "file")
    with pytest.raises(WriteFailed, match="file"):
        make_folder(tmp_path / "file" / "below")


def test_a_free_name_gets_the_next_number(tmp_path: Path) -> None:
    path = tmp_path / "loss.png"
    assert free_path(path) == path
    for expected in ("loss (2).png", "loss (3).png"):
        free_path(path).write_bytes(b"")
        assert free_path(path) == tmp_path / expected
