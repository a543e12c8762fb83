"""`lrkit mnist` as a user calls it, on the backend of this process."""

import json
import os
import re
import signal
import struct
import subprocess
import sys

import keras
import numpy as np
import pytest
from click.testing import CliRunner

from lrkit.cli import main
from lrkit.tasks import files, idx

BACKEND = keras.config.backend()
OTHER = "jax" if BACKEND != "jax" else "torch"


def lrkit(*arguments):
    """The command in this process."""
    return CliRunner().invoke(main, ["mnist", *map(str, arguments)], prog_name="lrkit")


@pytest.fixture(scope="module")
def run(small, tmp_path_factory):
    """A finished run of three epochs: its folder, and what was printed."""
    folder = tmp_path_factory.mktemp("command") / "run"
    return folder, lrkit("--data", small, "--epochs", 3, "--out", folder)


def test_what_one_sees(run):
    folder, done = run
    assert done.exit_code == 0, done.output
    assert done.stderr == ""
    lines = done.stdout.splitlines()
    assert lines[0].startswith("device    CPU (" if "CPU" in lines[0] else "device    GPU")
    assert lines[1].endswith("150 training images")
    assert any("conv2 (Conv2D)" in line for line in lines)
    assert any("421,642" in line for line in lines)
    assert "schedule  cosine: 0.001 * cosine(15)" in lines
    epochs = [line for line in lines if line.startswith("epoch ")]
    assert [line.split("  ")[:3] for line in epochs] == [
        ["epoch", "1/3", "learning rate 0.001"],
        ["epoch", "2/3", "learning rate 0.00075"],
        ["epoch", "3/3", "learning rate 0.00025"],
    ]
    for name in ("loss", "accuracy", "val_loss", "val_accuracy"):
        assert all(f"  {name} " in line for line in epochs)
    assert lines[-1] == f"picture   {folder / files.CURVES}"
    assert lines[-2] == f"folder    {folder}"
    assert lines[-5].startswith("schedule  first rate")
    assert lines[-4].split()[:3] == ["cosine", "0.001", "1.093e-05"]


def test_again_into_the_same_folder(run, small):
    folder, _ = run
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    done = lrkit("--data", small, "--epochs", 3, "--out", folder)
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith("lrkit: error: --out must be a new or an empty folder")
    assert "--resume" in done.stderr
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_resume_of_a_finished_run_says_so(run):
    folder, _ = run
    done = lrkit("--out", folder, "--resume")
    assert done.exit_code == 0, done.output
    assert "cosine: finished before, all 3 epochs: nothing left to train" in done.stdout
    assert "val_accuracy" in done.stdout


