"""What PyTorch's own schedulers do wrong when they are saved, copied, or end: ours do not.

By the numbers of the issue threads; what has none is named by what is wrong. Numbers 46, 47, 54, 56
and 57, which need Transformers, Accelerate or Lightning, are in tests/integration.
"""

import copy
import pickle

import numpy as np
import pytest
import torch
from torch.optim import lr_scheduler as theirs

from lrkit import cosine, custom, extend, hold, linear, one_cycle, step_decay, warmup
from lrkit.torch import Plateau, Scheduler
from tests.adapters.torch_training import close, rates, rates_of_theirs, resumed, sgd, train


def test_33_the_rate_is_right_at_once_after_loading():
    """PyTorch's `get_last_lr()` says one rate, and the optimizer has another."""
    model, optimizer, first, second = resumed(Scheduler, cosine(10), cosine(10))
    second.load_state_dict(first.state_dict())
    assert optimizer.param_groups[0]["lr"] == second.get_last_lr()[0] == cosine(10)(6)
    assert close(train(model, optimizer, second, 1).of(), [cosine(10)(6)])
    _, optimizer, first, second = resumed(lambda o, n: theirs.CosineAnnealingLR(o, n), 10, 10)
    second.load_state_dict(first.state_dict())
    assert optimizer.param_groups[0]["lr"] == 1.0
    assert second.get_last_lr()[0] == pytest.approx(cosine(10)(6))


def test_resume_keeps_a_new_length():
    """§2.8: PyTorch's `load_state_dict` puts the old `T_max` back."""
    model, optimizer, first, second = resumed(Scheduler, cosine(10), cosine(100))
    with pytest.warns(UserWarning, match="this scheduler has lr=cosine"):
        second.load_state_dict(first.state_dict())
    assert close(train(model, optimizer, second, 3).of(), [cosine(100)(k) for k in (6, 7, 8)])
    _, _, first, second = resumed(lambda o, n: theirs.CosineAnnealingLR(o, n), 10, 100)
    second.load_state_dict(first.state_dict())
    assert second.T_max == 10


def test_a_factor_of_zero_is_a_rate_like_any_other():
    """§2.8: `ConstantLR(factor=0)` divides by zero at its end."""
    lr = hold(3, value=0.0) | hold()
    assert close(rates(lr, 5), [0, 0, 0, 1, 1])
    with pytest.raises(ZeroDivisionError):
        rates_of_theirs(lambda o: theirs.ConstantLR(o, 0, 3), 5)


def test_functions_are_saved():
    """§2.8: PyTorch leaves functions out of the state; here one is a table, in the text."""
    lr = custom(lambda k: 0.5 if k < 3 else 0.25, 6)
    state = Scheduler(sgd()[1], lr).state_dict()
    assert state["lr"] == repr(lr) == "table([[3, 0.5], [3, 0.25]])"
    assert theirs.LambdaLR(sgd()[1], lambda k: 0.5).state_dict()["lr_lambdas"] == [None]


@pytest.mark.parametrize("step", [np.int64(7), np.array(7), torch.tensor(7), 7])
def test_steps_of_any_kind(step):
    """§2.8: lrsched refuses those of NumPy."""
    assert float(cosine(10)(step)) == pytest.approx(cosine(10)(7), rel=1e-6)


def test_arguments_are_left_as_they_were():
    """§2.8: fvcore edits the list that it is given."""
    given = {"group 0": cosine(9), 1: "hold()"}
    before = dict(given)
    Scheduler(sgd(2)[1], given, multipliers=given).step(4)
    assert given == before


def test_34_schedulers_are_picklable():
    _, optimizer = sgd()
    ours = Scheduler(optimizer, cosine(10), multipliers={0: linear(10)})
    Plateau(ours).step(1.0)
    ours.step(4)
    for copied in (pickle.loads(pickle.dumps(ours)), copy.deepcopy(ours)):
        assert copied.state_dict() == ours.state_dict()
        assert copied.get_last_lr() == ours.get_last_lr()
    with pytest.raises((AttributeError, TypeError, pickle.PicklingError), match=r"local|pickle"):
        pickle.dumps(theirs.LambdaLR(sgd()[1], lambda k: 0.5))


def test_35_a_step_after_the_end_holds():
    """PyTorch's one-cycle rises once more, then raises."""
    lr = one_cycle(10)
    assert close(rates(lr, 14)[10:], [lr(10)] * 4)
    seen = []
    with pytest.raises(ValueError, match="Tried to step 11 times"):
        seen += rates_of_theirs(lambda o: theirs.OneCycleLR(o, 1.0, 10), 14)


def test_36_a_step_that_is_skipped_does_not_count():
    """By a GradScaler, as it is used: also the very first. More in test_torch_updates.py."""
    model, optimizer = sgd()
    scheduler, scaler = Scheduler(optimizer, linear(10)), torch.amp.GradScaler("cpu", init_scale=2)
    for infinite in (True, False, True):
        optimizer.zero_grad()
        scaler.scale(model() * (float("inf") if infinite else 1.0)).backward()
        scaler.step(optimizer)
        scaler.update()
        scheduler.step()
    assert scheduler.updates == 1


def test_37_a_plateau_and_a_function_both_count():
    """PyTorch's `LambdaLR` overwrites what the plateau has cut."""
    model, optimizer = sgd()
    scheduler = Scheduler(optimizer, warmup(2) >> hold())
    plateau = Plateau(scheduler, 0.5, 0)
    train(model, optimizer, scheduler, 4)
    [plateau.step(1.0) for _ in range(2)]
    assert close(train(model, optimizer, scheduler, 3).of(), [0.5] * 3)
    model, optimizer = sgd()
    function = theirs.LambdaLR(optimizer, lambda k: 1.0)
    cuts = theirs.ReduceLROnPlateau(optimizer, patience=0, factor=0.5)
    [cuts.step(1.0) for _ in range(2)]
    assert close(train(model, optimizer, function, 3).of(), [0.5, 1.0, 1.0])


def test_38_get_lr_says_what_is_applied_next():
    """PyTorch's warns, and then says something else."""
    _, optimizer = sgd()
    scheduler = Scheduler(optimizer, step_decay(1.0, 0.1, 2))
    scheduler.step(4)
    assert scheduler.get_lr() == scheduler.get_last_lr() == [optimizer.param_groups[0]["lr"]]


def test_55_resumed_with_another_total():
    before, after = cosine(10), extend(cosine(10), at=6, to=20)
    model, optimizer, first, second = resumed(Scheduler, before, after)
    with pytest.warns(UserWarning, match="which it keeps"):
        second.load_state_dict(first.state_dict())
    found = train(model, optimizer, second, 14).of()
    assert close(found, [after(k) for k in range(6, 20)])
    assert found[0] == pytest.approx(before(6), abs=1e-6)  # it goes on from where it was


def test_28_resumed_within_a_sequence():
    lr = warmup(4) >> hold(4) >> cosine(8)
    model, optimizer, first, second = resumed(Scheduler, lr, lr)
    second.load_state_dict(first.state_dict())
    assert close(train(model, optimizer, second, 10).of(), [lr(k) for k in range(6, 16)])
