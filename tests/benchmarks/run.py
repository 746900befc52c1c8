"""Measure everything and write the guide's page on speed from it.

    .venv/bin/python tests/benchmarks/run.py [--only engine,loading,frames,...]
        [--from-json A.json B.json] [--json ALL.json] [--no-page]

What is measured is added to what the JSON files of earlier runs hold (``--only`` with nothing
after it measures nothing); the page is written anew between its two marker comments.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "resources" / "guide" / "speed.md"
BEGIN, END = "<!-- speed: written by tests/benchmarks/run.py -->", "<!-- end of speed -->"
LARGE = ("digits", "clusters")
"""Networks of which a lower frame rate is asked."""

PARTS = ("engine", "loading", "frames", "hands", "bounded", "start", "ready")
SCRIPTS = ("engine", "ready")
"""The parts that have a script of their own."""

NAMES = {"numpy": "NumPy", "numba": "Numba"}


def measured(part: str) -> dict[str, Any]:
    """What one part of the measurements says; each has a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "part.json"
        script = [f"{part}.py"] if part in SCRIPTS else ["window.py", "--only", part]
        command = [sys.executable, HERE / script[0], *script[1:], "--json", path]
        subprocess.run(command, check=True)
        results: dict[str, Any] = json.loads(path.read_text())
        return results


def merged(parts: list[dict[str, Any]]) -> dict[str, Any]:
    """All parts in one; of the frames, the last measurement of each network and engine."""
    every: dict[str, Any] = {}
    versions: dict[str, str] = {}  # a peer of one part need not be installed for another
    rows: dict[tuple[str, str, str], dict[str, Any]] = {}
    for part in parts:
        every |= {key: value for key, value in part.items() if key != "frames"}
        versions |= part["machine"]["versions"]
        for row in part.get("frames", ()):
            rows[row["network"], row["engine"], row["size"]] = row
    if parts:
        every["machine"] = {**every["machine"], "versions": versions}
    if rows:
        every["frames"] = list(rows.values())
    return every


# -- words ---------------------------------------------------------------------------------


def section(results: dict[str, Any]) -> str:
    """The section of the page, without its heading."""
    parts = [_machine(results["machine"])]
    if "frames" in results:
        parts.append(_frames(results["frames"]))
    if "loading" in results:
        parts.append(_loading(results["loading"]))
    if "hands" in results:
        parts.append(_hands(results["hands"]))
    if "bounded" in results:
        parts.append(_bounded(results["bounded"]))
    if "start" in results:
        parts.append(_start(results["start"]))
    if "ready" in results:
        parts.append(_ready(results["ready"]))
    if "engine" in results:
        parts.append(_engine(results["engine"]))
    if lost := _lost(results):
        parts.append("Where it falls short: " + "; ".join(lost) + ".")
    return "\n\n".join(parts)


def _machine(machine: dict[str, Any]) -> str:
    versions = ", ".join(f"{name} {v}" for name, v in machine["versions"].items())
    return (
        f"Measured by `.venv/bin/python tests/benchmarks/run.py` on a machine with "
        f"{machine['cores']} cores ({machine['processor']}), {machine['system']}, Python "
        f"{machine['python']}, {versions}. Windows are painted offscreen, without a display. Read "
        "the ratios: what a row compares was measured in turns; rows are of several runs."
    )


