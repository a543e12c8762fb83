"""Cycles, warmups and whole runs."""

from __future__ import annotations

from lrkit.draw.catalogue.row import Row

CYCLES = (
    Row(
        "repeat", "A schedule again and again", "repeat(linear(20), height=0.7)", "cycle, periodic"
    ),
    Row(
        "cosine_restarts",
        "Cosines, each from the peak again",
        "cosine_restarts(15, stretch=2, height=0.8)",
        "cosine restarts, warm restarts, SGDR, CosineAnnealingWarmRestarts, CosineDecayRestarts, "
        "cosine_with_restarts, sgdr_schedule, CosineRestartLR, CosineLRScheduler, "
        "get_cosine_with_hard_restarts_schedule_with_warmup",
    ),
    Row(
        "restarts with warmup",
        "The same with a warmup in each",
        "cosine_restarts(25, warmup=5)",
        "CosineAnnealingWarmupRestarts, warmup restarts",
        "cosine_restarts",
    ),
    Row(
        "polynomial_cycles",
        "Lines down, each less high",
        "polynomial_cycles(20)",
        "PolynomialDecay(cycle=True), cycling polynomial",
    ),
    Row(
        "triangular",
        "Up and down, for ever",
        "triangular(10, start=0.1)",
        "CyclicalLearningRate, CLR, CyclicLR, TriangularCyclicalLearningRate",
    ),
    Row(
        "triangular2",
        "Triangles, each half as high",
        "triangular2(10, start=0.1)",
        "Triangular2CyclicalLearningRate",
    ),
    Row(
        "exp_range",
        "Triangles under an exponential",
        "exp_range(10, rate=0.985, start=0.1)",
        "ExponentialCyclicalLearningRate",
    ),
)


WARMUPS = (
    Row(
        "warmup",
        "A straight line up",
        "warmup(20) >> hold(80)",
        "linear warmup, gradual warmup, burn-in, constant_with_warmup, warmup_constant_schedule, "
        "get_constant_schedule_with_warmup",
    ),
    Row(
        "with_warmup",
        "A warmup in front of anything",
        "with_warmup(linear(80), 20)",
        "WarmupScheduler, create_lr_scheduler_with_warmup",
    ),
    Row(
        "cosine warmup",
        "Flat at both ends",
        'with_warmup(hold(80), 20, curve="cosine")',
        "warmup cosine curve",
        "with_warmup",
    ),
    Row(
        "quadratic warmup",
        "Slow at first",
        'with_warmup(hold(80), 20, curve="quadratic")',
        "polynomial warmup, PolynomialWarmUp",
        "with_warmup",
    ),
    Row(
        "exponential warmup",
        "The same factor at every step",
        'with_warmup(hold(80), 20, curve="exponential", start=0.01)',
        "warmup_exponential_decay_schedule, geometric warmup",
        "with_warmup",
    ),
    Row(
        "untuned_warmup",
        "As long as Adam's beta2 says",
        "untuned_warmup(cosine(100), beta2=0.95)",
        "UntunedLinearWarmup, untuned linear warmup, beta2 warmup",
    ),
    Row(
        "untuned exponential",
        "The same, an exponential",
        'untuned_warmup(cosine(100), beta2=0.9, curve="exponential")',
        "UntunedExponentialWarmup",
        "untuned_warmup",
    ),
)


RUNS = (
    Row(
        "cosine_decay",
        "From a rate down to 0",
        "cosine_decay(1.0, 100, min_lr=0.1)",
        "CosineDecay, cosine with a floor",
    ),
    Row(
        "warmup, cosine",
        "The usual first choice",
        "warmup(10) >> cosine(90)",
        "cosine with warmup, linear warmup cosine annealing, warmup_cosine_decay_schedule, "
        "get_cosine_schedule_with_warmup, CosineWithWarmupScheduler, cosine_warmup_with_min_lr",
        "cosine",
    ),
    Row(
        "linear_to_zero",
        "Warmup, then a line to 0",
        "linear_to_zero(100, warmup=10)",
        "D2Z, decay to zero, linear with warmup, get_linear_schedule_with_warmup, "
        "LinearDecayScheduler",
    ),
    Row(
        "warmup, inverse_sqrt",
        "The Transformer's shape",
        "warmup(10) >> inverse_sqrt(10)",
        "get_inverse_sqrt_schedule, inverse square root with warmup",
        "inverse_sqrt",
    ),
    Row(
        "wsd",
        "Warmup, stable, decay",
        "wsd(100, warmup=10, cooldown=25)",
        "warmup-stable-decay, MiniCPM, cooldown, WSDScheduler, WSDLRScheduler, get_wsd_schedule, "
        "warmup_stable_decay",
    ),
    Row(
        "wsd, inverse_sqrt",
        "Warmup, inverse root, decay",
        'wsd(100, warmup=10, cooldown=25, stable="inverse_sqrt")',
        "infinite inverse square root, rsqrt with cooldown",
        "wsd",
    ),
    Row(
        "trapezoid",
        "Up, along, and down in lines",
        "trapezoid(100, warmup=10, cooldown=30)",
        "trapezoidal, TrapezoidalScheduler, wsd linear",
    ),
    Row(
        "flat_cosine",
        "Flat, then half a cosine",
        "flat_cosine(100, flat=72)",
        "flat cos, fit_flat_cos, FlatCosineScheduler, flat and anneal",
    ),
    Row(
        "warmup_hold_cosine",
        "Warmup, hold, half a cosine",
        "warmup_hold_cosine(100, warmup=10, hold=40)",
        "WarmupHoldCosineScheduler, tri-stage",
    ),
    Row(
        "one_cycle",
        "Up, down, and far down",
        "one_cycle(100)",
        "OneCycleLR, 1cycle, super-convergence, fit_one_cycle, cosine_onecycle_schedule",
    ),
    Row(
        "one_cycle, 3 phases",
        "Up, back, and far down, in lines",
        'one_cycle(100, curve="linear", three_phase=True)',
        "three-phase one-cycle, linear_onecycle_schedule, three_phase",
        "one_cycle",
    ),
    Row(
        "slanted_triangular",
        "A short rise, a long fall",
        "slanted_triangular(100)",
        "STLR, ULMFiT, SlantedTriangularScheduler",
    ),
    Row(
        "k_decay",
        "A cosine, bent by an exponent",
        "k_decay(100, k=2.0)",
        "KDecayScheduler",
    ),
    Row(
        "power_optimum",
        "Optimal under a scaling law",
        "power_optimum(100, capacity=2.0)",
        "(1-z)^k, functional scaling law",
    ),
    Row(
        "chebyshev",
        "Chebyshev's steps, fractal order",
        "chebyshev(100, low=0.05)",
        "ChebyshevScheduler, fractal",
    ),
    Row(
        "infinite",
        "Up, down to a level, and an end",
        "infinite(10, 30, 40, 20, level=0.4, stop=0.02)",
        "infinite learning rate, continual pre-training",
    ),
)
