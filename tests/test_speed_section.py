"""The guide's page on speed says what the benchmark's results say, no better."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

FOLDER = Path(__file__).parent / "benchmarks"


@pytest.fixture(scope="module")
def run() -> ModuleType:
    spec = importlib.util.spec_from_file_location("benchmark_run", FOLDER / "run.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def frame(**changes: Any) -> dict[str, Any]:
    good = {
        "network": "XOR 2-2-1", "engine": "numba", "size": "1280x800", "frames_per_second": 58.0,
        "gap_99_ms": 20.0, "epochs_per_second": 1e6, "epochs_per_second_alone": 1.1e6,
        "kept": 0.9, "pause_ms": 10.0, "step_ms": 12.0, "slider_ms": 3.0,
    }  # fmt: skip
    return {**good, **changes}


def results(**parts: Any) -> dict[str, Any]:
    machine = {
        "processor": "P", "cores": 2, "system": "Linux", "python": "3.11",
        "versions": {"numpy": "2"},
    }  # fmt: skip
    return {"machine": machine, **parts}


def test_what_is_measured_is_said(run: ModuleType) -> None:
    text = run.section(results(frames=[frame()]))
    assert "| XOR 2-2-1 | Numba | 58 | 20 | 1,000,000 | 1,100,000 | 90% | 10 / 12 / 3 |" in text
    assert "2 cores (P)" in text
    assert "falls short" not in text


def test_the_time_until_the_compiled_engine_is_ready_is_said(run: ModuleType) -> None:
    ready = {"bare_s": 0.8, "cold_s": 8.0, "cold_ratio": 10.0, "warm_s": 1.6, "warm_ratio": 2.0}
    text = run.section(results(ready=ready))
    assert "8.0 s at the first start ever and 1.6 s later: 10.0 and 2.0 times as long" in text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"frames_per_second": 50.0}, "50 of 55 frames/s"),
        ({"frames_per_second": 40.0, "engine": "numpy"}, "40 of 45 frames/s"),
        ({"frames_per_second": 29.0, "network": "digits 64-32-10"}, "29 of 30 frames/s"),
        ({"gap_99_ms": 40.0}, "gaps up to 40 ms"),
        ({"kept": 0.8}, "80% of the speed kept, not 85%"),
        ({"kept": 0.4, "engine": "numpy"}, "40% of the speed kept, not 50%"),
        ({"step_ms": 50.0}, "step after 50 ms"),
    ],
)
def test_what_falls_short_is_said(run: ModuleType, changes: dict[str, Any], words: str) -> None:
    text = run.section(results(frames=[frame(**changes)]))
    assert "falls short" in text
    assert words in text


def test_a_faster_peer_is_named(run: ModuleType) -> None:
    engine = {
        "NumPy": {"xor": 10.0, "digits": 5.0},
        "Numba": {"xor": 100.0, "digits": 2.0},
        "PyTorch": {"xor": 3.0, "digits": 10.0},
    }
    text = run.section(results(engine=engine))
    assert "digits: PyTorch is 2.0 times as fast" in text
    assert "xor: PyTorch" not in text


def test_later_measurements_replace_earlier_ones(run: ModuleType) -> None:
    parts = [results(frames=[frame(), frame(engine="numpy")]), results(frames=[frame(kept=0.95)])]
    merged = run.merged(parts)
    assert [(row["engine"], row["kept"]) for row in merged["frames"]] == [
        ("numba", 0.95), ("numpy", 0.9)
    ]  # fmt: skip


def test_only_the_section_is_written(
    run: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "speed.md"
    page.write_text(f"before\n{run.BEGIN}\nold\n{run.END}\nafter\n", encoding="utf-8")
    monkeypatch.setattr(run, "PAGE", page)
    run.write_page("new")
    assert page.read_text(encoding="utf-8") == f"before\n{run.BEGIN}\nnew\n{run.END}\nafter\n"


def test_the_page_has_a_place_for_it(run: ModuleType) -> None:
    text = run.PAGE.read_text(encoding="utf-8")
    assert text.count(run.BEGIN) == text.count(run.END) == 1