def test_resume_with_the_same_settings_named(run, small):
    folder, _ = run
    done = lrkit("--out", folder, "--resume", "--epochs", 3, "--data", small, "--seed", 0)
    assert done.exit_code == 0, done.output


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("--epochs", 2, "epochs=2 instead of 3"),
        ("--schedule", "step", "schedules=('step',) instead of ('cosine',)"),
        ("--seed", 1, "seed=1 instead of 0"),
        ("--jit", None, "jit=True instead of None"),
        ("--optimizer", "sgd", "optimizer='sgd' instead of 'adam'"),
        ("--backend", OTHER, f"backend='{OTHER}' instead of '{BACKEND}'"),
    ],
)
def test_resume_with_other_settings_names_the_difference(run, option, value, message):
    folder, _ = run
    done = lrkit("--out", folder, "--resume", option, *([] if value is None else [value]))
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith(
        "lrkit: error: resume: the settings must be those of the run, got"
    )
    assert message in done.stderr


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            ["--examples", 151],
            r"--examples must be 1 to 150 \(.*small\.npz\), got --examples 151\.",
        ),
        (["--examples", 151], r"151\. There are no more\.$"),
        (
            ["--schedule", "cosin"],
            r"--schedule must be cosine, .*, got --schedule 'cosin'\. Did you",
        ),
        (
            ["--min-lr", 0.5],
            r"--min-lr must be 0 to --peak 0\.001, got --min-lr 0\.5\.$",
        ),
        (["--optimizer", "adan"], r"--optimizer must be one of .*got --optimizer 'adan'"),
        (["--data", "/none.npz"], r"--data must be an \.npz file that exists, .*got --data /none"),
        (["--full"], r"--full and --data are two sources of images: give one\. Try 'lrkit mnist"),
    ],
)
def test_errors_name_options(small, tmp_path, options, message):
    data = [] if "--data" in options else ["--data", small]
    done = lrkit(*data, *options, "--out", tmp_path / "run")
    assert (done.exit_code, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith("lrkit: error: --")
    assert re.search(message, line)
    assert "`" not in line
    assert not (tmp_path / "run").exists()


def test_more_images_than_there_are_embedded(tmp_path):
    done = lrkit("--examples", 10_001, "--out", tmp_path / "run")
    assert done.exit_code == 2
    assert "--examples must be 1 to 10000 (embedded MNIST), got --examples 10001." in done.stderr
    assert "ask for the full set with --full." in done.stderr


def test_json_is_one_document(run):
    folder, _ = run
    done = lrkit("--out", folder, "--resume", "--json")
    assert done.exit_code == 0, done.output
    document = json.loads(done.stdout)
    assert "nothing left to train" in done.stderr
    assert document["folder"] == str(folder)
    (one,) = document["runs"]
    assert one["status"] == "finished"
    assert one["history"] == files.read_rows(folder / files.HISTORY)
    assert (one["label"], one["schedule"]) == ("cosine", "0.001 * cosine(15)")


def test_a_folder_as_data(small, tmp_path):
    """Refused while a file is missing; then trained on."""
    with np.load(small) as content:
        for name, (stem, ndim) in idx.FILES.items():
            missing = lrkit("--data", tmp_path, "--epochs", 1, "--out", tmp_path / "run")
            assert (missing.exit_code, missing.stdout) == (2, "")
            assert f"{stem}-idx{ndim}-ubyte" in missing.stderr.splitlines()[0]
            sizes = content[name].shape
            header = struct.pack(f">4B{ndim}I", 0, 0, 8, ndim, *sizes)
            (tmp_path / f"{stem}-idx{ndim}-ubyte").write_bytes(header + content[name].tobytes())
    done = lrkit("--data", tmp_path, "--epochs", 1, "--out", tmp_path / "run")
    assert done.exit_code == 0, done.output
    assert f"data      {tmp_path}, 150 training images" in done.stdout


def test_a_schedule_that_is_too_short_is_a_warning(small, tmp_path):
    text = "peak * cosine(3)"
    done = lrkit("--data", small, "--epochs", 1, "--schedule", text, "--out", tmp_path)
    assert done.exit_code == 0, done.output
    (line,) = [x for x in done.stderr.splitlines() if x.startswith("lrkit: warning: ")]
    assert "3 updates long" in line
    assert "2 updates" in line


# The command in a process of its own, which at the second batch of epoch 2 gets what Ctrl-C sends.
CTRL_C = """
import os, signal, sys
from lrkit.cli import main
from lrkit.cli.mnist_show import Terminal

class Stop(Terminal):
    def __init__(self, **options):
        super().__init__(**options)
        self.counts_batches = True
    def epoch_begin(self, number, of, batches):
        self.number = number
    def batch(self, done):
        if (self.number, done) == (2, 2):
            os.kill(os.getpid(), signal.SIGINT)

import lrkit.cli.mnist_show
lrkit.cli.mnist_show.Terminal = Stop
main(sys.argv[1:], prog_name="lrkit")
"""


def test_ctrl_c_and_resume(run, small, tmp_path):
    whole, _ = run
    folder = tmp_path / "a run"
    arguments = ["mnist", "--data", str(small), "--epochs", "3", "--out", str(folder)]
    done = subprocess.run(
        [sys.executable, "-c", CTRL_C, *arguments],
        env=dict(os.environ, KERAS_BACKEND=BACKEND, TF_CPP_MIN_LOG_LEVEL="3"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 128 + signal.SIGINT, done.stderr
    assert "Traceback" not in done.stderr
    assert f"to go on: lrkit mnist --out '{folder}' --resume" in done.stderr
    # Where batches are computed ahead, as on JAX, the epoch may be over before Python notices.
    epochs_done = files.read_run(folder)["epochs_done"]
    assert epochs_done in (1, 2)
    again = lrkit("--out", folder, "--resume")
    assert again.exit_code == 0, again.output
    assert f"cosine: goes on after epoch {epochs_done} of 3" in again.stdout
    for name in (files.RATES, files.HISTORY):
        assert (folder / name).read_bytes() == (whole / name).read_bytes()


def test_another_backend_than_the_one_keras_runs_on(tmp_path):
    done = lrkit("--backend", OTHER, "--out", tmp_path / "run")
    assert (done.exit_code, done.stdout) == (2, "")
    assert f"that Keras runs on in this process, {BACKEND}, got --backend {OTHER}" in done.stderr
    assert list(tmp_path.iterdir()) == []


# As where TensorFlow is not installed: nothing finds it.
NO_TENSORFLOW = """
import importlib.util, sys
from importlib.machinery import PathFinder
found = PathFinder.find_spec
PathFinder.find_spec = staticmethod(
    lambda name, *more: None if name.split(".")[0] == "tensorflow" else found(name, *more)
)
assert importlib.util.find_spec("tensorflow") is None
from lrkit.cli import main
main(sys.argv[1:], prog_name="lrkit")
"""


@pytest.mark.skipif(BACKEND == "tensorflow", reason="this backend is TensorFlow")
def test_without_tensorflow(run, small, tmp_path):
    arguments = ["mnist", "--data", str(small), "--epochs", "3", "--out", str(tmp_path / "run")]
    done = subprocess.run(
        [sys.executable, "-c", NO_TENSORFLOW, *arguments, "--backend", BACKEND],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    history = (tmp_path / "run" / files.HISTORY).read_bytes()
    assert history == (run[0] / files.HISTORY).read_bytes()
