"""What the Recorder warns about before a run goes wrong."""

import math
from fractions import Fraction
from itertools import pairwise
from typing import Any

import keras

from lrkit.core.notice import warn
from lrkit.core.schedule import Schedule
from lrkit.keras.applied import Applied
from lrkit.keras.neighbours import beside, names_before
from lrkit.plan.finding import counted

_PLACES = 1000  # at which a schedule is looked at, to see whether it falls
_LOGGERS = (keras.callbacks.CSVLogger, keras.callbacks.TensorBoard)
_FAR = 1_000_000  # updates of an endless one that are looked at


def warn_accumulation(applied: Applied) -> bool:
    """Warns if the optimizer and its `LearningRate` disagree about accumulation.

    Args:
        applied: The optimizer.

    Returns:
        Whether they do.
    """
    told, batches = applied.told, applied.accumulation
    if applied.schedule is None or told == batches:
        return False
    text = repr(applied.schedule)
    code = f'"{text}"' if len(text) <= 120 else "schedule"
    argument = "" if batches == 1 else f", gradient_accumulation_steps={batches}"
    warn(
        f"Recorder: {applied.title} makes one update of every {batches} batches "
        f"(gradient_accumulation_steps={batches}), but its LearningRate was told {told} "
        f"(gradient_accumulation_steps={told}). Keras counts batches, so each update moves the "
        f"schedule by {Fraction(batches, told)} steps. Write LearningRate({code}{argument}).",
    )
    return True


def warn_too_short(applied: Applied, batches: float, begun: int) -> None:
    """Warns if a schedule, of the rate or of another hyperparameter, ends before the run does.

    Args:
        applied: The optimizer at this moment.
        batches: Batches still to come.
        begun: Updates that had been made when the fit began.
    """
    updates = int((applied.counter() + batches) // applied.accumulation)
    rate = {} if applied.schedule is None else {"": applied.schedule}
    for name, schedule in (rate | applied.schedules).items():
        length = schedule.length
        if updates <= length:
            continue
        what = f" of `{name}`" if name else ""
        # What has been trained stays as it was: `over` would change it, and the rate would jump.
        new = f"schedule.over({updates})"
        if begun:
            new = f"lrkit.extend(schedule, at={begun}, to={updates})"
        if begun >= length:
            new = "schedule | another piece"
        other = "train for fewer epochs"
        if name:  # a momentum that has risen, say, may well be meant to stay
            other = f"schedule >> hold(value={float(schedule(length)):.6g}) where that is meant"
        warn(
            f"Recorder: the schedule{what}{_of(applied)} is {counted(length, 'update')} long and "
            f"the run ends at update {updates}: it is too short by "
            f"{counted(updates - length, 'update')}, in which the {name or 'rate'} stays at its "
            f"stop value. Write {new}, or {other}.",
        )


def warn_past_the_end(applied: Applied) -> bool:
    """Warns if a fit begins where the schedule is over.

    Args:
        applied: The optimizer when the fit begins.

    Returns:
        Whether it is.
    """
    schedule = applied.schedule
    if schedule is None or applied.updates() < schedule.length:
        return False
    rate = float(schedule(schedule.length))
    effect = ", so that it changes nothing" if rate == 0.0 else ""
    warn(
        f"Recorder: this fit begins at update {applied.updates()}, and the schedule{_of(applied)} "
        f"is over at {schedule.length:g}: all of it has the rate {rate:.5g}{effect}. To train on, "
        "give the optimizer a longer schedule before model.compile: schedule | another piece, or "
        "lrkit.extend from an earlier checkpoint; to train anew, compile with a new optimizer, "
        "whose counter begins at 0.",
    )
    return True


def warn_not_restored(applied: Applied, epoch: int) -> None:
    """Warns if a fit goes on with a later epoch, and the counter does not.

    Args:
        applied: The optimizer when the fit begins.
        epoch: The epoch that it begins with, from 0.
    """
    if applied.is_settable or epoch == 0 or applied.counter() > 0:
        return
    warn(
        f"Recorder: this fit begins with epoch {epoch} (initial_epoch={epoch}), but the counter of "
        f"{applied.title} is 0, so its schedule starts from the first update again. Weights that "
        "are loaded into an unbuilt optimizer leave its counter at 0: load the whole model with "
        "load_model, or call model.optimizer.build(model.trainable_variables) before "
        "model.load_weights. A model.compile after load_model makes a new optimizer: leave it out.",
    )


def warn_schedule_free(applied: Applied) -> None:
    """Warns of a falling rate in an optimizer that averages in its place.

    Args:
        applied: The optimizer.
    """
    kind: Any = getattr(keras.optimizers, "ScheduleFreeAdamW", None)
    if kind is None or not isinstance(applied.optimizer, kind) or applied.is_settable:
        return
    if applied.schedule is not None and not _falls(applied.schedule):
        return
    warn(
        f"Recorder: {applied.title} is a ScheduleFreeAdamW, whose running average takes the place "
        "of a falling rate. The average weighs every update alike, so under a schedule that falls "
        "the early updates stay in it and the late ones hardly move it. Give it a constant rate, "
        "with warmup_steps=... for a warm-up; or use AdamW with the schedule.",
    )


def warn_order(recorder: Any) -> None:
    """Warns of callbacks that write the logs before the Recorder has put the rate into them.

    Args:
        recorder: The Recorder that a fit is calling.
    """
    loggers = names_before(recorder, beside(), _LOGGERS)
    if loggers:
        warn(
            f"Recorder: it stands after {loggers} in the list of callbacks, which so writes the "
            "logs of an epoch before they hold the rate and the other hyperparameters that were "
            "applied. Put the Recorder first.",
        )


def warn_idle(applied: Applied, others: int) -> None:
    """Warns of an optimizer in a `MultiOptimizer` that got no variable.

    Args:
        applied: The optimizer at the end of an epoch.
        others: The most updates that another one has made.
    """
    if others and not applied.updates() and not applied.optimizer.built:
        warn(
            f"Recorder: {applied.title} has made no update, since no variable is its own. The "
            "patterns of an OptimizerMap must match the whole path of a variable, such as "
            "'sequential/dense/kernel': begin the pattern with '.*'.",
        )


def _of(applied: Applied) -> str:
    return "" if applied.name is None else f" of {applied.title}"


def _falls(schedule: Schedule) -> bool:
    end = schedule.length if math.isfinite(schedule.length) else _FAR
    values = [float(schedule(end * place / _PLACES)) for place in range(_PLACES + 1)]
    highest = max(values)
    return any(b < a - 1e-9 * highest for a, b in pairwise(values))
