"""Every schedule of six libraries under its own name, with that library's values at every step.

A call is written as the library's own documentation writes it, without the optimizer; where the
rate comes from the optimizer it is `base_lr`. What comes back is a schedule: it can be drawn,
joined, saved and used in any framework, and its `expression` says the same in lrkit's own words.

>>> from lrkit import like
>>> s = like.torch.CosineAnnealingLR(T_max=10, base_lr=0.1)
>>> s(10), s(20)
(0.0, 0.1)
>>> s.expression
repeat(cosine(10, start=0.1) >> cosine(10, start=0.0, stop=0.1))
"""

from lrkit.like import keras, optax, tfa, timm, torch, transformers
from lrkit.like.call import Dialect

__all__ = ["Dialect", "keras", "optax", "tfa", "timm", "torch", "transformers"]
