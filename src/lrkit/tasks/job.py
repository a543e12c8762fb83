"""What is to be trained, with which schedules, and for how long. Knows no framework."""

import difflib
import re
from dataclasses import dataclass, fields, replace
from typing import Any

from lrkit import Plan, Schedule, cosine_decay, exponential_decay, hold, read, step_decay

# Settings that runs of the first version do not have, with the values that they had nevertheless.
_SINCE_THEN = {"jit": None}

STRATEGIES = ("cosine", "exponential", "step", "constant")


@dataclass(frozen=True)
class Job:
    """The settings of a run: everything that its result depends on.

    Args:
        schedules: Names of strategies or texts of schedules; each is trained from the same start.
        peak: The highest rate of the strategies, above 0.
        min_lr: The rate that none goes below, 0 to `peak`.
        epochs: From 1.
        batch_size: Examples per update, from 1.
        examples: How many of the training images; None for all there are.
        optimizer: A Keras optimizer's name.
        seed: Of the weights and of the order of the examples, 0 or more.
        full: All 60,000 training images instead of the embedded 10,000.
        data: An `.npz` file, or a folder with IDX files, instead.
        backend: "tensorflow", "jax" or "torch".
        jit: Whether each step is compiled as a whole: by XLA, on torch by `torch.compile`; None for
            what Keras does by itself.
    """

    schedules: tuple[str, ...] = ("cosine",)
    peak: float = 0.001
    min_lr: float = 0.0
    epochs: int = 10
    batch_size: int = 32
    examples: int | None = None
    optimizer: str = "adam"
    seed: int = 0
    full: bool = False
    data: str | None = None
    backend: str = "tensorflow"
    jit: bool | None = None

    def plan(self, examples: int) -> Plan:
        """The run over so many training images."""
        return Plan(epochs=self.epochs, examples=examples, batch_size=self.batch_size)

    def alone(self, text: str) -> "Job":
        """The same job with one of its schedules."""
        return replace(self, schedules=(text,))

    def settings(self) -> dict[str, Any]:
        """As `run.json` holds them."""
        return {
            field.name: list(value) if isinstance(value, tuple) else value
            for field in fields(self)
            for value in [getattr(self, field.name)]
        }


def per_epoch(plan: Plan) -> int:
    """Updates in an epoch of a job's plan: its batches, as each batch is an update here."""
    batches = plan.batches_per_epoch
    if batches is None:
        raise ValueError(
            f"per_epoch: `plan` must be made of epochs, got plan={plan}. Use Job.plan to make it."
        )
    return batches


def schedule(text: str, job: Job, plan: Plan) -> Schedule:
    """The schedule that a name of a strategy or a text stands for, in this run.

    `cosine` goes from `peak` to 0 over the whole run, `exponential` is × 0.9 each epoch,
    `step` × 0.5 every third epoch, `constant` stays. In a text, `epoch` is the updates of an epoch,
    `updates` those of the run, and `peak` is the peak.

    Args:
        text: One of the four, or an expression.
        job: For the peak and the lowest rate.
        plan: The run.

    Raises:
        ValueError: The text does not parse, or the two rates do not go together.

    >>> job = Job(epochs=10)
    >>> schedule("cosine", job, job.plan(10_000))
    0.001 * cosine(3130)
    >>> schedule("peak * hold(epoch)", job, job.plan(10_000))
    0.001 * hold(313)
    """
    if not 0 <= job.min_lr <= job.peak:
        raise ValueError(
            f"schedule: `min_lr` must be 0 to `peak`={job.peak}, got min_lr={job.min_lr}."
        )
    epoch = per_epoch(plan)
    if text == "cosine":
        return cosine_decay(job.peak, plan.updates, job.min_lr)
    if text == "exponential":
        return exponential_decay(job.peak, 0.9, epoch, job.min_lr)
    if text == "step":
        return step_decay(job.peak, 0.5, 3 * epoch, job.min_lr)
    if text == "constant":
        return job.peak * hold()
    _no_misspelt_strategy(text)
    expression = read(text, epoch=epoch, updates=plan.updates, peak=job.peak)
    return expression.at_least(job.min_lr) if job.min_lr > 0 else expression


def _no_misspelt_strategy(text: str) -> None:
    """A bare word is no schedule; say so in the words of this task, with the nearest strategy."""
    if not re.fullmatch(r"[\w-]*", text) or re.match(r"\d", text):
        return
    near = difflib.get_close_matches(text, STRATEGIES, n=1)
    raise ValueError(
        f"schedule: `schedule` must be {', '.join(STRATEGIES)} or an expression, "
        f"got schedule={text!r}. " + (f"Did you mean {near[0]}?" if near else 'Try "cosine".')
    )


def resumed(stored: dict[str, Any], given: dict[str, Any]) -> Job:
    """The job of a folder, if it is what the caller asks for.

    Args:
        stored: The settings in the folder's `run.json`.
        given: Those that the caller names; the others are as stored.

    Raises:
        ValueError: They differ, or what is stored is not a job.
    """
    stored = _SINCE_THEN | stored
    names = {field.name for field in fields(Job)}
    if set(stored) != names:
        raise ValueError(
            f"resume: the settings in run.json must be {', '.join(sorted(names))}, "
            f"got {', '.join(sorted(stored))}. Another version of lrkit wrote them."
        )
    job = Job(**{**stored, "schedules": tuple(stored["schedules"])})
    different = [
        f"{name}={value!r} instead of {getattr(job, name)!r}"
        for name, value in given.items()
        if value != getattr(job, name)
    ]
    if different:
        raise ValueError(
            f"resume: the settings must be those of the run, got {', '.join(different)}. "
            "Leave them out to go on with that run, or start another one in a new folder."
        )
    return job


def folder_name(index: int, text: str) -> str:
    """The sub-folder of the schedule at `index`, counted from 0.

    >>> folder_name(1, "1e-3 * cosine(updates)")
    '2-1e-3-cosine-updates'
    """
    words = re.sub(r"[^A-Za-z0-9.-]+", "-", text).strip("-.")
    return f"{index + 1}-{words[:40]}".rstrip("-.")
