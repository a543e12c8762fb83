"""What moves the schedule on: updates of the weights, and nothing else."""

import warnings

import pytest
import torch

from lrkit import cosine, hold, linear, warmup
from lrkit.torch import Recorder, Scheduler
from tests.adapters.torch_training import Moves, close, sgd, train

LR = warmup(4) >> hold(3) >> cosine(9)


@pytest.mark.parametrize("calls", ["each batch", "each update"])
def test_accumulation_counts_updates(calls):
    """However often `step()` is called: also at each batch, which is the usual mistake."""
    model, optimizer = sgd()
    scheduler, moves = Scheduler(optimizer, LR), Moves(optimizer)
    for batch in range(4 * 16):
        (model() / 4).backward()
        if batch % 4 == 3:
            optimizer.step()
            optimizer.zero_grad(set_to_none=False)
            moves.take()
        if batch % 4 == 3 or calls == "each batch":
            scheduler.step()
    assert close(moves.of(), [LR(k) for k in range(16)])
    assert scheduler.updates == 16


class Losses:
    """Batches of which some have a gradient that is infinite."""

    def __init__(self, bad):
        self.bad = bad

    def of(self, model, batch):
        return model() * (float("inf") if batch in self.bad else 1.0)


@pytest.mark.parametrize("zeroed", ["before backward", "after step"])
@pytest.mark.parametrize("fused", [False, True])
def test_steps_that_a_scaler_skips_do_not_count(fused, zeroed):
    """A fused optimizer is called also then, and told to do nothing."""
    model, optimizer = sgd(fused=fused)
    scheduler, moves = Scheduler(optimizer, LR), Moves(optimizer)
    recorder = Recorder(scheduler)
    scaler = torch.amp.GradScaler("cpu", init_scale=4.0)
    bad = {0, 1, 6, 15}  # the first ones too, which a large scale makes usual
    losses = Losses(bad)
    for batch in range(16):
        scaler.scale(losses.of(model, batch)).backward()
        scaler.step(optimizer)
        scaler.update()
        if zeroed == "after step":
            optimizer.zero_grad()
        if batch not in bad:
            moves.take()
        scheduler.step()
        if zeroed == "before backward":
            optimizer.zero_grad()
    assert close(moves.of(), [LR(k) for k in range(12)])
    assert scheduler.updates == 12
    assert recorder.learning_rates.tolist() == [LR(k) for k in range(12)]


def test_autocast_in_bfloat16():
    layer = torch.nn.Linear(4, 1, bias=False)
    torch.nn.init.zeros_(layer.weight)
    optimizer = torch.optim.SGD(layer.parameters(), lr=1.0)
    scheduler, moves = Scheduler(optimizer, LR), []
    for _ in range(16):
        optimizer.zero_grad()
        with torch.autocast("cpu", dtype=torch.bfloat16):
            out = layer(torch.ones(1, 4))
        assert out.dtype == torch.bfloat16
        out.float().sum().backward()
        optimizer.step()
        moves.append(-layer.weight[0, 0].item())
        torch.nn.init.zeros_(layer.weight)
        scheduler.step()
    assert close(moves, [LR(k) for k in range(16)])


def test_a_second_call_without_an_update_changes_nothing():
    model, optimizer = sgd()
    scheduler = Scheduler(optimizer, LR)
    train(model, optimizer, scheduler, 3)
    for _ in range(5):
        scheduler.step()
    assert scheduler.updates == 3


def test_called_once_an_epoch_it_moves_once():
    """A schedule in epochs: then each call is an epoch, however many updates it had."""
    model, optimizer = sgd()
    scheduler, moves = Scheduler(optimizer, linear(4)), Moves(optimizer)
    for _ in range(4):
        for _ in range(3):
            optimizer.zero_grad()
            model().backward()
            optimizer.step()
            moves.take()
        scheduler.step()
    assert close(moves.of(), [1.0] * 3 + [0.75] * 3 + [0.5] * 3 + [0.25] * 3)


def test_a_closure():
    weight = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.LBFGS([weight], lr=1.0)
    scheduler = Scheduler(optimizer, LR)

    def loss():
        optimizer.zero_grad()
        value = (weight - 1.0).square().sum()
        value.backward()
        return value

    for _ in range(5):
        optimizer.step(loss)
        scheduler.step()
    assert scheduler.updates == 5


