"""Races on executors: the same numbers wherever the shards are trained."""

import os
import pickle
import signal
import subprocess
import sys
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bpviz.core.interruption import never
from bpviz.core.race import size
from bpviz.core.race.plan import Outcomes
from bpviz.core.values import BadValue
from bpviz.experiment import race_order
from bpviz.experiment.experiment import Hidden, Link, experiment_for
from bpviz.experiment.prepare import new_run, prepare
from bpviz.experiment.race_order import RaceOrder, read_shapes, setups_of, variants_of
from bpviz.session.race import runner
from bpviz.session.race.report import HEADINGS, cells, figures, rows_of
from bpviz.session.race.runner import Pool, RaceProgress, Standings, WorkersFailed, run_race
from bpviz.session.race.shards import shards_of
from tests.waiting import DEADLINE, wait_until

XOR = experiment_for("xor", spread=1.0)


def an_order(**changes: Any) -> RaceOrder:
    shapes = read_shapes("hidden", "2,4x2", XOR.hidden)
    return RaceOrder(
        **{"variants": variants_of(XOR, shapes), "seeds": 150, "epochs": 120} | changes
    )


def raced(order: RaceOrder, executor: Executor | Pool | None = None) -> Standings:
    standings = Standings(order)
    run_race(shards_of(order, setups_of(order)), standings, executor, never, lambda _: None)
    return standings


def assert_same(one: Outcomes | None, other: Outcomes | None) -> None:
    """To the bit."""
    assert one is not None
    assert other is not None
    for f in fields(Outcomes):
        assert getattr(one, f.name).tobytes() == getattr(other, f.name).tobytes(), f.name


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks of 64 networks, so that a small race has several shards."""
    monkeypatch.setattr(size, "MOST", 64)
    monkeypatch.setattr(size, "FEWEST", 64)


def test_the_same_on_threads_processes_and_here() -> None:
    order = an_order()
    here = raced(order)
    with ThreadPoolExecutor(3) as threads, Pool(2) as pool:
        for executor in (threads, pool):
            elsewhere = raced(order, executor)
            for v in range(2):
                assert_same(here.of(v), elsewhere.of(v))
        assert pool.network_epochs == order.network_epochs


def test_the_same_on_a_dask_cluster(monkeypatch: pytest.MonkeyPatch) -> None:
    distributed = pytest.importorskip("distributed")
    from bpviz.session.race import cluster

    monkeypatch.setattr(cluster, "TIMEOUT", DEADLINE)
    order = an_order(seeds=100)
    local = distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=False, dashboard_address=None,
        protocol="tcp", host="127.0.0.1",
    )  # fmt: skip
    with local, cluster.cluster(local.scheduler_address) as executor:
        there = raced(order, executor)
    here = raced(order)
    for v in range(2):
        assert_same(here.of(v), there.of(v))


def test_every_seed_of_every_variant_once_and_in_order() -> None:
    standings = raced(an_order(first_seed=7, epochs=3))
    for v in range(2):
        outcomes = standings.of(v)
        assert outcomes is not None
        np.testing.assert_array_equal(outcomes.seeds, np.arange(7, 157))


def test_seeds_that_draw_masks() -> None:
    """A worker builds the same network as the seed's own experiment has."""
    linked = replace(
        XOR, hidden=(Hidden(5),), links=(Link("input", "hidden 1", density=0.6),), seed=3
    )
    order = an_order(variants=variants_of(linked), seeds=3, epochs=50)
    shards = pickle.loads(pickle.dumps(shards_of(order, setups_of(order))))
    outcomes = raced(order).of(0)
    assert outcomes is not None
    for start in shards[0].starts():
        alone = new_run(prepare(replace(linked, seed=start.seed)))
        mask = alone.start.network.connections[0].mask
        assert mask is not None
        np.testing.assert_array_equal(start.network.connections[0].mask, mask)
        alone.advance(50)
        assert outcomes.error[start.seed] == pytest.approx(alone.record.train_error, rel=1e-10)


@pytest.mark.parametrize("how", ["here", "threads", "processes"])
def test_cancelled(how: str) -> None:
    """It stops soon after it is told to; what came in by then is kept."""
    order = an_order(epochs=10_000_000)
    standings = Standings(order)
    seen: list[RaceProgress] = []
    shards = shards_of(order, setups_of(order))

    def run(some: Any, executor: Any) -> None:
        run_race(some, standings, executor, lambda: bool(seen), seen.append)

    if how == "here":
        run(shards, None)
    elif how == "processes":
        with Pool(1) as pool:
            run(shards, pool)
    else:  # a shard that runs there cannot be stopped, the others can
        few = [replace(shard, plan=replace(shard.plan, epochs=2000)) for shard in shards]
        with ThreadPoolExecutor(1) as threads:
            run(few, threads)
    assert seen[0].done < seen[0].total
    done = [standings.of(v) for v in range(2)]
    assert sum(len(outcomes) for outcomes in done if outcomes is not None) < 300


