"""like.transformers gives what the installed transformers gives, at every step."""

import pickle

import numpy as np
import pytest
import torch
from transformers.trainer_utils import SchedulerType

import lrkit
from lrkit.like import transformers as like
from tests.adapters.like_transformers_draws import DRAWS, calls
from tests.adapters.transformers_peer import HARD_RESTARTS, missed_restarts, rates, scheduler, span


def test_every_schedule_is_compared():
    assert sorted(DRAWS) == sorted(like.__all__)


@pytest.mark.parametrize("name", DRAWS)
def test_every_step_is_the_peers(name):
    for base_lr, arguments in calls(name, 200):
        s = getattr(like, name)(**arguments, base_lr=base_lr)
        n = span(arguments)
        expected = rates(name, base_lr, arguments, n)
        expected[missed_restarts(name, arguments, n)] = base_lr  # a row of DEVIATIONS
        peak = np.abs(expected).max()
        assert s(np.arange(n)) == pytest.approx(expected, rel=0, abs=1e-9 * peak), s
        assert [s(t) for t in range(n)] == pytest.approx(expected, rel=0, abs=1e-9 * peak), s


@pytest.mark.parametrize("name", DRAWS)
def test_every_call_can_be_read_and_pickled(name):
    for base_lr, arguments in calls(name, 200):
        s = getattr(like, name)(**arguments, base_lr=base_lr)
        assert lrkit.read(repr(s)) == s
        assert pickle.loads(pickle.dumps(s)) == s
        assert lrkit.read(repr(s.expression)) == s.expression


@pytest.mark.parametrize("name", DRAWS)
def test_a_real_run_meets_these_rates(name):
    for base_lr, arguments in calls(name, 10):
        s = getattr(like, name)(**arguments, base_lr=base_lr)
        peer, met = scheduler(name, base_lr, arguments), []
        for _ in range(20):
            met.append(peer.get_last_lr()[0])
            peer.optimizer.step()
            peer.step()
        own = s.values(20)
        own[missed_restarts(name, arguments, 20)] = 0.0  # a row of DEVIATIONS
        assert met == pytest.approx(own, rel=0, abs=1e-9 * max(map(abs, met))), s


@pytest.mark.parametrize("name", [name for name in DRAWS if name != "get_scheduler"])
@pytest.mark.parametrize("last_epoch", [0, 4, 200])
def test_it_goes_on_after_the_last_epoch(name, last_epoch):
    for base_lr, arguments in calls(name, 10):
        arguments["last_epoch"] = last_epoch
        s = getattr(like, name)(**arguments, base_lr=base_lr)
        peer = scheduler(name, base_lr, arguments, initial_lr=base_lr)
        begin = last_epoch + 1
        assert peer.get_last_lr()[0] == pytest.approx(s(0), rel=1e-9, abs=1e-9 * base_lr)
        expected = [base_lr * peer.lr_lambdas[0](begin + t) for t in range(30)]
        missed = missed_restarts(name, arguments, begin + 30)
        for t in (t for t in missed if t >= begin):
            expected[t - begin] = base_lr
        scale = max(base_lr, *map(abs, expected))
        assert s.values(30) == pytest.approx(expected, rel=0, abs=1e-9 * scale)


@pytest.mark.parametrize("name", DRAWS)
def test_torch_counters_give_the_same(name):
    for base_lr, arguments in calls(name, 5):
        s = getattr(like, name)(**arguments, base_lr=base_lr)
        expected = s.values(60)
        found = s(torch.arange(60, dtype=torch.int32)).numpy()
        assert found == pytest.approx(expected, rel=0, abs=2e-6 * np.abs(expected).max()), s