def test_looking_at_a_schedule_without_training_moves_on_and_says_so():
    _, optimizer = sgd()
    scheduler = Scheduler(optimizer, LR)
    with pytest.warns(UserWarning, match="nothing has been trained yet: it moves on") as told:
        seen = [scheduler.step() or scheduler.get_last_lr()[0] for _ in range(10)]
    assert seen == [LR(k) for k in range(1, 11)]
    assert len(told) == 1
    assert told[0].filename == __file__


def test_when_nothing_ever_updates_it_says_what_to_do():
    model, optimizer = sgd()
    scheduler = Scheduler(optimizer, LR)
    model().backward()
    said = r'50 times without an update .* counts="calls"'
    with pytest.warns(UserWarning, match=said) as told:
        [scheduler.step() for _ in range(250)]
    assert len(told) == 1
    assert scheduler.updates == 0


def test_many_batches_of_accumulation_are_no_mistake():
    model, optimizer = sgd()
    scheduler = Scheduler(optimizer, LR)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for batch in range(1801):
            model().backward()
            if batch % 600 == 0:
                optimizer.step()
            scheduler.step()
    assert scheduler.updates == 4


def test_two_networks_that_take_turns():
    """One waits until the other is good: that nothing is known of its gradients means nothing."""
    (_, other), (model, optimizer) = sgd(), sgd()
    scheduler = Scheduler(optimizer, LR)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for k in range(8):
            other.step()
            if k >= 5:
                optimizer.zero_grad()
                model().backward()
                optimizer.step()
                optimizer.zero_grad()
            scheduler.step()
    assert scheduler.updates == 3


def test_a_jump_forgets_the_update_before_it():
    model, optimizer = sgd()
    scheduler = Scheduler(optimizer, LR)
    train(model, optimizer, scheduler, 2)
    optimizer.step()
    scheduler.step(5)
    scheduler.step()
    assert scheduler.updates == 5


def test_counts_calls():
    model, optimizer = sgd()
    scheduler = Scheduler(optimizer, LR, counts="calls")
    model().backward()
    for _ in range(6):
        scheduler.step()
    assert scheduler.updates == 6


@pytest.mark.parametrize("tensor", [False, True])
@pytest.mark.parametrize("kind", ["the method", "a function"])
def test_compiled_steps(kind, tensor):
    """A rate that is a tensor compiles once; a number twice, and then no more."""
    import torch._dynamo
    from torch._dynamo.utils import counters

    torch._dynamo.reset()
    counters.clear()
    model, optimizer = sgd(lr=torch.tensor(1.0) if tensor else 1.0)
    scheduler = Scheduler(optimizer, LR)
    step = optimizer.step if kind == "the method" else lambda: optimizer.step()
    compiled = torch.compile(step, backend="eager")
    recorder = Recorder(scheduler)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PyTorch's own, about its profiler
        moves = train(model, optimizer, scheduler, 16, compiled)
    assert close(moves.of(), [LR(k) for k in range(16)])
    assert counters["stats"]["unique_graphs"] == (1 if tensor else 2)
    assert close(recorder.learning_rates, [LR(k) for k in range(16)])


def test_a_wrapper_is_looked_through():
    class Wrapper(torch.optim.Optimizer):  # as Accelerate's: an Optimizer in name only
        def __init__(self, optimizer):
            self.optimizer = optimizer

        @property
        def param_groups(self):
            return self.optimizer.param_groups

        def step(self, closure=None):
            self.optimizer.step(closure)

        def zero_grad(self, set_to_none=True):
            self.optimizer.zero_grad(set_to_none)

    model, optimizer = sgd()
    wrapper = Wrapper(optimizer)
    scheduler = Scheduler(wrapper, LR)
    assert scheduler.optimizer is wrapper
    assert close(train(model, wrapper, scheduler, 16).of(), [LR(k) for k in range(16)])


def test_the_end_holds():
    model, optimizer = sgd()
    scheduler = Scheduler(optimizer, linear(4, stop=0.5))
    assert close(train(model, optimizer, scheduler, 9).of(), [1, 0.875, 0.75, 0.625] + [0.5] * 5)
