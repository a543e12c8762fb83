"""Schedules in the Trainer of Transformers.

`set_schedule` gives a `Trainer` its schedule, in the place of `lr_scheduler_type`.
`PlateauCallback` cuts the rate when an evaluation gets no better. `RecorderCallback` keeps what
each update had.
"""

from __future__ import annotations

import warnings
from typing import Any

from lrkit.core.notice import warn
from lrkit.record.columns import RATE
from lrkit.torch.columns import Column, read
from lrkit.torch.hyperparameters import as_hyperparameters, plain
from lrkit.torch.length import laid_over, warn_of_length
from lrkit.torch.plateau import Plateau
from lrkit.torch.recorder import Recorder
from lrkit.torch.scheduler import Scheduler
from lrkit.torch.wrapped import scheduler_of

try:
    from transformers import Trainer, TrainerCallback
except ModuleNotFoundError as error:
    raise ImportError(
        "lrkit.torch.transformers needs Transformers and Accelerate, and one is not installed: "
        "pip install transformers accelerate."
    ) from error

__all__ = ["PlateauCallback", "RecorderCallback", "set_schedule"]


def set_schedule(
    trainer: Any, lr: Any = None, *, over: bool = False, **scheduler_arguments: Any
) -> None:
    """Give a `Trainer` its schedule, in the place of `lr_scheduler_type` and `warmup_steps`.

        update k (counted from 0) of group g has lr(k) · multiplier(g) · factor

    Call it before `trainer.train()`. The Trainer makes a new `lrkit.torch.Scheduler` each time that
    it trains, as it does with its own; and saves its state in each checkpoint. To resume with
    another schedule keeps that one, and warns.

    Args:
        trainer: A `Trainer`, of any subclass.
        lr: The learning rate: a `Schedule`, the text of one, a number, or a dict of these by number
            of the parameter group. Of the Trainer's own groups, 0 has weight decay and 1 has none.
        over: Lay every schedule, whatever its unit, over the updates that the Trainer will make.
        scheduler_arguments: Of the `Scheduler`: `weight_decay`, `betas`, `multipliers` and others.
            With `relative=True` the rate is `lr(k)` times the `learning_rate` of the
            `TrainingArguments`, which else is not used.

    Raises:
        TypeError: An argument has the wrong type.
        ValueError: A text does not parse, or the Trainer was given a scheduler of its own.

    Source: `Trainer.create_scheduler`, which this replaces in the one trainer.
    """
    who = "set_schedule"
    if not isinstance(trainer, Trainer):
        raise TypeError(
            f"{who}: `trainer` must be a Trainer of Transformers, got {type(trainer).__name__}. "
            "For a loop of your own write lrkit.torch.Scheduler(optimizer, lr=…)."
        )
    if trainer.lr_scheduler is not None and not trainer._created_lr_scheduler:
        raise ValueError(
            f"{who}: `trainer` must make its scheduler itself, got one that was made with the "
            f"{type(trainer.lr_scheduler).__name__} in `optimizers`. Write "
            "optimizers=(optimizer, None), or give a Scheduler there and leave this out."
        )
    if not isinstance(over, bool):
        raise TypeError(f"{who}: `over` must be True or False, got over={over!r}.")
    arguments = {"lr": lr, **scheduler_arguments}
    # Texts and types are wrong now, and not when the data have been loaded.
    others = ("multipliers", "relative", "at", "counts")
    as_hyperparameters({key: one for key, one in arguments.items() if key not in others})
    _warn_of_unused(who, trainer.args)
    before = vars(trainer).get("create_scheduler")
    if isinstance(before, _Creation):
        trainer.remove_callback(before)
    trainer.create_scheduler = _Creation(trainer, arguments, over)
    trainer.add_callback(trainer.create_scheduler)


def _warn_of_unused(who: str, args: Any) -> None:
    unused = {
        "lr_scheduler_type": (str(getattr(args.lr_scheduler_type, "value", "")), "linear"),
        "warmup_steps": (args.warmup_steps, 0),
        "warmup_ratio": (getattr(args, "warmup_ratio", None) or 0, 0),  # until Transformers 5
    }
    for name, (value, default) in unused.items():
        if value != default:
            warn(
                f"{who}: {name}={value!r} of the TrainingArguments is not used, since the schedule "
                "says all: its warmup too. Leave it out."
            )