def _frames(rows: list[dict[str, Any]]) -> str:
    lines = [
        "A window of 1280 x 800 with network, loss, activations and output in sight, training at "
        "full speed. *Gap*: the time from one frame to the next that 99 of 100 stay below. *Kept*: "
        "epochs per second as a share of the same training alone, without a window. *Answers*: the "
        "longest of five waits, for pause / one step / the speed slider.",
        "",
        "| network | engine | frames/s | gap, ms | epochs/s | alone | kept | answers, ms |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        size = "" if row["size"] == "1280x800" else f" ({row['size']})"
        lines.append(
            f"| {row['network']}{size} | {NAMES[row['engine']]} | {row['frames_per_second']:.0f} "
            f"| {row['gap_99_ms']:.0f} | {row['epochs_per_second']:,.0f} "
            f"| {row['epochs_per_second_alone']:,.0f} | {row['kept']:.0%} "
            f"| {row['pause_ms']:.0f} / {row['step_ms']:.0f} / {row['slider_ms']:.0f} |"
        )
    return "\n".join(lines)


def _loading(measured: dict[str, float]) -> str:
    return (
        f"While Numba is loaded beside the training of XOR ({measured['seconds']:.1f} s, once "
        f"after a start) there are {measured['frames_per_second']:.0f} frames/s: 99 of 100 gaps "
        f"are below {measured['gap_99_ms']:.0f} ms, the longest is "
        f"{measured['gap_longest_ms']:.0f} ms."
    )


def _hands(rows: list[dict[str, Any]]) -> str:
    networks = list(dict.fromkeys(row["network"] for row in rows))
    found = {(row["act"], row["network"]): row for row in rows}
    lines = [
        "What a person does at rest, in the same window. *Block*: the longest time for which the "
        "window could not take the next event, in ms, the median of some rounds and the worst of "
        "them, without the time in which the machine had no core for it (a frame is 16 ms). "
        "*Shown*: from the act until all of it is painted, or the files are written, in ms.",
        "",
        "| | " + " | ".join(f"{name}: block | shown" for name in networks) + " |",
        "|---" * (2 * len(networks) + 1) + "|",
    ]
    for act in dict.fromkeys(row["act"] for row in rows):
        cells = (found.get((act, name)) for name in networks)
        words = [
            f"{c['block_ms']:.0f} ({c['own_worst_ms']:.0f}) | {c['shown_ms']:.0f}" if c else "– | –"
            for c in cells
        ]
        lines.append(f"| {act} | {' | '.join(words)} |")
    return "\n".join(lines)


def _bounded(b: dict[str, Any]) -> str:
    fed = b["epochs_written"]
    by_hand = f" (the last {fed:,} of them written straight into the log)" if fed else ""
    return (
        f"After {b['epochs']:,} epochs of XOR{by_hand} memory has grown by {b['growth_mb']:.0f} MB "
        f"since the first million; the curve keeps {b['rows_kept']:,} epochs, and a frame of the "
        f"loss view takes {b['loss_frame_ms']:.1f} ms."
    )


def _start(s: dict[str, float]) -> str:
    return (
        f"From starting Python to the first painted window it takes {s['bpviz_s']:.2f} s, "
        f"{s['ratio']:.2f} times a bare PySide6 window with one pyqtgraph plot "
        f"({s['bare_s']:.2f} s)."
    )


def _ready(r: dict[str, float]) -> str:
    return (
        f"From starting Python until the compiled engine is ready, with Run pressed at the first "
        f"frame, it takes {r['cold_s']:.1f} s at the first start ever and {r['warm_s']:.1f} s "
        f"later: {r['cold_ratio']:.1f} and {r['warm_ratio']:.1f} times as long as importing Numba "
        f"and compiling a function of one line ({r['bare_s']:.1f} s)."
    )


def _engine(engine: dict[str, dict[str, float | None]]) -> str:
    columns = list(dict.fromkeys(name for row in engine.values() for name in row))
    lines = [
        "The engines alone, epochs per second:",
        "",
        "| | " + " | ".join(columns) + " |",
        "|---" * (len(columns) + 1) + "|",
    ]
    for name, row in engine.items():
        cells = (row.get(column) for column in columns)
        lines.append(f"| {name} | " + " | ".join(f"{c:,.0f}" if c else "–" for c in cells) + " |")
    return "\n".join(lines)


def _lost(results: dict[str, Any]) -> list[str]:
    """What is below what was aimed at, and where a peer is faster, in words."""
    lost = []
    for row in results.get("frames", ()):
        fast = row["engine"] != "numpy"
        where = f"{row['network']} with {NAMES[row['engine']]}"
        aim = 30 if row["network"].startswith(LARGE) else 55 if fast else 45
        kept = 0.85 if fast else 0.5
        if row["frames_per_second"] < aim:
            lost.append(f"{where}: {row['frames_per_second']:.0f} of {aim} frames/s")
        if row["gap_99_ms"] > 33:
            lost.append(f"{where}: gaps up to {row['gap_99_ms']:.0f} ms")
        if row["kept"] < kept:
            lost.append(f"{where}: {row['kept']:.0%} of the speed kept, not {kept:.0%}")
        waits = {name: row[f"{name}_ms"] for name in ("pause", "step", "slider")}
        lost += [f"{where}: {name} after {ms:.0f} ms" for name, ms in waits.items() if ms > 33]
    if (gap := results.get("loading", {}).get("gap_99_ms", 0.0)) > 33:
        lost.append(f"while Numba is loaded: gaps up to {gap:.0f} ms")
    for row in results.get("hands", ()):
        if row["own_worst_ms"] > 16.5:
            lost.append(
                f"{row['act']} ({row['network']}): once {row['own_worst_ms']:.0f} ms, not 16"
            )
    if results.get("bounded", {}).get("growth_mb", 0.0) > 50:
        lost.append(f"memory: {results['bounded']['growth_mb']:.0f} MB, not 50")
    if results.get("start", {}).get("ratio", 0.0) > 1.5:
        lost.append(f"start: {results['start']['ratio']:.2f} times the bare window, not 1.5")
    return lost + _slower(results.get("engine", {}))


def _slower(engine: dict[str, dict[str, float | None]]) -> list[str]:
    ours = [row for name, row in engine.items() if name.startswith(tuple(NAMES.values()))]
    lost = []
    for peer, row in engine.items():
        if any(row is own for own in ours):
            continue
        for network, speed in row.items():
            best = max((own.get(network) or 0.0 for own in ours), default=0.0)
            if speed and best < speed:
                lost.append(f"{network}: {peer} is {speed / max(best, 1e-9):.1f} times as fast")
    return lost


def write_page(text: str) -> None:
    """Put the section between the markers."""
    whole = PAGE.read_text(encoding="utf-8")
    before, rest = whole.split(BEGIN, 1)
    after = rest.split(END, 1)[1]
    PAGE.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default=",".join(PARTS), nargs="?", const="")
    parser.add_argument("--from-json", type=Path, nargs="+", default=[])
    parser.add_argument("--json", type=Path)
    parser.add_argument("--no-page", action="store_true")
    arguments = parser.parse_args()
    parts = [json.loads(path.read_text()) for path in arguments.from_json]
    parts += [measured(part) for part in arguments.only.split(",") if part]
    results = merged(parts)
    if arguments.json:
        arguments.json.write_text(json.dumps(results, indent=2) + "\n")
    text = section(results)
    print(text)
    if not arguments.no_page:
        write_page(text)


if __name__ == "__main__":
    main()
