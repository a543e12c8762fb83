"""What Plateau refuses, warns of and prints."""

import inspect
import math
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from lrkit.keras import Plateau
from tests.adapters.keras_plateau import Metric, factors, note, sgd
from tests.adapters.keras_training import fit, slope_one, visible

STILL: list[float | None] = [1.0] * 6


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"monitor": None}, TypeError, "Plateau: `monitor` must be a text, got monitor=None"),
        ({"monitor": ""}, ValueError, "`monitor` must be a text with a letter in it"),
        ({"name": 3}, TypeError, "`name` must be a text, got name=3"),
        ({"factor": 1.0}, ValueError, "`factor` must be above 0 and below 1, got factor=1.0"),
        ({"factor": 0}, ValueError, "`factor` must be above 0 and below 1, got factor=0"),
        ({"factor": "half"}, TypeError, "`factor` must be a number, got factor='half'"),
        ({"min_factor": -0.1}, ValueError, "`min_factor` must be from 0 to 1, got min_factor=-0.1"),
        ({"min_factor": 2}, ValueError, "It is a part of the schedule's rate, not a rate"),
        ({"patience": -1}, ValueError, "Plateau: `patience` must be a whole number of 0 or more"),
        ({"patience": 2.5}, ValueError, "Plateau: `patience` must be a whole number of 0 or more"),
        ({"cooldown": "1"}, TypeError, "Plateau: `cooldown` must be a number, got cooldown='1'"),
        ({"threshold": -1}, ValueError, "Plateau: `threshold` must be 0 or more, got threshold=-1"),
        ({"threshold_mode": "abs"}, ValueError, "Plateau: `threshold_mode` must be"),
        ({"mode": "down"}, ValueError, '`mode` must be "auto", "min" or "max", got mode=\'down\''),
        ({"on_nan": True}, ValueError, '`on_nan` must be "restore" or None, got on_nan=True'),
        ({"spike": 1.0}, ValueError, "`spike` must be above 1, got spike=1.0"),
        ({"spike": math.inf}, ValueError, "`spike` must be finite, got spike=inf"),
        ({"check_every": 5}, ValueError, "`check_every` must be left out without `on_nan` and"),
        (
            {"check_every": 0, "spike": 4},
            ValueError,
            "`check_every` must be a whole number of 1 or more, got check_every=0",
        ),
        (
            {"min_lr": 1e-6},
            TypeError,
            "`min_lr` of ReduceLROnPlateau must .*=1e-06. .* min_factor=",
        ),
        ({"min_delta": 0.1}, TypeError, "`min_delta` of .*=0.1. Write threshold=1e-4"),
        ({"epsilon": 0.1}, TypeError, "`epsilon` of .*=0.1. Write threshold=1e-4"),
        ({"patients": 3}, TypeError, "unexpected keyword argument 'patients'"),
        ({"max_restores": -1}, ValueError, "`max_restores` must be a whole number of 0 or more"),
    ],
)
def test_wrong_arguments(arguments: dict, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        Plateau(**arguments)


@pytest.mark.parametrize(
    "optimizer",
    [
        keras.optimizers.Adam(0.1),
        keras.optimizers.LossScaleOptimizer(keras.optimizers.Adam(0.1)),
        keras.optimizers.MultiOptimizer(
            keras.optimizers.OptimizerMap(sgd(), {".*bias": keras.optimizers.Adam(0.1)})
        ),
    ],
    ids=["plain", "scaled", "one of several"],
)
def test_an_optimizer_that_is_not_scheduled(optimizer: Any) -> None:
    model = visible(optimizer)
    way_out = r"got Adam\w*\. Write scheduled\(keras\.optimizers\.Adam\w*, learning_rate=…\)"
    with pytest.raises(TypeError, match=f"must be made by lrkit.keras.scheduled, {way_out}"):
        fit(model, [Plateau()])


def test_a_metric_that_does_not_say_what_is_better() -> None:
    model = visible(sgd())
    with pytest.raises(ValueError, match=r'`mode` must be "min" or "max" for a metric .*\'score\''):
        fit(model, [Metric(STILL, "score"), Plateau("score")])


def test_two_of_one_name() -> None:
    with pytest.raises(ValueError, match=r"`name` must be different .* name='val_loss'"):
        fit(visible(sgd()), [Plateau(), Plateau(patience=5)])


def test_two_that_go_back() -> None:
    both = [Plateau(on_nan="restore"), Plateau("loss", spike=4)]
    with pytest.raises(ValueError, match="must be given to one Plateau of a fit only"):
        fit(visible(sgd()), both)


def test_a_missing_metric_is_said_once() -> None:
    with pytest.warns(UserWarning, match="'val_los' is not in the logs of epoch 1.* loss") as said:
        fit(visible(sgd()), [Plateau("val_los", mode="min")], epochs=3)
    (one,) = (warning for warning in said if "Plateau" in str(warning.message))
    assert one.filename == fit.__code__.co_filename  # the line that called Keras's fit


@pytest.mark.parametrize("epochs", [1, 2])
def test_a_saver_that_stands_before(epochs: int, tmp_path: Path) -> None:
    """It is warned of at once, and again when a training goes on from what it saved."""
    model = visible(sgd())
    saver = keras.callbacks.BackupAndRestore(tmp_path / "backup", delete_checkpoint=False)
    with pytest.warns(UserWarning, match="it stands after BackupAndRestore .* Put Plateau first"):
        fit(model, [Metric(STILL), saver, Plateau(patience=1)], epochs=epochs)
    assert len(factors(model)) == epochs - 1
    later = visible(sgd())
    with pytest.warns(UserWarning, match=f"Plateau: epoch {epochs} of this run went by without"):
        fit(later, [Metric(STILL), Plateau(patience=1), saver], epochs=3)
    # The file's factor is 1, and one cut; the epoch that was not judged has been lost.
    assert [value for _, value in factors(later)] == [0.5]


def test_a_saver_that_stands_behind(tmp_path: Path) -> None:
    saver = keras.callbacks.BackupAndRestore(tmp_path / "backup", delete_checkpoint=False)
    checkpoint = keras.callbacks.ModelCheckpoint(tmp_path / "model.keras")
    fit(visible(sgd()), [Metric(STILL), Plateau(patience=1), saver, checkpoint], epochs=2)
    later = visible(sgd())
    fit(later, [Metric(STILL), Plateau(patience=1), saver], epochs=3)
    assert [value for _, value in factors(later)] == [0.5, 0.25]
    assert (
        note(keras.saving.load_model(tmp_path / "model.keras", {"slope_one": slope_one}))["epoch"]
        == 1
    )


@pytest.mark.parametrize("is_first", [True, False])
def test_what_ends_the_training_before_it_goes_back(is_first: bool) -> None:
    """It is warned of, and true: the first NaN is the last batch, wherever it stands."""
    model = visible(sgd())
    rescue = Plateau("loss", on_nan="restore", check_every=1)
    both = [rescue, keras.callbacks.TerminateOnNaN()]
    calls: list[int] = []
    count = keras.callbacks.LambdaCallback(
        on_train_batch_end=lambda batch, logs: calls.append(batch)
    )
    x = np.array([[1.0], [math.nan], [1.0], [1.0]], "float32")
    callbacks = [*(both if is_first else both[::-1]), count]
    with pytest.warns(UserWarning, match="TerminateOnNaN in the same fit ends .* Leave Terminat"):
        model.fit(x, x, batch_size=1, epochs=2, shuffle=False, verbose=0, callbacks=callbacks)
    assert calls == [0, 1]


def test_without_a_rescue_it_may_stay() -> None:
    fit(visible(sgd()), [Plateau("loss"), keras.callbacks.TerminateOnNaN()])  # no warning


def test_signature_is_its_own() -> None:
    parameters = list(inspect.signature(Plateau).parameters)
    assert parameters[:3] == ["monitor", "factor", "patience"]
    assert "kwargs" not in parameters


def test_each_change_prints_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    model = visible(sgd("0.1 * hold(100)"))
    fit(model, [Metric(STILL), Plateau(patience=2, verbose=True, min_factor=0.5)], epochs=5)
    assert capsys.readouterr().out == (
        "Update 12, epoch 3: val_loss has not improved on 1 for 2 evaluations: "
        "factor 0.5, learning rate 0.05\n"
    )
    fit(visible(sgd()), [Metric(STILL), Plateau(patience=1)], epochs=2)
    assert capsys.readouterr().out == ""


def test_a_metric_that_is_never_a_number(capsys: pytest.CaptureFixture[str]) -> None:
    nothing: list[float | None] = [math.nan] * 3
    fit(visible(sgd()), [Metric(nothing), Plateau(patience=2, verbose=True)], epochs=2)
    assert "val_loss has not been a number for 2 evaluations: " in capsys.readouterr().out


def test_the_note_of_a_newer_version() -> None:
    model = visible(sgd())
    fit(model, [Metric(STILL), Plateau()])
    model.optimizer.notes["plateau val_loss"]["format"] = 2
    with pytest.raises(ValueError, match=r"must be of format 1, got .*A newer lrkit wrote it"):
        fit(model, [Metric(STILL), Plateau()])


def test_a_broken_start() -> None:
    model = visible(sgd())
    model.trainable_variables[0].assign([[math.nan]])
    with pytest.raises(ValueError, match="the weights must be finite when the training begins"):
        fit(model, [Plateau("loss", on_nan="restore")])
