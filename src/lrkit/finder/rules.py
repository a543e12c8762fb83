"""All rules by name: ours, and those of other finders for comparison."""

from __future__ import annotations

from collections.abc import Callable

from lrkit.finder import own, peers
from lrkit.finder.curve import Curve

Rule = Callable[[Curve], float | None]

OWN: tuple[Rule, ...] = (*(own.basin, own.geo, own.descent90, own.min10, own.valley, own.steepest),)
PEERS: tuple[Rule, ...] = (
    *(peers.fastai_valley, peers.fastai_slide, peers.fastai_minimum, peers.fastai_steep),
    *(peers.lightning, peers.torch_lr_finder),
)

rules: dict[str, Rule] = {rule.__name__: rule for rule in (*OWN, *PEERS)}
"""What each finds on a curve: a rate, or None."""
