"""The log is written when there is something to say, bounded, and never a reason to fail."""

from pathlib import Path

import pytest

from bpviz.sharing import event_log
from bpviz.sharing.event_log import KEPT, LOG, log_path, versions


def test_nothing_is_written_until_something_goes_wrong(state_folder: Path) -> None:
    assert not state_folder.exists()
    LOG.error("what happened")
    lines = log_path().read_text().splitlines()
    assert lines[0].endswith(versions())
    assert lines[1].endswith("ERROR what happened")


def test_it_is_bounded(state_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_log, "MOST_BYTES", 2000)
    for number in range(500):
        LOG.error("entry %d", number)
    files = sorted(state_folder.iterdir())
    assert len(files) == 1 + KEPT
    assert all(file.stat().st_size <= 2000 for file in files)
    assert "entry 499" in log_path().read_text()


def test_a_folder_that_cannot_be_written_costs_the_log_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    monkeypatch.setattr(event_log, "log_folder", lambda: tmp_path / "file" / "bpviz")
    LOG.error("what happened")
    assert capsys.readouterr().err == ""
