"""What a compiled training function holds, and what was changed too late for it."""

from typing import Any

import keras

from lrkit.core.notice import warn
from lrkit.keras.applied import Applied, appliers
from lrkit.keras.optimizer import Scheduled
from lrkit.keras.optimizer.hyperparameter import hyperparameters
from lrkit.record.columns import RATE

_AGAIN = "Call model.make_train_function(force=True) after the change"
# Numbers of an optimizer that are its state and not its settings.
_NOT_SETTINGS = {"built"}


class Tracing:
    """Remembers what the optimizers of a model were when their training function was compiled.

    TensorFlow and JAX compile the schedules and all the plain numbers of an optimizer into the
    training function. What is put in their place later is reported by the optimizer but never
    applied. It is said once for each.
    """

    def __init__(self) -> None:
        self._function: Any = None
        self._held: list[Applied] = []
        self._settings: list[dict[str, Any]] = []
        self._said: set[tuple[int, str]] = set()
        self.is_new = True  # whether the training function has not been called yet

    def applied(self, model: Any) -> list[Applied]:
        """What the model's training function applies, optimizer for optimizer.

        It warns where an optimizer says another thing.

        Args:
            model: The model that is trained.
        """
        now = appliers(model)
        function = getattr(model, "train_function", None)
        is_compiled = keras.backend.backend() != "torch" and not getattr(model, "run_eagerly", True)
        same = [one.optimizer is two.optimizer for one, two in zip(self._held, now, strict=False)]
        if is_compiled and function is self._function and len(self._held) == len(now) and all(same):
            self.check()
            self.is_new = False
            return self._held
        self._function, self.is_new = function if is_compiled else None, is_compiled
        self._hold(now)
        return now

    def hold(self, model: Any) -> list[Applied]:
        """What the function that is compiled in this moment applies.

        Args:
            model: The model that is trained.
        """
        self._hold(appliers(model))
        return self._held

    def check(self) -> None:
        """Warns of what was changed since the function was compiled."""
        for index, held in enumerate(self._held if self._function is not None else []):
            if isinstance(held.optimizer, Scheduled):
                continue  # says it itself, in the line that sets it
            self._check_source(index, held)
            self._check_settings(index, held)

    def _hold(self, now: list[Applied]) -> None:
        self._held, self._said = now, set()
        self._settings = [_settings(applied.optimizer) for applied in now]

    def _check_source(self, index: int, held: Applied) -> None:
        if getattr(held.optimizer, "_learning_rate", None) is not held.source:
            self._say(
                (index, RATE),
                f"Recorder: the learning rate of {held.title} was replaced after its training "
                "function was compiled, and Keras goes on with the one from before, which is "
                f"recorded. {_AGAIN}.",
            )

    def _check_settings(self, index: int, held: Applied) -> None:
        settings, before = _settings(held.optimizer), self._settings[index]
        for name in sorted(settings.keys() & before.keys()):
            if settings[name] == before[name]:
                continue
            way_out = f"{_AGAIN}."
            if name in hyperparameters(type(held.optimizer)):
                kind = type(held.optimizer).__name__
                way_out = f"{_AGAIN}, or give it a schedule: scheduled({kind}, {name}=...)."
            self._say(
                (index, name),
                f"Recorder: `{name}` of {held.title} was changed from {before[name]!r} to "
                f"{settings[name]!r} after its training function was compiled, and Keras goes on "
                f"with {before[name]!r}. {way_out}",
            )

    def _say(self, what: tuple[int, str], message: str) -> None:
        if what not in self._said:
            self._said.add(what)
            warn(message)


def _settings(optimizer: Any) -> dict[str, Any]:
    """The plain numbers of an optimizer, which a graph takes as constants."""
    return {
        name: value
        for name, value in vars(optimizer).items()
        if not name.startswith("_")
        and name not in _NOT_SETTINGS
        and (value is None or isinstance(value, bool | int | float))
    }
