"""Where like.optax is different from optax on purpose, and what both refuse."""

import re

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

import lrkit
from lrkit.like import optax as like

# What is different on purpose: the schedule and its arguments, the step, what optax has there, and
# what is here: a rate, or what is raised.
DEVIATIONS = {
    "XLA's 41 * (1 / 41) is below 1: a stair begins a step too late": (
        "exponential_decay",
        {"init_value": 1.0, "transition_steps": 41, "decay_rate": 0.5, "staircase": True},
        *(41, 1.0, 0.5),
    ),
    "and a root, steep at its end, does not reach it": (
        "polynomial_schedule",
        {"init_value": 1.0, "end_value": 0.0, "power": 0.5, "transition_steps": 41},
        *(41, 1.93e-4, 0.0),
    ),
    "float32 holds no steps beyond 2**24": (
        "exponential_decay",
        {"init_value": 1.0, "transition_steps": 2**24 + 1, "decay_rate": 0.5, "staircase": True},
        *(2**24, 0.5, 1.0),
    ),
    "float32 has nothing left of a cosine's last steps": (
        "cosine_decay_schedule",
        {"init_value": 1.0, "decay_steps": 300_000},
        *(299_990, 0.0, 2.74155677e-9),
    ),
    "optax goes on below step 0": (
        "cosine_decay_schedule",
        {"init_value": 1.0, "decay_steps": 10},
        *(-5, 0.5, 1.0),
    ),
    "optax interpolates nothing below step 0": (
        "piecewise_interpolate_schedule",
        {"interpolate_type": "linear", "init_value": 1.0, "boundaries_and_scales": {4: 0.5}},
        *(-1, 0.0, 1.0),
    ),
    "a negative power is infinite at the end": (
        "polynomial_schedule",
        {"init_value": 1.0, "end_value": 0.0, "power": -1, "transition_steps": 4},
        *(4, np.inf, ValueError),
    ),
    "a negative exponent is infinite at the end": (
        "cosine_decay_schedule",
        {"init_value": 1.0, "decay_steps": 4, "exponent": -1.0},
        *(4, np.inf, ValueError),
    ),
    "a fraction of a power of a negative number is none": (
        "exponential_decay",
        {"init_value": 1.0, "transition_steps": 4, "decay_rate": -0.5},
        *(1, np.nan, ValueError),
    ),
}


def result(build, step, rate):
    try:
        return pytest.approx(float(rate(build(), step)), rel=1e-2, abs=1e-12, nan_ok=True)
    except (ArithmeticError, ValueError) as error:
        return type(error)


def jitted(schedule, step):
    return jax.jit(schedule)(jnp.asarray(step))


@pytest.mark.parametrize("title", DEVIATIONS)
def test_deviations(title):
    name, arguments, step, peers, ours = DEVIATIONS[title]
    assert result(lambda: getattr(optax, name)(**arguments), step, jitted) == peers
    assert result(lambda: getattr(like, name)(**arguments), step, lambda s, t: s(t)) == ours


def test_a_function_is_asked_at_whole_steps_only():
    """Behind a boundary between two steps optax asks at fractions; here the step before holds."""
    arguments = [lrkit.hold(5), lambda step: 1.0 + step], [2.5]
    assert optax.join_schedules(*arguments)(4) == 2.5
    assert like.join_schedules(*arguments)(4) == 2.0


def test_growth_up_to_a_limit_ends_there():
    """Also where the power alone would be too large for a float."""
    arguments = {"init_value": 1.0, "transition_steps": 3, "decay_rate": 2.0, "end_value": 7.0}
    for staircase in (False, True):
        peer = optax.exponential_decay(**arguments, staircase=staircase)
        s = like.exponential_decay(**arguments, staircase=staircase)
        for step in (0, 4, 8, 9, 12, 10_000, 10**9):
            assert s(step) == pytest.approx(float(peer(step)), rel=1e-6)
        assert s(10**15) == 7.0


# Both refuse these, with the same kind of error: the arguments, and what ours says.
REFUSED = {
    "cosine_decay_schedule": [
        ({"init_value": 1.0, "decay_steps": 0}, "`decay_steps` must be positive"),
        ({"init_value": 1.0}, "missing a required argument: 'decay_steps'"),
    ],
    "warmup_cosine_decay_schedule": [
        (
            {"init_value": 0.0, "peak_value": 1.0, "warmup_steps": 9, "decay_steps": 9},
            "`decay_steps` must be positive, without the warmup",
        ),
    ],
    "piecewise_constant_schedule": [
        ({"init_value": 1.0, "boundaries_and_scales": {3: -1}}, "scales[3]` must be 0 or more"),
    ],
    "piecewise_interpolate_schedule": [
        (
            {"interpolate_type": "linear", "init_value": 1.0, "boundaries_and_scales": {3: -1}},
            "scales[3]` must be 0 or more",
        ),
        ({"interpolate_type": "sine", "init_value": 1.0}, "must be 'linear' or 'cosine'"),
    ],
    "linear_onecycle_schedule": [
        ({"transition_steps": 0, "peak_value": 1.0}, "`transition_steps` must be positive"),
        ({"transition_steps": 9, "peak_value": 1.0, "div_factor": 0}, "`div_factor` must not be 0"),
        (
            {"transition_steps": 9, "peak_value": 1.0, "final_div_factor": 0},
            "`final_div_factor` must not be 0",
        ),
        ({"transition_steps": 9, "peak_value": 1.0, "div_factor": -2}, "must be 0 or more"),
    ],
    "cosine_onecycle_schedule": [
        ({"transition_steps": -1, "peak_value": 1.0}, "`transition_steps` must be positive"),
        ({"transition_steps": 9, "peak_value": 1.0, "div_factor": 0}, "`div_factor` must not be 0"),
    ],
    "sgdr_schedule": [
        ({"cosine_kwargs": [{"init_value": 0.0}]}, "`cosine_kwargs[0]` must be the arguments"),
        ({"cosine_kwargs": []}, "must hold one or more"),
    ],
    "join_schedules": [
        ({"schedules": [], "boundaries": []}, "`schedules` must hold one or more"),
        ({"schedules": [0.1], "boundaries": []}, "must be schedules or functions, got 0.1"),
    ],
}


@pytest.mark.parametrize(
    ("name", "arguments", "match"),
    [(name, *row) for name, rows in REFUSED.items() for row in rows],
)
def test_both_refuse(name, arguments, match):
    kinds = (ValueError, TypeError, ArithmeticError, LookupError)
    with pytest.raises(kinds) as theirs:
        getattr(optax, name)(**arguments)(0)  # some of optax's only fail when they are called
    with pytest.raises(kinds, match=re.escape(match)) as ours:
        getattr(like, name)(**arguments)
    assert ours.type is theirs.type
    assert str(ours.value).startswith(f"like.optax.{name}: ")
