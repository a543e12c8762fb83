"""What is said at the right moment, and once: changes that come too late, runs that begin wrong."""

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from lrkit import hold, inverse_sqrt, linear, warmup
from lrkit.keras import LearningRate, Recorder, findings, scheduled
from lrkit.keras.applied import Applied as Seen
from tests.adapters.keras_training import BACKEND, Applied, fit, network, regression, visible

SLOPE = linear(100, start=0.5, stop=0.25)
IS_COMPILED = BACKEND != "torch"


@contextmanager
def said() -> Iterator[list[str]]:
    """The warnings of lrkit, one text each."""
    texts: list[str] = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield texts
    texts += [str(one.message) for one in caught if "Recorder: " in str(one.message)]


def train(model: keras.Model, *callbacks: Any, **options: Any) -> None:
    options = {"epochs": 3, "batch_size": 4, "shuffle": False, "verbose": 0} | options
    model.fit(*regression(), callbacks=list(callbacks), **options)


def at_epoch(epoch: int, act: Callable[[Any], None], hook: str = "on_epoch_begin") -> Any:
    """A callback that acts on the optimizer when an epoch begins or ends."""

    class Act(keras.callbacks.Callback):
        pass

    def called(self: Any, number: int, logs: Any = None) -> None:
        if number == epoch:
            act(self.model.optimizer)

    setattr(Act, hook, called)
    return Act()


# ---- changed after the function was compiled -------------------------------------------------

CHANGES = [
    (lambda: keras.optimizers.AdamW(LearningRate(SLOPE), weight_decay=0.25), "weight_decay", 0.0),
    (lambda: keras.optimizers.Adam(0.5), "beta_1", 0.25),
    (lambda: keras.optimizers.SGD(LearningRate(SLOPE), clipnorm=1.0), "clipnorm", None),
    (lambda: keras.optimizers.SGD(LearningRate(SLOPE), nesterov=False), "nesterov", True),
]


@pytest.mark.parametrize(
    ("make", "name", "value", "recorder_first"),
    [(*change, place % 2 == 0) for place, change in enumerate(CHANGES)],
)
def test_number_changed_too_late_is_said_once(
    make: Any, name: str, value: Any, recorder_first: bool
) -> None:
    optimizer, recorder = make(), Recorder()
    before = getattr(optimizer, name)
    change = at_epoch(1, lambda optimizer: setattr(optimizer, name, value))
    callbacks = [recorder, change] if recorder_first else [change, recorder]
    with said() as texts:
        train(network(optimizer), *callbacks)
    if not IS_COMPILED:
        assert texts == []
        return
    (text,) = texts
    assert f"`{name}` of the optimizer was changed from {before!r} to {value!r} after" in text
    assert f"goes on with {before!r}. Call model.make_train_function(force=True)" in text
    schedule = f"scheduled({type(optimizer).__name__}, {name}=...)"
    assert (schedule in text) == (name != "nesterov")


@pytest.mark.skipif(not IS_COMPILED, reason="torch compiles nothing: it takes the new one")
def test_what_is_said_is_true() -> None:
    """The weights are those of a run in which nothing was changed."""
    plain, changed = (network(keras.optimizers.SGD(0.01, momentum=0.5)) for _ in range(2))
    train(plain)
    with said() as texts:
        train(changed, Recorder(), at_epoch(1, lambda o: setattr(o, "momentum", 0.0)))
    assert len(texts) == 1
    for one, two in zip(plain.get_weights(), changed.get_weights(), strict=True):
        np.testing.assert_array_equal(one, two)


def test_numbers_set_before_the_function_is_compiled_count() -> None:
    """Also by a callback behind the Recorder, when the first epoch begins; and after compile."""
    set_it = at_epoch(0, lambda optimizer: setattr(optimizer, "weight_decay", 0.25))
    model = network(keras.optimizers.AdamW(LearningRate(SLOPE)))
    recorder = Recorder()
    with said() as texts:
        train(model, recorder, set_it)
        model.optimizer.beta_1 = 0.25
        model.make_train_function(force=True)
        train(model, recorder)
    assert texts == []