# What is different on purpose: the schedule and its arguments, the step, what the peer has there
# (a rate, or what it raises), and what is here (likewise).
DEVIATIONS = {
    "rounding makes the peer miss a restart": (
        HARD_RESTARTS,
        {"num_warmup_steps": 0, "num_training_steps": 49, "num_cycles": 49},
        *(1, 0.0, 1.0),
    ),
    "the peer divides by no steps where the warmup is the whole run": (
        "get_polynomial_decay_schedule_with_warmup",
        {"num_warmup_steps": 5, "num_training_steps": 5, "lr_end": 0.1},
        *(5, ZeroDivisionError, 0.1),
    ),
    "the peer's negative power is infinite at the end": (
        "get_polynomial_decay_schedule_with_warmup",
        {"num_warmup_steps": 0, "num_training_steps": 5, "power": -1.0},
        *(5, ZeroDivisionError, ValueError),
    ),
    "the peer's negative timescale is infinite on the way": (
        "get_inverse_sqrt_schedule",
        {"num_warmup_steps": 0, "timescale": -8},
        *(8, ZeroDivisionError, ValueError),
    ),
}


def result(call):
    try:
        return pytest.approx(call(), abs=1e-12)
    except (ArithmeticError, ValueError) as error:
        return type(error)


@pytest.mark.parametrize("title", DEVIATIONS)
def test_deviations(title):
    name, arguments, step, peers, ours = DEVIATIONS[title]
    assert result(lambda: scheduler(name, 1.0, arguments).lr_lambdas[0](step)) == peers
    assert result(lambda: getattr(like, name)(**arguments)(step)) == ours


def test_rounding_is_the_only_reason_to_miss_a_restart():
    counted = 0
    for base_lr, arguments in calls(HARD_RESTARTS, 200):
        n = span(arguments)
        missed = missed_restarts(HARD_RESTARTS, arguments, n)
        peers = rates(HARD_RESTARTS, base_lr, arguments, n)[missed]
        assert peers == pytest.approx(np.zeros(len(missed)), abs=1e-9)
        counted += len(missed)
    assert counted > 0


REFUSED = {
    "get_polynomial_decay_schedule_with_warmup": [
        ({"num_warmup_steps": 0, "num_training_steps": 9, "lr_end": 1.0}, "`lr_end` must be below"),
        ({"num_warmup_steps": 0, "num_training_steps": 0}, "must not be 0"),
        ({"num_warmup_steps": 0}, "missing a required argument"),
    ],
    "get_inverse_sqrt_schedule": [
        ({"num_warmup_steps": 0, "timescale": 0}, "`timescale` must be positive"),
    ],
    "get_cosine_with_min_lr_schedule_with_warmup": [
        ({"num_warmup_steps": 0, "num_training_steps": 9}, "must be given"),
        (
            {"num_warmup_steps": 0, "num_training_steps": 9, "min_lr": 0, "min_lr_rate": 0},
            "one of `min_lr` and `min_lr_rate` must be given",
        ),
    ],
    "get_cosine_with_min_lr_schedule_with_warmup_lr_rate": [
        ({"num_warmup_steps": 0, "num_training_steps": 9}, "must be given"),
    ],
    "get_wsd_schedule": [
        ({"num_warmup_steps": 1, "num_decay_steps": 1}, "must be given, got neither"),
        (
            {"num_warmup_steps": 1, "num_decay_steps": 1, "num_stable_steps": 1}
            | {"warmup_type": "sine"},
            "`warmup_type` must be one of 'linear', 'cosine', '1-sqrt'",
        ),
        (
            {"num_warmup_steps": 1, "num_decay_steps": 1, "num_stable_steps": 1}
            | {"decay_type": "exp"},
            "`decay_type` must be one of",
        ),
    ],
    "get_scheduler": [
        ({"name": "cosines"}, "`name` must be one of 'linear', 'cosine'"),
        ({"name": "linear"}, "`num_warmup_steps` must be given for 'linear'"),
        ({"name": "linear", "num_warmup_steps": 1}, "`num_training_steps` must be given"),
        (
            {"name": "linear", "num_warmup_steps": 1, "num_training_steps": 2}
            | {"scheduler_specific_kwargs": {"num_cycles": 1}},
            "num_cycles",
        ),
    ],
}


