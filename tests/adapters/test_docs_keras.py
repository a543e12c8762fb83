"""The examples of the documentation that need Keras, on the backend of this run."""

from pathlib import Path

import pytest

from tests.documentation import PAGES, Page, name, run_examples


@pytest.mark.parametrize("page", [page for page in PAGES if page.needs_keras], ids=name)
def test_examples(page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run_examples(page) == len(page.examples)
