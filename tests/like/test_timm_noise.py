"""Noise on timm's schedules: lrkit's own, of timm's distribution, in timm's range."""

import math

import numpy as np
import pytest

from lrkit.like import timm as like


def clean_and_noisy(**noise):
    call = {"t_initial": 300, "lr_min": 0.01, "base_lr": 0.5}
    return like.CosineLRScheduler(**call), like.CosineLRScheduler(**call, **noise)


def test_noise_is_in_its_range_only():
    clean, noisy = clean_and_noisy(noise_range_t=[50, 200])
    same = clean.values(400) == noisy.values(400)
    assert same[:50].all()
    assert not same[50:200].any()
    assert same[200:].all()
    assert noisy.length < math.inf


def test_noise_without_an_end_goes_on_after_the_run():
    clean, noisy = clean_and_noisy(noise_range_t=50)
    same = clean.values(400) == noisy.values(400)
    assert same[:50].all()
    assert not same[50:].any()


@pytest.mark.parametrize(("std", "limit"), [(1.0, 0.67), (0.1, 0.67), (-0.1, 0.67), (1.0, 0.05)])
def test_noise_is_as_large_as_told(std, limit):
    clean, noisy = clean_and_noisy(noise_range_t=0, noise_std=std, noise_pct=limit)
    n = 20_000
    noise = noisy.values(n) / clean.values(n) - 1.0
    assert np.abs(noise).max() <= limit
    assert abs(noise.mean()) < 0.02 * limit
    # A normal number that is drawn again while it is too large has this deviation.
    a = limit / abs(std)
    density, inside = math.exp(-a * a / 2) / math.sqrt(2 * math.pi), math.erf(a / math.sqrt(2))
    assert noise.std() == pytest.approx(
        abs(std) * math.sqrt(1 - 2 * a * density / inside), rel=0.02
    )


def test_noise_of_a_step_is_its_own():
    _, early = clean_and_noisy(noise_range_t=0)
    _, late = clean_and_noisy(noise_range_t=[100, 150])
    _, other = clean_and_noisy(noise_range_t=0, noise_seed=7)
    assert (early.values(150)[100:] == late.values(150)[100:]).all()
    assert (early.values(150) != other.values(150)).all()
    assert clean_and_noisy(noise_range_t=0, noise_seed=None)[1].values(9) == pytest.approx(
        early.values(9)
    )


def test_noise_of_no_size_and_in_no_range_is_none():
    clean, silent = clean_and_noisy(noise_range_t=0, noise_std=0.0)
    assert silent.expression == clean.expression
    _, nowhere = clean_and_noisy(noise_range_t=[90, 20])
    assert nowhere.expression == clean.expression
