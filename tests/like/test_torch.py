"""What calls of like.torch become, and what they refuse, without torch.

Their values are compared with torch itself in tests/adapters/test_like_torch.py.
"""

import math

import pytest

from lrkit import (
    cosine,
    exponential,
    hold,
    inverse_time,
    like,
    linear,
    points,
    polynomial,
    read,
    repeat,
    table,
    warmup,
)
from lrkit.like import torch as like_torch

STEP = like.torch.StepLR(30)
HALF = like.torch.LinearLR(0.5, total_iters=4)
CALLS = [
    (like.torch.StepLR(30, base_lr=0.1), 0.1 * exponential(rate=0.1, every=30).staircase(30)),
    (like.torch.StepLR(1, gamma=0.5), exponential(rate=0.5)),
    (like.torch.ExponentialLR(0), hold(1) | hold(value=0.0)),
    (
        like.torch.ExponentialLR(-0.5),
        exponential(rate=0.5) * repeat(hold(1) | -1.0 * hold(1)),
    ),
    (
        like.torch.MultiStepLR([8, 4, 4], 0.5),
        points({0: 1.0, 4: 0.25, 8: 0.125}, curve="hold"),
    ),
    (like.torch.MultiStepLR([]), hold()),
    (like.torch.ConstantLR(0.5, 4), hold(4, value=0.5) | hold()),
    (like.torch.ConstantLR(0.5, 0), hold(value=0.5)),
    (HALF, warmup(4, start=0.5)),
    (like.torch.LinearLR(0.5, total_iters=0), hold(value=0.5)),
    (like.torch.PolynomialLR(8, 2, base_lr=0.5), 0.5 * polynomial(8, power=2)),
    (like.torch.PolynomialLR(8, 0), hold()),
    (
        like.torch.CosineAnnealingLR(10, 0.125, base_lr=0.5),
        repeat(cosine(10, start=0.5, stop=0.125) >> cosine(10, start=0.125, stop=0.5)),
    ),
    (like.torch.CosineAnnealingWarmRestarts(10, 2), repeat(cosine(10), stretch=2)),
    (like.torch.LambdaLR([warmup(5)], base_lr=0.5), 0.5 * warmup(5)),
    (like.torch.MultiplicativeLR(lambda t: 0.5), exponential(rate=0.5)),
    (
        like.torch.MultiplicativeLR(inverse_time(rate=1.0), length=4),
        table([1.0, 1 / 2, 1 / 6, 1 / 24]),
    ),
    (
        like.torch.CyclicLR(0.25, 0.5, 4, 8, mode="triangular2"),
        (0.25 * repeat(warmup(4) >> linear(8), height=0.5)).plus(0.25),
    ),
    (like.torch.CyclicLR(0.25, 0.25), hold(value=0.25)),
    (
        like.torch.OneCycleLR(1.0, 20, pct_start=0.25, div_factor=2, final_div_factor=5),
        cosine(4, start=0.5, stop=1.0) >> cosine(15, stop=0.1),
    ),
    (
        like.torch.OneCycleLR(
            1.0, 20, pct_start=0.25, anneal_strategy="linear", div_factor=2, three_phase=True
        ),
        warmup(4, start=0.5) >> linear(4, stop=0.5) >> linear(11, start=0.5, stop=5e-5),
    ),
    (
        like.torch.OneCycleLR(1.0, 10, pct_start=0.0, div_factor=2, final_div_factor=5),
        cosine(10, stop=0.1).skip(1),
    ),
    (
        like.torch.SequentialLR([HALF, STEP, HALF], [8, 20]),
        warmup(4, start=0.5) | hold(4) | STEP.expression.take(12) | warmup(4, start=0.5),
    ),
    (like.torch.SequentialLR([HALF, STEP], [0]), STEP.expression),
    (like.torch.ChainedScheduler([HALF, STEP]), HALF.expression * STEP.expression),
    (
        like.torch.ChainedScheduler([like.torch.ChainedScheduler([HALF, STEP]), HALF]),
        HALF.expression * STEP.expression * HALF.expression,
    ),
    (
        like.torch.ChainedScheduler([HALF, like.torch.CosineAnnealingLR(4)]),
        HALF.expression * like.torch.CosineAnnealingLR(4).expression,
    ),
]


