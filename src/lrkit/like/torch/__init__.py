"""The schedulers of torch.optim.lr_scheduler, with torch's values at every step.

Signatures are torch's without the optimizer; the rate of the optimizer is the keyword `base_lr`.
Every function returns a schedule. What torch refuses is refused with its exception type, at once,
also where torch itself would only fail some steps later; where a schedule has come to its end and
torch would raise (OneCycleLR), it holds.
"""

from lrkit.like.torch.cosine import CosineAnnealingLR, CosineAnnealingWarmRestarts
from lrkit.like.torch.cyclic import CyclicLR
from lrkit.like.torch.functions import LambdaLR, MultiplicativeLR
from lrkit.like.torch.one_cycle import OneCycleLR
from lrkit.like.torch.ramps import LinearLR, PolynomialLR
from lrkit.like.torch.sequence import ChainedScheduler, SequentialLR
from lrkit.like.torch.steps import ConstantLR, ExponentialLR, MultiStepLR, StepLR

__all__ = [
    "ChainedScheduler",
    "ConstantLR",
    "CosineAnnealingLR",
    "CosineAnnealingWarmRestarts",
    "CyclicLR",
    "ExponentialLR",
    "LambdaLR",
    "LinearLR",
    "MultiStepLR",
    "MultiplicativeLR",
    "OneCycleLR",
    "PolynomialLR",
    "SequentialLR",
    "StepLR",
]
