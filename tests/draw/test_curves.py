"""The picture of training runs: three panels, one colour a run."""

import struct
from types import SimpleNamespace

import numpy as np
import pytest

from lrkit import cosine, hold
from lrkit.draw.curves import _Run, curves, figure

pytest.importorskip("matplotlib")


def run(label="cosine", updates=40, epochs=4, **more):
    schedule = 0.001 * (cosine(updates) if label == "cosine" else hold(updates))
    falling = [1.0 / (1 + epoch) for epoch in range(epochs)]
    return {
        "label": label,
        "steps": np.arange(updates),
        "learning_rates": schedule.values().astype(np.float32),
        "history": {
            "loss": falling,
            "accuracy": [1 - 0.1 * value for value in falling],
            "val_loss": [0.9 * value for value in falling],
            "val_accuracy": [1 - 0.05 * value for value in falling],
        },
    } | more


def drawn(*runs, title=None):
    return figure([_Run.of(one) for one in runs], title)


def test_panels_show_the_numbers():
    page = drawn(run())
    rate, loss, accuracy = page.axes
    x, y = rate.lines[0].get_data()
    assert x == pytest.approx(np.arange(40) / 10)
    assert y == pytest.approx(run()["learning_rates"])
    for panel, name in ((loss, "loss"), (accuracy, "accuracy")):
        training, validation = panel.lines
        assert list(training.get_xdata()) == [1, 2, 3, 4]
        assert list(training.get_ydata()) == run()["history"][name]
        assert list(validation.get_ydata()) == run()["history"][f"val_{name}"]
    assert all(panel.get_xlim() == (0, 4) for panel in page.axes)
    page.draw_without_rendering()
    labels = [label.get_text() for label in rate.get_xticklabels()]
    assert (labels[0], labels[-1], rate.get_xlabel()) == ("0\n0", "4\n40", "epoch\nupdates")


def test_a_run_has_one_colour_in_all_panels():
    page = drawn(run(), run("constant"))
    rate, loss, accuracy = page.axes
    first, second = (line.get_color() for line in rate.lines)
    assert first != second
    for panel in (loss, accuracy):
        assert [line.get_color() for line in panel.lines] == [first, first, second, second]
        assert panel.lines[1].get_marker() != panel.lines[3].get_marker()
    texts = [text.get_text() for text in page.legends[0].get_texts()]
    assert texts == ["cosine", "constant", "solid: validation", "thin: training"]


def test_runs_of_different_epochs_share_the_axis_in_epochs():
    page = drawn(run(updates=40, epochs=4), run("constant", updates=80, epochs=4))
    rate = page.axes[0]
    assert rate.get_xlim() == (0, 4)
    assert rate.get_xlabel() == "epoch"


def test_an_unfinished_epoch_is_placed_by_the_updates_per_epoch():
    page = drawn(run(updates=45, epochs=4, updates_per_epoch=10))
    assert page.axes[0].get_xlim() == (0, 4.5)


def test_objects_and_missing_metrics(tmp_path):
    one = SimpleNamespace(label="a", steps=[0], learning_rates=[0.5], history={"loss": [2, 1]})
    path = curves([one], tmp_path / "a.png", title="one run")
    assert path.stat().st_size > 5000


def test_the_file_is_a_picture_of_the_stated_size(tmp_path):
    path = curves([run(), run("constant")], tmp_path / "curves.png")
    head = path.read_bytes()[:24]
    assert head.startswith(b"\x89PNG")
    assert struct.unpack(">II", head[16:]) == (1200, 420)
    assert [found.name for found in tmp_path.iterdir()] == ["curves.png"]


@pytest.mark.parametrize(
    ("runs", "message"),
    [
        ([], "`runs` must hold at least one run, got none"),
        ([{"label": "a"}], "a run must have .* got one without `steps`"),
        ([SimpleNamespace(label="a", steps=[0])], "got one without `learning_rates`"),
        ([run(steps=[0])], "run 'cosine' must have as many .* got 1 steps and 40 learning rates"),
        ([run(steps=[], learning_rates=[])], "at least one, got 0 steps"),
        ([run(history={"loss": [1], "accuracy": [1, 2]})], r"one value an epoch .* got \[1, 2\]"),
    ],
)
def test_bad_runs(tmp_path, runs, message):
    with pytest.raises(ValueError, match=message):
        curves(runs, tmp_path / "c.png")
    assert list(tmp_path.iterdir()) == []
