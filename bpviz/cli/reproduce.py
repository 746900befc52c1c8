"""`bpviz reproduce`: the published runs of 1986 beside those of many seeds."""

import json
from argparse import Namespace
from typing import Any

from bpviz.cli.ctrl_c import CtrlC
from bpviz.cli.output import write_message, write_result
from bpviz.cli.race import RaceProgressLine, executor_for
from bpviz.cli.race_options import REPRODUCED_SEEDS
from bpviz.cli.setting_flags import whole
from bpviz.core.text.number_words import percent
from bpviz.core.values import BadValue, check_choice
from bpviz.experiment.published import PUBLISHED, Published
from bpviz.experiment.race_order import RaceOrder, Variant, setups_of
from bpviz.session.race.runner import Standings, WorkersFailed, run_race
from bpviz.session.race.shards import shards_of
from bpviz.session.race.standing import Reproduction, reproduction


def reproduce(args: Namespace) -> int:
    """Run the published experiments of the arguments, and print a table, or a line of JSON.

    Returns the exit code: 0 done, 1 failed or interrupted; then what is done is printed.
    Raises BadValue for a problem without a published run, or a number that is not allowed.
    """
    rows = _chosen(args.problems)
    orders = [_order(row, args) for row in rows]
    found: list[tuple[Published, Reproduction]] = []
    failure = ""
    with CtrlC() as ctrl_c:
        for row, order in zip(rows, orders, strict=True):
            shards, standings = shards_of(order, setups_of(order)), Standings(order)
            try:
                with executor_for(None, None, shards) as executor, RaceProgressLine(order) as bar:
                    run_race(shards, standings, executor, lambda: ctrl_c.pressed, bar.show)
            except WorkersFailed as error:
                failure = str(error)
                break
            if ctrl_c.pressed:
                failure = "Interrupted: what is shown is what was done."
                break
            outcomes = standings.of(0)
            assert outcomes is not None
            found.append((row, reproduction(outcomes, row.epochs)))
    if args.json:
        write_result(json.dumps([_figures(*pair) for pair in found]) + "\n")
    else:
        write_result("\n".join(_table(found)) + "\n")
    if failure:
        write_message(f"bpviz: {failure}")
    return 1 if failure else 0


def _chosen(problems: list[str]) -> list[Published]:
    names = list(dict.fromkeys(row.problem for row in PUBLISHED))
    for problem in problems:
        check_choice("problem", problem, names)
    return [row for row in PUBLISHED if not problems or row.problem in problems]


def _order(row: Published, args: Namespace) -> RaceOrder:
    try:
        seeds = whole("--seeds", args.seeds or REPRODUCED_SEEDS)
        return RaceOrder((Variant(row.network, row.experiment()),), seeds, row.most, 0, True)
    except BadValue as error:
        raise error.typed(args.seeds, "--seeds") from None


# -- reporting -----------------------------------------------------------------------------

HEADINGS = (
    "problem", "network", "published", "solved", "95 % interval", "median", "5 to 95 %",
    "published run", "conditions",
)  # fmt: skip


def _table(found: list[tuple[Published, Reproduction]]) -> list[str]:
    lines = [HEADINGS, *(_cells(*pair) for pair in found)]
    widths = [max(len(line[c]) for line in lines) for c in range(len(HEADINGS))]
    return ["  ".join(map(str.ljust, line, widths)).rstrip() for line in lines]


def _cells(row: Published, found: Reproduction) -> tuple[str, ...]:
    s = found.summary
    spread = "–" if found.low is None else f"{found.low:,.0f} to {found.high:,.0f}"
    return (
        row.problem,
        row.network,
        row.said or "–",
        percent(s.share),
        f"{percent(s.low, unit='')} to {percent(s.high, unit='')}",
        "–" if s.median is None else f"{s.median:,.0f}",
        spread,
        found.words() or "–",
        row.conditions(),
    )


def _figures(row: Published, found: Reproduction) -> dict[str, Any]:
    s = found.summary
    return {
        "problem": row.problem,
        "network": row.network,
        "published": row.epochs,
        "said": row.said,
        "source": row.source,
        "seeds": s.networks,
        "solved": s.share,
        "interval": [s.low, s.high],
        "median": s.median,
        "low": found.low,
        "high": found.high,
        "slower": found.slower,
        "conditions": row.conditions(),
    }
