"""The rates of the default run, applied by real updates and recorded."""

import keras
import numpy as np
import pytest

from lrkit.keras import LearningRate, Recorder
from lrkit.tasks.feed import feed
from lrkit.tasks.job import Job, schedule

EXAMPLES = 10_000


def train(text, job, examples=EXAMPLES):
    """The rates of every update of a job, applied and recorded.

    The network has one weight, so this takes seconds; plan, schedule, data order and `fit` are
    those of the real run.
    """
    plan = job.plan(examples)
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False)])
    model.compile(keras.optimizers.SGD(LearningRate(schedule(text, job, plan))), loss="mse")
    recorder = Recorder()
    ones = np.ones((examples, 1), np.float32)
    model.fit(
        feed(
            ones, ones[:, 0].astype(np.int32), batch_size=job.batch_size, seed=0, epochs=job.epochs
        ),
        steps_per_epoch=plan.batches_per_epoch, epochs=job.epochs, shuffle=False, verbose=0,
        callbacks=[recorder],
    )  # fmt: skip
    updates = int(keras.ops.convert_to_numpy(model.optimizer.iterations))
    assert updates == plan.updates
    assert recorder.steps.tolist() == list(range(updates))
    assert recorder.epochs.tolist() == np.repeat(range(10), plan.batches_per_epoch).tolist()
    return recorder.learning_rates


@pytest.fixture(scope="module")
def cosine():
    """The default run: batches of 32, 313 updates an epoch, 3,130 in all."""
    rates = train("cosine", Job())
    assert rates.shape == (3130,)
    return rates


@pytest.mark.parametrize(
    ("epoch", "rate"),
    [
        (1, 0.0010000000474974513),
        (2, 0.0009755282662808895),
        (9, 9.54914721660316e-05),
        (10, 2.4471701181028038e-05),
    ],
)
def test_cosine_at_the_first_update_of_an_epoch(cosine, epoch, rate):
    assert abs(float(cosine[313 * (epoch - 1)]) - rate) <= 1e-9


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("exponential", [0.001 * 0.9**n for n in range(10)]),
        ("step", [0.001 * 0.5 ** (n // 3) for n in range(10)]),
        ("constant", [0.001] * 10),
    ],
)
def test_rates_that_change_with_the_epoch(text, expected):
    """Exactly, from the first update of an epoch to its last; here of 32 updates."""
    rates = train(text, Job(), examples=1_000)
    assert (rates == np.repeat(np.float32(expected), 32)).all()
