"""`find_lr` on Keras: update k has the rate k, in one compiled function, with its own loss."""

from typing import Any, ClassVar

import keras
import numpy as np
import pytest

from lrkit.keras import LearningRate, find_lr, scheduled
from tests.adapters.keras_finder import RATES, SHORT, applied
from tests.adapters.keras_training import BACKEND, visible

pytestmark = pytest.mark.usefixtures("torch_without_cpp")

SGD = keras.optimizers.SGD
ONES = np.ones((32, 1), "float32")
JIT = {"jit_compile": BACKEND != "torch"}  # there it takes a minute
ONLY_COMPILED = pytest.mark.skipif(BACKEND == "torch", reason="must be 1 with torch")


class OwnStep(keras.Sequential):
    """A `train_step` of one's own, and how often it is run by Python."""

    calls: ClassVar[list[int]] = []  # no attribute of the model, which would be put back

    def train_step(self, *arguments: Any) -> Any:
        self.calls.append(1)
        return super().train_step(*arguments)


def own_step(optimizer: Any, **compile_options: Any) -> keras.Model:
    made = visible(optimizer)
    model = OwnStep(made.layers)
    model.build((None, 1))
    model.compile(optimizer, loss=made.loss, **compile_options)
    return model


def rate_of_schedule() -> Any:
    return LearningRate("0.5 * cosine(1000)")


def with_factor() -> Any:
    optimizer = scheduled(SGD, learning_rate="0.5 * cosine(1000)", multipliers={".*": 0.5})
    optimizer.set_factor(0.125)
    return optimizer


@pytest.mark.parametrize(
    ("optimizer", "options", "times"),
    [
        (lambda: SGD(0.5), {}, 1),
        (lambda: SGD(0.5), {"jit_compile": False}, 1),
        (lambda: SGD(rate_of_schedule()), {"run_eagerly": True}, 1),
        (lambda: SGD(rate_of_schedule()), {}, 1),
        (lambda: SGD(rate_of_schedule()), JIT, 1),
        (lambda: SGD(keras.optimizers.schedules.CosineDecay(0.5, 100)), {}, 1),
        (lambda: SGD(lambda: 0.5), {}, 1),
        (lambda: SGD(0.5, gradient_accumulation_steps=4), {}, 1),
        (lambda: SGD(rate_of_schedule(), gradient_accumulation_steps=4), JIT, 1),
        (lambda: SGD(0.5), {"dtype": "mixed_bfloat16"}, 1),
        (lambda: SGD(rate_of_schedule()), {"dtype": "mixed_float16"}, 1),
        (with_factor, {}, 0.5),
        pytest.param(lambda: SGD(0.5), {"steps_per_execution": 4}, 1, marks=ONLY_COMPILED),
        pytest.param(
            lambda: SGD(rate_of_schedule()), {"steps_per_execution": 4}, 1, marks=ONLY_COMPILED
        ),
    ],
)
def test_update_k_has_rate_k(optimizer: Any, options: dict[str, Any], times: float) -> None:
    model = visible(optimizer(), **options)
    np.testing.assert_allclose(applied(model, ONES, ONES), times * RATES, rtol=1e-6)


@pytest.mark.parametrize("accumulation", [None, 3])
def test_batches_that_mixed_precision_skips_take_no_rate(accumulation: int | None) -> None:
    """A scale of 2**20 overflows in float16 until it has been halved five times."""
    inner = SGD(rate_of_schedule(), gradient_accumulation_steps=accumulation)
    optimizer = keras.optimizers.LossScaleOptimizer(inner, initial_scale=2.0**20)
    model = visible(optimizer, dtype="mixed_float16")
    np.testing.assert_allclose(applied(model, ONES, ONES), RATES, rtol=1e-6)
    assert int(inner.iterations) == 0


def test_a_sweep_begins_in_the_middle_of_an_accumulation() -> None:
    model = visible(SGD(0.5, gradient_accumulation_steps=4))
    model.fit(ONES[:3], ONES[:3], batch_size=1, verbose=0)
    seen = applied(model, ONES, ONES)
    np.testing.assert_allclose(seen, RATES, rtol=1e-6)
    assert int(model.optimizer._iterations) == 3


