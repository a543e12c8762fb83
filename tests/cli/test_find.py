"""`lrkit find` without a framework: its target, its options, what it prints and its status."""

import io
import json
import sys
import textwrap
from types import SimpleNamespace

import numpy as np
import pytest

import lrkit
from lrkit.cli.find import expression
from lrkit.cli.find_show import Bar
from lrkit.finder import Curve, Found, suggest
from tests.cli.test_frame import run

RATES = np.geomspace(1e-6, 10, 281)
GOOD = suggest(Curve(RATES, 1 + np.tanh(np.log(RATES / 0.1) ** 2)))
FLAT = suggest(Curve(RATES, 1 + 0.01 * np.random.default_rng(0).standard_normal(281)))


@pytest.fixture
def fake(tmp_path, monkeypatch):
    """A folder with a module `train_it`, and adapters that only say what they were given."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    asked = SimpleNamespace(found=GOOD, error=None, framework=None, places=None, names=None)

    def adapter(framework):
        def find_lr(*places, **names):
            asked.framework, asked.places, asked.names = framework, places, names
            if asked.error is not None:
                raise asked.error
            names["progress"]("sweep", 1, 281)
            return asked.found

        return SimpleNamespace(find_lr=find_lr)

    for framework in ("keras", "torch", "optax"):
        monkeypatch.setitem(sys.modules, f"lrkit.{framework}", adapter(framework))
    monkeypatch.delitem(sys.modules, "train_it", raising=False)

    def write(source):
        (tmp_path / "train_it.py").write_text(textwrap.dedent(source))
        monkeypatch.delitem(sys.modules, "train_it", raising=False)
        sys.dont_write_bytecode = True
        return asked

    yield write
    sys.modules.pop("train_it", None)


PAIR = """
    def make():
        return "model", "dataset"
