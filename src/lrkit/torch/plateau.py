"""A cut of the rate, whatever its schedule, when a metric gets no better."""

from __future__ import annotations

import dataclasses
from typing import Any

from torch.optim.lr_scheduler import LRScheduler

from lrkit.core.validate import refuse
from lrkit.plan.plateau import (
    Mode,
    PlateauRule,
    PlateauState,
    ThresholdMode,
    as_factor,
    as_min_factor,
    no_better,
)
from lrkit.torch.wrapped import scheduler_of

WHO = "Plateau"


class Plateau(LRScheduler):
    """Multiplies the rates of a `Scheduler` by a factor when a metric gets no better.

        rate of update k = lr(k) · f,   f → max(f · factor, min_factor) at each cut

    Call `step(metric)` after each evaluation, and the scheduler's own `step()` after each update as
    ever. Factor and memory are in the state of the scheduler: saved with it, loaded with it.

    It counts as `torch.optim.lr_scheduler.ReduceLROnPlateau`: `patience` evaluations without
    improvement are tolerated, and the next one cuts. A metric that is NaN has not improved. With
    several processes give each the same metric, averaged over all. Accelerate's `prepare` is for
    the scheduler, not for this: it would judge once for each process.

    Args:
        scheduler: The `Scheduler` of lrkit, or a wrapper such as Accelerate's that holds it.
        factor: What the factor is multiplied by at a cut, above 0 and below 1.
        patience: Evaluations without improvement that are tolerated, from 0.
        cooldown: Evaluations after a cut that are not counted, from 0.
        min_factor: The factor is never cut below this, 0 to 1.
        threshold: How much better is an improvement, from 0.
        threshold_mode: `"relative"`: a part of the best value. `"absolute"`: a difference.
        mode: `"min"` where small values are good, or `"max"`.
        name: Distinguishes two of the same scheduler.
        verbose: Whether each cut prints a line.

    Raises:
        TypeError: An argument has the wrong type.
        ValueError: An argument is out of its range.

    Source: PyTorch's ReduceLROnPlateau, which cannot stand on top of another scheduler.

    >>> import torch
    >>> from lrkit import hold
    >>> from lrkit.torch import Scheduler
    >>> optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(2))], lr=0.1)
    >>> plateau = Plateau(Scheduler(optimizer, lr=hold(value=0.1)), factor=0.5, patience=1)
    >>> [plateau.step(loss) for loss in (1.0, 0.9, 0.9, 0.9)]
    [False, False, False, True]
    >>> optimizer.param_groups[0]["lr"]
    0.05
    """

    def __init__(
        self,
        scheduler: Any,
        factor: float = 0.5,
        patience: int = 3,
        *,
        cooldown: int = 0,
        min_factor: float = 0.0,
        threshold: float = 1e-4,
        threshold_mode: ThresholdMode = "relative",
        mode: Mode = "min",
        name: str = "plateau",
        verbose: bool = False,
    ) -> None:
        # Not PyTorch's own __init__, which would set the rate.
        self.scheduler = scheduler_of(WHO, scheduler)
        if "lr" not in self.scheduler.schedules:
            raise TypeError(
                f"{WHO}: `scheduler` must schedule the rate, which is what is cut, got "
                f"{self.scheduler!r}. Write Scheduler(optimizer, lr=…)."
            )
        self.cut_by = as_factor(WHO, factor)
        self.min_factor = as_min_factor(WHO, min_factor)
        self._rule = PlateauRule.as_torch(
            patience, cooldown, threshold=threshold, threshold_mode=threshold_mode, mode=mode
        )
        if not isinstance(name, str):
            raise TypeError(f"{WHO}: `name` must be a text, got name={name!r}.")
        self._name, self._verbose = name, verbose

    @property
    def optimizer(self) -> Any:  # Lightning looks whether it is the one that trains
        """The optimizer whose rates are cut."""
        return self.scheduler.optimizer

    @property
    def best(self) -> float | None:
        """The best metric so far; None where there is none."""
        return self._memory.best

    def step(self, metrics: Any = None, epoch: int | None = None) -> bool:
        """Judge one evaluation, and cut the rates if it is time.

        Args:
            metrics: The metric: a number, or a tensor with one.
            epoch: Not used; PyTorch's own takes it too.

        Returns:
            Whether it cut.

        Raises:
            TypeError: The metric is no number.
        """
        try:
            if isinstance(metrics, bool | str):
                raise TypeError
            value = float(metrics)
        except (TypeError, ValueError) as error:
            raise TypeError(
                f"{WHO}: `metrics` must be a number, got metrics={metrics!r}. Write "
                "plateau.step(validation_loss)."
            ) from error
        judged, is_due = self._rule.judge(self._memory, value)
        self.scheduler.notes[self._name] = dataclasses.asdict(judged)
        factor = max(self.scheduler.factor * self.cut_by, self.min_factor)
        if not is_due or factor >= self.scheduler.factor:
            return False
        self.scheduler.set_factor(factor)
        if self._verbose:
            why = no_better("the metric", judged.best, self._rule.wait)
            print(f"Update {self.scheduler.updates}: {why}: factor {factor:.5g}", flush=True)
        return True

    @property
    def _memory(self) -> PlateauState:
        """Read each time: the scheduler may have loaded another one since."""
        return PlateauState(**self.scheduler.notes.get(self._name, {}))

    def get_last_lr(self) -> list[Any]:
        """The rate of each group, for the update that comes next."""
        return self.scheduler.get_last_lr()

    def get_lr(self) -> list[Any]:
        """The same as `get_last_lr()`."""
        return self.scheduler.get_last_lr()

    def state_dict(self) -> dict[str, Any]:
        """What it remembers, and the factor; both are in the state of the scheduler already."""
        return {"factor": self.scheduler.factor, **dataclasses.asdict(self._memory)}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over what it remembered and the factor.

        Args:
            state_dict: What `state_dict()` returned.

        Raises:
            ValueError: It is of something else.
        """
        wanted = {"factor", *(field.name for field in dataclasses.fields(PlateauState))}
        if set(state_dict) != wanted:
            way_out = "Give what state_dict() of a Plateau returned."
            raise refuse(WHO, "state_dict", "of a Plateau", sorted(state_dict), way_out)
        memory = {name: value for name, value in state_dict.items() if name != "factor"}
        self.scheduler.notes[self._name] = memory
        self.scheduler.set_factor(state_dict["factor"])
