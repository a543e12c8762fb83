"""`lrkit design`: a local page to draw, check and share schedules on. Loads no framework."""

from __future__ import annotations

import webbrowser
from typing import Any

import click

from lrkit.cli.group import write
from lrkit.cli.options import reading
from lrkit.cli.run import plan_options


@click.command()
@click.argument("texts", nargs=-1, metavar="[TEXT]...")
@reading
@plan_options
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, help="The port. Default: a free one."
)
@click.option("--browser/--no-browser", default=True, help="Open the page in the browser.")
def design(
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
    """  # noqa: D301, E501  # Click wants the control character itself, and the line as it is typed
    from lrkit.designer import Designer

    if over is not None:
        texts = tuple(f"({text}).over({over})" for text in texts)
    plan = {name: value for name, value in run.items() if value not in (None, False)}
    with Designer(texts, plan=plan or None, names=let, port=port) as designer:
        try:
            write(designer.url)
            if browser:
                webbrowser.open(designer.url)
            designer.wait()
        except KeyboardInterrupt:
            return
