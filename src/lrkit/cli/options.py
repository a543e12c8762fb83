"""Options that several commands share, and what they mean."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any, TypeVar

import click

from lrkit.cli.group import write

Command = TypeVar("Command", bound=Callable[..., Any])


def _let(
    ctx: click.Context, param: click.Parameter, given: tuple[str, ...]
) -> dict[str, int | float]:
    """NAME=NUMBER, each name once."""
    names: dict[str, int | float] = {}
    for one in given:
        name, sign, text = (part.strip() for part in one.partition("="))
        if not (sign and name.isidentifier()):
            raise click.BadParameter(f"must be NAME=NUMBER, such as epoch=1875, got {one!r}.")
        if name in names:
            raise click.BadParameter(f"{name!r} is given twice.")
        names[name] = _number(name, text)
    return names


def _number(name: str, text: str) -> int | float:
    """Whole where it is written so."""
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    raise click.BadParameter(f"must give {name!r} a number, got {text!r}.")


let = click.option(
    "--let",
    metavar="NAME=NUMBER",
    multiple=True,
    callback=_let,
    help="A number that the texts name; repeatable.",
)


def reading(command: Command) -> Command:
    """The numbers and the length that texts are read with."""
    for decorate in (
        click.option(
            "--over",
            type=click.IntRange(min=1),
            metavar="N",
            help="Make each schedule exactly N updates long, whatever unit it is written in.",
        ),
        let,
    ):
        command = decorate(command)
    return command


def texts(command: Command) -> Command:
    """One or more schedules, with what they are read with, and how much of them is drawn."""
    command = click.option(
        "--span",
        type=click.FloatRange(min=0, min_open=True),
        metavar="N",
        help="Draw the first N updates. Default: the whole schedule.",
    )(command)
    return click.argument("texts", nargs=-1, required=True, metavar="TEXT...")(reading(command))


as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")


def read_all(texts: tuple[str, ...], names: dict[str, int | float], over: int | None) -> list[Any]:
    """The schedules of the texts.

    Raises:
        ValueError: A text does not parse, or is too long for `over`.
    """
    from lrkit import read

    schedules = [read(text, **names) for text in texts]
    return schedules if over is None else [schedule.over(over) for schedule in schedules]


def print_json(document: Any) -> None:
    """One JSON document on stdout: ASCII, so that any stream takes it; no NaN, no Infinity."""
    write(json.dumps(document, indent=2, allow_nan=False))


def finite(value: float) -> float | None:
    """The number, or None for an infinite one: JSON has no infinity."""
    return value if abs(value) < sys.float_info.max else None
