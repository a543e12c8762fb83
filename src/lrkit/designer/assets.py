"""The built page: what `make web` leaves beside this file, and what to do where it is missing."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).with_name("assets")
SCRIPT, STYLE, LICENCES = "designer.js", "designer.css", "licences.txt"


class MissingAssets(ValueError):
    """The page is not built; says how to build it."""


@dataclass(frozen=True)
class Assets:
    """The parts that a page is put together from.

    Attributes:
        script: All of its JavaScript.
        style: All of its style sheet.
        licences: The licence texts of what the script holds of others.
    """

    script: str
    style: str
    licences: str


def load(folder: Path = FOLDER) -> Assets:
    """The parts of the page.

    Args:
        folder: Where they are.

    Raises:
        MissingAssets: One of them is not there.
    """
    missing = [name for name in (SCRIPT, STYLE, LICENCES) if not (folder / name).is_file()]
    if missing:
        raise MissingAssets(
            f"design: the page must be built, and without {' and '.join(missing)} it is not. Run "
            "`make web` in the sources, which needs Node 20 or newer, or install a wheel, which "
            "holds it. `lrkit show` and `lrkit plot` draw without it."
        )
    texts = ((folder / name).read_text(encoding="utf-8") for name in (SCRIPT, STYLE, LICENCES))
    return Assets(*texts)
