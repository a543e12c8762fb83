"""The schedule that a model trains with, as after loading it."""

from typing import Any

from lrkit import Schedule
from lrkit.keras.rate import LearningRate
from lrkit.keras.unwrapped import unwrapped


def schedule_of(model: Any) -> Schedule:
    """The schedule of the learning rate of a model or an optimizer, which counts updates.

    Of a loaded model it is what the text in its file says; `extend` and `cooldown_from` make
    another one of it. `optimizer.learning_rate` is only its value at the next update.

    Args:
        model: A compiled model, or an optimizer; a `LossScaleOptimizer` is looked through.

    Raises:
        TypeError: If there are several optimizers, or the rate is no schedule of lrkit.

    Source: the public `learning_rate` of Keras's optimizers is a number and hides the schedule.

    >>> import keras
    >>> from lrkit.keras import LearningRate
    >>> schedule_of(keras.optimizers.Adam(LearningRate("0.001 * cosine(1000)")))
    0.001 * cosine(1000)
    """
    optimizer = unwrapped(getattr(model, "optimizer", model))
    if hasattr(optimizer, "optimizers"):
        names = ", ".join(one.name for one in optimizer.optimizers)
        raise TypeError(
            f"schedule_of: `model` must have one optimizer, got several: {names}. Ask each of "
            "model.optimizer.optimizers."
        )
    rate = getattr(optimizer, "_learning_rate", None)
    if not isinstance(rate, LearningRate):
        raise TypeError(
            "schedule_of: `model` must train with a schedule of lrkit, got "
            f"{type(optimizer).__name__} with learning_rate={rate!r}. Give its optimizer "
            "LearningRate(schedule)."
        )
    return rate.schedule
