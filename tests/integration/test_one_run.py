"""docs/one-run.md: five frameworks, one expression, one trace of rates."""

import re
from pathlib import Path

import numpy as np
import pytest

from tests.documentation import run_session
from tools import one_run


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, float]]:
    folder = tmp_path_factory.mktemp("one-run")
    return folder, one_run.run(folder)


def planned() -> np.ndarray:
    """The plan, worked out anew."""
    up, flat, down = np.arange(6) / 6, np.ones(30), np.arange(24) / 24
    return 0.02 * np.concatenate([up, flat, (1 + np.cos(np.pi * down)) / 2])


def test_the_applied_rates_coincide(runs: tuple[Path, dict[str, float]]) -> None:
    for name in one_run.RUNS:
        table = np.genfromtxt(runs[0] / f"{name}.csv", delimiter=",", names=True)
        assert table["step"].tolist() == list(range(60))
        assert np.abs(table["learning_rate"] - planned()).max() <= 1e-6 * 0.02, name


def test_the_losses_agree(runs: tuple[Path, dict[str, float]]) -> None:
    losses = list(runs[1].values())
    assert max(losses) - min(losses) < 1e-3 * min(losses)
    assert min(losses) < 0.2  # it learned: of targets whose mean square is above 0.4


def test_the_page_says_so(
    runs: tuple[Path, dict[str, float]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(runs[0])
    common, *_ = one_run.PAGE.blocks("python")
    names: dict[str, object] = {}
    exec(common.code, names)
    (shown,) = one_run.PAGE.blocks("pycon")
    run_session(shown, names)


def test_the_picture_is_current(runs: tuple[Path, dict[str, float]]) -> None:
    """To a fifth of a pixel; losses to their last shown digit but one."""
    drawn, kept = one_run.picture(*runs), one_run.PICTURE.read_text(encoding="utf-8")
    number = re.compile(r"\d+\.\d+|\d+")
    assert number.sub("#", drawn) == number.sub("#", kept), "run `make one-run`"
    now, then = (np.array(number.findall(text), float) for text in (drawn, kept))
    assert np.abs(now - then).max() <= 0.2, "run `make one-run`"