"""


def test_table_chart_and_expression(fake):
    asked = fake(PAIR)
    done = run("find", "train_it:make")
    assert (done.exit_code, done.stderr) == (0, "")
    assert (asked.framework, asked.places, list(asked.names)) == (
        "keras",
        ("model", "dataset"),
        ["progress"],
    )
    lines = done.stdout.splitlines()
    assert lines[0].startswith("learning rate")
    assert "loss" in done.stdout
    wanted = f"train with  ({GOOD.rate:.3g} * (warmup(5) >> cosine(95))).over(updates)"
    assert lines[-1] == wanted
    # It is a text that lrkit reads.
    text = lines[-1].removeprefix("train with  ")
    assert lrkit.read(text, updates=1000).length == 1000


@pytest.mark.parametrize(
    ("returned", "framework", "places", "names"),
    [
        ("('m', 'x', 'y')", "keras", ("m", "x", "y"), {}),
        ("{'model': 1, 'data': 2}", "keras", (), {"model": 1, "data": 2}),
        ("{'model': 1, 'optimizer': 2}", "torch", (), {"model": 1, "optimizer": 2}),
        ("{'params': 1, 'optimizer': 2}", "optax", (), {"params": 1, "optimizer": 2}),
    ],
)
def test_what_a_function_may_return(fake, returned, framework, places, names):
    asked = fake(f"def make():\n    return {returned}")
    assert run("find", "train_it:make").exit_code == 0
    del asked.names["progress"]
    assert (asked.framework, asked.places, asked.names) == (framework, places, names)


def test_options_come_before_what_the_function_says(fake):
    asked = fake("""
        class Made:
            @staticmethod
            def of_torch():
                return {"model": 1, "optimizer": 2, "seed": 7, "repeats": 2, "updates": 500}
    """)
    options = ["--lr-max", "1", "--seed", "3", "--effort", "confirm", "--schedule", "cosine(100)"]
    done = run("find", "train_it:Made.of_torch", *options)
    assert done.exit_code == 0, done.stderr
    del asked.names["progress"]
    assert asked.names == {
        **{"model": 1, "optimizer": 2, "seed": 3, "repeats": 2, "updates": 500, "lr_max": 1.0},
        **{"effort": "confirm", "schedule": "cosine(100)"},
    }
    assert done.stdout.splitlines()[-1] == f"train with  {GOOD.rate:.3g} * cosine(500)"


def test_json_and_picture(fake, tmp_path):
    pytest.importorskip("matplotlib")
    fake(PAIR)
    arguments = ["find", "train_it:make", "--updates", "2000", "--json", "-o", "sweep.png"]
    done = run(*arguments)
    assert done.exit_code == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["suggestion"] == GOOD.rate
    assert document["expression"] == f"{GOOD.rate:.3g} * (warmup(100) >> cosine(1900))"
    assert document["picture"] == "sweep.png"
    assert (tmp_path / "sweep.png").stat().st_size > 5000
    again = run(*arguments)
    assert again.exit_code == 2
    assert "Use --force to replace it." in again.stderr
    assert run(*arguments, "--force").exit_code == 0


def test_where_the_losses_show_nothing(fake):
    asked = fake(PAIR)
    asked.found = FLAT
    done = run("find", "train_it:make")
    assert (done.exit_code, done.stderr) == (4, "")
    assert "there is no descent to read" in " ".join(done.stdout.split())
    assert "train with" not in done.stdout
    done = run("find", "train_it:make", "--json")
    assert done.exit_code == 4
    document = json.loads(done.stdout)
    assert (document["suggestion"], document["expression"]) == (None, None)
    asked.found = Found(reason="The first loss is not finite.")
    done = run("find", "train_it:make", "-o", "none.png")
    assert done.exit_code == 4
    assert done.stdout.endswith("no picture, since no loss was recorded\n")


@pytest.mark.parametrize(
    ("target", "source", "message"),
    [
        ("train_it", "", "must be MODULE:FUNCTION or one of mnist, got 'train_it'"),
        ("no_such:make", "", "there is no module 'no_such'. It is looked for in "),
        ("train_it.py:make", PAIR, "got 'train_it.py'. Write train_it:make."),
        ("train_it:mak", PAIR, "train_it has no 'mak'. Did you mean 'make'?"),
        ("train_it:make", "make = 3", "must be a function that makes the model and the data"),
        ("train_it:make", "import no_such_one", "raised ModuleNotFoundError: No module named 'no_"),
        ("train_it:make", "def make(x): pass", "raised TypeError: make() missing 1 required"),
        ("train_it:make", "def make(): 1/0", "train_it:make raised ZeroDivisionError: division by"),
        ("train_it:make", "def make(): pass", "must return (model, x, y), (model, dataset) or a"),
        ("train_it:make", "def make(): return 3", "got one of type int."),
        ("train_it:make", "def make(): return (1,)", "got a tuple of 1."),
        ("train_it:make", "def make(): return {'x': 1}", "got a dict with 'x'."),
    ],
)
def test_wrong_targets(fake, target, source, message):
    fake(source)
    done = run("find", target)
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith("lrkit: error: ")
    assert message in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--lr-min", "0"], "--lr-min"),
        (["--rule", "best"], "must be one of basin, geo, descent90"),
        (["--per-decade", "0"], "--per-decade"),
        (["--effort", "much"], "--effort"),
        (["--effort", "confirm"], "--effort confirm needs --updates"),
        (["--schedule", "2 * cosine(100)"], "error: --schedule must have the peak 1, got"),
        (["--schedule", "cosin(100)"], "the nearest known name is `cosine`"),
        (["-o", "picture.gif"], "must end in .png, .svg or .pdf"),
        (["--seed", "-1"], "--seed"),
    ],
)
def test_wrong_options(fake, options, message):
    asked = fake(PAIR)
    done = run("find", "train_it:make", *options)
    assert (done.exit_code, done.stdout) == (2, "")
    assert message in done.stderr
    assert asked.framework is None


def test_what_find_lr_says_is_said_with_the_options(fake):
    asked = fake(PAIR)
    asked.error = ValueError("find_lr: `lr_max` must be above lr_min, got lr_max=1.0. Raise it.")
    done = run("find", "train_it:make")
    assert (
        done.stderr == "lrkit: error: --lr-max must be above lr_min, got --lr-max 1.0. Raise it.\n"
    )
    assert done.exit_code == 2


def test_debug_shows_the_place(fake):
    fake("def make():\n    raise RuntimeError('inside')")
    done = run("--debug", "find", "train_it:make")
    assert isinstance(done.exception, RuntimeError)
    assert done.exc_info[2].tb_next is not None
    done = run("find", "train_it:make")
    assert "raised RuntimeError: inside. Write lrkit --debug find for the place." in done.stderr


def test_the_expression():
    assert expression(Found(), "cosine(10)", None) is None
    found = Found(suggestion=0.012345678)
    assert expression(found, "cosine(10)", None) == "(0.0123 * cosine(10)).over(updates)"
    assert expression(found, lrkit.cosine(10), 70) == "0.0123 * cosine(70)"


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_bar_on_a_terminal_only():
    quiet = io.StringIO()
    with Bar(quiet) as bar:
        bar("sweep", 1, 3)
    assert quiet.getvalue() == ""
    loud = Terminal()
    with Bar(loud) as bar:
        for what, count in (("sweep", 3), ("training", 2), ("training", 2)):
            for done in range(1, count + 1):
                bar(what, done, count)
    assert bar._counts == {"sweep": 1, "training": 2}
    assert loud.getvalue()


def test_help_names_every_option():
    done = run("find", "--help")
    assert done.exit_code == 0
    for option in (
        "--effort", "--updates", "--schedule", "--lr-min", "--lr-max", "--per-decade", "--repeats",
        "--rule", "--seed", "--output", "--force", "--json",
    ):  # fmt: skip
        assert option in done.stdout
    words = " ".join(done.stdout.split())
    assert "grows tenfold. Default: 40, and 20 before short trainings. [x>0]" in words
    assert "read off a sweep. [default: basin]" in words


@pytest.mark.parametrize("effort", ["sweep", "confirm"])
def test_how_fine_a_sweep_is_is_left_to_find_lr(fake, effort):
    """Its default depends on the effort: only what stands on the command line is passed on."""
    asked = fake(PAIR)
    options = ["--effort", effort, "--updates", "1000"]
    assert run("find", "train_it:make", *options).exit_code == 0
    assert "per_decade" not in asked.names
    assert run("find", "train_it:make", *options, "--per-decade", "25").exit_code == 0
    assert asked.names["per_decade"] == 25


def test_what_the_users_code_prints_is_no_part_of_the_answer(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "noisy_make.py").write_text(
        "import sys\n\ndef make():\n    print('loaded')\n    sys.exit(0)\n"
    )
    done = run("find", "noisy_make:make", "--json")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "loaded" in done.stderr
    assert "noisy_make:make ended the program with sys.exit(0)" in done.stderr
