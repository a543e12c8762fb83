"""How far a run is after some of its updates: in batches, epochs, examples and tokens."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from lrkit.core.validate import exact

if TYPE_CHECKING:
    from lrkit.plan.plan import Plan


def epochs_and_batches(plan: Plan, update: int) -> tuple[int, int]:
    """Whole epochs behind the first updates, and the batches of the next one that are."""
    each, batches = plan.accumulation, plan.batches_per_epoch
    if batches is None:
        return 0, update * each
    if plan.remainder == "carry":
        return divmod(update * each, batches)
    epochs, updates = divmod(update, int(plan._updates_per_epoch))
    return epochs, min(updates * each, batches)


def batches(plan: Plan, update: int) -> int:
    """Batches of one replica that made the first updates."""
    epochs, rest = epochs_and_batches(plan, update)
    return epochs * _used_batches(plan) + rest


def epochs(plan: Plan, update: int) -> Fraction:
    """Epochs behind the first updates; the plan has batches."""
    whole, rest = epochs_and_batches(plan, update)
    return whole + Fraction(rest, plan.batches_per_epoch or 1)


def examples(plan: Plan, update: int) -> int:
    """Examples that made the first updates; the plan has a batch size."""
    together = (plan.batch_size or 0) * plan.replicas
    whole, rest = epochs_and_batches(plan, update)
    if plan.examples is None:
        return (whole * _used_batches(plan) + rest) * together
    of_epoch = min(_used_batches(plan) * together, plan.examples)
    return whole * of_epoch + min(rest * together, of_epoch)


def tokens(plan: Plan, update: int) -> Fraction:
    """Tokens that made the first updates; the plan has been told of tokens."""
    if plan.tokens_per_batch is not None:
        return batches(plan, update) * plan.replicas * exact(plan.tokens_per_batch)
    return examples(plan, update) * exact(plan.tokens_per_example or 0)


def _used_batches(plan: Plan) -> int:
    """Batches of an epoch that are part of an update."""
    of_epoch = plan.batches_per_epoch or 0
    if plan.remainder == "drop":
        return int(plan._updates_per_epoch) * plan.accumulation
    return of_epoch