@pytest.mark.skipif(BACKEND == "torch", reason="nothing is traced")
@pytest.mark.parametrize("rate", [0.5, rate_of_schedule()], ids=["number", "schedule"])
@pytest.mark.parametrize("accumulation", [None, 2])
def test_there_is_one_trace(rate: Any, accumulation: int | None) -> None:
    model = own_step(SGD(rate, gradient_accumulation_steps=accumulation))
    model.calls.clear()
    x = np.ones((27, 1), "float32")  # the last batch of 3 would be traced for
    np.testing.assert_allclose(applied(model, x, x, batch_size=8, repeats=2), [*RATES, *RATES])
    assert len(model.calls) == 1


def test_a_step_of_ones_own() -> None:
    model = own_step(SGD(rate_of_schedule()))
    np.testing.assert_allclose(applied(model, ONES, ONES), RATES, rtol=1e-6)


def mean_of_targets(y_true: Any, y_pred: Any) -> Any:
    return keras.ops.mean(y_true) + 0.0 * keras.ops.mean(y_pred)


def batches_of(targets: list[float]) -> list[Any]:
    return [(ONES[:2], np.full((2, 1), target, "float32")) for target in targets]


@pytest.mark.parametrize(("accumulation", "expected"), [(None, [1, 2, 4, 8]), (2, [1.5, 6] * 2)])
def test_a_loss_is_that_of_its_own_batches(accumulation: int | None, expected: list[float]) -> None:
    model = visible(SGD(0.5, gradient_accumulation_steps=accumulation))
    model.compile(model.optimizer, loss=mean_of_targets, metrics=["mae"])
    found = find_lr(model, batches_of([1, 2, 4, 8]), lr_min=0.1, lr_max=1.0, per_decade=3)
    np.testing.assert_allclose(found.losses, expected, rtol=1e-6)
    np.testing.assert_allclose(found.rates, np.geomspace(0.1, 1.0, 4), rtol=1e-12)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
@pytest.mark.parametrize("dtype", ["float32", "mixed_float16"])
def test_a_loss_that_is_not_finite_ends_the_sweep(bad: float, dtype: str) -> None:
    model = visible(SGD(0.5), dtype=dtype)
    model.compile(model.optimizer, loss=mean_of_targets)
    found = find_lr(model, batches_of([1, 2, bad, 8]), **SHORT)
    assert found.losses.tolist() == [1, 2]
    assert found.diverged


def test_repeats_have_other_batches_and_the_same_beginning() -> None:
    model = visible(SGD(0.5))
    model.compile(model.optimizer, loss=mean_of_targets)
    targets = np.arange(64, dtype="float32")[:, None]
    found = find_lr(model, np.ones_like(targets), targets, batch_size=4, repeats=3, **SHORT)
    curves = [found.losses.tolist(), *(curve.losses.tolist() for curve in found.repeats)]
    assert len({tuple(curve) for curve in curves}) == 3
    again = find_lr(model, np.ones_like(targets), targets, batch_size=4, seed=1, **SHORT)
    assert again.losses.tolist() in curves


def test_it_finds_a_rate_and_confirms_it() -> None:
    x = np.random.default_rng(0).normal(size=(128, 4)).astype("float32")
    y = x @ np.array([[1.0], [2.0], [-1.0], [0.5]], "float32")
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(1)])
    model.compile(SGD(LearningRate("1e-3 * cosine(100)")), loss="mse")
    told: list[tuple[str, int, int]] = []
    found = find_lr(
        model,
        x,
        y,
        validation_data=(x[:40], y[:40]),
        per_decade=8,
        effort="confirm",
        updates=200,
        progress=lambda *what: told.append(what),
    )
    assert found.effort == "confirm"
    assert 0.02 < found.rate < 2.0
    assert {what for what, _, _ in told} == {"sweep", "training"}
    assert all(0 < done <= of for _, done, of in told)
