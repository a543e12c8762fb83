"""A Keras model as what the finder trains."""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from types import TracebackType
from typing import Any

import keras
import numpy as np

from lrkit.finder.kept import Attributes, OwnState
from lrkit.keras.finding.batches import Batches
from lrkit.keras.finding.leaves import Batch
from lrkit.keras.finding.randomness import Randomness, known_of_keras, seed_all
from lrkit.keras.finding.rate import SettableRate, scope_of
from lrkit.keras.finding.state import ModelState
from lrkit.keras.steps import concrete, tensor_of
from lrkit.keras.unwrapped import unwrapped

_BACKEND = keras.backend.backend()
#: Batches in a row that mixed precision may skip: each halves the scale of the loss.
_SKIPS = 100


class KerasProbe:
    """Trains a model with any rates, and puts it back: see `lrkit.finder.probe.Probe`.

    Args:
        model: Compiled.
        batches: What it is trained on.
        validation: What it is judged by; None: by nothing.
        data: All objects whose own state the batches may change.
        class_weight: As `train_on_batch` takes it.
    """

    def __init__(
        self,
        model: Any,
        batches: Batches,
        validation: Batches | None = None,
        data: Iterable[Any] = (),
        class_weight: dict[int, float] | None = None,
    ) -> None:
        self._model = model
        self._batches = batches
        self._validation = validation
        self._data = data
        self._class_weight = class_weight
        self._end = ExitStack()

    def __enter__(self) -> "KerasProbe":
        """Builds what is not built yet, keeps everything, and takes over the rate."""
        model = self._model
        if _BACKEND == "jax":
            model.jax_state_sync()
        with ExitStack() as end:
            own = OwnState(self._data, known_of_keras)
            end.callback(own.restore)
            if not _is_built(model):
                # Losses and metrics are unbuilt again afterwards: `fit` draws a batch to build
                # them, on JAX and torch, and the order of the next epoch follows from that.
                end.callback(Attributes(_compiled_parts(model)).restore)
                self._build(own)
            randomness = Randomness()
            end.callback(randomness.restore)
            state = ModelState(model)
            end.callback(state.restore)
            self._own, self._randomness, self._state = own, randomness, state
            model.train_function = model.test_function = None
            self._rate = SettableRate(model)
            self._end = end.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Puts everything back."""
        self._end.close()

    def losses(self, rates: np.ndarray, seed: int) -> Iterator[float]:
        """The loss of each update; see `lrkit.finder.probe.Probe.losses`."""
        self._begin(seed)
        update = _Update(self._model, self._class_weight)
        batches = self._batches.endless(seed)
        for rate in np.asarray(rates, dtype=np.float32):
            self._rate.assign(rate)
            yield update(batches)

    def score(self) -> float | None:
        """The mean loss of the examples of `validation`; None without."""
        if self._validation is None:
            return None
        if _BACKEND == "torch":
            self._model.eval()
        losses, sizes = [], []
        for batch in self._validation.once():
            logs = self._model.test_on_batch(*batch, return_dict=True)
            losses.append(_loss_in(logs, "test_step"))
            sizes.append(batch.size or 1)
        return float(np.average(losses, weights=sizes))

    def _begin(self, seed: int) -> None:
        """The state in which the `with` statement began, with another seed if any."""
        self._state.restore_values()
        self._randomness.restore()
        self._own.restore()
        self._rate.begin()
        seed_all(self._model, seed)
        if _BACKEND == "torch":
            self._model.train()

    def _build(self, own: OwnState) -> None:
        """Builds the model and the optimizer, as the first batch of a training would.

        What building draws stays drawn: a training that is not preceded by a sweep draws it too.
        """
        drawn = Randomness()
        batch = next(self._batches.endless(0))
        drawn.restore()
        own.restore()
        model = self._model
        try:
            with scope_of(model):
                model._symbolic_build(data_batch=tuple(batch))
        except Exception:
            # TensorFlow builds nothing in this way itself, and takes inputs that cannot be
            # described so, as ragged ones. What is built needs none of it.
            if not (_BACKEND == "tensorflow" and model.built and model.optimizer.built):
                raise


def _compiled_parts(model: Any) -> list[Any]:
    """Its losses and metrics: they are built with the first batch, not with the layers."""
    return [part for part in (model._compile_loss, model._compile_metrics) if part is not None]


def _is_built(model: Any) -> bool:
    parts = [*model._flatten_layers(), model.optimizer, *_compiled_parts(model)]
    return all(part.built for part in parts)


class _Update:
    """One update of the weights, out of as many batches as the optimizer wants for it."""

    def __init__(self, model: Any, class_weight: dict[int, float] | None) -> None:
        self._model = model
        self._class_weight = class_weight
        optimizer = unwrapped(model.optimizer)
        self._counter = optimizer._iterations
        self._every: int = optimizer.gradient_accumulation_steps or 1
        self._is_scaled = optimizer is not model.optimizer
        self._counted = self._count()  # batches that went into an update, or into its sum

    def __call__(self, batches: Iterator[Batch]) -> float:
        """The mean loss of the batches that went into the update.

        Mixed precision skips a batch whose gradients overflow. Its loss is no record, unless it
        is not finite: then the model has diverged.
        """
        losses: list[float] = []
        skips = 0
        while True:
            loss = self._train(next(batches))
            counted = self._count() if self._is_scaled else self._counted + 1
            is_skipped, self._counted = counted == self._counted, counted
            skips = skips + 1 if is_skipped else 0
            if is_skipped and (skips == _SKIPS or not np.isfinite(loss)):
                return loss
            if not is_skipped:
                losses.append(loss)
                if counted % self._every == 0:
                    return losses[0] if len(losses) == 1 else float(np.mean(losses))

    def _train(self, batch: Batch) -> float:
        logs = self._model.train_on_batch(*batch, class_weight=self._class_weight, return_dict=True)
        return _loss_in(logs, "train_step")

    def _count(self) -> int:
        return int(concrete(tensor_of(self._counter)))  # type: ignore[arg-type]


def _loss_in(logs: dict[str, Any], step: str) -> float:
    """The loss of one batch.

    Raises:
        ValueError: A step of the user's own does not tell it.
    """
    if "loss" not in logs:
        raise ValueError(
            f"find_lr: `model.{step}` must return the loss of the batch as 'loss', got "
            f"{', '.join(map(repr, logs)) or 'nothing'}. Add it to what it returns."
        )
    return float(logs["loss"])