def test_a_worker_that_fails_is_told_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(shard: Any) -> Outcomes:
        raise MemoryError("no room")

    monkeypatch.setattr(runner, "run_shard", fail)
    with ThreadPoolExecutor(1) as threads, pytest.raises(WorkersFailed, match="MemoryError"):
        raced(an_order(), threads)


def test_a_killed_worker_costs_one_race_and_not_the_next() -> None:
    order = an_order()
    with Pool(2) as pool:
        expected = raced(order, pool)
        for process in list(pool.executor._processes.values()):
            with suppress(ProcessLookupError):  # the executor ends the others itself
                os.kill(process.pid, signal.SIGTERM)
            process.join()
        wait_until(lambda: bool(pool.executor._broken))
        again = raced(order, pool)  # the pool was idle then: it starts new processes
        for v in range(2):
            assert_same(expected.of(v), again.of(v))


PARENT = """
import os, signal, sys, time
from bpviz.session.race.runner import Pool

if __name__ == "__main__":
    pool = Pool(2)
    print(*{pool.executor.submit(os.getpid).result() for _ in range(9)}, flush=True)
    if int(sys.argv[1]) != signal.SIGKILL:
        signal.signal(int(sys.argv[1]), signal.SIG_DFL)  # nohup ignores SIGHUP
    os.kill(os.getpid(), int(sys.argv[1]))
    time.sleep(60)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGKILL"])
def test_workers_end_with_their_parent_however_it_ends(tmp_path: Path, name: str) -> None:
    script = tmp_path / "parent.py"
    script.write_text(PARENT)
    number = getattr(signal, name)
    # Output ends when every process that holds the pipe has ended: a worker left behind would
    # make this wait until it times out.
    done = subprocess.run(
        [sys.executable, str(script), str(int(number))],
        stdout=subprocess.PIPE, timeout=DEADLINE, check=False,
    )  # fmt: skip
    assert done.returncode == -number
    assert done.stdout.split()


def test_variants_are_all_combinations() -> None:
    found = variants_of(XOR, [(Hidden(2),), ()], ["tanh", "relu"], [0.1, 0.5])
    assert len(found) == 8
    assert found[0].label == "2 hidden, tanh, rate 0.1"
    assert found[3].experiment.hidden == (Hidden(2, "relu"),)
    assert found[3].experiment.training.rate == 0.5
    assert variants_of(XOR)[0].experiment == XOR


def test_groups_that_differ_are_named_with_what_their_activations_are_called() -> None:
    mixed = replace(XOR, hidden=(Hidden(4, "relu"), Hidden(2, "leaky-relu")))
    assert variants_of(mixed)[0].label == "4 ReLU, 2 leaky ReLU hidden"
    with pytest.raises(BadValue, match="sine"):
        variants_of(XOR, [(Hidden(4, "relu"), Hidden(2, "sine"))])


def test_shapes_are_read() -> None:
    tanh, relu = (Hidden(3, "tanh"),), (Hidden(3, "relu"),)
    shapes = read_shapes("hidden", "2, 4x2 ,0,3:relu", tanh)
    assert shapes == [(Hidden(2, "tanh"),), (Hidden(4, "tanh"), Hidden(2, "tanh")), (), relu]
    with pytest.raises(BadValue, match="4x2,3"):
        read_shapes("hidden", "2,x", tanh)


def test_a_race_too_large_for_memory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BadValue, match=r"seeds must be at most [\d,]+ with 2 variants, not 100000"):
        setups_of(an_order(seeds=100_000, epochs=100_000))
    monkeypatch.setattr(race_order, "MEMORY", 100_000_000)
    wide = replace(experiment_for("digits"), hidden=(Hidden(1024),) * 8)
    with pytest.raises(BadValue, match="7,424,010 weights"):
        setups_of(an_order(variants=variants_of(wide), seeds=1))


def test_step_units_cannot_race() -> None:
    step = replace(XOR, hidden=(Hidden(2, "step"),))
    with pytest.raises(BadValue, match="slope"):
        setups_of(an_order(variants=variants_of(step)))


def test_rows_for_people_and_machines() -> None:
    order = an_order(seeds=40, epochs=400)
    rows = rows_of(raced(order))
    assert len(cells(rows[0])) == len(HEADINGS)
    assert cells(rows[0])[0] == "2 hidden"
    assert figures(rows[1])["hidden"] == [4, 2]
    assert 0 <= figures(rows[0])["share_low"] <= figures(rows[0])["share"] <= 1
    empty = rows_of(Standings(order))
    assert cells(empty[0])[1] == "0"
    assert figures(empty[0])["share"] is None
