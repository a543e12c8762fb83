"""The Trainer of Transformers: the rate of each update, from what it took from the weights."""

import pickle
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from transformers import Trainer

from lrkit import Plan, cosine, hold, linear, warmup
from lrkit.torch import Scheduler
from lrkit.torch.transformers import set_schedule
from tests.integration.metered import assert_planned
from tests.integration.processes import run
from tests.integration.transformers_training import make, trained, with_scheduler

PEAK = 0.05
SHAPE = warmup(20) >> cosine(80)  # per cent
LR = PEAK * (warmup(4, start=0.25) >> cosine(20))


@pytest.mark.parametrize("length", [{"num_train_epochs": 2}, {"max_steps": 24}], ids=str)
def test_a_scheduler_in_optimizers(tmp_path: Path, length: dict[str, Any]) -> None:
    optimizer, scheduler = with_scheduler(LR)
    trainer, meter = make(tmp_path, optimizers=(optimizer, scheduler), **length)
    trainer.train()
    assert_planned(meter.rates(), LR.values(24))
    assert trainer.lr_scheduler is scheduler
    assert scheduler.updates == 24


@pytest.mark.parametrize("length", [{"num_train_epochs": 3}, {"max_steps": 17}], ids=str)
def test_over_lays_a_shape_over_the_updates_of_the_trainer(
    tmp_path: Path, length: dict[str, Any]
) -> None:
    trainer, meter = make(tmp_path, **length)
    set_schedule(trainer, PEAK * SHAPE, over=True)
    trainer.train()
    updates = trainer.state.max_steps
    assert updates == {"num_train_epochs": 36, "max_steps": 17}[next(iter(length))]
    assert_planned(meter.rates(), PEAK * SHAPE.over(updates).values())


def test_relative_multiplies_the_rate_of_the_arguments(tmp_path: Path) -> None:
    trainer, meter = make(tmp_path, max_steps=10, learning_rate=0.02)
    set_schedule(trainer, SHAPE, over=True, relative=True)
    trainer.train()
    assert_planned(meter.rates(), 0.02 * SHAPE.over(10).values())


def test_48_accumulation_with_a_remainder_counts_updates(tmp_path: Path) -> None:
    """10 batches of an epoch by 4: the third update of each epoch is of 2 batches."""
    lr = PEAK * cosine(9)
    trainer, meter = make(tmp_path, examples=20, num_train_epochs=3, gradient_accumulation_steps=4)
    set_schedule(trainer, lr)
    trainer.train()
    assert_planned(meter.rates(), lr.values(9))
    plan = Plan(epochs=3, examples=20, batch_size=2, accumulation=4, remainder="flush")
    assert trainer.lr_scheduler.updates == plan.updates == 9


def test_groups_with_and_without_weight_decay_have_rates_of_their_own(tmp_path: Path) -> None:
    """The meter is in the group 0, with decay; a name with `bias` is in the group 1."""
    trainer, meter = make(tmp_path, max_steps=12)
    set_schedule(trainer, {0: PEAK * cosine(100), 1: "0.01 * linear(100)"}, over=True)
    trainer.train()
    assert_planned(meter.rates(0), PEAK * cosine(12).values())
    assert_planned(meter.rates(1), 0.01 * linear(12).values())


def test_weight_decay_is_scheduled_beside_the_rate(tmp_path: Path) -> None:
    trainer, meter = make(tmp_path, max_steps=6, weight_decay=0.5)
    decay = linear(6, start=0.5, stop=0.0)
    set_schedule(trainer, hold(value=PEAK), weight_decay={0: decay})
    trainer.train()
    weight, expected = 0.0, []
    for k in range(6):  # what gradient descent with weight decay does
        expected.append(PEAK * (1 + decay(k) * weight))
        weight -= expected[-1]
    assert_planned(meter.rates(0), np.array(expected))
    assert_planned(meter.rates(1), np.full(6, PEAK))


def test_each_train_begins_the_schedule_anew_as_the_trainer_does(tmp_path: Path) -> None:
    trainer, meter = make(tmp_path, max_steps=8)
    set_schedule(trainer, PEAK * SHAPE, over=True)
    trainer.train()
    first, schedulers = meter.rates(), [trainer.lr_scheduler]
    trainer.train()
    schedulers.append(trainer.lr_scheduler)
    assert_planned(first, PEAK * SHAPE.over(8).values())
    assert_planned(meter.rates(), PEAK * SHAPE.over(8).values())
    assert schedulers[0] is not schedulers[1]


