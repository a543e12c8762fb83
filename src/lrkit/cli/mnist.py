"""`lrkit mnist`: train on MNIST with one schedule or several."""

from __future__ import annotations

import contextlib
import shlex
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from lrkit.cli.group import INTERRUPTED, write
from lrkit.cli.options import as_json, print_json
from lrkit.cli.words import WORDS, in_options

#: By option, the field of the job.
FIELDS = {"schedule": "schedules"}
#: What speaks to the user below this command, and what it calls the options otherwise.
FUNCTIONS = ("choose", "Images.first", "load", "optimizer", "schedule", "train")
ARGUMENTS = {"path": "data"}


_whole = click.IntRange(min=1)
#: The options that make the job, all that a result depends on, in the order of the help.
SETTINGS = (
    click.option(
        "--schedule",
        multiple=True,
        default=("cosine",),
        show_default="cosine",
        metavar="NAME|TEXT",
        help="cosine, exponential, step, constant or a text; repeat it to compare several.",
    ),
    click.option(
        "--peak",
        type=click.FloatRange(min=0, min_open=True),
        default=0.001,
        show_default=True,
        help="The highest rate of the four strategies; `peak` in a text.",
    ),
    click.option(
        "--min-lr",
        type=click.FloatRange(min=0),
        default=0.0,
        show_default=True,
        help="No rate goes below.",
    ),
    click.option(
        "--epochs", type=_whole, default=10, show_default=True, help="Passes over the data."
    ),
    click.option(
        "--batch-size", type=_whole, default=32, show_default=True, help="Images in an update."
    ),
    click.option(
        "--examples", type=_whole, help="Train on the first N images. Default: all there are."
    ),
    click.option(
        "--optimizer",
        default="adam",
        show_default=True,
        metavar="NAME",
        help="Any optimizer of Keras by its name.",
    ),
    click.option(
        "--seed",
        type=click.IntRange(min=0),
        default=0,
        show_default=True,
        help="Of the weights and of the order of the images.",
    ),
    click.option(
        "--backend",
        type=click.Choice(["tensorflow", "jax", "torch"]),
        help="Of Keras. Default: KERAS_BACKEND, else the first that is installed.",
    ),
    click.option(
        "--full", is_flag=True, help="All 60,000 images in place of 10,000; Keras downloads them."
    ),
    click.option(
        "--data",
        type=click.Path(resolve_path=True),
        metavar="FILE.npz|FOLDER",
        help="A file with Keras's four arrays, or a folder with MNIST's four IDX files (.gz or "
        "not), in place of the embedded images.",
    ),
    click.option(
        "--jit/--no-jit",
        default=None,
        help="Compile each step as a whole: XLA, on torch torch.compile. Default: Keras's own, "
        "which is to do it on JAX, and on TensorFlow with a GPU.",
    ),
)


def settings(command: Any) -> Any:
    """The command with all options of `SETTINGS`."""
    for option in reversed(SETTINGS):
        command = option(command)
    return command


@click.command()
@settings
@click.option(
    "--out",
    type=click.Path(file_okay=True, path_type=Path),
    default=Path("lrkit-mnist"),
    show_default=True,
    help="A new or an empty folder for all that is written.",
)
@click.option("--resume", is_flag=True, help="Go on with the run in the folder, where it stopped.")
@as_json
@click.pass_context
def mnist(ctx: click.Context, /, out: Path, resume: bool, as_json: bool, **options: Any) -> None:
    """Train on MNIST with one schedule or several, and compare.

    cosine goes from the peak to 0 over the whole run, exponential is multiplied by 0.9 each
    epoch, step by 0.5 every third epoch, constant stays. A text may use `epoch` and `updates` (the
    updates in an epoch and in the run) and `peak`.

    The folder gets learning_rate.csv (each update), history.csv, run.json, model.keras and
    curves.png; with several schedules one sub-folder each, and a comparison. Ctrl-C is safe:
    --resume goes on from the last whole epoch with the same settings.

    \b
    lrkit mnist
    lrkit mnist --schedule cosine --schedule step --schedule exponential --out compared
    lrkit mnist --schedule "peak * (warmup(epoch) >> cosine(updates - epoch))"
    """
    from lrkit.cli.mnist_show import Terminal, picture, table

    ctx.meta[WORDS] = in_options(ctx, FUNCTIONS, ARGUMENTS)
    job = _job(ctx, out, resume, options)
    from lrkit.tasks.mnist import train  # loads Keras, so after the backend is settled

    show = Terminal(err=as_json, is_compiled=bool(job.jit))
    try:
        with _warnings_as_lines():
            report = train(job, out, resume=resume, show=show)
    except KeyboardInterrupt:
        show.close()
        _stopped(ctx, out)
    finally:
        show.close()
    if as_json:
        print_json(report.document())
        return
    write(f"\n{table(report.table())}\n\nfolder    {out}\n{picture(report.picture)}")


def _job(ctx: click.Context, out: Path, resume: bool, options: dict[str, Any]) -> Any:
    """The job of the options, or of the folder to resume."""
    from lrkit.tasks import backend, files
    from lrkit.tasks.job import Job, resumed

    named = {FIELDS.get(name, name): value for name, value in options.items()}
    if not resume:
        if options["full"] and options["data"]:
            raise click.UsageError("--full and --data are two sources of images: give one", ctx)
        files.check_free(out)  # before a framework is loaded, which takes seconds
        return Job(**{**named, "backend": backend.choose(options["backend"])})
    given = {
        FIELDS.get(name, name): value
        for name, value in options.items()
        if ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE
    }
    job = resumed(files.read_run(out)["settings"], given)
    backend.choose(job.backend)
    return job


@contextlib.contextmanager
def _warnings_as_lines() -> Iterator[None]:
    """Warnings as one line on stderr, without the place in the code, which is not the user's."""

    def line(message: Warning | str, *_: Any, **__: Any) -> None:
        write(f"lrkit: warning: {message}", err=True)

    with warnings.catch_warnings():
        warnings.filterwarnings("always", message="Recorder: ")
        warnings.showwarning = line  # restored by catch_warnings
        yield


def _stopped(ctx: click.Context, out: Path) -> None:
    """Say how to go on, and exit as after Ctrl-C."""
    if not (out / "run.json").exists():
        raise click.Abort
    sys.stdout.flush()
    again = f"lrkit mnist --out {shlex.quote(str(out))} --resume"
    write(f"lrkit: stopped. All up to the last whole epoch is kept; to go on: {again}", err=True)
    ctx.exit(INTERRUPTED)
