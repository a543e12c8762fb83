"""A figure to a file: whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

#: File endings that can be written, with what keeps two files of one figure equal to the byte.
FORMATS: dict[str, dict[str, None]] = {
    ".png": {},
    ".svg": {"Date": None},
    ".pdf": {"CreationDate": None},
}


def check_target(path: str | os.PathLike[str], *, force: bool = True) -> Path:
    """The path, if a picture can be written there; asked before any work is done.

    Args:
        path: The file to write.
        force: An existing file may be replaced.

    Raises:
        ValueError: The ending is not .png, .svg or .pdf; the path is a folder; its folder does not
            exist or cannot be written to; the file exists and `force` is False.

    >>> check_target("curve.png").name
    'curve.png'
    """
    target = Path(path)
    got = f"got path={str(path)!r}"
    if target.is_dir():
        raise ValueError(f"plot: `path` must be a file, {got}, a folder. Add a file name to it.")
    if target.suffix.lower() not in FORMATS:
        raise ValueError(
            f"plot: `path` must end in .png, .svg or .pdf, {got}. The ending chooses the format."
        )
    if not target.parent.is_dir():
        raise ValueError(
            f"plot: `path` must be in an existing folder, {got}. Make {str(target.parent)!r} first."
        )
    if not os.access(target.parent, os.W_OK):
        raise ValueError(
            f"plot: `path` must be in a folder that can be written to, {got}. Choose another one."
        )
    if target.exists() and not force:
        raise ValueError(
            f"plot: `path` must be a new file, {got}, which exists. Use --force to replace it."
        )
    return target


def save(figure: Any, path: str | os.PathLike[str], *, dpi: float = 100) -> Path:
    """Write a matplotlib figure beside its place, then move it there; an old file is replaced.

    Args:
        figure: The figure.
        path: The file; its ending .png, .svg or .pdf chooses the format.
        dpi: Pixels per inch of a PNG.

    Raises:
        ValueError: A picture cannot be written there; see `check_target`.
        OSError: Writing fails. What was at `path` before is still there.
    """
    from matplotlib import rc_context

    target = check_target(path)
    ending = target.suffix.lower()
    aside = target.with_name(f".{target.stem}.{os.getpid()}{ending}")
    try:
        # Else the identifiers inside an SVG are random.
        with rc_context({"svg.hashsalt": "lrkit"}):
            figure.savefig(aside, format=ending[1:], dpi=dpi, metadata=FORMATS[ending])
        aside.replace(target)
    finally:
        aside.unlink(missing_ok=True)
    return target
