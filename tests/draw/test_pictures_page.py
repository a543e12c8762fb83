"""The pictures of docs/pictures.md and docs/finder.md are what the code draws."""

import re

import pytest

from tools import pictures

pytest.importorskip("matplotlib")
NUMBER = re.compile(r"-?\d+\.\d+")


def test_the_pictures_are_current(tmp_path):
    """If they are not: `python -m tools.pictures`."""
    for drawn in pictures.write(tmp_path):
        new, old = (path.read_text("utf-8") for path in (drawn, pictures.ASSETS / drawn.name))
        assert NUMBER.sub("", new) == NUMBER.sub("", old), drawn.name
        # The last digit of a pixel may differ between processors.
        numbers = [list(map(float, NUMBER.findall(text))) for text in (new, old)]
        assert numbers[0] == pytest.approx(numbers[1], abs=1e-3)


def test_every_picture_is_shown_on_its_paper():
    for name, page in {"several": "pictures", "applied": "pictures", "sweep": "finder"}.items():
        text = (pictures.ASSETS.parent / f"{page}.md").read_text("utf-8")
        for paper in ("light", "dark"):
            assert f"(assets/{name}-{paper}.svg#only-{paper})" in text