def test_a_subclass_keeps_its_own_way_with_everything_else(tmp_path: Path) -> None:
    class Own(Trainer):
        def create_optimizer_and_scheduler(self, num_training_steps: int) -> None:
            raise AssertionError("not called since Transformers 5")

        def create_scheduler(self, *_: Any, **__: Any) -> Any:
            raise AssertionError("it is replaced")

    trainer, meter = make(tmp_path, max_steps=5, trainer_class=Own)
    set_schedule(trainer, PEAK * linear(5))
    trainer.train()
    assert_planned(meter.rates(), PEAK * linear(5).values())


def test_deepspeed_gets_a_scheduler_of_its_own_optimizer(tmp_path: Path) -> None:
    """It asks a copy of the trainer for one, with the optimizer that it has made."""
    trainer, _ = make(tmp_path, max_steps=5)
    set_schedule(trainer, PEAK * linear(5))
    trainer.create_optimizer_and_scheduler(5)
    other = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    made = trainer.create_scheduler(num_training_steps=5, optimizer=other)
    assert isinstance(made, Scheduler)
    assert made.optimizer is other
    assert trainer.create_scheduler(num_training_steps=5) is made


# ---- resumed -----------------------------------------------------------------------------------


@pytest.mark.parametrize("accumulation", [1, 4])
def test_46_resumed_in_another_process_it_is_as_if_it_had_not_stopped(
    tmp_path: Path, accumulation: int
) -> None:
    """Rates and weights are the same to the last bit, whichever update it stopped after."""
    options = {
        "examples": 36,
        "num_train_epochs": 2 * accumulation,
        "gradient_accumulation_steps": accumulation,
    }
    stop_after = random.Random(f"46 {accumulation}").randrange(2, 30)
    lr, over = PEAK * SHAPE, True
    whole = run(trained, tmp_path / "whole", lr, over=over, **options).result
    folder = tmp_path / "stopped"
    first = run(trained, folder, lr, over=over, stop_after=stop_after, **options).result
    second = run(trained, folder, lr, over=over, resume=True, **options)
    assert len(first["rates"]) == stop_after
    assert second.said("Scheduler") == []
    assert_planned(whole["rates"], PEAK * SHAPE.over(len(whole["rates"])).values())
    for key in ("rates", "bias_rates"):
        np.testing.assert_array_equal(
            np.concatenate([first[key], second.result[key]]), whole[key], strict=True
        )
    np.testing.assert_array_equal(second.result["weights"], whole["weights"], strict=True)
    assert second.result["state"] == whole["state"]


def test_46_resumed_for_longer_the_rate_does_not_jump(tmp_path: Path) -> None:
    """The Trainer's own scheduler takes its length from the number of epochs: so it jumps."""
    lr = PEAK * (warmup(4) >> hold(20) >> cosine(12))
    first = run(trained, tmp_path / "ours", lr, max_steps=20, stop_after=12).result
    second = run(trained, tmp_path / "ours", lr, max_steps=36, resume=True).result
    assert_planned(np.concatenate([first["rates"], second["rates"]]), lr.values(36))
    theirs = {"learning_rate": PEAK, "lr_scheduler_type": "linear"}
    first = run(trained, tmp_path / "own", None, max_steps=20, stop_after=12, **theirs).result
    second = run(trained, tmp_path / "own", None, max_steps=36, resume=True, **theirs).result
    rates = np.concatenate([first["rates"], second["rates"]])
    steps = np.diff(rates)
    assert steps[:11].max() < 0.0  # it falls from update to update,
    assert steps[11] < 0.0  # the first update after the resume has the rate of the shorter plan,
    assert steps[12] > 0.2 * PEAK  # and the second that of the longer


