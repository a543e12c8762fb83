"""What recipes give, in numbers from papers, peers and by hand."""

import math

import numpy as np
import pytest

from lrkit import (
    chebyshev,
    cosine,
    cosine_restarts,
    exp_range,
    flat_cosine,
    hold,
    infinite,
    inverse_sqrt,
    inverse_time_decay,
    k_decay,
    linear,
    linear_to_zero,
    multi_step,
    noam,
    noisy,
    one_cycle,
    polynomial_cycles,
    power_decay,
    read,
    slanted_triangular,
    trapezoid,
    triangular,
    triangular2,
    untuned_warmup,
    warmup,
    warmup_hold_cosine,
    with_warmup,
    wsd,
)


def close(values):
    return pytest.approx(values, rel=1e-12, abs=1e-15)


# What other libraries compute, to the digits that they print.
PEERS = {
    "Keras PolynomialDecay(1, 4, 0, cycle=True), but at its boundaries": (
        polynomial_cycles(4),
        {0: 1, 1: 0.75, 3: 0.25, 5: 0.375, 6: 0.25, 7: 0.125, 9: 0.25},
    ),
    "torch CosineAnnealingWarmRestarts(T_0=4)": (
        cosine_restarts(4),
        {0: 1, 1: 0.8535533905932737, 2: 0.5, 3: 0.14644660940672624, 4: 1, 8: 1},
    ),
    "optax cosine_onecycle_schedule(10, 1)": (
        one_cycle(10),
        {0: 0.04, 1: 0.28, 2: 0.76, 3: 1, 4: 0.9504846320134738, 10: 4e-6, 11: 4e-6},
    ),
    "TFA TriangularCyclicalLearningRate(0.1, 1, 4)": (
        triangular(4, start=0.1),
        {0: 0.1, 2: 0.55, 4: 1, 6: 0.55, 8: 0.1, 12: 1},
    ),
    "TFA Triangular2CyclicalLearningRate(0.1, 1, 4)": (
        triangular2(4, start=0.1),
        {4: 1, 8: 0.1, 12: 0.55, 16: 0.1, 20: 0.325},
    ),
    "TFA ExponentialCyclicalLearningRate(0.1, 1, 4, gamma=0.9)": (
        exp_range(4, rate=0.9, start=0.1),
        {0: 0.1, 4: 0.1 + 0.9 * 0.9**4, 6: 0.1 + 0.45 * 0.9**6, 12: 0.1 + 0.9 * 0.9**12},
    ),
    "torch MultiStepLR([3, 5])": (
        multi_step([3, 5]),
        {0: 1, 2: 1, 3: 0.1, 4: 0.1, 5: 0.01, 10**9: 0.01},
    ),
    "ULMFiT with T = 100, cut_frac 0.1, ratio 32": (
        slanted_triangular(100),
        {0: 1 / 32, 5: (1 + 0.5 * 31) / 32, 10: 1, 55: (1 + 0.5 * 31) / 32, 100: 1 / 32},
    ),
    "Paddle NoamDecay(512, 4000)": (
        noam(512, 4000),
        {
            0: 0,
            1: 512**-0.5 * 4000**-1.5,
            4000: (512 * 4000) ** -0.5,
            16000: 512**-0.5 / 126.49110640673517,
        },
    ),
    "Keras InverseTimeDecay(1, 10, 0.5, staircase=True)": (
        inverse_time_decay(1, 0.5, 10),
        {0: 1, 9: 1, 10: 1 / 1.5, 25: 0.5},
    ),
    "HF inverse square root, 100 steps of warmup": (
        warmup(100) >> power_decay(100, power=0.5),
        {50: 0.5, 100: 1, 400: 0.5, 10_000: 0.1},
    ),
    "HF WSD: 1-sqrt": (
        wsd(100, warmup=10, cooldown=40),
        {5: 0.5, 10: 1, 60: 1, 70: 0.5, 100: 0},
    ),
    "timm k_decay=2": (k_decay(100, k=2), {0: 1, 50: (1 + math.cos(math.pi / 4)) / 2, 100: 0}),
}


@pytest.mark.parametrize("peer", PEERS)
def test_as_the_peer(peer):
    s, values = PEERS[peer]
    assert [s(step) for step in values] == close(list(values.values()))


