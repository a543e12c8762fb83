"""The schedules of Keras, `keras.optimizers.schedules`, under their own names.

Each gives the values that Keras documents, at every step. Keras itself computes in float32, and in
integers where the initial rate is one: a rate of 1 then becomes 0 after the first step, and pi 3.
Compiled by JAX it has 41 / 41 below 1, so that with `decay_steps=41` a staircase drops a step too
late. Here 1 is 1.0, steps are exact, and a drop or a restart is where it should be.
"""

from lrkit.like.keras.cosines import CosineDecay, CosineDecayRestarts
from lrkit.like.keras.decays import ExponentialDecay, InverseTimeDecay, PolynomialDecay
from lrkit.like.keras.piecewise import PiecewiseConstantDecay

__all__ = [
    "CosineDecay",
    "CosineDecayRestarts",
    "ExponentialDecay",
    "InverseTimeDecay",
    "PiecewiseConstantDecay",
    "PolynomialDecay",
]
