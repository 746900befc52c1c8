"""Iris and digits against published facts, and the page that says where they are from."""

import numpy as np
import pytest

from bpviz.core.model.patterns import PatternSet, class_of
from bpviz.problems.table import PROBLEMS
from bpviz.resources import resource


def whole(name: str, **options: object) -> PatternSet:
    return PROBLEMS[name].load({"test_share": 0.0, **options})


def test_iris_is_fishers() -> None:
    iris = whole("iris", standardise=False)
    assert iris.train.inputs.shape == (150, 4)
    assert iris.class_names == ("setosa", "versicolor", "virginica")
    assert iris.train.targets.sum(axis=0).tolist() == [50, 50, 50]
    # The summary of the data set: min, max, mean and standard deviation.
    inputs = iris.train.inputs
    assert inputs.min(axis=0).tolist() == [4.3, 2.0, 1.0, 0.1]
    assert inputs.max(axis=0).tolist() == [7.9, 4.4, 6.9, 2.5]
    assert np.allclose(inputs.mean(axis=0), [5.84, 3.06, 3.76, 1.20], atol=0.005)
    assert np.allclose(inputs.std(axis=0, ddof=1), [0.83, 0.44, 1.76, 0.76], atol=0.007)
    # The two flowers that the repository has wrong, as they stand in Fisher's paper.
    assert inputs[34].tolist() == [4.9, 3.1, 1.5, 0.2]
    assert inputs[37].tolist() == [4.9, 3.6, 1.4, 0.1]


def test_iris_is_standardised_by_its_training_patterns() -> None:
    iris = PROBLEMS["iris"].load()
    assert np.allclose(iris.train.inputs.mean(axis=0), 0.0)
    assert np.allclose(iris.train.inputs.std(axis=0), 1.0)
    assert "standardised" in iris.notes[0]
    assert whole("iris", standardise=False).notes == ()


def test_digits_are_the_1797_of_the_repository() -> None:
    digits = whole("digits")
    assert digits.train.inputs.shape == (1797, 64)
    assert digits.image_shape == (8, 8)
    assert digits.class_names == tuple("0123456789")
    counts = [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert np.bincount(class_of(digits.train.targets)).tolist() == counts
    assert set((digits.train.inputs * 16).ravel()) == set(range(17))
    assert class_of(digits.train.targets[:10]).tolist() == list(range(10))
    # The first zero: its top row, and its hole in the middle.
    first = digits.train.inputs[0].reshape(8, 8) * 16
    assert first[0].tolist() == [0, 0, 5, 13, 9, 1, 0, 0]
    assert first[3:5, 3].tolist() == [0, 0]


@pytest.mark.parametrize(("name", "n_classes"), [("iris", 3), ("digits", 10)])
def test_the_split_is_stratified(name: str, n_classes: int) -> None:
    patterns = PROBLEMS[name].load({"test_share": 0.2})
    assert patterns.test is not None
    shares = patterns.test.targets.mean(axis=0)
    assert np.allclose(shares, patterns.train.targets.mean(axis=0), atol=0.01)
    assert len(shares) == n_classes


def test_every_shipped_file_has_its_source() -> None:
    page = resource("problems", "SOURCES.md").read_text(encoding="utf-8")
    for file in resource("problems").glob("*.csv"):
        assert f"## {file.name}" in page
    for problem in ("iris", "digits"):
        source = PROBLEMS[problem].load().source
        assert "CC BY 4.0" in source
        assert source.split("doi:")[1].split(",")[0] in page
