"""A Keras callback that cuts the rate, whatever its schedule, when training gets no better."""

import math
from dataclasses import replace
from typing import Any, Literal, cast

import keras
import numpy as np

from lrkit.core.notice import warn
from lrkit.keras.neighbours import beside
from lrkit.keras.plateau import arguments
from lrkit.keras.plateau.direction import direction
from lrkit.keras.plateau.last_good import LastGood
from lrkit.keras.plateau.lookout import Lookout
from lrkit.keras.plateau.memory import Memory
from lrkit.keras.plateau.neighbours import check_order, check_stops, warn_unjudged
from lrkit.keras.plateau.optimizers import optimizers_of, scalar, standing
from lrkit.plan.plateau import Mode, PlateauRule, ThresholdMode, as_factor, as_min_factor, no_better


class Plateau(keras.callbacks.Callback):
    """Multiplies the rate by a factor when a metric gets no better, on top of any schedule.

        rate of update k = schedule(k) * f,   f → max(f * factor, min_factor) at each cut

    The optimizer must be made by `scheduled`; it may stand in a `LossScaleOptimizer` or, beside
    others of its kind, in a `MultiOptimizer`, where all are cut. The factor is a variable of the
    optimizer, so a cut compiles nothing anew. What Plateau remembers is in the optimizer's notes:
    both are in every checkpoint, and a second `fit` and a resumed one go on where they stopped.
    Put it before the callbacks that save: they would save the epoch before it is judged.

    It counts as `keras.callbacks.ReduceLROnPlateau`: a cut comes at the `patience`-th epoch without
    improvement, and a cooldown of 1 is as none. A metric that is NaN has not improved.

    With `on_nan` or `spike` it also looks at the training loss. Where that fails, the weights and
    the optimizer's slots go back to the last good look, the rate is cut and training goes on. The
    counter of updates is not set back, so schedule and epochs stay together.

    Args:
        monitor: The metric in the logs.
        factor: What the factor is multiplied by at a cut, above 0 and below 1.
        patience: Epochs without improvement, from 0 (which is as 1).
        cooldown: Epochs after a cut before they count again, from 0.
        min_factor: The factor is never cut below this, 0 to 1.
        threshold: How much better is an improvement, from 0.
        threshold_mode: `"absolute"`: a difference. `"relative"`: a part of the best value.
        mode: `"min"`, `"max"`, or `"auto"`: as the metric itself says.
        on_nan: `"restore"` goes back when the loss, or a weight, is not finite. Default: nothing.
        spike: Goes back when the loss is beyond this many times (above 1) the last good one, or not
            finite. Only where the loss is positive. Default: nothing.
        check_every: Batches from one look to the next. Default: it looks when an epoch ends.
        max_restores: How often it may go back in a run; then it stops the training, from 0.
        name: Distinguishes two with the same `monitor`. Default: `monitor`.
        verbose: Whether each change prints a line.

    Raises:
        TypeError: If an argument has the wrong type; when the training begins, if the optimizer is
            not made by `scheduled`.
        ValueError: If an argument is out of its range; when the training begins, if two have the
            same name or a weight is not finite; when the first epoch ends, if `mode` is "auto" and
            the metric does not say.

    Source: Keras's ReduceLROnPlateau, which can only change a rate that is a number.

    >>> plateau = Plateau("val_loss", factor=0.5, patience=3, on_nan="restore")
    >>> plateau.factor
    0.5
    """

    @arguments.explained
    def __init__(
        self,
        monitor: str = "val_loss",
        factor: float = 0.5,
        patience: int = 3,
        *,
        cooldown: int = 0,
        min_factor: float = 0.0,
        threshold: float = 1e-4,
        threshold_mode: ThresholdMode = "absolute",
        mode: Literal["auto", "min", "max"] = "auto",
        on_nan: Literal["restore"] | None = None,
        spike: float | None = None,
        check_every: int | None = None,
        max_restores: int = 3,
        name: str | None = None,
        verbose: bool = False,
    ) -> None:
        super().__init__()
        self.monitor = arguments.as_text("monitor", monitor)
        self.factor = as_factor(arguments.WHO, factor)
        self.min_factor = as_min_factor(arguments.WHO, min_factor)
        self._rule = arguments.as_rule(patience, cooldown, threshold, threshold_mode)
        self._mode = arguments.as_mode(mode)
        self._rescue = arguments.as_rescue(on_nan, spike, check_every, max_restores)
        self._lookout = Lookout(self._rescue.spike, self._rescue.check_every)
        self._key = "plateau " + (monitor if name is None else arguments.as_text("name", name))
        self._verbose = verbose
        self._good: LastGood | None = None
        self._is_first_epoch = self._says_missing = True
        self._epoch = 0
        if check_every is not None:
            # An attribute: a method would be called at each batch also where there are no looks.
            self.on_train_batch_end = self._at_batch

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Called by Keras: refuses what cannot work, says what will not."""
        model = self.model
        if model.built and getattr(model.optimizer, "built", True) is False:
            model.optimizer.build(model.trainable_variables)  # TensorFlow does so when it traces
        optimizers_of(model)
        self._check_neighbours(beside())
        self._is_first_epoch = self._says_missing = True

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Called by Keras: by now every callback has restored what it will."""
        self._epoch = epoch
        self._lookout.begin_epoch()
        if not self._is_first_epoch:
            return
        self._is_first_epoch = False
        model = self.model
        memory = self._memory(model)
        if memory is not None and memory.epoch < epoch - 1:
            warn_unjudged(self._key, memory.epoch + 1, epoch - 1)
        self._remember(model, replace(memory or Memory(), epoch=epoch - 1))
        if self._rescue.is_on and model.built:
            self._good = LastGood(model, optimizers_of(model))
            if not self._good.is_finite:
                raise ValueError(
                    "Plateau: the weights must be finite when the training begins, got some that "
                    "are not. Load weights from before they broke."
                )

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Called by Keras: judges the epoch."""
        logs = {} if logs is None else logs
        model = self.model
        memory = self._memory(model) or Memory()
        self._remember(model, replace(memory, epoch=epoch))
        if self._lookout.is_empty:  # no batch counts: Keras's means of nothing, 0.0, are no metrics
            logs.update(dict.fromkeys(logs.keys() & model.get_metrics_result().keys(), math.nan))
        elif self._rescue.is_on and self._goes_back(self._loss(logs), not self._lookout.has_looked):
            return  # the metric is of weights that are no more
        value = logs.get(self.monitor)
        if value is None:
            self._warn_missing(epoch, logs)
            return
        memory = self._memory(model) or Memory()
        judged, is_cut = self._ruling(model).judge(memory.plateau, float(value))
        self._remember(model, replace(memory, plateau=judged))
        if is_cut and self._cut(model):
            self._say(model, no_better(self.monitor, judged.best, self._rule.wait))

    def _at_batch(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        if self._lookout.is_due(batch):
            loss = self._lookout.recent(batch, self._loss(logs or {}))
            if self._goes_back(loss, compares=True):
                self.model.reset_metrics()  # else a NaN would stay in the epoch's means
                self._lookout.begin_again()

    def _goes_back(self, loss: float, compares: bool) -> bool:
        """Looks at the loss and the weights; where they are bad, goes back to the good ones."""
        model = self.model
        memory = self._memory(model) or Memory()
        trouble = self._lookout.trouble(loss, memory.good_loss if compares else None)
        if trouble is None:
            now = LastGood(model, optimizers_of(model))
            if now.is_finite:
                self._good = now
                if compares:
                    self._remember(model, replace(memory, good_loss=loss))
                return False
            trouble = "a weight is not finite"
        if self._good is not None:
            self._good.restore()
        if self._good is None or memory.restores >= self._rescue.max_restores:
            self._stop(model, trouble, memory.restores)
            return True
        rested = self._rule.after_cut(memory.plateau.best)
        self._remember(model, replace(memory, plateau=rested, restores=memory.restores + 1))
        self._cut(model)
        self._say(model, f"{trouble}, back to the last good weights")
        return True

    def _stop(self, model: Any, trouble: str, restores: int) -> None:
        model.stop_training = True
        where = "there are no good weights yet" if self._good is None else "the weights went back"
        warn(
            f"Plateau: {trouble} in epoch {self._epoch + 1}, and it has gone back {restores} times "
            f"(max_restores={self._rescue.max_restores}): {where}, and the training stops. Start "
            "from a lower rate, or look at the data of this epoch.",
        )

    def _cut(self, model: Any) -> bool:
        """Cuts every optimizer that is above the floor; whether there was one."""
        floor = np.float32(self.min_factor)  # as the variable holds it
        above = [o for o in optimizers_of(model) if scalar(o.factor) > floor]
        for optimizer in above:
            optimizer.set_factor(max(scalar(optimizer.factor) * self.factor, self.min_factor))
        return bool(above)

    def _say(self, model: Any, why: str) -> None:
        if self._verbose:
            optimizers = optimizers_of(model)
            at = f"Update {optimizers[0].updates}, epoch {self._epoch + 1}"
            print(f"{at}: {why}: {standing(optimizers)}", flush=True)

    def _memory(self, model: Any) -> Memory | None:
        """Read each time: another callback may have loaded a checkpoint since."""
        note = optimizers_of(model)[0].notes.get(self._key)
        return None if note is None else Memory.read(self._key, note)

    def _remember(self, model: Any, memory: Memory) -> None:
        optimizers_of(model)[0].notes[self._key] = memory.note()

    def _ruling(self, model: Any) -> PlateauRule:
        """The rule, once it is known whether the metric is to fall or to rise."""
        if self._mode is None:
            self._mode = cast("Mode | None", direction(model, self.monitor))
        if self._mode is None:
            raise ValueError(
                'Plateau: `mode` must be "min" or "max" for a metric that does not say it itself, '
                f'got mode="auto" for monitor={self.monitor!r}. Write mode="max" where more is '
                "better."
            )
        if self._rule.mode != self._mode:
            self._rule = replace(self._rule, mode=self._mode)
        return self._rule

    def _loss(self, logs: dict[str, Any]) -> float:
        if "loss" not in logs:
            raise ValueError(
                "Plateau: the logs must hold `loss` for `on_nan` and `spike`, got "
                f"{sorted(logs)}. Let the model's train_step return it."
            )
        return float(logs["loss"])

    def _check_neighbours(self, callbacks: list[Any]) -> None:
        mine = self._rescue.is_on
        for one in callbacks:
            if isinstance(one, Plateau) and one is not self and one._key == self._key:
                raise ValueError(
                    "Plateau: `name` must be different for each in one fit, got two with name="
                    f"{self._key.removeprefix('plateau ')!r}. Give one of them a name."
                )
            if isinstance(one, Plateau) and one is not self and one._rescue.is_on and mine:
                raise ValueError(
                    "Plateau: `on_nan` and `spike` must be given to one Plateau of a fit only, got "
                    f"them in {one._key!r} and {self._key!r}. Both would go back at one time."
                )
        check_order(self, callbacks)
        if mine:
            check_stops(callbacks)

    def _warn_missing(self, epoch: int, logs: dict[str, Any]) -> None:
        if self._says_missing:
            self._says_missing = False
            warn(
                f"Plateau: {self.monitor!r} is not in the logs of epoch {epoch + 1}, which hold "
                f"{', '.join(sorted(logs)) or 'nothing'}. Only epochs that have it are judged: is "
                "there validation data, and is the name right?",
            )
