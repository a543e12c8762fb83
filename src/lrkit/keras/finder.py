"""The learning rate of a compiled model, found by a sweep that leaves no trace."""

from typing import Any, Literal

import keras

from lrkit.core.schedule import Schedule
from lrkit.core.validate import refuse, whole
from lrkit.finder.found import Found
from lrkit.finder.probe import SHAPE, Progress, find
from lrkit.keras.finding.probe import KerasProbe
from lrkit.keras.finding.source import batches_of
from lrkit.keras.unwrapped import unwrapped


def find_lr(
    model: keras.Model,
    data: Any,
    y: Any = None,
    *,
    batch_size: int = 32,
    validation_data: Any = None,
    effort: Literal["sweep", "confirm"] = "sweep",
    schedule: Schedule | str = SHAPE,
    updates: int | None = None,
    lr_min: float = 1e-6,
    lr_max: float = 10.0,
    per_decade: float | None = None,
    repeats: int = 1,
    rule: str = "basin",
    class_weight: dict[int, float] | None = None,
    sample_weight: Any = None,
    seed: int = 0,
    progress: Progress | None = None,
    buffer: bool | list[Any] = False,
) -> Found:
    """Finds a learning rate for a compiled model by training it a little, and puts it back.

        rate(k) = lr_min * (lr_max / lr_min) ** (k / (n - 1)),   0 <= k < n

    Update k of a sweep has the rate k. The loss falls where the rate is useful and rises where it
    is too high; where between the two to train is read off it. The rate goes to the optimizer in
    the place of its own number or schedule, before a factor or multiplier of each layer; a factor
    that `Plateau` has set is 1 meanwhile. All of it runs in one compiled function.

    Afterwards everything is as before, bit by bit, also after an error or Ctrl-C: the weights and
    all other variables of model, metrics and optimizer, the rate itself, the compiled functions,
    and the random state of Keras, Python, NumPy, TensorFlow and torch. Only what was not built is
    built, as the first batch of a training would have done. The next epoch is that of a model for
    which nothing was ever searched.

    Args:
        model: Compiled, with one optimizer; what its training is to begin from.
        data: Arrays with `y`; a tuple (x, y) or (x, y, sample_weight) of arrays; a
            `tf.data.Dataset`, a `PyDataset`, a torch `DataLoader`, a list of batches, or anything
            else that gives batches each time it is iterated. A batch is (inputs, targets) or
            (inputs, targets, weights). Begun again where it is shorter than the sweep. A last
            batch that is smaller than the others is left out.
        y: Targets, with arrays only.
        batch_size: Examples in a batch, with arrays only: what the training will have.
        validation_data: What trainings are judged by with `effort="confirm"`, in the same forms.
            Without, by the mean of their last losses.
        effort: "sweep"; or "confirm", with short trainings around what it suggests.
        schedule: What will be trained with, with the peak 1, in any unit.
        updates: Of the training to come, from 1. `effort="confirm"` needs it.
        lr_min: The first rate. Positive.
        lr_max: The last rate, above `lr_min`. A sweep that diverges ends before.
        per_decade: Updates in which the rate grows tenfold. Positive. Default: 40, and 20 before
            short trainings.
        repeats: Sweeps, from 1: each from the same state, with other batches and dropout.
        rule: What reads the suggestion off the loss: see `lrkit.finder.rules`.
        class_weight: By class, as `fit` takes it.
        sample_weight: One weight for each example, with arrays only.
        seed: From 0. Arrays, and the batches of a `PyDataset`, are shuffled with it. Other batches
            come in their own order for seed 0, else out of a pool of the next 32 at random. Repeat
            r has the seed `seed + r`; a seed above 0 also moves the seeds of dropout and the like.
        progress: Called after each update with "sweep" or "training", how many are done, and of
            how many.
        buffer: For an iterator, which can be gone through once only: a list, which takes each
            batch that is drawn from it. Train on `itertools.chain(kept, iterator)` afterwards.

    Returns:
        What was found: true where there is a suggestion, which is its `rate`.

    Raises:
        TypeError: `model` is not compiled, has several optimizers, or something has the wrong
            type; `data` is an iterator without a buffer; `updates` is missing.
        ValueError: A number is out of its range, arrays do not fit together, or there is no batch.

    Source: Smith 2017, "Cyclical Learning Rates for Training Neural Networks" (arXiv 1506.01186).

    >>> import keras, numpy as np
    >>> x = np.random.default_rng(0).normal(size=(256, 4)).astype("float32")
    >>> keras.utils.set_random_seed(0)
    >>> model = keras.Sequential([keras.layers.Input((4,)), keras.layers.Dense(1)])
    >>> model.compile(keras.optimizers.SGD(0.1), loss="mse")
    >>> found = find_lr(model, x, x @ np.ones((4, 1), "float32"), per_decade=10)
    >>> 0.01 < found.rate < 1, round(float(model.optimizer.learning_rate), 6)
    (True, 0.1)
    """
    _check(model, class_weight, sample_weight, seed)
    size = whole("find_lr", "batch_size", batch_size)
    batches = batches_of(data, y, sample_weight, batch_size=size, buffer=buffer)
    validation = None
    if validation_data is not None:
        validation = batches_of(validation_data, batch_size=size, argument="validation_data")
    return find(
        KerasProbe(model, batches, validation, (data, validation_data), class_weight),
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


def _check(model: Any, class_weight: Any, sample_weight: Any, seed: Any) -> None:
    if not isinstance(model, keras.Model):
        raise TypeError(
            f"find_lr: `model` must be a Keras model, got model of type {type(model).__name__}. "
            "For torch modules there is lrkit.torch.find_lr."
        )
    outer = getattr(model, "optimizer", None)
    if not model.compiled or outer is None:
        raise TypeError(
            "find_lr: `model` must be compiled with an optimizer and a loss, got one that is not. "
            "Call model.compile(optimizer=…, loss=…) first, with any learning rate."
        )
    if hasattr(unwrapped(outer), "optimizers"):
        raise TypeError(
            "find_lr: `model.optimizer` must be one optimizer, got a MultiOptimizer. Compile with "
            "one for the search; to give layers rates in a fixed proportion use "
            "lrkit.keras.scheduled(…, multipliers=…)."
        )
    if class_weight is not None and sample_weight is not None:
        raise refuse(
            "find_lr",
            "class_weight",
            "left out where there is a sample_weight",
            class_weight,
            "Multiply the two into sample_weight.",
        )
    if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
        kind = ValueError if isinstance(seed, int) else TypeError
        raise kind(
            f"find_lr: `seed` must be a whole number of 0 or more, got seed={seed!r}. 0 is as "
            "good as any."
        )
