"""`lrkit mnist` without a training: its options, its errors, its table. Loads no framework."""

import json
import os
import subprocess
import sys

import pytest
from click.testing import CliRunner

from lrkit.cli import main
from lrkit.cli.mnist_show import Terminal, picture, table
from lrkit.tasks.job import Job


def lrkit(*arguments):
    return CliRunner().invoke(main, ["mnist", *map(str, arguments)], prog_name="lrkit")


def test_help_names_every_option():
    done = lrkit("--help")
    assert done.exit_code == 0
    for option in (
        "--schedule", "--min-lr", "--peak", "--epochs", "--batch-size", "--examples", "--optimizer",
        "--seed", "--backend", "--full", "--data", "--jit", "--no-jit", "--out", "--resume",
        "--json",
    ):  # fmt: skip
        assert option in done.stdout


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--epochs", 0), ("--epochs", "x"), ("--batch-size", 0), ("--examples", 0), ("--seed", -1),
        ("--peak", 0), ("--min-lr", -1), ("--backend", "numpy"), ("--nope", 1),
    ],
)  # fmt: skip
def test_wrong_options(option, value, tmp_path):
    done = lrkit(option, value, "--out", tmp_path / "run")
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith("lrkit: error: ")
    assert done.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_an_existing_folder_is_refused_before_a_framework_is_loaded(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    code = (
        "import sys\nfrom lrkit.cli import main\ntry:\n    main(sys.argv[1:])\n"
        "except SystemExit as end:\n    print(end.code, 'keras' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "mnist", "--out", str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "2 False\n"
    assert "must be a new or an empty folder" in done.stderr
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_a_file_in_place_of_the_folder(tmp_path):
    path = tmp_path / "file"
    path.write_text("mine")
    done = lrkit("--out", path)
    assert done.exit_code == 2
    assert "must be a new or an empty folder" in done.stderr
    assert path.read_text() == "mine"


@pytest.mark.parametrize("content", [None, "", "[]", "{}", '{"task": "other", "settings": {}}'])
def test_resume_without_a_run(tmp_path, content):
    if content is not None:
        (tmp_path / "run.json").write_text(content)
    done = lrkit("--out", tmp_path, "--resume")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "must be the folder of a run of this task" in done.stderr


def test_resume_of_a_run_of_another_version(tmp_path):
    settings = Job().settings() | {"colour": "red"}
    (tmp_path / "run.json").write_text(json.dumps({"task": "mnist", "settings": settings}))
    done = lrkit("--out", tmp_path, "--resume")
    assert done.exit_code == 2
    assert "Another version of lrkit wrote them" in done.stderr


def test_a_backend_that_is_not_installed(tmp_path):
    code = "import sys\nsys.modules['jax'] = None\nfrom lrkit.cli import main\nmain(sys.argv[1:])"
    env = {k: v for k, v in os.environ.items() if k != "KERAS_BACKEND"}
    done = subprocess.run(
        [sys.executable, "-c", code, "mnist", "--backend", "jax", "--out", str(tmp_path / "run")],
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert 'pip install "lrkit[jax]"' in done.stderr
    assert list(tmp_path.iterdir()) == []


ROW = {
    "schedule": "cosine",
    "first_rate": 0.001,
    "last_rate": 2.5e-10,
    "last_loss": 0.0123456,
    "last_val_loss": 0.5,
    "last_val_accuracy": 0.98761,
    "best_val_accuracy": 0.9881,
    "best_epoch": 9,
    "seconds": 61.26,
}


def test_table():
    long = "peak * (warmup(epoch) >> cosine(updates - epoch))"
    lines = table([ROW, ROW | {"schedule": long}]).splitlines()
    assert len({len(line) for line in lines}) == 1
    assert lines[0].split()[:3] == ["schedule", "first", "rate"]
    assert lines[1].split() == [
        "cosine", "0.001", "2.5e-10", "0.0123", "0.5000", "0.9876", "0.9881", "(9)", "61.3"
    ]  # fmt: skip
    assert lines[2].startswith(long[:41] + "...  ")


def test_how_to_get_a_picture():
    assert picture(None).endswith('pip install "lrkit[plot]"')


@pytest.mark.parametrize("is_compiled", [False, True])
def test_the_first_line_says_that_steps_are_compiled(is_compiled, capsys):
    Terminal(err=False, is_compiled=is_compiled).begin("CPU", "embedded MNIST", 10_000)
    compiled = "jit       each step is compiled as a whole: the first epoch takes longer"
    lines = capsys.readouterr().out.splitlines()
    assert lines[2:] == ([compiled] if is_compiled else [])


def test_the_bar_of_a_terminal(monkeypatch, capsys):
    """Drawn while an epoch runs, gone when its line is printed."""
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("FORCE_COLOR", "1")
    show = Terminal(err=False)
    assert show.counts_batches
    show.epoch_begin(2, 10, 313)
    show.batch(313)
    row = {
        "epoch": 2, "step": 313, "learning_rate": 0.000975528, "loss": 1, "accuracy": 0.5,
        "val_loss": 2, "val_accuracy": 0.25,
    }  # fmt: skip
    show.epoch(row, 10)
    out = capsys.readouterr().out
    assert "epoch  2/10" in out
    assert "313/313" in out
    assert out.splitlines()[-1].endswith(
        "epoch  2/10  learning rate 0.000975528  "
        "loss 1.0000  accuracy 0.5000  val_loss 2.0000  val_accuracy 0.2500"
    )
