"""Single curves, decays without an end, stairs, data."""

from __future__ import annotations

from lrkit.draw.catalogue.row import Row

PIECES = (
    Row(
        "hold",
        "One value, held",
        "hold(100)",
        "constant, constant_schedule, ConstantScheduler, get_constant_schedule",
    ),
    Row("linear", "A straight line down", "linear(100)", "linear decay, LinearLR, linear_schedule"),
    Row(
        "cosine",
        "Half a cosine down",
        "cosine(100)",
        "cosine annealing, half cosine, CosineAnnealingLR, cosine_decay_schedule",
    ),
    Row(
        "cosine with minimum",
        "Half a cosine, ending above 0",
        "cosine(100, stop=0.2)",
        "cosine_with_min_lr, eta_min, min_lr, alpha, get_cosine_with_min_lr_schedule_with_warmup, "
        "get_cosine_with_min_lr_schedule_with_warmup_lr_rate",
        "cosine",
    ),
    Row(
        "polynomial",
        "A power of the time that remains",
        "polynomial(100, power=2)",
        "poly, quadratic, PolynomialDecay, PolynomialLR, PolyLR, polynomial_schedule, "
        "PolyLRScheduler, get_polynomial_decay_schedule_with_warmup",
    ),
    Row(
        "one_minus_sqrt",
        "Steep at first, then ever flatter",
        "one_minus_sqrt(100)",
        "1-sqrt, one minus square root, square-root cooldown",
    ),
    Row(
        "geometric",
        "The same factor at every step",
        "geometric(100, stop=0.01)",
        "exponential between two values, log-linear, SchedExp",
    ),
    Row(
        "rex",
        "Reflected exponential",
        "rex(100)",
        "REX, REXScheduler, reflected exponential",
    ),
    Row(
        "tanh",
        "High for long, down, low",
        "tanh(100)",
        "hyperbolic tangent, HTD, TanhLRScheduler, TanhDecayScheduler",
    ),
    Row(
        "hyperbolic",
        "An arc of a hyperbola",
        "hyperbolic(100, bound=4)",
        "HyperbolicLR, HyperbolicLRScheduler",
    ),
    Row(
        "exponential_ramp",
        "An exponential that ends",
        "exponential_ramp(100, rate=0.02)",
        "exponential cooldown",
    ),
)


ENDLESS = (
    Row(
        "exponential",
        "One factor a period",
        "exponential(rate=0.5, every=20)",
        "ExponentialLR, natural exponential, NaturalExpDecay, smooth exponential",
    ),
    Row(
        "inverse_time",
        "One over the time",
        "inverse_time(rate=1, every=10)",
        "1/t, Robbins-Monro, hyperbolic decay, smooth inverse time",
    ),
    Row(
        "inverse_sqrt",
        "One over the root of the time",
        "inverse_sqrt(5)",
        "inverse square root, rsqrt, isr, InverseSqrtScheduler",
    ),
    Row(
        "power_decay",
        "A power of the time",
        "power_decay(10, power=0.8)",
        "power, power law, PowerDecayScheduler, DirectPowerDecay, PowerDecayWithOffset",
    ),
    Row(
        "noam",
        "The Transformer's rate",
        "noam(512, 20)",
        "NoamLR, NoamDecay, Transformer, Attention Is All You Need",
    ),
)


STAIRS = (
    Row(
        "exponential_decay",
        "One factor an epoch",
        "exponential_decay(1.0, 0.8, every=10)",
        "ExponentialDecay, staircase exponential, exponential staircase",
    ),
    Row(
        "step_decay",
        "A drop every few epochs",
        "step_decay(1.0, 0.5, every=25)",
        "step, StepLR, StepLRScheduler, drop",
    ),
    Row(
        "multi_step",
        "A drop at each milestone",
        "multi_step([30, 60, 90], factor=0.5)",
        "MultiStepLR, milestones, MultiStepLRScheduler",
    ),
    Row(
        "piecewise constant",
        "A value from each step on",
        'points({0: 1.0, 30: 0.4, 60: 0.7, 80: 0.1}, curve="hold")',
        "PiecewiseConstantDecay, piecewise_constant_schedule, PiecewiseDecay, ConstantLR",
        "points",
    ),
    Row(
        "inverse_time_decay",
        "One over the number of the epoch",
        "inverse_time_decay(1.0, 1.0, every=10)",
        "InverseTimeDecay, staircase inverse time",
    ),
)


DATA = (
    Row(
        "points",
        "Values at steps, lines between",
        "points({0: 0.2, 30: 1.0, 70: 0.3, 100: 0.0})",
        "piecewise linear, PiecewiseLinear",
    ),
    Row(
        "piecewise cosine",
        "Values at steps, cosines between",
        'points({0: 0.2, 30: 1.0, 70: 0.3, 100: 0.0}, curve="cosine")',
        "piecewise interpolation, piecewise interpolate, piecewise_interpolate_schedule, "
        "combine_scheds, StepCosineDecayWithOffset",
        "points",
    ),
    Row(
        "table",
        "One value for each step",
        "table([1.0, 0.9, 0.95, 0.6, 0.7, 0.5, 0.2, 0.3, 0.15, 0.1]).over(100)",
        "custom, function, callable, list of values, LambdaLR, MultiplicativeLR, "
        "LambdaStateScheduler",
    ),
    Row("noise", "A factor around 1", "noise(std=0.2)", "seeded noise, random, jitter"),
    Row(
        "noisy",
        "A schedule with noise on it",
        "noisy(cosine(100), std=0.15)",
        "learning-rate noise, noise_range_t",
    ),
)