class _Creation(TrainerCallback):
    """Stands in for `create_scheduler` of one trainer; a class, so that it pickles."""

    def __init__(self, trainer: Any, arguments: dict[str, Any], over: bool) -> None:
        self.trainer, self.arguments, self.over = trainer, arguments, over
        self.unsaid: list[str] = []

    def __call__(self, num_training_steps: int, optimizer: Any = None) -> Any:
        trainer = self.trainer
        # DeepSpeed asks for one more, with its own optimizer.
        if trainer.lr_scheduler is None or optimizer is not None:
            arguments = self.arguments
            if self.over:
                arguments = laid_over(arguments, num_training_steps)
            made = Scheduler(trainer.optimizer if optimizer is None else optimizer, **arguments)
            if not self.over:
                warn_of_length("set_schedule", made, num_training_steps, "set_schedule(over=True)")
            made.load_state_dict = _Loading(made, self.unsaid)  # type: ignore[method-assign]
            trainer.lr_scheduler = made
            trainer._created_lr_scheduler = True  # so that the next train() makes one anew
        return trainer.lr_scheduler

    def on_train_begin(self, args: Any, state: Any, control: Any, **given: Any) -> None:
        """Say what the loading of a checkpoint had to say."""
        while self.unsaid:
            warn(self.unsaid.pop(0))


class _Loading:
    """Stands in for `load_state_dict` of one scheduler: the Trainer drops what is warned of there.

    Args:
        scheduler: The `Scheduler`.
        unsaid: Where the warnings are put.
    """

    def __init__(self, scheduler: Scheduler, unsaid: list[str]) -> None:
        self._scheduler, self._unsaid = scheduler, unsaid

    def __call__(self, state_dict: dict[str, Any]) -> None:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            Scheduler.load_state_dict(self._scheduler, state_dict)
        self._unsaid += [str(one.message) for one in caught]


class PlateauCallback(TrainerCallback):
    """Cuts the rate of the schedule when the metric of the evaluations gets no better.

        rate of update k = lr(k) · f,   f → max(f · factor, min_factor) at each cut

    It judges each evaluation within the training, before the checkpoint that is saved with it. What
    it remembers is in the state of the `Scheduler`: saved and loaded with each checkpoint.

    Args:
        metric: Of the evaluation, as the Trainer logs it; `"accuracy"` is `"eval_accuracy"`.
        arguments: Of `lrkit.torch.Plateau`: `factor`, `patience` and others. Default of `mode`:
            `"min"` for a loss, else what `greater_is_better` says.

    Raises:
        TypeError: The scheduler of the Trainer is no `lrkit.torch.Scheduler`.
        ValueError: An evaluation had no such metric, or nothing says whether great is good.

    Source: ReduceLROnPlateau of PyTorch, which the Trainer runs in the place of a schedule only.
    """

    def __init__(self, metric: str = "eval_loss", **arguments: Any) -> None:
        self.metric = metric if metric.startswith("eval_") else f"eval_{metric}"
        self.plateau: Plateau | None = None
        self._arguments = arguments
        self._judged = 0  # the update after which it judged
        self._seen: list[str] = []  # of evaluations since, which had no such metric

    def on_train_begin(self, args: Any, state: Any, control: Any, **given: Any) -> None:
        """Find the scheduler."""
        scheduler = scheduler_of("PlateauCallback", given.get("lr_scheduler"))
        arguments = {"mode": self._mode(args), "name": f"plateau {self.metric}", **self._arguments}
        self.plateau = Plateau(scheduler, **arguments)
        # An evaluation before the first update is none of the training's: a resumed one would
        # judge it twice.
        self._judged, self._seen = state.global_step, []

    def on_evaluate(self, args: Any, state: Any, control: Any, **given: Any) -> None:
        """Judge one evaluation."""
        metrics = given.get("metrics") or {}
        if self.plateau is None or state.global_step == self._judged:
            return
        if self.metric in metrics:
            self._judged, self._seen = state.global_step, []
            self.plateau.step(metrics[self.metric])
        else:  # with several sets of data each comes alone, and another may have it
            self._seen = sorted(metrics)

    def on_step_begin(self, args: Any, state: Any, control: Any, **given: Any) -> None:
        """Say when the metric was in no evaluation."""
        if self._seen:
            raise ValueError(
                f"PlateauCallback: `metric` must be a metric of the evaluations, got metric="
                f"{self.metric!r}. They have: {', '.join(self._seen)}."
            )

    def on_train_end(self, args: Any, state: Any, control: Any, **given: Any) -> None:
        """Judge no evaluation that comes after the training."""
        self.plateau = None

    def _mode(self, args: Any) -> str:
        if "mode" in self._arguments or self.metric.endswith("loss"):
            return "min"  # the argument, where it is given, takes its place
        if args.greater_is_better is None:
            raise ValueError(
                f'PlateauCallback: `mode` must be "min" or "max" for metric={self.metric!r}, got '
                "none, and TrainingArguments say nothing of greater_is_better. Write mode="
                '"max" where great values are good.'
            )
        return "max" if args.greater_is_better else "min"


