"""What PyTorch's own schedulers do wrong, by the numbers of the issue threads: ours do not.

Where it is cheap, the same test shows what PyTorch does: one that does better will be seen.
What is about saving and ends is in test_torch_peers_resume.py.
"""

import math

import pytest
import torch
from torch.optim import lr_scheduler as theirs

from lrkit import (
    cosine,
    cosine_restarts,
    geometric,
    hold,
    linear,
    repeat,
    step_decay,
    warmup,
    wsd,
)
from lrkit.torch import Plateau, Scheduler
from tests.adapters.torch_training import close, rates, rates_of_theirs, sgd, train

# ---- what they are -----------------------------------------------------------------------------


def test_24_a_schedule_is_a_function_in_closed_form():
    lr = warmup(4) >> cosine(12)
    assert [lr(k) for k in (3, 15, 0)] == [0.75, lr(15), 0.0]  # any step, in any order
    assert lr.values(16).tolist() == [lr(k) for k in range(16)]


def test_25_the_only_state_is_the_number_of_updates():
    _, optimizer = sgd()
    scheduler = Scheduler(optimizer, cosine(10**6))
    scheduler.step(999_999)  # at once, not by a million calls
    assert scheduler.get_last_lr() == [cosine(10**6)(999_999)]
    assert set(scheduler.state_dict()) == {"step", "lr"}


def test_26_weight_decay_has_a_schedule():
    _, optimizer = sgd(weight_decay=0.1)
    scheduler = Scheduler(optimizer, weight_decay=0.1 * cosine(10))
    optimizer.step()
    scheduler.step()
    assert optimizer.param_groups[0]["weight_decay"] == 0.1 * cosine(10)(1)
    assert optimizer.param_groups[0]["lr"] == 1.0


def test_27_a_plateau_stands_on_a_sequence():
    """PyTorch: `SequentialLR` refuses a plateau, which needs a metric."""
    _, optimizer = sgd()
    parts = [theirs.LinearLR(optimizer), theirs.ReduceLROnPlateau(optimizer)]
    with pytest.raises(ValueError, match="does not support `ReduceLROnPlateau`"):
        theirs.SequentialLR(optimizer, parts, [3])
    scheduler = Scheduler(optimizer, warmup(3) >> hold())
    plateau = Plateau(scheduler, 0.5, 0)
    scheduler.step(5)
    plateau.step(1.0)
    plateau.step(1.0)
    assert scheduler.get_last_lr() == [0.5]


def test_28_a_sequence_has_the_values_of_its_pieces():
    """At each boundary the next piece starts at its start, whichever piece it is."""
    lr = linear(3, start=0.5, stop=0.8) | 0.8 * step_decay(1.0, 0.5, 2).take(4) | 0.1 * hold()
    assert close(rates(lr, 9), [0.5, 0.6, 0.7, 0.8, 0.8, 0.4, 0.4, 0.1, 0.1])
    # PyTorch begins a StepLR at the base rate, and goes on from where the rate is with others.
    seen = rates_of_theirs(
        lambda o: theirs.SequentialLR(
            o, [theirs.LinearLR(o, 0.5, 0.8, 3), theirs.StepLR(o, 2, 0.5)], [3]
        ),
        5,
    )
    assert close(seen, [0.5, 0.6, 0.7, 1.0, 1.0])


def test_28_a_boundary_at_the_first_step():
    """A warmup of no steps is left out; a piece without a step is refused."""
    with pytest.raises(ValueError, match="must be positive"):
        warmup(0)
    assert close(rates(hold(1, value=0.5) | cosine(4), 3), [0.5, 1.0, cosine(4)(1)])


def test_29_the_minimum_is_reached_where_that_is_meant():
    """A restart takes the step of the minimum; one step more in the cycle, and it is applied."""
    floor = cosine(3) >> hold(1, value=0.0)
    assert close(rates(repeat(floor), 8), [1, 0.75, 0.25, 0, 1, 0.75, 0.25, 0])
    seen = rates_of_theirs(lambda o: theirs.CosineAnnealingWarmRestarts(o, 3), 6)
    assert min(seen) > 0.2


