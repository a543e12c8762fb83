"""Rates that were recorded: a CSV file of steps and values."""

from __future__ import annotations

import csv
import math
import os
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

STEP = "step"
#: What the column of the rates may be called; a file has one of them.
VALUES = ("learning_rate", "lr", "value")
MOST_STEP = 2**53


@dataclass(frozen=True)
class Recorded:
    """The rates of a CSV file, by growing step.

    Attributes:
        path: The file, as it was given.
        steps: Whole steps, each greater than the one before.
        values: The rate at each.
    """

    path: str
    steps: array[int] = field(repr=False, hash=False)
    values: array[float] = field(repr=False, hash=False)


def read_csv(path: str | os.PathLike[str], who: str = "diff") -> Recorded:
    """The steps and rates in a CSV file, as `lrkit.keras.Recorder` or TensorBoard write it.

    With a header, by the names of the columns: `step`, and one of `learning_rate`, `lr` and
    `value`, in capitals or not; other columns are left out. Without a header: exactly two columns,
    step and rate. Empty lines are left out.

    Args:
        path: The file: UTF-8, with commas.
        who: The command or function that reads, for the message.

    Raises:
        OSError: The file cannot be read.
        ValueError: The columns are not clear, a line does not hold a whole step of 0 or more and a
            finite rate, or the steps do not grow. Names the line.
    """
    reader = _Reader(os.fspath(path), who)
    with Path(path).open(encoding="utf-8-sig", newline="") as file:
        return reader.read(file)


class _Reader:
    """Reads one file, and knows where it is when something is wrong."""

    def __init__(self, path: str, who: str) -> None:
        self.path, self.who = path, who
        self.steps, self.values = array("q"), array("d")

    def read(self, file: Iterator[str]) -> Recorded:
        rows = csv.reader(file, skipinitialspace=True)
        try:
            self._read(rows)
        except UnicodeDecodeError:
            self._refuse("be text in UTF-8", "other bytes", "Save it as UTF-8.")
        except csv.Error as error:
            self._refuse("be a CSV file", f"line {rows.line_num}: {error}", "Write it again.")
        if not self.steps:
            self._refuse("hold a row with a step and a rate", "none", "Look at what wrote it.")
        return Recorded(self.path, self.steps, self.values)

    def _read(self, rows: Any) -> None:
        first = next(filter(None, rows), None)
        if first is None:
            return
        at_step, at_value = self._columns(first, rows.line_num)
        if _is_number(first[at_step]):
            self._add(first[at_step], first[at_value], rows.line_num)
        add_step, add_value = self.steps.append, self.values.append
        last = self.steps[-1] if self.steps else -1
        for row in filter(None, rows):
            if len(row) != len(first):
                fields = f"{len(row)} fields in line {rows.line_num}"
                self._refuse(f"have {len(first)} fields in every line", fields, "Mend that line.")
            try:
                step, value = int(row[at_step]), float(row[at_value])
            except ValueError:
                step, value = -1, 0.0
            if last < step < MOST_STEP and -math.inf < value < math.inf:
                add_step(step)
                add_value(value)
            else:  # a step such as 7.0, or something wrong
                self._add(row[at_step], row[at_value], rows.line_num)
            last = self.steps[-1]

    def _columns(self, row: list[str], line: int) -> tuple[int, int]:
        """Where the step and the rate stand, from the first line: a header, or two numbers."""
        if all(map(_is_number, row)):
            if len(row) != 2:
                self._refuse(
                    "have two columns, step and rate, where it has no header",
                    f"{len(row)} columns in line {line}",
                    f"Put the names of the columns above: {STEP} and {VALUES[0]}.",
                )
            return 0, 1
        names = [name.strip().lower() for name in row]
        rates = [name for name in names if name in VALUES]
        if names.count(STEP) != 1 or len(rates) != 1:
            self._refuse(
                f"have a column `{STEP}` and one column named {_or(VALUES)}",
                f"the columns {', '.join(names)[:200]} in line {line}",
                "Rename the two columns to compare, or keep only those.",
            )
        return names.index(STEP), names.index(rates[0])

    def _add(self, step: str, value: str, line: int) -> None:
        try:
            at, rate = float(step), float(value)
        except ValueError:
            at = rate = math.nan
        if not (0 <= at < MOST_STEP and at.is_integer() and math.isfinite(rate)):
            self._refuse(
                "hold a whole step of 0 or more and a finite rate in every line",
                f"step {step[:40]!r} and rate {value[:40]!r} in line {line}",
                "Mend that line, or take it out.",
            )
        if self.steps and at <= self.steps[-1]:
            self._refuse(
                "have growing steps",
                f"step {int(at)} after step {self.steps[-1]} in line {line}",
                "Keep the rows of one run, each step once.",
            )
        self.steps.append(int(at))
        self.values.append(rate)

    def _refuse(self, rule: str, found: str, way_out: str) -> NoReturn:
        raise ValueError(f"{self.who}: the file {self.path!r} must {rule}, got {found}. {way_out}")


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _or(names: tuple[str, ...]) -> str:
    quoted = [f"`{name}`" for name in names]
    return f"{', '.join(quoted[:-1])} or {quoted[-1]}"
