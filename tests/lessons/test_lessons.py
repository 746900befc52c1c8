"""Every shipped lesson can be read, and every claim that it makes is true."""

import pytest

from bpviz.experiment.prepare import prepare
from bpviz.experiment.published import PUBLISHED, Published, published_run_of
from bpviz.lessons.claims import CLAIMS, check
from bpviz.lessons.loader import all_lessons
from bpviz.lessons.model import Claim, Lesson

LESSONS = all_lessons()
CASES = [
    pytest.param(claim, id=f"{lesson.key}-{s}-{c}")
    for lesson in LESSONS
    for s, step in enumerate(lesson.steps, 1)
    for c, claim in enumerate(step.claims, 1)
]


@pytest.mark.parametrize("claim", CASES)
def test_every_claim_is_true(claim: Claim) -> None:
    verdict = check(claim)
    assert verdict.holds, f"{claim.says} Found: {verdict.found}"


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.key)
def test_every_step_can_be_set_up(lesson: Lesson) -> None:
    assert lesson.sources
    assert lesson.row.startswith("L")
    for step in lesson.steps:
        assert bool(step.question) == bool(step.answer)
        if step.experiment is not None:
            assert prepare(step.experiment).network.n_parameters > 0


def test_lessons_are_in_the_order_of_the_lecture() -> None:
    rows = [int(lesson.row.split(",")[0][1:]) for lesson in LESSONS]
    assert rows == sorted(rows)
    assert len({lesson.title for lesson in LESSONS}) == len(LESSONS)


def test_every_kind_of_claim_is_made() -> None:
    made = {claim.kind for lesson in LESSONS for step in lesson.steps for claim in step.claims}
    assert made == set(CLAIMS)


@pytest.mark.parametrize("run", PUBLISHED, ids=lambda run: f"{run.problem} {run.network}")
def test_every_published_problem_has_a_race_of_its_published_run(run: Published) -> None:
    steps = [step for lesson in LESSONS if lesson.row == "L17" for step in lesson.steps]
    raced = {
        variant.experiment.problem
        for step in steps
        if step.race is not None
        for variant in step.race.order.variants
        if published_run_of(variant.experiment) is not None
    }
    assert run.problem in raced