@pytest.mark.skipif(not IS_COMPILED, reason="torch compiles nothing: it takes the new one")
def test_each_change_is_said_and_each_function_anew() -> None:
    model, recorder = network(keras.optimizers.AdamW(LearningRate(SLOPE))), Recorder()

    def both(optimizer: Any) -> None:
        optimizer.weight_decay, optimizer.beta_1 = 0.25, 0.5

    with said() as texts:
        train(model, recorder, at_epoch(1, both, "on_epoch_end"))
    assert [text.split("`")[1] for text in texts] == ["beta_1", "weight_decay"]
    model.make_train_function(force=True)
    with said() as texts:
        train(model, recorder, at_epoch(1, lambda o: setattr(o, "weight_decay", 0.5)))
    assert ["from 0.25 to 0.5" in text for text in texts] == [True]


def test_eager_training_takes_changes() -> None:
    model = network(keras.optimizers.AdamW(LearningRate(SLOPE)))
    model.run_eagerly = True
    with said() as texts:
        train(model, Recorder(), at_epoch(1, lambda o: setattr(o, "weight_decay", 0.25)))
    assert texts == []


@pytest.mark.skipif(not IS_COMPILED, reason="torch compiles nothing: it takes the new one")
def test_schedule_of_a_scheduled_optimizer_changed_too_late_is_recorded_as_applied() -> None:
    """The optimizer says it itself; the Recorder records what is applied."""
    optimizer = scheduled(keras.optimizers.SGD, learning_rate=SLOPE, momentum=linear(100))
    applied, recorder, model = Applied(), Recorder(), visible(optimizer)
    fit(model, [applied, recorder], epochs=1)
    with pytest.warns(UserWarning, match="`learning_rate` was set after the training function"):
        optimizer.learning_rate = 0.125 * hold()
    with pytest.warns(UserWarning, match="`momentum` was set after the training function"):
        optimizer.momentum = LearningRate(0.25 * hold())
    fit(model, [recorder], epochs=1)  # and the Recorder does not say it again
    expected = SLOPE(np.arange(8)).astype("float32")
    np.testing.assert_array_equal(recorder.learning_rates, expected)
    momenta = linear(100)(np.arange(8)).astype("float32")
    np.testing.assert_array_equal(recorder.hyperparameters["momentum"], momenta)


# ---- past the end ----------------------------------------------------------------------------


@pytest.mark.parametrize(("length", "stop"), [(8, 0.0), (6, 0.125)])
def test_fit_that_begins_past_the_end_is_told(length: int, stop: float) -> None:
    model = visible(keras.optimizers.SGD(LearningRate(linear(length, stop=stop))))
    with said() as texts:
        fit(model, [Recorder()])
    assert ["is too short by 2" in text for text in texts] == ([True] if length == 6 else [])
    for _ in range(2):  # each fit
        with said() as texts:
            fit(model, [Recorder()], epochs=1)
        (text,) = texts
        assert f"is over at {length}: all of it has the rate {stop:g}" in text
        assert ("so that it changes nothing" in text) == (stop == 0.0)
        assert "lrkit.extend" in text


def test_fit_that_begins_past_the_end_with_accumulation() -> None:
    optimizer = scheduled(
        keras.optimizers.SGD, learning_rate=linear(4), gradient_accumulation_steps=2
    )
    model = visible(optimizer)
    with said() as texts:
        fit(model, [Recorder()])
    assert texts == []
    with said() as texts:
        fit(model, [Recorder()])
    assert len(texts) == 1
    assert "begins at update 4, and the schedule is over at 4" in texts[0]


# ---- not restored ----------------------------------------------------------------------------


