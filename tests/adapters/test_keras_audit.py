"""Real trainings that go wrong in each way, and what the audit says of them."""

import warnings
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from lrkit import Plan, Schedule, cosine, linear
from lrkit.keras import LearningRate, Recorder, scheduled
from lrkit.plan.audit import Audit
from tests.adapters.keras_training import fit, visible

PLAN = Plan(epochs=2, examples=8, batch_size=2)  # 8 updates
SLOPE = linear(8, start=0.5, stop=0.25)

# The Recorder warns of most of these while they happen: see test_keras_guards.py and others.
pytestmark = pytest.mark.filterwarnings("ignore:Recorder. :UserWarning")


def sgd(schedule: Schedule = SLOPE, **options: Any) -> Any:
    return keras.optimizers.SGD(LearningRate(schedule), **options)


def codes(found: Audit) -> list[str]:
    return [finding.code for finding in found.findings]


def recorded(model: keras.Model, **options: Any) -> Recorder:
    recorder = Recorder()
    fit(model, [recorder], **options)
    return recorder


# ---- as planned ------------------------------------------------------------------------------


@pytest.mark.parametrize("second_fit", [True, False])
def test_run_as_planned(second_fit: bool) -> None:
    recorder, model = Recorder(), visible(sgd())
    fit(model, [recorder], epochs=1 if second_fit else 2)
    if second_fit:
        fit(model, [recorder], epochs=2, initial_epoch=1)
    found = recorder.audit(PLAN)
    assert found.ok
    assert str(found) == "As planned: 8 updates, the first at the rate 0.5, the last at 0.28125."


def test_run_as_planned_with_accumulation() -> None:
    plan = Plan(epochs=2, examples=8, batch_size=2, accumulation=2)
    optimizer = scheduled(
        keras.optimizers.SGD, learning_rate=SLOPE.over(4), gradient_accumulation_steps=2
    )
    assert recorded(visible(optimizer)).audit(plan).ok


def test_plateau_on_top_is_as_planned() -> None:
    model, recorder = visible(scheduled(keras.optimizers.SGD, learning_rate=SLOPE)), Recorder()
    cut = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: model.optimizer.set_factor(0.5)
    )
    fit(model, [recorder, cut])
    assert recorder.factors == [(0, 1.0), (4, 0.5)]
    assert recorder.audit(PLAN).ok


def test_run_that_a_kill_cut_is_as_planned(tmp_path: Path) -> None:
    """Resumed with the state of its first epoch, and the file that goes with it."""
    table = tmp_path / "rates.csv"
    fit(visible(sgd()), [Recorder(csv=table)], epochs=1)
    resumed, recorder = visible(sgd()), Recorder(csv=table)
    resumed.optimizer.iterations.assign(4)
    fit(resumed, [recorder], initial_epoch=1)
    assert recorder.audit(PLAN).ok


# ---- what goes wrong -------------------------------------------------------------------------


def test_accumulation_that_was_not_told() -> None:
    plan = Plan(epochs=4, examples=8, batch_size=2, accumulation=4)
    optimizer = keras.optimizers.SGD(LearningRate(0.5 * linear(4)), gradient_accumulation_steps=4)
    found = recorded(visible(optimizer), epochs=4).audit(plan)
    assert codes(found) == ["accumulation"]
    text = str(found)
    assert "one update of 4 batches and its schedule was told 1" in text
    assert "finished early, at update 1 of 4, and the updates from there on had the rate 0" in text
    assert text.endswith("Write LearningRate(schedule, gradient_accumulation_steps=4).")


def test_schedule_longer_than_the_run() -> None:
    found = recorded(visible(sgd(0.5 * cosine(100)))).audit(PLAN)
    assert codes(found) == ["too-long"]
    assert "100 updates long and the run 8" in str(found)
    assert "Write schedule.over(8)" in str(found)


def test_counter_that_began_again_at_a_resume(tmp_path: Path) -> None:
    """Weights loaded into a new, unbuilt optimizer: in the same process, and in a new one."""
    recorder, model = Recorder(), visible(sgd(momentum=0.5))
    fit(model, [recorder], epochs=1)
    model.save_weights(tmp_path / "one.weights.h5")
    model.compile(sgd(momentum=0.5), loss=model.loss)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Keras's own: "Skipping variable loading"
        model.load_weights(tmp_path / "one.weights.h5")
    new_process = Recorder()
    fit(model, [recorder, new_process], initial_epoch=1)
    found = recorder.audit(PLAN)
    assert codes(found) == ["restarted"]
    assert "In epoch 1 the count of updates began again at 0, after update 3" in str(found)
    assert "0.5 again, after 0.40625" in str(found)
    assert "model.optimizer.build(model.trainable_variables) before load_weights" in str(found)
    assert "A model.compile after load_model makes a new optimizer: leave it out." in str(found)
    found = new_process.audit(PLAN)
    assert codes(found) == ["restarted"]
    assert "began with update 0, at the rate 0.5, although its first epoch is number 1" in str(
        found
    )


def test_run_that_began_again_beside_its_file(tmp_path: Path) -> None:
    table = tmp_path / "rates.csv"
    fit(visible(sgd()), [Recorder(csv=table)], epochs=1)
    recorder = Recorder(csv=table)
    fit(visible(sgd()), [recorder])
    found = recorder.audit(PLAN)
    assert codes(found) == ["restarted"]
    assert "while its file held 4 updates of an earlier run" in str(found)


