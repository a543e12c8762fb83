"""`lrkit find mnist`: a rate for what `lrkit mnist` trains."""

import json

import keras
import pytest
from click.testing import CliRunner

from lrkit.cli import main
from lrkit.tasks import finding
from lrkit.tasks.images import load

pytestmark = pytest.mark.skipif(
    keras.config.backend() != "tensorflow",
    reason="the same on all backends",
)


@pytest.fixture(autouse=True)
def _few_images(monkeypatch):
    images = load().first(1000)
    monkeypatch.setattr(finding, "load", lambda: images)


def lrkit(*arguments):
    return CliRunner().invoke(main, ["find", "mnist", *arguments], prog_name="lrkit")


def test_a_rate_for_mnist(tmp_path):
    pytest.importorskip("matplotlib")
    picture = tmp_path / "sweep.svg"
    options = ["--per-decade", "20", "--lr-min", "1e-5", "--json", "-o", str(picture)]
    done = lrkit(*options, "--updates", "3130")
    assert done.exit_code == 0, done.stderr
    document = json.loads(done.stdout)
    assert 5e-4 < document["suggestion"] < 2e-2
    assert document["expression"].endswith(" * (warmup(157) >> cosine(2973))")
    assert document["diverged"] is True
    assert picture.stat().st_size > 5000


def test_nothing_for_mnist():
    done = lrkit("--lr-max", "1e-5")
    assert done.exit_code == 4, done.stderr
    assert done.stdout.startswith("learning rate  none")
    assert "train with" not in done.stdout
