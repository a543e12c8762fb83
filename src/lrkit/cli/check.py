"""`lrkit check`: what is wrong with a schedule over a run. Loads neither NumPy nor a framework."""

from __future__ import annotations

import math
import os
import shutil
import sys
from dataclasses import replace
from typing import Any

import click

from lrkit.cli.group import write
from lrkit.cli.options import as_json, let, print_json
from lrkit.cli.run import fact_options, parted, plan_options
from lrkit.cli.words import WORDS, in_options

#: No error was found, or one was. Wrong input is 2.
FINE, ERRORS = 0, 1
#: ANSI colours, which all kinds of colour-blind eyes tell apart; the words say the same.
COLOURS = {"error": "1;33", "warning": "33", "note": "36"}


@click.command()
@click.argument("text", metavar="TEXT")
@let
@click.option(
    "--unit",
    type=click.Choice(["run", "updates", "epochs", "percent", "batches", "examples", "tokens"]),
    default="updates",
    show_default=True,
    help="What TEXT is written in; run: in any unit, and as long as the run.",
)
@plan_options
@fact_options
@click.option(
    "--width", type=click.IntRange(min=30), help="Characters in a line. Default: the terminal's."
)
@click.option(
    "--height", type=click.IntRange(min=3), default=8, show_default=True, help="Lines of the chart."
)
@click.option("--strict", is_flag=True, help="Exit with 1 for warnings too.")
@as_json
@click.pass_context
def check(
    ctx: click.Context,
    /,
    text: str,
    let: dict[str, int | float],
    unit: str,
    width: int | None,
    height: int,
    strict: bool,
    as_json: bool,
    **given: Any,
) -> int:
    """Say what is wrong with a schedule over a run, before the run.

    The run is --epochs, --examples and --batch-size, or --updates. TEXT may use the names updates,
    percent, epoch, batch, example and token, the updates of the run and of one of each, as far as
    the run says what they are. Each finding comes with the schedule that has it no more; the chart
    has a mark where it happens.

    The exit status is 0 without errors, 1 with errors, 2 after wrong input; with --strict a
    warning counts as an error.

    \b
    lrkit check "1e-3 * cosine(2500)" --epochs 10 --examples 10000 --batch-size 32
    lrkit check "1e-3 * (warmup(5*percent) >> cosine(95*percent))" --updates 10000 --beta2 0.999
    lrkit check "0.1 * (warmup(5) >> cosine(85))" --unit epochs --epochs 90 --batches 5004
    """
    from lrkit import Plan
    from lrkit import check as examine

    ctx.meta[WORDS] = in_options(ctx, {"Plan", "check", "lay"}, {"schedule": "text"})
    told, facts = parted(given)
    plan = Plan(**told)
    schedule = plan.lay(_named(ctx, plan, text, let), unit)
    found = examine(schedule, plan, **facts)
    if as_json:
        print_json(found.document())
    else:
        columns = width or max(30, min(shutil.get_terminal_size().columns, 100))
        write(_report(found, facts.get("updates_done", 0), columns, height))
    spoiled = not found.ok or (strict and found.of("warning"))
    return ERRORS if spoiled else FINE


def _named(ctx: click.Context, plan: Any, text: str, let: dict[str, int | float]) -> Any:
    """The schedule of the text; what the run does not say is said in options."""
    from lrkit.core.parse import TextError
    from lrkit.plan.units import UNSAID, named

    try:
        return named(plan, text, **plan.names | let)
    except TextError as error:
        if error.reason.startswith(UNSAID):
            reason = ctx.meta[WORDS](error.reason)
            raise TextError(reason, error.text, error.position) from None
        raise


def _report(found: Any, done: int, columns: int, height: int) -> str:
    """The schedule, its chart, and what was found."""
    from lrkit.draw import axis
    from lrkit.draw.terminal import Style, chart
    from lrkit.plan.doctor.diagnosis import said

    style = Style.of(sys.stdout, os.environ)
    parts = [style.paint(axis.short(repr(found.schedule), 2000, "..."), "1")]
    drawn = _series(found, done)
    if drawn is not None:
        epoch = found.plan.updates_per_epoch
        parts.append(chart(drawn, width=columns, height=height, epoch=epoch, style=style))
    lines = [found.summary, *([] if found.findings else ["Nothing found."])]
    for one in found.findings:
        severity, colon, rest = said(one).partition(":")
        lines.append(style.paint(severity + colon, COLOURS[severity]) + rest)
    return "\n\n".join([*parts, "\n".join(lines)])


def _series(found: Any, done: int) -> Any:
    """What there is to draw up to the end of the run; None where the rates have no height."""
    from lrkit.draw.series import Knot, series

    try:
        drawn = series(found.schedule, done + found.plan.updates)
    except ValueError:  # beyond all numbers, which is among the findings
        return None
    marks = {one.step for one in found.findings if one.step is not None}
    knots = [Knot(step, *[found.schedule(step)] * 2) for step in sorted(marks)]
    # The chart marks the joins of a series: here these, also after the schedule's end.
    return replace(drawn, knots=tuple(knots), length=math.inf)