def test_rate_that_began_again_at_a_resume(tmp_path: Path) -> None:
    """The counter goes on, and the new schedule was made for it from its own start."""
    table = tmp_path / "rates.csv"
    fit(visible(sgd()), [Recorder(csv=table)], epochs=1)
    resumed, recorder = visible(sgd(0.75 * linear(8))), Recorder(csv=table)
    resumed.optimizer.iterations.assign(4)
    fit(resumed, [recorder], initial_epoch=1)
    found = recorder.audit(PLAN)
    assert codes(found) == ["other-rate"]
    assert "4 updates, from 0 (epoch 0) to 3" in str(found)
    assert "update 0 had 0.5, and the schedule says 0.75" in str(found)


def test_run_that_overshot_the_end() -> None:
    found = recorded(visible(sgd(linear(6, start=0.5, stop=0.25)))).audit(PLAN)
    assert codes(found) == ["overshot"]
    assert "2 updates, from 6 on, had its stop value 0.25" in str(found)
    assert "Write schedule.over(8)" in str(found)


def test_second_fit_at_rate_0() -> None:
    model, recorder = visible(sgd(0.5 * linear(8))), Recorder()
    fit(model, [recorder])
    before = model.get_weights()
    fit(model, [recorder], epochs=1)
    np.testing.assert_array_equal(model.get_weights(), before)  # it is true
    found = recorder.audit(PLAN)
    assert codes(found) == ["more-updates", "fit-after-end"]
    late = found.findings[1].text
    assert "Fit number 2 began at update 8, and the schedule is over at 8: its 4 updates" in late
    assert "rate 0, and so changed nothing" in late


@pytest.mark.parametrize(
    ("batches", "code", "words"),
    [
        (3, "fewer-updates", "made 6 of the 8 updates of the plan, and stopped at the rate 0.3437"),
        (5, "more-updates", "made 10 updates, 2 more than the 8 of the plan."),
    ],
)
def test_other_updates_than_planned(batches: int, code: str, words: str) -> None:
    found = recorded(visible(sgd()), batches=batches).audit(PLAN)
    assert codes(found) == [code, "overshot"][: 1 + (batches == 5)]
    text = found.findings[0].text
    assert words in text
    assert f"An epoch had {batches} batches, and by the plan 4" in text


def test_plan_that_counts_other_batches() -> None:
    optimizer = scheduled(
        keras.optimizers.SGD, learning_rate=SLOPE.over(4), gradient_accumulation_steps=2
    )
    found = recorded(visible(optimizer)).audit(PLAN)
    assert codes(found) == ["plan-accumulation"]
    assert "Write Plan(..., accumulation=2)" in str(found)


def test_optimizer_that_was_not_told_of_the_accumulation() -> None:
    plan = Plan(epochs=2, examples=8, batch_size=2, accumulation=4)
    found = recorded(visible(sgd(SLOPE.over(2)))).audit(plan)
    assert codes(found) == ["plan-accumulation", "overshot"]
    assert "or, if 4 was meant, give the optimizer gradient_accumulation_steps=4" in str(found)
    assert ".over(8)" not in str(found)


@pytest.mark.parametrize(("length", "code"), [(20, "too-long"), (6, "overshot")])
def test_weight_decay_that_does_not_end_with_the_run(length: int, code: str) -> None:
    optimizer = scheduled(
        keras.optimizers.SGD, learning_rate=SLOPE, weight_decay=0.1 * linear(length)
    )
    found = recorded(visible(optimizer)).audit(PLAN)
    assert codes(found) == [code]
    assert f"of `weight_decay` is {'over at 6' if length == 6 else '20 updates long'}" in str(found)
    assert "Write schedule.over(8) for `weight_decay`" in str(found)


def test_epochs_that_began_again_at_0() -> None:
    model, recorder = visible(sgd(SLOPE.over(12))), Recorder()
    model.optimizer.iterations.assign(4)  # as a loaded model has it
    fit(model, [recorder])  # without initial_epoch=1
    found = recorder.audit(PLAN)
    assert codes(found)[0] == "more-updates"
    assert "It began at update 4 with epoch 0 again. Was `initial_epoch` forgotten?" in str(found)


def test_resumed_run_is_told_to_extend() -> None:
    model, recorder = visible(sgd(0.5 * linear(6))), Recorder()
    model.optimizer.iterations.assign(4)
    fit(model, [recorder], initial_epoch=1)
    found = recorder.audit(PLAN)
    assert codes(found) == ["overshot"]
    assert "Write extend(schedule, at=4, to=8)." in str(found)


def test_updates_that_mixed_precision_skipped() -> None:
    """A loss scale that overflows float16 until it has been halved often enough."""
    optimizer = keras.optimizers.LossScaleOptimizer(sgd(), initial_scale=2.0**18)
    model = visible(optimizer, dtype="mixed_float16")
    recorder = recorded(model)
    count = len(recorder.steps)
    assert 0 < count < 8
    found = recorder.audit(PLAN)
    assert codes(found) == ["skipped"]
    assert f"Mixed precision skipped {8 - count} batches" in str(found)
    assert "smaller `initial_scale`" in str(found)


def test_epoch_that_was_not_recorded() -> None:
    model, recorder = visible(sgd()), Recorder()
    fit(model, [recorder], epochs=1)
    fit(model, epochs=1)
    fit(model, [recorder], epochs=1)
    found = recorder.audit(Plan(updates=12), schedule=SLOPE)
    assert codes(found) == ["unrecorded", "fit-after-end"]
    assert "Updates 4 to 7 were made without the Recorder" in str(found)


def test_numbers_are_compared_with_a_schedule_that_is_given() -> None:
    recorder = recorded(visible(keras.optimizers.SGD(0.5)))
    assert recorder.audit(PLAN).ok  # nothing was planned but the updates
    assert codes(recorder.audit(PLAN, schedule=SLOPE)) == ["other-rate"]


def test_nothing_recorded_is_refused() -> None:
    with pytest.raises(ValueError, match=r"Train with the Recorder first"):
        Recorder().audit(PLAN)