def test_30_the_peak_falls_from_cycle_to_cycle():
    assert close(rates(cosine_restarts(2, height=0.5), 6), [1, 0.5, 0.5, 0.25, 0.25, 0.125])


def test_31_cycles_get_shorter():
    """PyTorch refuses a multiplier below 1."""
    with pytest.raises(ValueError, match="Expected integer T_mult >= 1"):
        theirs.CosineAnnealingWarmRestarts(sgd()[1], 8, T_mult=0.5)
    found = rates(repeat(linear(8), 3, stretch=0.5), 14)
    assert close(found, [*linear(8).values(), *linear(4).values(), *linear(2).values()])


def test_32_values_are_those_of_the_formula():
    """PyTorch's cosine goes on from the rate of the group, whatever that is."""
    lr = cosine(10)
    model, optimizer = sgd()
    scheduler = Scheduler(optimizer, lr)
    train(model, optimizer, scheduler, 4)
    optimizer.param_groups[0]["lr"] = 0.001  # by somebody, for one update
    assert close(train(model, optimizer, scheduler, 4).of()[1:], [lr(k) for k in range(5, 8)])
    model, optimizer = sgd()
    scheduler = theirs.CosineAnnealingLR(optimizer, 10)
    train(model, optimizer, scheduler, 4)
    optimizer.param_groups[0]["lr"] = 0.001
    assert max(train(model, optimizer, scheduler, 4).of()[1:]) < 0.001


def test_32_no_drift_over_a_hundred_thousand_steps():
    lr = geometric(100_000, stop=1e-6)
    scheduler = Scheduler(sgd()[1], lr)
    scheduler.step(99_999)
    formula = math.exp(math.log(1e-6) * 99_999 / 100_000)
    assert scheduler.get_last_lr()[0] == pytest.approx(formula, rel=1e-12)


# ---- lengths and shapes --------------------------------------------------------------------------


def test_48_the_length_is_in_updates_with_accumulation():
    from lrkit import Plan

    plan = Plan(epochs=3, examples=96, batch_size=4, accumulation=4, remainder="flush")
    lr = cosine(100).over(plan.updates)
    model, optimizer = sgd()
    scheduler, applied = Scheduler(optimizer, lr), []
    for batch in range(3 * plan.batches_per_epoch):
        (model() / 4).backward()
        if batch % 4 == 3:
            applied.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            optimizer.zero_grad()
        scheduler.step()
    assert len(applied) == lr.length == plan.updates
    assert optimizer.param_groups[0]["lr"] == lr(plan.updates) == 0.0


def test_49_the_stable_part_follows_from_the_whole():
    assert wsd(1000, warmup=100, cooldown=200).knots()[2][0] == 800


def test_50_warmup_and_plateau():
    _, optimizer = sgd()
    scheduler = Scheduler(optimizer, warmup(4) >> hold())
    plateau = Plateau(scheduler, 0.5, 0)
    plateau.step(1.0)
    plateau.step(1.0)  # already during the warmup
    assert [scheduler.step(k) or scheduler.get_last_lr()[0] for k in range(6)] == [
        *(0.0, 0.125, 0.25, 0.375, 0.5, 0.5)
    ]


def test_51_a_batch_size_has_a_schedule_too():
    """A schedule is a function of the step: here it says how large each batch is."""
    sizes = (32 * (hold(2) | 2 * hold(2) | 4 * hold())).values(6).astype(int)

    class Batches(torch.utils.data.Sampler):
        def __iter__(self):
            at = 0
            for size in sizes:
                yield list(range(at, at + size))
                at += size

    data = torch.utils.data.TensorDataset(torch.arange(1000))
    loader = torch.utils.data.DataLoader(data, batch_sampler=Batches())
    assert [len(batch) for (batch,) in loader] == [32, 32, 64, 64, 128, 128]


def test_52_the_rate_does_not_drop_at_the_end_of_a_warmup():
    lr = 0.1 * (warmup(10) >> cosine(90))
    assert lr(10) == 0.1
    assert max(abs(lr(k + 1) - lr(k)) for k in range(99)) <= 0.0101


def test_53_no_update_is_wasted_at_rate_zero():
    lr = warmup(4).skip(1) >> cosine(12)
    assert close(rates(lr, 4), [0.25, 0.5, 0.75, 1.0])