@pytest.mark.parametrize(("call", "expression"), CALLS, ids=lambda s: str(s)[:90])
def test_a_call_is_an_expression_of_the_algebra(call, expression):
    assert call.expression == expression
    assert call.length == expression.length
    assert read(repr(call)) == call


def test_every_name_is_here():
    ours = {name for name in like_torch.__all__ if callable(getattr(like_torch, name))}
    assert ours == {
        *("LambdaLR", "MultiplicativeLR", "StepLR", "MultiStepLR", "ConstantLR", "LinearLR"),
        *("ExponentialLR", "PolynomialLR", "CosineAnnealingLR", "CosineAnnealingWarmRestarts"),
        *("CyclicLR", "OneCycleLR", "SequentialLR", "ChainedScheduler"),
    }


COSINE = like.torch.CosineAnnealingLR(3)
REPLAYED = [
    like.torch.ChainedScheduler([HALF, COSINE], length=50),  # the cosine rises in mid-warmup
    like.torch.ChainedScheduler([STEP, like.torch.LambdaLR(cosine(9))], length=50),
    like.torch.SequentialLR([like.torch.ChainedScheduler([STEP]), HALF], [5], length=50),
    like.torch.SequentialLR([STEP, like.torch.MultiplicativeLR(cosine(9))], [5], length=50),
    like.torch.SequentialLR([STEP, like.torch.OneCycleLR(0.1, 99)], [5], length=50),
    like.torch.SequentialLR([STEP, HALF], [2.5], length=50),
    like.torch.SequentialLR([STEP, HALF, STEP], [9, 5], length=50),
]


@pytest.mark.parametrize("s", REPLAYED, ids=lambda s: str(s)[:90])
def test_elsewhere_so_many_steps_are_kept(s):
    assert type(s.expression) is type(table([1.0]))
    assert s.length == 50
    assert "length=50)" in repr(s)
    again = read(repr(s))
    assert again == s
    assert again.expression == s.expression


def test_a_cosine_in_a_chain_rises_to_the_rate_of_the_optimizer():
    """As torch counts it: from the minimum on, a part of base_lr, times the gains since then."""
    s = like.torch.ChainedScheduler([COSINE, like.torch.ExponentialLR(0.5)], length=20)
    assert s(3) == 0.0
    assert s(4) == pytest.approx(0.25 * 0.5)
    assert s(5) == pytest.approx(0.75 * 0.25)


def test_a_function_that_raises_is_asked_so_far():
    levels = [1.0, 0.5, 0.25]
    s = like.torch.LambdaLR(lambda t: levels[t], base_lr=2.0)
    assert [s(t) for t in range(5)] == [2.0, 1.0, 0.5, 0.5, 0.5]
    products = like.torch.MultiplicativeLR(lambda t: levels[t])
    assert [products(t) for t in range(5)] == [1.0, 0.5, 0.125, 0.125, 0.125]


def test_a_function_that_has_no_value_at_first_raises_as_in_torch():
    with pytest.raises(ZeroDivisionError):
        like.torch.LambdaLR(lambda t: 1 / t)
    assert like.torch.MultiplicativeLR(lambda t: 1 / t)(3) == pytest.approx(1 / 6)


def test_a_product_of_gains_ends_where_it_is_no_number():
    s = like.torch.MultiplicativeLR(lambda t: 1e200 if t < 3 else 1.0, length=9)
    assert s(50) == s(1) == 1e200