def test_55_resumed_with_another_schedule_keeps_that_one_and_says_so(tmp_path: Path) -> None:
    before, after = PEAK * cosine(20), PEAK * cosine(40)
    first = run(trained, tmp_path, before, max_steps=20, stop_after=9).result
    second = run(trained, tmp_path, after, max_steps=40, resume=True)
    assert_planned(first["rates"], before.values(9))
    assert_planned(second.result["rates"], after.values()[9:])
    (said,) = second.said("the state was saved with lr=0.05 * cosine(20)")
    assert "0.05 * cosine(40), which it keeps. Update 9, the next, has" in said


def test_49_the_stable_part_is_what_is_left(tmp_path: Path) -> None:
    """Per cents say it, whatever number of updates the data make."""
    shape = warmup(10) >> hold(70) >> linear(20)
    trainer, meter = make(tmp_path, examples=40, num_train_epochs=2)
    set_schedule(trainer, PEAK * shape, over=True)
    trainer.train()
    assert repr(trainer.lr_scheduler.schedules["lr"]) == (
        "0.05 * (warmup(4) >> hold(28) >> linear(8))"
    )
    assert_planned(meter.rates(), PEAK * (warmup(4) >> hold(28) >> linear(8)).values())


# ---- what it says ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("length", "effect"),
    [
        (6, "6 updates long and the training has 10: it keeps its last value 0 for 4 updates"),
        (20, "20 updates long and the training has 10: it ends at 0.025, before its last value 0"),
    ],
)
def test_a_schedule_of_another_length_is_said(tmp_path: Path, length: int, effect: str) -> None:
    trainer, meter = make(tmp_path, max_steps=10)
    set_schedule(trainer, PEAK * cosine(length))
    with pytest.warns(UserWarning, match=effect) as caught:
        trainer.train()
    assert "Write schedule.over(10), or set_schedule(over=True)." in str(caught[0].message)
    assert caught[0].filename == __file__
    assert_planned(meter.rates(), PEAK * cosine(length).values(10))


def test_a_warmup_of_the_arguments_is_not_used_and_that_is_said(tmp_path: Path) -> None:
    trainer, _ = make(tmp_path, max_steps=10, warmup_steps=5)
    with pytest.warns(UserWarning, match="warmup_steps=5 of the TrainingArguments is not used"):
        set_schedule(trainer, PEAK * cosine(10))
    trainer, _ = make(tmp_path, max_steps=10, lr_scheduler_type="cosine")
    with pytest.warns(UserWarning, match="lr_scheduler_type='cosine' of the Training"):
        set_schedule(trainer, PEAK * cosine(10))


def test_what_cannot_be_is_refused_at_once(tmp_path: Path) -> None:
    trainer, _ = make(tmp_path, max_steps=10)
    with pytest.raises(TypeError, match="`trainer` must be a Trainer of Transformers, got str"):
        set_schedule("trainer", LR)
    with pytest.raises(TypeError, match="`over` must be True or False, got over=100"):
        set_schedule(trainer, LR, over=100)
    with pytest.raises(ValueError, match="cosin"):
        set_schedule(trainer, "0.1 * cosin(10)")
    with pytest.raises(TypeError, match=r"`lr` must be a Schedule, the text of one"):
        set_schedule(trainer, lambda step: 0.1)
    own = torch.optim.SGD([torch.nn.Parameter(torch.zeros(3))], lr=0.1)
    trainer.optimizer, trainer.lr_scheduler = own, Scheduler(own, LR)
    with pytest.raises(ValueError, match="got one that was made with the Scheduler in `optimizers"):
        set_schedule(trainer, LR)


def test_after_a_training_the_schedule_can_be_set(tmp_path: Path) -> None:
    """Then the Trainer has a scheduler, but one that it made."""
    trainer, meter = make(tmp_path, max_steps=4, learning_rate=PEAK)
    trainer.train()
    set_schedule(trainer, PEAK * cosine(4))
    trainer.train()
    assert_planned(meter.rates(), PEAK * cosine(4).values())


def test_the_stand_in_can_be_pickled(tmp_path: Path) -> None:
    trainer, _ = make(tmp_path, max_steps=4)
    set_schedule(trainer, LR, over=True)
    stand_in = trainer.create_scheduler
    stand_in.trainer = None  # whether all else of a Trainer pickles is not ours
    again = pickle.loads(pickle.dumps(stand_in))
    assert again.arguments == {"lr": LR}
    assert again.over