def test_weights_loaded_into_an_unbuilt_optimizer(tmp_path: Path) -> None:
    trained = network(keras.optimizers.Adam(LearningRate(SLOPE)))
    train(trained, Recorder(csv=tmp_path / "rates.csv"), epochs=2)
    trained.save_weights(tmp_path / "two.weights.h5")

    def resumed(*, built: bool) -> keras.Model:
        model = network(keras.optimizers.Adam(LearningRate(SLOPE)))
        if built:
            model.optimizer.build(model.trainable_variables)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Keras's own: "Skipping variable loading"
            model.load_weights(tmp_path / "two.weights.h5")
        return model

    with said() as texts:  # by the epoch that the user names
        train(resumed(built=False), Recorder(), initial_epoch=2)
    (text,) = texts
    assert "begins with epoch 2 (initial_epoch=2), but the counter of the optimizer is 0" in text
    assert "model.optimizer.build(model.trainable_variables) before model.load_weights" in text
    with said() as texts:
        train(resumed(built=True), Recorder(csv=tmp_path / "rates.csv"), initial_epoch=2)
    assert texts == []
    with said() as texts:  # by the rows of the file
        train(resumed(built=False), Recorder(csv=tmp_path / "rates.csv"), epochs=1)
    (text,) = texts
    assert "held 12 updates of an earlier run" in text
    assert "loaded into an unbuilt optimizer leave its counter at 0" in text


def test_later_epoch_of_a_rate_that_is_a_number_is_fine() -> None:
    with said() as texts:
        train(network(keras.optimizers.Adam(0.01)), Recorder(), initial_epoch=2)
    assert texts == []


# ---- schedule-free ---------------------------------------------------------------------------

schedule_free = pytest.mark.skipif(
    not hasattr(keras.optimizers, "ScheduleFreeAdamW"), reason="this Keras does not have it"
)


@schedule_free
def test_schedule_that_falls_on_a_schedule_free_optimizer_is_said_once() -> None:
    optimizer = keras.optimizers.ScheduleFreeAdamW(LearningRate(0.01 * linear(100)))
    model, recorder = network(optimizer), Recorder()
    with said() as texts:
        train(model, recorder, epochs=1)
        train(model, recorder, epochs=1)
    assert ["the optimizer is a ScheduleFreeAdamW" in text for text in texts] == [True]


@schedule_free
@pytest.mark.parametrize(
    ("rate", "warned"),
    [
        (0.01, False),
        (LearningRate(0.01 * hold()), False),
        (LearningRate(0.01 * (warmup(4) >> hold())), False),
        (LearningRate(0.01 * inverse_sqrt(10)), True),
        (LearningRate(0.01 * (warmup(4) >> linear(96))), True),
        (keras.optimizers.schedules.CosineDecay(0.01, 100), True),
    ],
)
def test_only_a_rate_that_falls_is_none_for_it(rate: Any, warned: bool) -> None:
    for kind in (keras.optimizers.ScheduleFreeAdamW, keras.optimizers.AdamW):
        with said() as texts:
            findings.warn_schedule_free(Seen(kind(rate)))
        assert len(texts) == (warned and kind is keras.optimizers.ScheduleFreeAdamW)


@schedule_free
def test_what_is_said_of_schedule_free_is_true() -> None:
    """Its average weighs all updates alike: under a falling rate it keeps the early ones."""

    def distance(kind: Any, rate: Any) -> float:
        """How far from its aim a run of 64 updates stops."""
        optimizer = kind(rate)
        model = visible(optimizer)
        model.compile(optimizer, loss=lambda _, y: keras.ops.mean(keras.ops.abs(y - 1.0)))
        fit(model, batches=64, epochs=1)
        return abs(1.0 - float(model.get_weights()[0][0, 0]))

    free, falling = keras.optimizers.ScheduleFreeAdamW, LearningRate(0.02 * linear(64))
    held_up = distance(free, falling)
    assert held_up > 1.4 * distance(keras.optimizers.AdamW, falling)
    assert held_up > 1.4 * distance(free, 0.02)
