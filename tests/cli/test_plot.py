"""`lrkit plot`: a picture in a file, whole or not at all, and never over another by accident."""

import json
import os

import pytest

from lrkit import cosine
from tests.cli.test_frame import run

pytest.importorskip("matplotlib")


@pytest.mark.parametrize("ending", ["png", "svg", "pdf"])
def test_writes_the_file_and_nothing_else(tmp_path, ending):
    target = tmp_path / f"curve.{ending}"
    done = run("plot", "cosine(100)", "linear(100)", "-o", str(target))
    assert (done.exit_code, done.stdout, done.stderr) == (0, f"wrote {target}\n", "")
    assert target.stat().st_size > 5000
    assert [path.name for path in tmp_path.iterdir()] == [target.name]


def test_texts_of_the_svg_are_texts_of_the_schedules(tmp_path):
    target = tmp_path / "curve.svg"
    options = ["--epochs", "10", "--examples", "60000", "--batch-size", "32", "--title", "MNIST"]
    done = run("plot", "1e-3 * cosine(10*epoch)", *options, "--log", "-o", str(target))
    assert done.exit_code == 0, done.stderr
    text = target.read_text(encoding="utf-8")
    # matplotlib draws letters as shapes and leaves each text in a comment.
    for word in (
        "MNIST",
        "0.001 * cosine(18750)   Σ rate 9.375",
        "epochs",
        "updates",
        "learning rate",
    ):
        assert f"<!-- {word} -->" in text


def test_an_epoch_by_its_updates(tmp_path):
    arguments = ["plot", "cosine(4*epoch)", "--updates-per-epoch", "12.5", "--json"]
    done = run(*arguments, "-o", str(tmp_path / "a.png"))
    assert json.loads(done.stdout) == {
        "file": str(tmp_path / "a.png"),
        "schedules": ["cosine(50)"],
    }
    # What is said by name holds.
    done = run(*arguments, "--let", "epoch=7", "-o", str(tmp_path / "b.png"))
    assert json.loads(done.stdout)["schedules"] == ["cosine(28)"]


def test_an_old_file_stays_unless_forced(tmp_path):
    target = tmp_path / "a.png"
    target.write_bytes(b"mine")
    done = run("plot", "cosine(9)", "-o", str(target))
    assert done.exit_code == 2
    assert "which exists. Use --force to replace it." in done.stderr
    assert target.read_bytes() == b"mine"
    assert run("plot", "cosine(9)", "-o", str(target), "--force").exit_code == 0
    assert target.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["-o", "a.jpg"], "must end in .png, .svg or .pdf, got path='a.jpg'"),
        (["-o", "folder.png"], "must be a file, got path='folder.png', a folder"),
        (["-o", "none/a.png"], "must be in an existing folder"),
        ([], "Missing option '-o'"),
        (["-o", "a.png", "--epochs", "3"], "--examples is missing. Give it, or --updates instead."),
        (
            ["-o", "a.png", "--epochs", "3", "--updates-per-epoch", "5"],
            "already says what",
        ),
        (["-o", "a.png", "--let", "x"], "must be NAME=NUMBER"),
    ],
)
def test_bad_input_leaves_nothing(tmp_path, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder.png").mkdir()
    done = run("plot", "cosine(9)", *arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith("lrkit: error: ")
    assert message in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["folder.png"]


def test_a_wrong_text_leaves_nothing(tmp_path):
    done = run("plot", "cosin(9)", "-o", str(tmp_path / "a.png"))
    assert done.exit_code == 2
    assert "cosine" in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root writes anywhere")
def test_a_folder_without_permission(tmp_path):
    tmp_path.chmod(0o500)
    done = run("plot", "cosine(9)", "-o", str(tmp_path / "a.png"))
    tmp_path.chmod(0o700)
    assert done.exit_code == 2
    assert "can be written to" in done.stderr


def recorded(path, changes):
    """A CSV file of ten updates of cosine(10), but for these rates."""
    rates = {k: cosine(10)(k) for k in range(10)} | changes
    rows = [f"{step},{rate!r}" for step, rate in rates.items()]
    path.write_text("\n".join(["step,learning_rate", *rows, ""]))
    return str(path)


def test_a_recorded_run_on_its_plan_with_the_words_of_the_audit(tmp_path):
    target, file = tmp_path / "a.svg", recorded(tmp_path / "run.csv", {})
    arguments = ["plot", "cosine(updates)", "--updates", "10", "--run", file, "-o", str(target)]
    done = run(*arguments, "--difference", "--dark")
    assert done.exit_code == 0, done.stderr
    said = f"{file}: As planned: 10 updates, the first at the rate 1, the last at 0.0244717."
    assert done.stdout == f"{said}\nwrote {target}\n"
    drawn = target.read_text(encoding="utf-8")
    assert f"<!-- {file}   Σ rate 5.5 -->" in drawn
    assert "<!-- minus the first -->" in drawn
    assert "fill: #181c20" in drawn


def test_what_went_otherwise_is_in_the_picture_and_in_the_json(tmp_path):
    file = recorded(tmp_path / "run.csv", {4: 0.9})
    arguments = ["plot", "cosine(10)", "--run", file, "--json"]
    done = run(*arguments, "-o", str(tmp_path / "a.svg"))
    ((one,),) = [json.loads(done.stdout)["runs"]]
    assert (one["file"], one["as_planned"]) == (file, False)
    assert "update 4" in one["findings"][0]["text"].lower()
    first = one["findings"][0]["text"].split()[:4]
    assert " ".join(first) in (tmp_path / "a.svg").read_text(encoding="utf-8")


def test_the_epoch_is_told_where_there_is_one(tmp_path):
    """By the plan; without a plan of epochs nobody knows it."""
    file = recorded(tmp_path / "run.csv", {4: 0.9, 5: 0.9})
    arguments = ["plot", "cosine(10)", "--run", file, "-o", str(tmp_path / "a.svg"), "--force"]
    assert "2 updates, from 4 to 5, had" in run(*arguments).stdout
    done = run(*arguments, "--epochs", "5", "--batches", "2")
    assert "2 updates, from 4 (epoch 2) to 5, had" in done.stdout


def test_a_log_of_every_hundredth_update_is_compared_there(tmp_path, recwarn):
    file = tmp_path / "run.csv"
    rows = [f"{k},{cosine(35_190)(k)!r}" for k in range(0, 35_190, 100)]
    file.write_text("\n".join(["step,learning_rate", *rows, ""]))
    arguments = ["plot", "cosine(35190)", "--run", str(file), "-o", str(tmp_path / "a.svg")]
    done = run(*arguments)
    assert done.stdout.startswith(f"{file}: As planned: 35,101 updates")
    assert "Recorded at every 100th update; compared there." in done.stdout
    assert not recwarn.list


def test_a_bad_record_leaves_nothing(tmp_path):
    file = tmp_path / "run.csv"
    file.write_text("step,learning_rate\n0,fast\n")
    done = run("plot", "cosine(10)", "--run", str(file), "-o", str(tmp_path / "a.png"))
    assert done.exit_code == 2
    assert "fast" in done.stderr
    assert done.stderr.startswith("lrkit: error: plot: the file ")
    assert [path.name for path in tmp_path.iterdir()] == ["run.csv"]
