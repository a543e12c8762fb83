"""The gallery's page and pictures are what the code gives."""

import re

import pytest

from lrkit.core.text import read
from lrkit.draw.gallery import entries
from tools import gallery

PICTURES = gallery.pictures()
PAGE = gallery.PAGE.read_text(encoding="utf-8")


def test_the_page_is_current():
    assert gallery.page() == PAGE, "run `make gallery-page`"


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_current(name):
    found = (gallery.PICTURES / name).read_text(encoding="utf-8")
    assert found == PICTURES[name], "run `make gallery-page`"


def test_there_are_no_other_pictures():
    assert {file.name for file in gallery.PICTURES.iterdir()} == set(PICTURES)


def test_the_page_shows_every_entry():
    shown = re.findall(r"\]\(assets/gallery/(\S+)\)", PAGE)
    assert shown == list(PICTURES)
    assert len(shown) == len(entries()) >= 50
    examples = re.findall(r"^- drawn: `(.*)`$", PAGE, re.M)
    assert [read(text) for text in examples] == [entry.schedule for entry in entries()]


def test_write_makes_the_folder_true(tmp_path, monkeypatch):
    monkeypatch.setattr(gallery, "PAGE", tmp_path / "gallery.md")
    monkeypatch.setattr(gallery, "PICTURES", tmp_path / "a" / "b")
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "gone.svg").write_text("<svg/>")
    gallery.write()
    assert (tmp_path / "gallery.md").read_text(encoding="utf-8") == PAGE
    assert {file.name for file in (tmp_path / "a" / "b").iterdir()} == set(PICTURES)