REFUSED = [
    (lambda: like.torch.StepLR(30, base_lr=-0.1), ValueError, "`base_lr` must be 0 or more"),
    (
        lambda: like.torch.StepLR("30"),
        TypeError,
        r"^like\.torch\.StepLR: `step_size` must be a number",
    ),
    (lambda: like.torch.StepLR(30, gamma=math.nan), ValueError, "`gamma` must be finite"),
    (lambda: like.torch.StepLR(), TypeError, "missing a required argument: 'step_size'"),
    (
        lambda: like.torch.MultiStepLR(30),
        TypeError,
        r"`milestones` must be a list .* got milestones=30",
    ),
    (lambda: like.torch.MultiStepLR(["a"]), TypeError, "`milestones` must be a number"),
    (lambda: like.torch.LinearLR(0.0), ValueError, "above 0 and at most 1.*warmup"),
    (lambda: like.torch.LambdaLR(0.5), TypeError, "must be a function of the step"),
    (lambda: like.torch.LambdaLR([cosine(3), cosine(3)]), ValueError, "got 2 values"),
    (lambda: like.torch.MultiplicativeLR(hold(), length=10**8), ValueError, "at most 10,000,000"),
    (lambda: like.torch.OneCycleLR(1.0, epochs=3), ValueError, "steps_per_epoch=None"),
    (lambda: like.torch.OneCycleLR(1.0, 10, pct_start=0.1), ZeroDivisionError, "takes no step"),
    (lambda: like.torch.SequentialLR([STEP], [4]), ValueError, "0 steps, one fewer"),
    (lambda: like.torch.SequentialLR(STEP, []), TypeError, "`schedulers` must be a list"),
    (lambda: like.torch.SequentialLR([STEP, STEP], 4), TypeError, "`milestones` must be a list"),
    (lambda: like.torch.SequentialLR([STEP, STEP], ["4"]), TypeError, "must be a number"),
    (lambda: like.torch.ChainedScheduler([]), ValueError, "one scheduler or more"),
    (lambda: like.torch.ChainedScheduler([cosine(9)]), TypeError, "joined with `|`"),
    (lambda: like.torch.ChainedScheduler([2 * STEP]), TypeError, "must be a call of like.torch"),
    (
        lambda: like.torch.ChainedScheduler([STEP, like.torch.ExponentialLR(0.9, base_lr=0.1)]),
        *(ValueError, r"the same base_lr, .* got 0\.1, 1\.0"),
    ),
    (
        lambda: like.torch.ChainedScheduler([like.torch.StepLR(30, last_epoch=4), STEP]),
        *(ValueError, "must be at its beginning"),
    ),
    (lambda: like.torch.ChainedScheduler([STEP], length=0), ValueError, "1 or more"),
    (
        lambda: like.torch.ChainedScheduler([HALF, COSINE], length=3 * 10**6),
        *(ValueError, "`length` must be at most 2,500,000 with so many schedulers"),
    ),
    (
        lambda: like.torch.PolynomialLR(1e9 + 0.5, power=-1),
        *(ValueError, "`total_iters` must be below 10,000,000 with a negative power"),
    ),
    (
        lambda: like.torch.SequentialLR(
            [like.torch.PolynomialLR(6), like.torch.LinearLR(total_iters=0)], [10]
        ),
        *(ZeroDivisionError, "at step 10 torch does"),
    ),
]


@pytest.mark.parametrize(("call", "exception", "match"), REFUSED, ids=[r[2] for r in REFUSED])
def test_refusals(call, exception, match):
    with pytest.raises(exception, match=match):
        call()


def test_a_text_points_at_what_torch_cannot_play():
    step = "like.torch.StepLR(3)"
    text = f"like.torch.SequentialLR([{step}, like.torch.ChainedScheduler([{step}])], [4])"
    with pytest.raises(ValueError, match=r"must be the first .* at step 4"):
        read(text)


class OwnError(Exception):
    """One that takes more than a text."""

    def __init__(self, step, why):
        super().__init__(step, why)


def late(t):
    if t == 0:
        raise OwnError(t, "no such step")
    return 0.5 + 0.1 / t


def test_an_error_of_another_kind_is_told_as_one_that_read_knows():
    part = like.torch.MultiplicativeLR(late)
    assert part(1) == pytest.approx(0.6)
    with pytest.raises(ValueError, match=r"at step 8, got OwnError: .*no such step") as raised:
        like.torch.SequentialLR([STEP, part], [8])
    assert isinstance(raised.value.__cause__, OwnError)


def test_where_no_steps_are_replayed_no_length_is_too_much():
    parts = [like.torch.StepLR(i) for i in range(1, 41)]
    assert like.torch.ChainedScheduler(parts, length=10**7)(1) == pytest.approx(0.1)


def test_what_a_call_was_given_cannot_be_changed():
    part = like.torch.MultiStepLR([4, 8])
    with pytest.raises(TypeError, match="does not support item assignment"):
        part.arguments["gamma"] = 9.0
    assert part.arguments["milestones"] == (4, 8)


def test_last_epoch_goes_on_and_holds_past_the_end():
    whole = like.torch.OneCycleLR(1.0, 10)
    assert like.torch.OneCycleLR(1.0, 10, last_epoch=3)(0) == whole(4)
    assert like.torch.OneCycleLR(1.0, 10, last_epoch=30)(0) == whole(9)
    both = like.torch.SequentialLR([HALF, STEP], [8], last_epoch=5)
    assert both(2) == STEP(0)