EXPRESSIONS = {
    "wsd(100, warmup=0, cooldown=20)": "hold(80) >> one_minus_sqrt(20)",
    "wsd(100, warmup=80, cooldown=20, curve='linear')": "warmup(80) >> linear(20)",
    "wsd(100, warmup=20, cooldown=0)": "warmup(20) >> hold(80)",
    "wsd(100, warmup=0, cooldown=100, curve='cosine', stop=0.1)": "cosine(100, stop=0.1)",
    "wsd(100, warmup=25, cooldown=0, stable='inverse_sqrt')": (
        "warmup(25) >> inverse_sqrt(25).take(75)"
    ),
    "trapezoid(1, warmup=0.1, cooldown=0.2)": "warmup(0.1) >> hold(0.7) >> linear(0.2)",
    "one_cycle(1).over(1000)": "cosine(300, start=0.04, stop=1.0) >> cosine(700, stop=4e-06)",
    "one_cycle(100, warmup=45, curve='linear', three_phase=True)": (
        "linear(45, start=0.04, stop=1.0) >> linear(45, stop=0.04) >> "
        "linear(10, start=0.04, stop=4e-06)"
    ),
    "warmup_hold_cosine(9, warmup=0, hold=0)": "cosine(9)",
    "flat_cosine(9, flat=0)": "cosine(9)",
    "linear_to_zero(9)": "linear(9)",
    "power_optimum(9, capacity=2)": "polynomial(9, power=3.0)",
    "cosine_restarts(9, warmup=3)": "repeat(warmup(3) >> cosine(6))",
    "cosine_restarts(9, stop=0.1)": "repeat(cosine(9, stop=0.1))",
    "cosine_restarts(9, stop=0.5, height=0.5)": "(0.5 * repeat(cosine(9), height=0.5)).plus(0.5)",
    "infinite(0, 0, level=0.3)": "hold(value=0.3)",
    "infinite(10, 0, 5, 5, level=1, stop=0.1)": "warmup(10) >> hold(5) >> geometric(5, stop=0.1)",
    "with_warmup(cosine(9), 0)": "cosine(9)",
    "with_warmup(3e-4 * hold(), 5, curve='cosine', start=0.1)": (
        "0.0003 * (cosine(5, start=0.1, stop=1.0) >> hold())"
    ),
    "with_warmup(hold(9, value=0.5), 5, curve='quadratic')": (
        "polynomial(5, power=1.0, k=2.0, start=0.0, stop=0.5) >> hold(9, value=0.5)"
    ),
    "with_warmup(hold(9, value=0.5), 5, curve='exponential', start=0.01)": (
        "0.5 * geometric(5, start=0.01, stop=1.0) >> hold(9, value=0.5)"
    ),
    "untuned_warmup(0.1 * cosine(100))": "0.1 * cosine(100) * warmup(2000).take(100)",
    "untuned_warmup(cosine(10000))": "cosine(10000) * warmup(2000)",
    "noisy(cosine(9), std=0.1, seed=3)": "cosine(9) * noise(std=0.1, seed=3).take(9)",
    "multi_step([10/3, 5])": "hold(10/3) | hold(5/3, value=0.1) | hold(value=0.010000000000000002)",
}


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_a_recipe_is_its_expression(text):
    assert read(text) == read(EXPRESSIONS[text])


def test_the_last_value_is_reached_at_the_length_and_held():
    n = 1_000
    for s, stop in (
        (wsd(n, warmup=100, cooldown=200, stop=0.1), 0.1),
        (trapezoid(n, warmup=100, cooldown=200), 0.0),
        (one_cycle(n), 4e-6),
        (linear_to_zero(n, warmup=100), 0.0),
        (flat_cosine(n, flat=700, stop=0.2), 0.2),
        (infinite(100, 200, 300, 400, level=0.5, stop=0.05), 0.05),
    ):
        assert s.length == n
        assert [s(n), s(n + 1), s(10 * n)] == [stop] * 3
        assert s(n - 1) > stop
        assert (3e-4 * s)(n) == 3e-4 * stop