class RecorderCallback(TrainerCallback):
    """Makes a `lrkit.torch.Recorder` for a Trainer: what each update had.

    It also puts what the last update had into the Trainer's logs: `learning_rate`, where another
    one stands there, and beside it each other scheduled number of the first group.

    Args:
        arguments: Of the `Recorder`: `csv`, `tensorboard`, `print_every`. With several processes
            only the first writes and prints; each has its record.

    Attributes:
        recorder: The `Recorder`; None before the training begins.

    Source: the rate of an update is what stood in `optimizer.param_groups` when it was made.
    """

    def __init__(self, **arguments: Any) -> None:
        self.recorder: Recorder | None = None
        self._arguments = arguments
        self._of: Any = None
        self._columns: list[Column] = []
        self._had: list[Any] = []

    def on_train_begin(self, args: Any, state: Any, control: Any, **given: Any) -> None:
        """Make the recorder, unless it is there for this scheduler."""
        scheduler, optimizer = given.get("lr_scheduler"), given["optimizer"]
        is_ours = isinstance(getattr(scheduler, "scheduler", scheduler), Scheduler)
        of = scheduler if is_ours else optimizer
        if self.recorder is not None:
            if of is self._of:
                return
            self.recorder.close()
        arguments = dict(self._arguments)
        if not state.is_world_process_zero:
            arguments |= dict.fromkeys(("csv", "tensorboard", "print_every"))
        at = None if is_ours else state.global_step
        self.recorder, self._of = Recorder(of, at=at, **arguments), of
        columns = self.recorder._columns()
        self._columns = [one for one in columns if one.owner == columns[0].owner]

    def on_epoch_begin(self, args: Any, state: Any, control: Any, **given: Any) -> None:
        """Tell it the epoch."""
        if self.recorder is not None:
            self.recorder.epoch = int(state.epoch or 0)

    def on_optimizer_step(self, args: Any, state: Any, control: Any, **given: Any) -> None:
        """Keep what the update had: its scheduler has not moved on yet."""
        optimizer = given["optimizer"]
        if not getattr(optimizer, "step_was_skipped", False):
            self._had = read(self._columns)

    def on_log(self, args: Any, state: Any, control: Any, **given: Any) -> None:
        """Put what the last update had into the logs, and into the history of the state."""
        logs = given.get("logs")
        if not self._had or not logs or RATE not in logs:
            return
        had = {
            column.name: plain(value)
            for column, value in zip(self._columns, self._had, strict=True)
        }
        logs.update(had)
        if state.log_history:  # a copy of the logs, made just before
            state.log_history[-1].update(had)

    def on_train_end(self, args: Any, state: Any, control: Any, **given: Any) -> None:
        """Write what is left."""
        if self.recorder is not None:
            self.recorder.flush()
