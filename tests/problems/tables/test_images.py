"""Tables of images: their pixels and classes are found, whatever their columns are called."""

from pathlib import Path

import numpy as np
import pytest

from bpviz.problems.tables.inspecting import inspect
from bpviz.problems.tables.model import Reading
from bpviz.problems.tables.problem import table_problem

SIDE = 8


def table(
    path: Path, names: list[str] | None, *, label: str | None = "label", first: bool = False
) -> str:
    """60 images with a bright cell by class, and edges that are always 0."""
    rng = np.random.default_rng(0)
    classes = np.arange(60) % 3
    pixels = rng.integers(0, 40, (60, SIDE, SIDE))
    pixels[:, :, 0] = 0
    pixels[np.arange(60), 2, 2 + classes] = 255
    rows = pixels.reshape(60, -1)
    both = (classes[:, None], rows) if first else (rows, classes[:, None])
    lines = [",".join(map(str, row)) for row in np.hstack(both).tolist()]
    if names is not None:
        words = [label, *names] if first else [*names, label]
        lines.insert(0, ",".join(str(word) for word in words))
    path.write_text("\n".join(lines))
    return str(path)


NAMES = {
    "pixel": [f"pixel{n}" for n in range(SIDE**2)],
    "place": [f"{r}x{c}" for r in range(1, SIDE + 1) for c in range(1, SIDE + 1)],
    "pixel_place": [f"pixel_{r}_{c}" for r in range(SIDE) for c in range(SIDE)],
    "numbers": [str(n) for n in range(SIDE**2)],
    "attributes": [f"att{n}" for n in range(1, SIDE**2 + 1)],
    "none": None,
}


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("names", NAMES)
def test_pixels_become_images_with_their_class_first_or_last(
    tmp_path: Path, names: str, first: bool
) -> None:
    path = table(tmp_path / "t.csv", NAMES[names], first=first)
    patterns = table_problem(path).load({})
    assert patterns.image_shape == (SIDE, SIDE)
    assert patterns.n_inputs == SIDE**2  # also those that are always 0
    assert patterns.class_names == ("0", "1", "2")
    image = patterns.train.inputs[0].reshape(SIDE, SIDE)
    assert image[2, 2 + patterns.train.targets[0].argmax()] == 1.0
    assert (image[:, 0] == 0.0).all()
    assert patterns.better == {}


def test_it_is_a_note_that_can_be_changed(tmp_path: Path) -> None:
    path = table(tmp_path / "t.csv", NAMES["attributes"])
    (note,) = [note for note in inspect(path).notes if "8 × 8 pixels" in note.text]
    plain = note.remedies[0].apply(Reading())
    patterns = table_problem(path).load(plain.options())
    assert patterns.image_shape is None
    assert patterns.n_inputs == SIDE**2 - SIDE


def test_other_columns_beside_the_pixels_are_no_image(tmp_path: Path) -> None:
    path = table(tmp_path / "t.csv", NAMES["pixel"])
    patterns = table_problem(path).load({"leave_out": "pixel3"})
    assert patterns.image_shape is None


def test_measured_numbers_of_a_square_number_are_no_image(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    for scale, add in ((1.0, 0.0), (1.0, -3.0), (3.7, 0.0)):
        rows = scale * rng.integers(0, 9, (40, 64)) + add
        lines = [",".join([*map(str, row), str(n % 2)]) for n, row in enumerate(rows.tolist())]
        names = ",".join([*(f"sensor {chr(65 + n % 26)}{n}" for n in range(64)), "class"])
        (tmp_path / "t.csv").write_text("\n".join([names, *lines]))
        assert inspect(str(tmp_path / "t.csv")).table.image_shape is None
