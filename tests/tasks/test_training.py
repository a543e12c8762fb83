"""Real trainings of the real network on few images, on the backend of this process."""

import json
from dataclasses import replace

import keras
import numpy as np
import pytest

import lrkit
import lrkit.keras
from lrkit.tasks import files
from lrkit.tasks.job import Job, schedule
from lrkit.tasks.mnist import train
from lrkit.tasks.network import network
from lrkit.tasks.training import optimizer
from tests.tasks.runs import BATCHES, EPOCHS, NAMES, same

BACKEND = keras.config.backend()


def test_files(whole):
    folder, report = whole
    assert {path.name for path in folder.iterdir()} == NAMES
    assert report.picture == folder / files.CURVES
    assert report.picture.read_bytes().startswith(b"\x89PNG")


def test_one_rate_per_update(whole, job):
    folder, _ = whole
    rows = np.loadtxt(folder / files.RATES, delimiter=",", skiprows=1)
    assert (folder / files.RATES).read_text().startswith("step,epoch,learning_rate\n")
    assert rows[:, 0].tolist() == list(range(EPOCHS * BATCHES))
    expected = lrkit.cosine_decay(0.001, EPOCHS * BATCHES).values(EPOCHS * BATCHES)
    np.testing.assert_allclose(rows[:, 2], expected, rtol=0, atol=1e-9)


def test_history(whole):
    folder, report = whole
    rows = files.read_rows(folder / files.HISTORY)
    assert [row["epoch"] for row in rows] == [1, 2, 3]
    assert [row["step"] for row in rows] == [0, 5, 10]
    rates = lrkit.cosine_decay(0.001, 15)
    assert [row["learning_rate"] for row in rows] == [
        float(np.float32(rates(s))) for s in (0, 5, 10)
    ]
    assert rows[-1]["loss"] < rows[0]["loss"] < 2.5
    assert rows[-1]["val_accuracy"] > 0.3  # ten digits: 0.1 by chance
    assert report.table()[0]["last_val_accuracy"] == rows[-1]["val_accuracy"]


def test_run_json(whole, job):
    folder, _ = whole
    run = json.loads((folder / files.RUN).read_text())
    assert run["status"] == "finished"
    assert run["settings"] == job.settings()
    assert run["schedule"] == "0.001 * cosine(15)"
    assert run["plan"] == {
        "epochs": 3, "examples": 150, "batch_size": 32, "updates_per_epoch": 5, "updates": 15
    }  # fmt: skip
    assert (run["seed"], run["backend"], run["epochs_done"]) == (0, BACKEND, EPOCHS)
    assert run["versions"]["keras"] == keras.__version__
    assert run["device"].startswith(("CPU", "GPU"))
    assert run["seconds"] > 0
    assert run["result"] == files.read_rows(folder / files.HISTORY)[-1]


def test_the_model_is_the_trained_one(whole, job):
    folder, _ = whole
    model = keras.models.load_model(folder / files.MODEL)
    assert int(keras.ops.convert_to_numpy(model.optimizer.iterations)) == 15
    x, y = _test_set(job.data)
    loss, accuracy = model.evaluate(x, y, batch_size=500, verbose=0)
    last = files.read_rows(folder / files.HISTORY)[-1]
    assert accuracy == pytest.approx(last["val_accuracy"], abs=1e-6)
    assert loss == pytest.approx(last["val_loss"], rel=1e-5)


def _test_set(path):
    from lrkit.tasks.feed import scaled

    with np.load(path) as file:
        return scaled(file["x_test"]), file["y_test"].astype(np.int32)


def test_an_existing_folder_is_left_alone(whole, job):
    folder, _ = whole
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(FileExistsError, match=r"must be a new or an empty folder.*--resume.*--out"):
        train(job, folder)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"data": "none.npz"}, FileNotFoundError, "must be an .npz file that exists"),
        ({"schedules": ("cosine", "cosine(")}, ValueError, "cosine"),
        (
            {"optimizer": "adamm"},
            ValueError,
            "`optimizer` must be one of .*adam.*got optimizer='ad",
        ),
        ({"examples": 151}, ValueError, "must be 1 to 150"),
        ({"min_lr": 1.0}, ValueError, "`min_lr` must be 0 to"),
    ],
)
def test_nothing_is_written_for_a_wrong_job(job, tmp_path, changes, error, message):
    with pytest.raises(error, match=message):
        train(replace(job, **changes), tmp_path / "run")
    assert list(tmp_path.iterdir()) == []


def test_several_have_a_folder_each_and_a_comparison(several):
    folder, report = several
    names = ["1-cosine", "2-peak-cosine-updates", "3-constant"]
    assert [training.folder.name for training in report.trainings] == names
    for name in names:
        assert {path.name for path in (folder / name).iterdir()} == NAMES
    rest = {path.name for path in folder.iterdir()} - set(names)
    assert rest == {files.RUN, files.CURVES, files.COMPARISON}
    assert json.loads((folder / files.RUN).read_text())["runs"] == names
    lines = (folder / files.COMPARISON).read_text().splitlines()
    labels = ["schedule", "cosine", "peak * cosine(updates)", "constant"]
    assert [line.split(",")[0] for line in lines] == labels


def test_several_start_from_the_same_weights_and_see_the_same_data(several):
    folder, _ = several
    same(folder / "1-cosine", folder / "2-peak-cosine-updates")
    constant = files.read_rows(folder / "3-constant" / files.HISTORY)
    cosine = files.read_rows(folder / "1-cosine" / files.HISTORY)
    assert constant[1]["loss"] != cosine[1]["loss"]
    assert [row["learning_rate"] for row in constant] == [float(np.float32(0.001))] * 2


@pytest.mark.parametrize("name", ["sgd", "AdamW", "rmsprop"])
def test_optimizers(name):
    curve = schedule("cosine", Job(), Job().plan(10_000))
    made = optimizer(name, lrkit.keras.LearningRate(curve))
    assert type(made).__name__.lower() == name.lower()


def test_network_is_a_function_of_its_seed():
    first, again, other = (network(seed).get_weights() for seed in (0, 0, 1))
    assert all((a == b).all() for a, b in zip(first, again, strict=True))
    kernels = [index for index, weight in enumerate(first) if weight.ndim > 1]
    assert len(kernels) == 4
    assert all((first[index] != other[index]).any() for index in kernels)


def test_a_loss_that_is_not_a_number_is_null(tmp_path):
    files.write_json(tmp_path / "a.json", {"loss": [float("nan"), float("inf"), 1.5]})
    assert json.loads((tmp_path / "a.json").read_text()) == {"loss": [None, None, 1.5]}


def test_a_write_that_fails_leaves_the_old_file(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old")

    def fail():
        with files.aside(path) as beside:
            beside.write_text("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [("a.txt", "old")]
