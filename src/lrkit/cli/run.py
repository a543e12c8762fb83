"""The options that say what a run is, and what else is known of it."""

from __future__ import annotations

from typing import Any

import click

from lrkit.cli.words import WORDS, in_options

_WHOLE = click.IntRange(min=1)
_POSITIVE = click.FloatRange(min=0, min_open=True)

_PLAN: tuple[tuple[str, Any, str], ...] = (
    ("--epochs", _WHOLE, "Passes over the data."),
    ("--examples", _WHOLE, "Training examples of an epoch."),
    ("--batch-size", _WHOLE, "Examples in a batch of one replica."),
    ("--batches", _WHOLE, "Batches of an epoch, in place of the examples."),
    ("--updates", _WHOLE, "Updates of the run, in place of --epochs."),
    ("--accumulation", _WHOLE, "Batches that make one update."),
    ("--replicas", _WHOLE, "Devices or processes with batches of their own."),
    (
        "--remainder",
        click.Choice(["carry", "flush", "drop"]),
        "What becomes of accumulated batches at an epoch's end: Keras carries them on, "
        "Transformers makes an update of them.",
    ),
    ("--tokens-per-example", _POSITIVE, "Tokens in an example, on average."),
    ("--tokens-per-batch", _POSITIVE, "Tokens in a batch of one replica."),
    ("--updates-per-second", _POSITIVE, "The pace, for the wall time."),
)
_FACTS: tuple[tuple[str, Any, str], ...] = (
    ("--beta2", click.FloatRange(min=0, max=1, max_open=True), "Of Adam, for its warmup."),
    ("--stable-rate", _POSITIVE, "The highest rate that is known to be stable."),
    ("--base-rate", _POSITIVE, "The highest rate of an earlier run, to be scaled."),
    ("--base-batch-size", _WHOLE, "Examples of an update of that run."),
    ("--base-replicas", _WHOLE, "Or its replicas."),
    (
        "--accumulation-told",
        _WHOLE,
        "Batches to an update that the schedule is told of: 1 for one of Keras's own.",
    ),
    (
        "--dtype",
        click.Choice(["float32", "bfloat16", "float16", "float64"]),
        "What weights are kept in.",
    ),
    (
        "--updates-done",
        click.IntRange(min=0),
        "Updates that the optimizer has behind it. --epochs, --updates and the other options of "
        "the run then describe what is still to come.",
    ),
)


def plan_options(command: Any) -> Any:
    """The arguments of a `Plan`."""
    last = click.option("--drop-last", is_flag=True, help="Leave an incomplete batch out.")
    return _decorated(last(command), _PLAN)


def epoch_options(command: Any) -> Any:
    """The run of a picture: the arguments of a `Plan`, or only what an epoch is."""
    return plan_options(
        click.option(
            "--updates-per-epoch", type=_POSITIVE, metavar="X", help="Or only updates of an epoch."
        )(command)
    )


def epochs_of(ctx: click.Context, given: dict[str, Any]) -> tuple[Any, dict[str, int | float]]:
    """The plan or the updates of an epoch, None without any, and the names that texts may use.

    Args:
        ctx: The context of the command, whose errors then name its options.
        given: The values of `epoch_options`.
    """
    told = {name: value for name, value in given.items() if value not in (None, False)}
    updates = told.pop("updates_per_epoch", None)
    if updates is not None:
        if told:
            options = ", ".join("--" + name.replace("_", "-") for name in told)
            raise click.UsageError(f"--updates-per-epoch already says what an epoch is: {options}.")
        return updates, {"epoch": int(updates) if updates.is_integer() else updates}
    if not told:
        return None, {}
    from lrkit import Plan

    ctx.meta[WORDS] = in_options(ctx, {"Plan"}, {})
    plan = Plan(**told)
    return plan, plan.names


def fact_options(command: Any) -> Any:
    """What may be told to `lrkit.check` beside the plan."""
    return _decorated(command, _FACTS)


def _decorated(command: Any, options: tuple[tuple[str, Any, str], ...]) -> Any:
    for name, kind, text in reversed(options):
        command = click.option(name, type=kind, metavar=_metavar(kind), help=text)(command)
    return command


def _metavar(kind: Any) -> str | None:
    if isinstance(kind, click.Choice):
        return None
    return "X" if isinstance(kind, click.FloatRange) else "N"


def parted(given: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The arguments of a plan and the facts, as far as they were given."""
    names = {name.removeprefix("--").replace("-", "_") for name, _, _ in _FACTS}
    told = {name: value for name, value in given.items() if value is not None}
    facts = {name: value for name, value in told.items() if name in names}
    return {name: value for name, value in told.items() if name not in names}, facts
