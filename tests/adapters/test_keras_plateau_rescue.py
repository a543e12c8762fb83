"""Plateau goes back to the last good weights when the loss is no number, or leaps."""

from typing import Any

import keras
import numpy as np
import pytest

from lrkit.keras import Plateau, scheduled
from tests.adapters.keras_plateau import Metric, factors, kept, leaf, note, number, sgd
from tests.adapters.keras_training import BACKEND, network, regression, visible

RATE = "0.01 * hold(1000)"


def train(model: keras.Model, y: np.ndarray, *callbacks: Any, **options: Any) -> Any:
    """Fits in batches of 2, so 8 an epoch."""
    x, _ = regression()
    options = {"batch_size": 2, "shuffle": False, "verbose": 0} | options
    return model.fit(x[: len(y)], y, callbacks=list(callbacks), **options)


def targets(*, spoilt: slice | None = None, times: float = np.nan) -> np.ndarray:
    _, y = regression()
    if spoilt is not None:
        y[spoilt] *= times
    return y


def same(mine: list[np.ndarray], others: list[np.ndarray]) -> None:
    assert len(mine) == len(others)
    for one, other in zip(mine, others, strict=True):
        np.testing.assert_array_equal(one, other)


def unshare(model: keras.Model) -> None:
    """After a fit with EMA, Keras leaves one array in two variables; on JAX the next fit fails."""
    for variable in model.trainable_variables:
        variable.assign(np.array(keras.ops.convert_to_numpy(variable.value)))


OPTIMIZERS = {
    "SGD": lambda: sgd(RATE),
    "momentum": lambda: sgd(RATE, momentum=0.9, gradient_accumulation_steps=4),
    "AdamW": lambda: scheduled(keras.optimizers.AdamW, RATE, weight_decay="0.1 * hold()"),
    "EMA": lambda: scheduled(keras.optimizers.Adam, RATE, use_ema=True),
    "scaled": lambda: keras.optimizers.LossScaleOptimizer(sgd(RATE, momentum=0.9)),
}


@pytest.mark.parametrize(
    ("name", "spoilt"),
    [*((name, np.nan) for name in OPTIMIZERS), ("momentum", 100.0), ("scaled", 100.0)],
)
def test_at_the_end_of_an_epoch(name: str, spoilt: float) -> None:
    """The second epoch is spoilt: afterwards the weights and slots are those of the first."""
    model = network(OPTIMIZERS[name]())
    rescue = Plateau("loss", 0.1, patience=9, cooldown=3, on_nan="restore", spike=4.0)
    train(model, targets(), rescue)
    unshare(model)
    before, note_before = kept(model), note(model, "loss")
    assert note_before["good_loss"] > 0.0
    assert note_before["restores"] == 0
    history = train(
        model, targets(spoilt=slice(None), times=spoilt), rescue, initial_epoch=1, epochs=2
    )
    same(kept(model), before)
    assert number(leaf(model).factor) == pytest.approx(0.1)
    assert note(model, "loss") == note_before | {
        "epoch": 1, "waited": 0, "resting": 2, "restores": 1
    }  # fmt: skip
    accumulation = leaf(model).gradient_accumulation_steps or 1
    # With NaN, mixed precision skipped the updates of the spoilt epoch itself.
    went = 8 if name == "scaled" and np.isnan(spoilt) else 16
    assert leaf(model).updates == went // accumulation
    assert np.isnan(history.history["loss"][0]) == np.isnan(spoilt)  # told as it was
    unshare(model)
    after = train(model, targets(), rescue, initial_epoch=2, epochs=3)
    assert np.isfinite(after.history["loss"][0])
    assert any((a != b).any() for a, b in zip(kept(model), before, strict=True))


def test_a_run_that_diverges_recovers() -> None:
    """A line through points at a rate that is stable only after the third cut."""
    x, _ = regression()
    y = x.sum(axis=1, keepdims=True)

    def line() -> keras.Model:
        model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1, use_bias=False)])
        model.set_weights([np.zeros((3, 1), "float32")])
        model.compile(sgd("0.01 * hold(8) | 100.0 * hold(1000)"), loss="mse")
        return model

    model = line()
    rescue = Plateau("loss", 0.1, patience=50, on_nan="restore", spike=4.0, max_restores=5)
    losses = train(model, y, rescue, epochs=12).history["loss"]
    went_back = note(model, "loss")["restores"]
    assert 3 <= went_back <= 5
    assert sum(not loss <= 4.0 * losses[0] for loss in losses) == went_back
    assert losses[-1] < 1e-3 * losses[0]
    assert not train(line(), y, epochs=12).history["loss"][-1] < losses[0]


def test_within_an_epoch() -> None:
    """Batches 4 of 8 is NaN; looks after 2, 4, 6: back to after the fourth, then the last two."""
    spoilt = targets(spoilt=slice(8, 10))
    model, rescue = network(sgd(RATE)), Plateau("loss", on_nan="restore", check_every=2)
    history = train(model, spoilt, rescue)
    other = network(sgd(RATE))
    train(other, targets()[:8])
    other.optimizer.set_factor(0.5)
    x, y = regression()
    last = other.fit(x[12:], y[12:], batch_size=2, shuffle=False, verbose=0)
    same(model.get_weights(), other.get_weights())
    assert factors(model) == [(6, 0.5)]
    assert model.optimizer.updates == 8
    assert history.history["loss"] == pytest.approx(last.history["loss"], rel=1e-6)


