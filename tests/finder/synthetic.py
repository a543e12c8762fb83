"""Sweeps with a known shape: a level, a fall, a wall; and noise that grows before the wall."""

import numpy as np

from lrkit.finder import Curve, Stop, Sweep


def clean(rates, level=2.3, fall=1.5, centre=-2.5, wall=0.0, slope=3.5):
    """The loss without noise; `centre` and `wall` are log10 of rates."""
    x = np.log10(rates)
    up = np.exp(np.minimum((x - wall) * 7, 30))
    return level - fall / (1 + np.exp(-(x - centre) * slope)) + up


def sweep(seed=0, noise=0.06, *, lr_min=1e-6, lr_max=10.0, per_decade=40, **shape):
    """A curve as a sweep records it, stopped where it diverges."""
    plan = Sweep(lr_min, lr_max, per_decade)
    rates = plan.rates
    random = np.random.default_rng(seed)
    losses = clean(rates, **shape) + noise * random.standard_normal(len(rates))
    stop = Stop(updates=plan.updates)
    end = next((i + 1 for i, loss in enumerate(losses) if stop(loss)), len(losses))
    return Curve(rates[:end], losses[:end])


def noise(rates, seed):
    """Losses in which there is nothing to see."""
    return 2 + 0.1 * np.random.default_rng(seed).standard_normal(len(rates))