@pytest.mark.parametrize(
    ("name", "arguments", "match"),
    [(name, *row) for name, rows in REFUSED.items() for row in rows],
)
def test_it_refuses_what_the_peer_refuses(name, arguments, match):
    kinds = (ValueError, TypeError, ZeroDivisionError)
    with pytest.raises(kinds) as theirs:
        scheduler(name, 1.0, arguments)
    with pytest.raises(kinds, match=match) as ours:
        getattr(like, name)(**arguments)
    assert ours.type is theirs.type


@pytest.mark.parametrize("name", DRAWS)
def test_torch_has_no_negative_rate(name):
    arguments = next(arguments for _, arguments in calls(name, 1))
    with pytest.raises(ValueError, match="Invalid learning rate"):
        scheduler(name, -1.0, arguments)
    with pytest.raises(ValueError, match=r"`base_lr` must be 0 or more, got base_lr=-1\.0"):
        getattr(like, name)(**arguments, base_lr=-1.0)


def test_a_minimum_needs_a_rate():
    arguments = {"num_warmup_steps": 1, "num_training_steps": 9, "min_lr": 0.1}
    for name in DRAWS:
        if "min_lr" in name:
            with pytest.raises(ZeroDivisionError):
                scheduler(name, 0.0, arguments)
            with pytest.raises(ZeroDivisionError, match="`base_lr` must not be 0 with min_lr"):
                getattr(like, name)(**arguments, base_lr=0.0)


@pytest.mark.parametrize("name", ["reduce_lr_on_plateau", "greedy"])
def test_what_answers_to_a_metric_is_refused(name):
    with pytest.raises(ValueError, match=f"a function of the step, got name='{name}'"):
        like.get_scheduler(name)


def test_more_arguments_come_by_name():
    match = (
        r"^like\.transformers\.get_scheduler: `scheduler_specific_kwargs` must be \{name: value\}"
    )
    with pytest.raises(TypeError, match=match):
        like.get_scheduler("cosine", 1, 9, scheduler_specific_kwargs=[1])


def test_every_name_of_the_peer_is_a_schedule_or_refused():
    for kind in SchedulerType:
        name = kind.value
        if name in ("reduce_lr_on_plateau", "greedy"):
            continue
        specific = {"warmup_stable_decay": {"num_decay_steps": 3}}.get(name)
        if "min_lr" in name:
            specific = {"min_lr_rate": 0.1}
        s = like.get_scheduler(kind, 2, 10, specific)
        assert s == like.get_scheduler(name, 2, 10, specific)
        call = {"name": name, "num_warmup_steps": 2, "num_training_steps": 10}
        expected = rates("get_scheduler", 1.0, {**call, "scheduler_specific_kwargs": specific}, 14)
        assert s.values(14) == pytest.approx(expected, abs=1e-9)


def test_given_both_the_stable_steps_count():
    arguments = {"num_warmup_steps": 2, "num_decay_steps": 3, "num_training_steps": 50}
    arguments["num_stable_steps"] = 4
    with pytest.warns(UserWarning, match="num_stable_steps will be used"):
        expected = rates("get_wsd_schedule", 1.0, arguments, 12)
    assert like.get_wsd_schedule(**arguments).values(12) == pytest.approx(expected, abs=1e-12)


def test_an_optimizer_is_left_out():
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1)
    with pytest.raises(TypeError, match="base_lr"):
        like.get_linear_schedule_with_warmup(optimizer, 10)


def test_the_clean_words_are_in_the_expression():
    s = like.get_linear_schedule_with_warmup(100, 1000, base_lr=3e-4)
    assert s.expression == lrkit.read("3e-4 * (warmup(100) >> linear(900))")
    s = like.get_wsd_schedule(100, 200, 1000, decay_type="1-sqrt", base_lr=3e-4)
    clean = "3e-4 * (warmup(100) >> hold(700) >> one_minus_sqrt(200))"
    assert s.expression == lrkit.read(clean)
    s = like.get_cosine_with_hard_restarts_schedule_with_warmup(10, 110, num_cycles=4)
    assert s.expression == lrkit.read("warmup(10) >> repeat(cosine(1), 4).over(100)")