def test_a_warmup_begins_at_0_and_peaks_at_its_length():
    for s in (
        wsd(1_000, warmup=100, cooldown=200),
        linear_to_zero(1_000, warmup=100),
        warmup_hold_cosine(1_000, warmup=100, hold=0),
        with_warmup(cosine(900), 100),
        infinite(100, 900, level=0.5),
        cosine_restarts(1_000, warmup=100),
    ):
        assert [s(0), s(50), s(100)] == [0.0, 0.5, 1.0]
        assert s(99) < 1.0 >= s(102)


def test_negative_values_only_where_asked():
    assert min(cosine_restarts(10, stop=-0.5).values(40)) < 0.0
    assert wsd(10, warmup=1, cooldown=2, stop=-1)(10) == -1.0


def test_chebyshev_solves_a_quadratic():
    """The product of 1 - step * curvature over the run is the Chebyshev polynomial: small."""
    n, low = 32, 0.01
    curvatures = np.linspace(low, 1.0, 500)
    steps = chebyshev(n, low=low).values()
    largest = 1.0 / (low + (1.0 - low) * math.sin(math.pi / (4 * n)) ** 2)
    residual = np.prod(1.0 - np.outer(largest * steps, curvatures), axis=0)
    bound = 1.0 / math.cosh(n * math.acosh((1.0 + low) / (1.0 - low)))
    assert np.abs(residual).max() == pytest.approx(bound, rel=1e-9)
    assert sorted(chebyshev(8, low=0.5).values(), reverse=True)[0] == 1.0


def test_chebyshev_is_in_the_order_of_the_paper():
    roots = 0.5 + 0.5 * np.sin(np.pi * (2 * np.arange(1, 9) - 1) / 32) ** 2
    order = np.array([1, 8, 4, 5, 2, 7, 3, 6])
    np.testing.assert_allclose(chebyshev(8, low=0.5).values(), roots[0] / roots[order - 1])
    # Of seven the order is that of eight without the eighth.
    roots = 0.5 + 0.5 * np.sin(np.pi * (2 * np.arange(1, 8) - 1) / 28) ** 2
    order = order[order < 8]
    np.testing.assert_allclose(chebyshev(7, low=0.5).values(), roots[0] / roots[order - 1])


def test_untuned_warmup_is_that_of_the_paper():
    s = untuned_warmup(0.1 * hold(), beta2=0.99)
    assert [s(0), s(50), s(200), s(999)] == close([0.0, 0.025, 0.1, 0.1])
    s = untuned_warmup(0.1 * hold(), beta2=0.99, curve="exponential")
    assert [s(0), s(100)] == close([0.0, 0.1 * (1 - math.exp(-1))])
    cut = untuned_warmup(linear(50), beta2=0.99)
    assert cut.length == 50
    assert cut(10) == close(0.8 * 10 / 200)


def test_noise_is_around_the_schedule_and_ends_with_it():
    s = noisy(3e-4 * cosine(1_000, stop=0.5), std=0.1, seed=7)
    ratio = s.values() / (3e-4 * cosine(1_000, stop=0.5)).values()
    assert s.length == 1_000
    assert ratio.mean() == pytest.approx(1.0, abs=0.02)
    assert ratio.std() == pytest.approx(0.1, rel=0.1)
    assert np.abs(ratio - 1.0).max() <= 0.3 + 1e-12
    assert s(1_000) == s(5_000)
    assert (noisy(hold(9), std=0.1, seed=8).values() != noisy(hold(9), std=0.1).values()).all()


def test_recipes_in_other_units():
    """One unit, whichever: epochs here, made steps by `stretch`; shares of a run by `over`."""
    s = with_warmup(cosine_restarts(10, stretch=2, times=2), 1).stretch(313)
    assert [s(t * 313) for t in (0, 1, 11, 31)] == [0.0, 1.0, 1.0, 0.0]
    assert wsd(1, warmup=0.05, cooldown=0.2).over(1_000) == wsd(1_000, warmup=50, cooldown=200)
    assert multi_step([30, 60]).stretch(10) == multi_step([300, 600])
    assert (warmup(5) >> power_decay(5, power=0.5))(20) == (warmup(5) >> inverse_sqrt(5))(20)
