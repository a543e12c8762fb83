"""`lrkit design`: a local page to draw, check and share schedules on. Loads no framework."""

from __future__ import annotations

import signal
import sys
from typing import Any

import click

from lrkit.cli.options import reading
from lrkit.cli.run import plan_options
from lrkit.cli.words import WORDS, in_options

#: What a shell sees of a process that was asked to end.
TERMINATED = 128 + signal.SIGTERM


@click.command()
@click.argument("texts", nargs=-1, metavar="[TEXT]...")
@reading
@plan_options
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, help="The port. Default: a free one."
)
@click.option("--browser/--no-browser", default=True, help="Open the page in the browser.")
@click.pass_context
def design(
    ctx: click.Context,
    /,
    texts: tuple[str, ...],
    let: dict[str, int | float],
    over: int | None,
    port: int,
    browser: bool,
    **run: Any,
) -> None:
    """Open the designer: a page to draw, check and share schedules on.

    The page is on this machine only; its address, which is printed, holds a secret. Each TEXT is
    drawn, and may be wrong: the page shows where. In place of TEXTs, one link that the page made
    brings back all that it holds. Ctrl-C ends it.

    \b
    lrkit design
    lrkit design "1e-3 * (warmup(500) >> cosine(9500))" "1e-3 * wsd(10000, warmup=500, cooldown=2000)"
    lrkit design "1e-3 * cosine(updates)" --epochs 10 --examples 60000 --batch-size 32
    """  # noqa: E501  # a line as it is typed
    from lrkit.designer import serve
    from lrkit.designer.server import link_state

    if over is not None:
        if link_state(list(texts)):
            raise click.UsageError("--over is of texts, and a link has its own. Leave it out.")
        texts = tuple(f"({text}).over({over})" for text in texts)
    plan = {name: value for name, value in run.items() if value not in (None, False)}
    ctx.meta[WORDS] = in_options(ctx, {"Designer"}, {})
    # As after Ctrl-C, so that the process that evaluates ends too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(TERMINATED))
    serve(texts, browser=browser, plan=plan or None, names=let, port=port)
