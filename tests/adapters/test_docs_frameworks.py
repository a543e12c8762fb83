"""The examples of the documentation that need a framework, on the backend of this run."""

import os
from pathlib import Path

import pytest

from tests.documentation import PAGES, Page, name, run_examples

BACKEND = os.environ.get("KERAS_BACKEND", "tensorflow")


@pytest.mark.parametrize("page", [page for page in PAGES if page.runs_on(BACKEND)], ids=name)
def test_examples(page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run_examples(page) == len(page.examples)
