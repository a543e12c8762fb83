"""Files that are there whole or not at all, and the folder of a run."""

import csv
import json
import math
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

RUN = "run.json"
HISTORY = "history.csv"
RATES = "learning_rate.csv"
MODEL = "model.keras"
CURVES = "curves.png"
COMPARISON = "comparison.csv"


@contextmanager
def aside(path: Path) -> Iterator[Path]:
    """A path beside `path` to write to; at the end it takes that file's place.

    Its name is always the same, so that what a killed process left is overwritten by the next.
    """
    beside = path.with_name(f".{path.stem}.part{path.suffix}")
    try:
        yield beside
        with beside.open("rb") as file:
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def write_json(path: Path, document: dict[str, Any]) -> None:
    """One JSON document; a number that JSON does not know (a loss that became NaN) is null."""
    with aside(path) as file:
        text = json.dumps(plain(document), indent=2, allow_nan=False)
        file.write_text(text + "\n", encoding="utf-8")


def plain(value: Any) -> Any:
    """The same with None for every NaN and infinity, as JSON has no word for them."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def write_rows(path: Path, rows: list[dict[str, Any]]) -> None:
    """A CSV file of rows that all have the first one's columns; floats in full."""
    with aside(path) as file, file.open("w", newline="", encoding="utf-8") as target:
        writer = csv.DictWriter(target, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def read_rows(path: Path) -> list[dict[str, Any]]:
    """The rows that `write_rows` wrote, numbers as numbers."""
    with path.open(newline="", encoding="utf-8") as file:
        return [
            {key: (int if key in ("epoch", "step") else float)(text) for key, text in row.items()}
            for row in csv.DictReader(file)
        ]


def read_run(folder: Path) -> dict[str, Any]:
    """What `run.json` of a folder says.

    Raises:
        ValueError: There is none, or it is not one of ours.
    """
    path = folder / RUN
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        if document["task"] == "mnist" and isinstance(document["settings"], dict):
            return dict(document)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _no_run(folder) from error
    raise _no_run(folder)


def _no_run(folder: Path) -> ValueError:
    return ValueError(
        f"resume: `out` must be the folder of a run of this task, got out={folder}, "
        f"which has no readable {RUN}. Start that run without resume."
    )


def check_free(folder: Path) -> None:
    """Raise unless `folder` is new or empty.

    Raises:
        FileExistsError: Something is there.
    """
    if folder.is_dir() and not any(folder.iterdir()):
        return
    if folder.exists():
        raise FileExistsError(
            f"train: `out` must be a new or an empty folder, got out={folder}, which is not. "
            "Use --resume to go on with the run in it, or --out to name another folder."
        )