@pytest.mark.parametrize("together", [1] if BACKEND == "torch" else [1, 2])
def test_a_spike_within_an_epoch_does_not_drown(together: int) -> None:
    """A leap of the last two batches, in an epoch whose mean hides it."""
    y = np.full((16, 1), 10.0, "float32")  # far from anything that the network says at first
    y[12:] = 100.0
    model = network(sgd(1e-6), steps_per_execution=together)
    history = train(model, y, Plateau("loss", spike=50.0, check_every=2))
    assert [update for update, _ in factors(model)] == [8]
    whole = train(network(sgd(1e-6)), y).history["loss"][0]
    assert whole < 40.0 * note(model, "loss")["good_loss"]
    assert np.isnan(history.history["loss"][0])  # no batch after the way back


def test_a_loss_that_falls_within_an_epoch_is_no_spike() -> None:
    """At the epoch's end its mean is far above the last look, for the sake of its beginning."""
    y = np.full((16, 1), 100.0, "float32")
    y[6:] = 10.0
    model = network(sgd(1e-6))
    history = train(model, y, Plateau("loss", spike=4.0, check_every=3))
    assert history.history["loss"][0] > 20.0 * note(model, "loss")["good_loss"]
    assert factors(model) == []


def test_an_epoch_of_which_no_batch_counts() -> None:
    """Keras's means are of no batch then, and 0.0: that is neither a metric nor a good loss."""
    model, other = network(sgd(RATE)), network(sgd(RATE))
    rescue = Plateau("loss", on_nan="restore", check_every=8)
    history = train(model, targets(spoilt=slice(0, 2)), rescue)
    assert np.isnan(history.history["loss"][0])
    same(model.get_weights(), other.get_weights())
    assert note(model, "loss")["best"] is None
    assert note(model, "loss")["good_loss"] is None


def root(y_true: Any, y_pred: Any) -> Any:
    """Of 0 it is 0, but its gradient there is no number."""
    return keras.ops.mean(keras.ops.sqrt(keras.ops.abs(y_pred)))


def test_a_weight_that_broke_before_the_loss_shows_it() -> None:
    model = visible(sgd())
    model.compile(sgd(), loss=root)
    ones = np.ones((2, 1), "float32")
    history = model.fit(ones, ones, verbose=0, callbacks=[Plateau("loss", on_nan="restore")])
    assert history.history["loss"] == [0.0]
    assert number(model.trainable_variables[0][0, 0]) == 0.0
    assert factors(model) == [(1, 0.5)]


def test_it_gives_up() -> None:
    model, other = network(sgd(RATE)), network(sgd(RATE))
    rescue = Plateau("loss", on_nan="restore", max_restores=2)
    said = r"the loss is nan in epoch 3, and it has gone back 2 times \(max_restores=2\): the weig"
    with pytest.warns(UserWarning, match=said):
        history = train(model, targets(spoilt=slice(0, 2)), rescue, epochs=9)
    assert len(history.history["loss"]) == 3
    same(model.get_weights(), other.get_weights())
    assert [value for _, value in factors(model)] == [0.5, 0.25]


def test_sums_of_gradients_begin_anew() -> None:
    """Eight batches an epoch, three to an update: two are summed when the epoch ends."""
    model = network(sgd(RATE, gradient_accumulation_steps=3))
    rescue = Plateau("loss", on_nan="restore")
    train(model, targets(spoilt=slice(14, 16)), rescue)
    sums = model.optimizer._accumulated_gradients
    assert sums
    assert not any(keras.ops.convert_to_numpy(s.value).any() for s in sums)
    assert np.isfinite(train(model, targets(), rescue).history["loss"][0])


def test_the_scale_of_mixed_precision_stays() -> None:
    inner = sgd(RATE)
    model = network(keras.optimizers.LossScaleOptimizer(inner), dtype="mixed_float16")
    rescue = Plateau("loss", on_nan="restore")
    train(model, targets(), rescue)
    before = number(model.optimizer.dynamic_scale)
    train(model, targets(spoilt=slice(0, 2)), rescue)
    assert number(model.optimizer.dynamic_scale) < before
    assert number(inner.factor) == 0.5


def test_a_ratio_of_losses_needs_positive_ones() -> None:
    model = visible(sgd())  # its loss is its weight, and falls below 0
    ones = np.ones((4, 1), "float32")
    model.fit(ones, ones, epochs=4, verbose=0, callbacks=[Plateau("loss", spike=1.01)])
    assert factors(model) == []
    assert note(model, "loss")["good_loss"] < 0.0


def test_the_loss_must_be_in_the_logs() -> None:
    class Silent(keras.Sequential):
        def compute_metrics(self, x: Any, y: Any, y_pred: Any, sample_weight: Any = None) -> Any:
            return {"score": 1.0}

    model = Silent([keras.Input((3,)), keras.layers.Dense(1)])
    model.compile(sgd(), loss="mse")
    with pytest.raises(ValueError, match=r"the logs must hold `loss` .*, got \['score'\]"):
        train(model, targets(), Plateau("score", mode="max", on_nan="restore"))


def test_a_rescue_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    model = network(sgd(RATE))
    metric = Metric([1.0, 1.0, 1.0])
    train(model, targets(spoilt=slice(0, 2)), metric, Plateau(on_nan="restore", verbose=True))
    assert capsys.readouterr().out == (
        "Update 8, epoch 1: the loss is nan, back to the last good weights: "
        "factor 0.5, learning rate 0.005\n"
    )
