"""The examples on the pages of Transformers, Accelerate and Lightning, each in a process."""

import os
from pathlib import Path

import pytest

from tests.documentation import INTEGRATIONS, PAGES, Page, run_examples
from tests.integration.processes import run

MINE = [page for page in PAGES if page.path.stem in INTEGRATIONS - {"one-run"}]


def _in_folder(folder: Path, page: Page) -> int:
    os.chdir(folder)
    return run_examples(page)


def test_there_is_a_page_for_each() -> None:
    assert {page.path.stem for page in MINE} == INTEGRATIONS - {"one-run"}


@pytest.mark.parametrize("page", MINE, ids=lambda page: page.path.stem)
def test_examples(page: Page, tmp_path: Path) -> None:
    done = run(_in_folder, tmp_path, page)
    assert done.result == len(page.examples) > 0
    # What a scheduler or a callback has to say, the page shows or avoids.
    assert done.said("Scheduler") == done.said("Recorder") == done.said("set_schedule") == []
