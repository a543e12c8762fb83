"""What the Recorder warns about before a run goes wrong."""

from fractions import Fraction
from typing import Any

import keras

from lrkit.keras.applied import Applied
from lrkit.keras.learning_rate import LearningRate
from lrkit.keras.notice import warn


def warn_accumulation(applied: Applied) -> bool:
    """Warns if the optimizer and its `LearningRate` disagree about accumulation.

    Returns:
        Whether they do.
    """
    source, batches = applied.source, applied.accumulation
    if not isinstance(source, LearningRate) or source.gradient_accumulation_steps == batches:
        return False
    told = source.gradient_accumulation_steps
    text = repr(source.schedule)
    code = f'"{text}"' if len(text) <= 120 else "schedule"
    argument = "" if batches == 1 else f", gradient_accumulation_steps={batches}"
    warn(
        f"Recorder: the optimizer makes one update of every {batches} batches "
        f"(gradient_accumulation_steps={batches}), but its LearningRate was told {told} "
        f"(gradient_accumulation_steps={told}). Keras counts batches, so each update moves the "
        f"schedule by {Fraction(batches, told)} steps. Write LearningRate({code}{argument}).",
    )
    return True


def warn_too_short(applied: Applied, batches: float) -> None:
    """Warns if the schedule ends before the run does.

    Args:
        applied: The optimizer at this moment.
        batches: Batches still to come.
    """
    source = applied.source
    if not isinstance(source, LearningRate):
        return
    updates = int((applied.counter() + batches) // applied.accumulation)
    length = source.schedule.length
    if updates > length:
        warn(
            f"Recorder: the schedule is {length:g} updates long and the run ends at update "
            f"{updates}: it is too short by {updates - length:g} updates, in which the rate stays "
            f"at its stop value. Write schedule.over({updates}), or train for fewer epochs.",
        )


class Tracing:
    """Remembers which schedule a compiled training function holds.

    TensorFlow and JAX compile the schedule into the training function. One that is put in its
    place later is reported by `optimizer.learning_rate` but never applied.
    """

    def __init__(self) -> None:
        self._function: Any = None
        self._applied: Applied | None = None

    def applied(self, model: Any) -> Applied:
        """What the model's training function applies; warns where the optimizer says another."""
        now = Applied(model)
        function = getattr(model, "train_function", None)
        before = self._applied
        is_compiled = keras.backend.backend() != "torch" and not getattr(model, "run_eagerly", True)
        if (
            is_compiled
            and before is not None
            and function is self._function
            and now.optimizer is before.optimizer
            and now.source is not before.source
        ):
            warn(
                "Recorder: the optimizer's learning rate was replaced after its training function "
                "was compiled, and Keras goes on with the one from before, which is recorded. Call "
                "model.make_train_function(force=True) after the replacement.",
            )
            return before
        self._function, self._applied = function, now
        return now
