"""Schedules in PyTorch, without Keras.

`Scheduler` sets the rate, and any other number, of an optimizer's parameter groups. `Recorder`
keeps what each update had. `Plateau` cuts the rate when a metric gets no better.
`parameter_groups` makes groups with multiples of the rate. `find_lr` finds a rate to train with.
"""

from lrkit.torch.framework import torch as _torch  # first: without PyTorch it says what to install
from lrkit.torch.groups import parameter_groups
from lrkit.torch.lr_finder import find_lr
from lrkit.torch.plateau import Plateau
from lrkit.torch.recorder import Recorder
from lrkit.torch.scheduler import Scheduler

__all__ = ["Plateau", "Recorder", "Scheduler", "find_lr", "parameter_groups"]

del _torch
