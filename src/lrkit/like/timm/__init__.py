"""The schedulers of timm, with its values at every step.

The names and arguments are those of `timm.scheduler` 1.0.31, without the optimizer: what it would
say, the rate, is `base_lr`. A step of the schedule is a step of timm's t, whether that counts
epochs or updates. The noise is lrkit's own, of the same distribution: timm draws its from torch.
What answers to a metric (on a plateau) is no function of the step and is not here.
"""

from lrkit.like.timm.cyclic import CosineLRScheduler, PolyLRScheduler, TanhLRScheduler
from lrkit.like.timm.factory import create_scheduler_v2
from lrkit.like.timm.stable import WSDLRScheduler
from lrkit.like.timm.steps import MultiStepLRScheduler, StepLRScheduler

__all__ = [
    "CosineLRScheduler",
    "MultiStepLRScheduler",
    "PolyLRScheduler",
    "StepLRScheduler",
    "TanhLRScheduler",
    "WSDLRScheduler",
    "create_scheduler_v2",
]
