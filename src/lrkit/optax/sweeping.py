"""Parameters and an optimizer of optax for the finder: each training is one compiled scan."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax

from lrkit.finder.kept import OwnState, Undo, random_states
from lrkit.optax.arguments import RATE, name_of
from lrkit.optax.dtypes import as_before
from lrkit.optax.pool import Pool


class OptaxProbe(contextlib.AbstractContextManager["OptaxProbe"]):
    """The probe of `lrkit.optax.find_lr`; see `lrkit.finder.probe.Probe`.

    Args:
        loss: `loss(params, batch)`, or with a key `loss(params, batch, key)`.
        params: Where each training begins.
        optimizer: The optimizer of a rate.
        pool: The batches.
        key: Of `jax.random`, or None.
        validation: `validation(params)`, or None.
        sources: What the batches come from, whose own state is put back.
    """

    def __init__(
        self,
        loss: Callable[..., Any],
        params: Any,
        optimizer: Callable[[Any], Any],
        pool: Pool,
        key: Any,
        validation: Callable[[Any], Any] | None,
        sources: Iterable[Any] = (),
    ) -> None:
        self._loss, self._optimizer, self._pool, self._key = loss, optimizer, pool, key
        self._params = jax.tree_util.tree_map(jnp.asarray, params)
        self._validation = None if validation is None else jax.jit(validation)
        self._train = jax.jit(self._scan)
        self._last = self._params
        self._sources = sources
        self._undo: list[Undo] = []

    def __enter__(self) -> OptaxProbe:
        self._undo = [OwnState(self._sources).restore, *random_states()]
        return self

    def __exit__(self, *_: object) -> None:
        self._last = self._params
        try:
            self._put_back()
        except BaseException:  # Ctrl-C in the middle of it: once more, and whole
            self._put_back()
            raise
        finally:
            self._undo = []

    def _put_back(self) -> None:
        for undo in self._undo:
            undo()

    def losses(self, rates: np.ndarray, seed: int) -> Iterator[float]:
        """The loss of each update, when all are made."""
        self._put_back()
        stack, order = self._pool.take(len(rates), seed)
        key = self._key
        if key is not None and seed:
            key = jax.random.fold_in(key, seed)
        numbers = jnp.asarray(rates, jnp.result_type(float))
        self._last, losses = self._train(self._params, stack, numbers, order, key)
        yield from np.asarray(losses, float).tolist()

    def score(self) -> float | None:
        """The validation of the parameters of the last training."""
        return None if self._validation is None else float(self._validation(self._last))

    def _scan(self, params: Any, stack: Any, rates: Any, order: Any, key: Any) -> Any:
        """The last parameters, and the loss before each update."""

        def step(carry: Any, now: Any) -> Any:
            params, state = carry
            rate, place, number = now
            batch = jax.tree_util.tree_map(lambda leaf: leaf[place], stack)
            given = () if key is None else (jax.random.fold_in(key, number),)

            def of(params: Any) -> Any:
                return _scalar(self._loss(params, batch, *given))

            value, gradients = jax.value_and_grad(of)(params)
            optimizer = self._made(rate)
            extra = {"value": value, "grad": gradients, "value_fn": of}
            changes, after = optimizer.update(gradients, _told(state, rate), params, **extra)
            params = as_before(optax.apply_updates(params, changes), params)
            return (params, as_before(after, state)), value

        state = self._made(rates[0]).init(params)
        counted = jnp.arange(len(rates))
        (params, _), losses = jax.lax.scan(step, (params, state), (rates, order, counted))
        return params, losses

    def _made(self, rate: Any) -> Any:
        made = self._optimizer(rate)
        if not hasattr(made, "init") or not hasattr(made, "update"):
            raise TypeError(
                "find_lr: `optimizer` must return an optax transformation, got "
                f"{name_of(self._optimizer)}, which returns {made!r:.200}. Write lambda lr: "
                "optax.chain(…, optax.adamw(lr))."
            )
        return optax.with_extra_args_support(made)


def _told(state: Any, rate: Any) -> Any:
    """The state with this rate, where an optimizer keeps it there: `optax.inject_hyperparams`."""

    def is_rate(path: Any, value: Any) -> bool:
        return getattr(value, "shape", None) == ()

    if not optax.tree_utils.tree_get_all_with_path(state, RATE, is_rate):
        return state
    return as_before(optax.tree_utils.tree_set(state, is_rate, **{RATE: rate}), state)


def _scalar(loss: Any) -> Any:
    if jnp.shape(loss) != ():
        raise TypeError(
            f"find_lr: `loss` must return a scalar, got an array of shape {jnp.shape(loss)}. "
            "Return the mean over the batch."
        )
    return loss
