"""`find_lr`: a learning rate for an optimizer of optax; a pure function of what it is given."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Literal

from lrkit.core.schedule import Schedule
from lrkit.finder.batches import Batches
from lrkit.finder.found import Found
from lrkit.finder.probe import SHAPE, Progress, find
from lrkit.optax.arguments import name_of
from lrkit.optax.pool import Pool
from lrkit.optax.sweeping import OptaxProbe

WHO = "find_lr"


def find_lr(
    loss: Callable[..., Any],
    params: Any,
    optimizer: Callable[[Any], Any],
    batches: Iterable[Any] | Any,
    *,
    key: Any = None,
    stacked: bool = False,
    validation: Callable[[Any], Any] | None = None,
    effort: Literal["sweep", "confirm"] = "sweep",
    schedule: Schedule | str = SHAPE,
    updates: int | None = None,
    lr_min: float = 1e-6,
    lr_max: float = 10.0,
    per_decade: float | None = None,
    repeats: int = 1,
    rule: str = "basin",
    seed: int = 0,
    progress: Progress | None = None,
    buffer: bool | list[Any] = False,
) -> Found:
    """A learning rate from a sweep over all of them, and for "confirm" from short trainings too.

        update k of the sweep, counted from 0, is that of optimizer(rate(k)) with
        rate(k) = lr_min * (lr_max / lr_min) ** (k / (n - 1)),   0 <= k < n

    Nothing that is given changes, and no array is donated. A sweep is one compiled `lax.scan`, and
    so is each training, compiled once for each length; what has diverged is cut off afterwards.
    The batches that they need are on the device at once: as many as there are updates, or as in
    the data where those are fewer.

    Args:
        loss: `loss(params, batch)`, or with a `key` `loss(params, batch, key)`: the mean loss over
            the batch, a scalar. Whatever else a model has, such as static parts or batch
            statistics, the function holds; `flax.nnx` and Equinox split it off:

                graph, params, rest = nnx.split(model, nnx.Param, ...)
                loss = lambda params, batch: loss_of(nnx.merge(graph, params, rest), batch)

                params, static = eqx.partition(model, eqx.is_inexact_array)
                loss = lambda params, batch: loss_of(eqx.combine(params, static), batch)
        params: Where to begin, a tree of arrays.
        optimizer: The optimizer of a rate: `optax.adamw`, or
            `lambda lr: optax.chain(optax.clip_by_global_norm(1.0), optax.adamw(lr))`. The rate is
            a traced number.
        batches: Trees of arrays of the same shapes, in a list or anything else that can be
            iterated again. They are begun again when they run out.
        key: Of `jax.random`, for dropout and the like; each update gets its own. Default: the loss
            takes none.
        stacked: `batches` is one tree whose arrays have the batches along their first axis.
        validation: `validation(params)`: what the trainings of "confirm" are judged by, a scalar,
            the lower the better; it is compiled. Default: the mean of the last tenth of the losses.
        effort: "sweep": the sweep. "confirm": then short trainings with peaks around it, in all
            no more than two full trainings.
        schedule: What will be trained with, with the peak 1, or its text, for "confirm".
        updates: Of the full training, for "confirm".
        lr_min: The first rate of the sweep, positive.
        lr_max: The last one, above `lr_min`.
        per_decade: Updates in which the rate grows tenfold, positive. Default: 40, and 20 before
            short trainings.
        repeats: Sweeps, each with the batches in another order; the median counts. 1 or more.
        rule: How a suggestion is read off a sweep; the names are in `lrkit.finder.rules`.
        seed: Of the order of the batches, and beside `key` of what is drawn. 0 is the order in
            which they come.
        progress: Called for each update when its sweep or training is done, with what is done, how
            many of it, and of how many.
        buffer: For `batches` that can be iterated once only, which are refused otherwise: an empty
            list gets those that are drawn, to train on `itertools.chain(list, batches)`. True keeps
            them while they are needed, and they are gone for the training.

    Returns:
        What was found. It is false, and has a `reason`, where the losses show no rate.

    Raises:
        TypeError: An argument has the wrong type, or `loss` returns no scalar.
        ValueError: An argument is out of its range, or the batches differ in shape.

    Source: Smith 2017, "Cyclical Learning Rates for Training Neural Networks" (arXiv 1506.01186).

    >>> import jax, jax.numpy as jnp, optax
    >>> x = jax.random.normal(jax.random.key(0), (64, 8))
    >>> batches = [(x, x @ jnp.arange(8.0))]
    >>> def loss(params, batch):
    ...     return jnp.mean((batch[0] @ params - batch[1]) ** 2)
    >>> found = find_lr(loss, jnp.zeros(8), optax.sgd, batches)
    >>> bool(found), 0.01 < found.rate < 1
    (True, True)
    """
    _check(loss, optimizer, validation)
    pool = (
        Pool.of_stack(batches)
        if stacked
        else Pool(Batches(batches, buffer=buffer, argument="batches"))
    )
    return find(
        OptaxProbe(loss, params, optimizer, pool, key, validation, [] if stacked else [batches]),
        effort=effort,
        lr_min=lr_min,
        lr_max=lr_max,
        per_decade=per_decade,
        repeats=repeats,
        rule=rule,
        schedule=schedule,
        updates=updates,
        seed=seed,
        progress=progress,
    )


def _check(loss: Any, optimizer: Any, validation: Any) -> None:
    if hasattr(optimizer, "update") and hasattr(optimizer, "init"):
        raise TypeError(
            f"{WHO}: `optimizer` must make an optimizer of a rate, got an optimizer that has its "
            "rate. Write optax.adamw, or lambda lr: optax.chain(…, optax.adamw(lr))."
        )
    for name, given in (("loss", loss), ("optimizer", optimizer), ("validation", validation)):
        if not callable(given) and not (name == "validation" and given is None):
            raise TypeError(
                f"{WHO}: `{name}` must be a function, got {name}={name_of(given)} of type "
                f"{type(given).__name__}."
            )
