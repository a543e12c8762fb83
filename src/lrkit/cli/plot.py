"""`lrkit plot`: schedules as a picture in a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from lrkit.cli.group import write
from lrkit.cli.options import as_json, print_json, read_all, texts
from lrkit.cli.run import epoch_options, epochs_of


@click.command()
@texts
@click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path), help=".png, .svg or .pdf"
)
@click.option("--force", is_flag=True, help="Replace the file if there is one.")
@click.option("--log", is_flag=True, help="Logarithmic rates.")
@click.option("--difference", is_flag=True, help="Below, each curve minus the first TEXT.")
@click.option(
    "--run",
    "runs",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="CSV",
    help="A recorded run, drawn under the schedules, with the words of its audit; repeatable.",
)
@click.option("--dark", is_flag=True, help="Dark paper.")
@click.option("--title", help="Title of the picture.")
@epoch_options
@as_json
@click.pass_context
def plot(
    ctx: click.Context,
    /,
    texts: tuple[str, ...],
    let: dict[str, int | float],
    over: int | None,
    span: float | None,
    output: Path,
    force: bool,
    log: bool,
    difference: bool,
    runs: tuple[Path, ...],
    dark: bool,
    title: str | None,
    as_json: bool,
    **given: Any,
) -> None:
    """Draw schedules into a .png, .svg or .pdf file.

    The legend says the area under each curve, Σ rate: the sum of the rates of the updates drawn. An
    existing file stays as it is unless --force is given.

    With the options of a run, a second axis counts epochs, and a TEXT may use the names updates,
    percent, epoch, batch, example and token, the updates of the run and of one of each, as far as
    the run says what they are; --updates-per-epoch gives the axis and the name epoch alone. A
    recorded run is compared with the first TEXT, over the run if it is given.

    \b
    lrkit plot "warmup(5) >> cosine(95)" "linear(100)" --over 10000 --difference -o compare.png
    lrkit plot "1e-3 * cosine(10*epoch)" --epochs 10 --examples 60000 --batch-size 32 -o c.svg
    lrkit plot "1e-3 * cosine(updates)" --updates 8000 --run learning_rate.csv -o applied.png
    """
    from lrkit import draw
    from lrkit.draw.save import check_target

    check_target(output, force=force)
    plan, names = epochs_of(ctx, given)
    schedules = read_all(texts, names | let, over)
    applied, notes, audits = _recorded(runs, schedules[0], plan)
    figure = draw.plot(
        schedules,
        plan=plan,
        span=span,
        log=log,
        difference=difference,
        applied=applied,
        notes=notes,
        dark=dark,
        title=title,
    )
    draw.save(figure, output, dpi=150)
    if as_json:
        document = {"file": str(output), "schedules": [repr(schedule) for schedule in schedules]}
        print_json(document | ({"runs": audits} if audits else {}))
    else:
        write("\n".join([*notes, f"wrote {output}"]))


def _recorded(
    runs: tuple[Path, ...], schedule: Any, plan: Any
) -> tuple[dict[str, Any], list[str], list[dict[str, Any]]]:
    """The curves of the files by name, what their audits say, and that for a program."""
    from lrkit import Plan
    from lrkit.plan.audit_csv import audit_csv
    from lrkit.plan.read_csv import read_csv

    curves: dict[str, Any] = {}
    notes: list[str] = []
    documents: list[dict[str, Any]] = []
    for path in runs:
        recorded = read_csv(path, "plot")
        audit = audit_csv(recorded, schedule, plan if isinstance(plan, Plan) else None)
        curves[str(path)] = (recorded.steps, recorded.values)
        notes += [f"{path}: {line}" for line in str(audit).splitlines()]
        found = [{"code": one.code, "text": one.text} for one in audit.findings]
        documents.append({"file": str(path), "as_planned": audit.ok, "findings": found})
    return curves, notes, documents
