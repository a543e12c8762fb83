"""What recipes refuse: early, with the rule and the value."""

import pytest

from lrkit import noisy, read, untuned_warmup, with_warmup

REFUSED = {
    "multi_step([])": "milestones` must be one step or more, got none",
    "multi_step([5, 3])": r"must be ascending, each given once, got milestones=\[5, 3\]",
    "multi_step([3, 3])": "ascending, each given once",
    "multi_step([3], factor=0)": "factor` must be positive, got factor=0",
    "power_decay(10, power=0)": "power_decay: `power` must be positive",
    "power_optimum(10, capacity=1)": "capacity` must be above 1, got capacity=1",
    "k_decay(10, k=0)": "k_decay: `k` must be positive",
    "noam(0, 10)": "d_model` must be positive",
    "noam(512, 0)": "noam: `warmup` must be positive",
    "chebyshev(2.5, low=0.1)": "length` must be a whole number of 1 or more",
    "chebyshev(1000001, low=0.1)": "at most 1,000,000",
    "chebyshev(8, low=1.5)": "low` must be at most 1",
    "chebyshev(8, low=0)": "low` must be positive",
    "polynomial_cycles(10, power=-1)": "polynomial_cycles: `power` must be positive",
    "cosine_restarts(10, warmup=10)": r"warmup` must be less than 10, the length of the first",
    "cosine_restarts(10, warmup=11)": r"warmup` must be at most 10, the length of the first",
    "cosine_restarts(10, warmup=-1)": "warmup` must be 0 or more",
    "cosine_restarts(10, stretch=0.5)": "stretch` must be 1 or more for endless cycles",
    "exp_range(10, rate=1.1)": "rate` must be at most 1",
    "triangular(10, down=0)": "triangular: `down` must be positive",
    "one_cycle(10, warmup=10)": "warmup` must be less than 10, the length",
    "one_cycle(10, warmup=0)": "one_cycle: `warmup` must be positive",
    "one_cycle(10, warmup=5, three_phase=True)": "less than half of the length with three phases",
    "one_cycle(10, curve='cos')": "curve` must be one of 'cosine', 'linear', got curve='cos'",
    "one_cycle(10, three_phase=1)": "three_phase` must be True or False",
    "slanted_triangular(10, ratio=0)": "ratio` must be positive",
    "linear_to_zero(10, warmup=10)": "warmup` must be less than 10",
    "flat_cosine(10, flat=12)": "flat` must be at most 10, the length",
    "warmup_hold_cosine(10, warmup=4, hold=6)": "hold` must be less than 6, what the warmup leaves",
    "wsd(10, warmup=4, cooldown=7)": "cooldown` must be at most 6, what the warmup leaves",
    "wsd(10, warmup=4, cooldown=2, curve='sqrt')": "curve` must be one of 'one_minus_sqrt', ",
    "wsd(10, warmup=4, cooldown=2, power=2)": "power` must be left out unless curve='polynomial'",
    "wsd(10, warmup=4, cooldown=2, curve='polynomial')": "power` must be given with curve='poly",
    "wsd(10, warmup=4, cooldown=2, curve='exponential', rate=1)": "rate` must be other than 1",
    "wsd(10, warmup=0, cooldown=2, stable='inverse_sqrt')": "positive with stable='inverse_sqrt'",
    "wsd(10, warmup=0, cooldown=2, stable='rsqrt')": "stable` must be one of 'constant', 'inverse",
    "infinite(0, 0, 0, level=0.5)": "positive where there is no other part",
    "infinite(1, 1, anneal=5, level=0.5)": "finite where an anneal follows, got constant=inf",
    "infinite(1, 1, level=0)": "level` must be positive",
    "with_warmup(warmup(5), 5)": r"s` must be a schedule that starts above 0, got s=warmup\(5\)",
    "with_warmup(hold(), 5, curve='exponential')": "positive for an exponential warmup.*0.01",
    "with_warmup(hold(), -5)": "length` must be 0 or more",
    "with_warmup(hold(), 5, curve='cubic')": "one of 'linear', 'cosine', 'quadratic', 'exponen",
    "untuned_warmup(hold(), beta2=1)": "beta2` must be less than 1",
    "untuned_warmup(hold(), curve='cosine')": "one of 'linear', 'exponential'",
    "noisy(hold(), std=0)": "std` must be positive",
    "noisy(5, std=1)": "noisy: `s` must be a schedule, got s=5",
}


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_refused(text):
    with pytest.raises(ValueError, match=REFUSED[text]):
        read(text)


AROUND = {with_warmup: {"length": 5}, untuned_warmup: {}, noisy: {"std": 0.1}}


@pytest.mark.parametrize("around", AROUND)
def test_what_is_no_schedule(around):
    with pytest.raises(TypeError, match=f"{around.__name__}: `s` must be a schedule, got s=0.1"):
        around(0.1, **AROUND[around])
