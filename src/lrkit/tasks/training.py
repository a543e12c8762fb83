"""One training in one folder: from the start or from its last whole epoch."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from lrkit import Plan, Schedule
from lrkit.keras import LearningRate, Recorder
from lrkit.keras.framework import keras
from lrkit.tasks import backend, files
from lrkit.tasks.feed import feed, scaled
from lrkit.tasks.images import Images
from lrkit.tasks.interrupt import Interrupt
from lrkit.tasks.job import Job, per_epoch
from lrkit.tasks.network import network
from lrkit.tasks.show import Show

METRICS = ("loss", "accuracy", "val_loss", "val_accuracy")
_VALIDATION_BATCH = 500


@dataclass(frozen=True, eq=False)
class Arrays:
    """The images as the network takes them; made once, shared by all trainings."""

    x: npt.NDArray[np.float32]
    y: npt.NDArray[np.int32]
    x_test: npt.NDArray[np.float32]
    y_test: npt.NDArray[np.int32]

    @classmethod
    def of(cls, images: Images) -> "Arrays":
        """Scale the images and widen the labels."""
        return cls(
            scaled(images.x_train),
            images.y_train.astype(np.int32),
            scaled(images.x_test),
            images.y_test.astype(np.int32),
        )


@dataclass(frozen=True, eq=False)
class Training:
    """A training that is to be done or done: its settings, its schedule and its folder."""

    job: Job
    plan: Plan
    curve: Schedule
    folder: Path

    @property
    def label(self) -> str:
        """The schedule as the user named it."""
        return self.job.schedules[0]

    @property
    def history(self) -> list[dict[str, Any]]:
        """One row per finished epoch."""
        return files.read_rows(self.folder / files.HISTORY)

    @property
    def rates(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
        """The updates and the rate applied at each, as recorded."""
        columns = np.loadtxt(self.folder / files.RATES, delimiter=",", skiprows=1, ndmin=2)
        return columns[:, 0].astype(np.int64), columns[:, 2].astype(np.float32)


def optimizer(name: str, learning_rate: Any) -> Any:
    """A Keras optimizer by its name, whatever the case of the letters.

    Args:
        name: Such as "adam", "SGD" or "AdamW".
        learning_rate: A number or a schedule.

    Raises:
        ValueError: Keras has none of that name.
    """
    base = keras.optimizers.Optimizer
    # The three wrap or combine others: they are no optimizers by themselves.
    wrappers = {"Optimizer", "LossScaleOptimizer", "MultiOptimizer"}
    known = {
        key.lower(): value
        for key, value in vars(keras.optimizers).items()
        if isinstance(value, type) and issubclass(value, base) and key not in wrappers
    }
    if name.lower() not in known:
        raise ValueError(
            f"optimizer: `optimizer` must be one of {', '.join(sorted(known))}, "
            f"got optimizer={name!r}."
        )
    return known[name.lower()](learning_rate=learning_rate)


def begin(training: Training, images: Images) -> dict[str, Any]:
    """Write the first `run.json` of a training and return it."""
    plan = training.plan
    run = {
        "task": "mnist",
        "status": "running",
        "settings": training.job.settings(),
        "schedule": repr(training.curve),
        "plan": {
            "epochs": training.job.epochs,
            "examples": len(images.x_train),
            "batch_size": training.job.batch_size,
            "updates_per_epoch": per_epoch(plan),
            "updates": plan.updates,
        },
        "seed": training.job.seed,
        "backend": training.job.backend,
        "device": backend.device(),
        "versions": backend.versions(),
        "images": {"source": images.source, "sha256": images.fingerprint},
        "epochs_done": 0,
        "seconds": 0.0,
        "result": None,
    }
    training.folder.mkdir(parents=True, exist_ok=True)
    files.write_json(training.folder / files.RUN, run)
    return run


def start_model(training: Training) -> Any:
    """The untrained, compiled model: the same weights for every schedule of a job."""
    job = training.job
    model = network(job.seed)
    model.compile(
        optimizer=optimizer(job.optimizer, LearningRate(training.curve)),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
        jit_compile="auto" if job.jit is None else job.jit,  # saved with the model
    )
    return model


def restore(training: Training) -> tuple[Any, list[dict[str, Any]]]:
    """The model after its last whole epoch, and the history up to there.

    The model file is the truth: it holds the weights, the optimizer's state and the count of
    updates in one. What was recorded beyond it is forgotten.

    Raises:
        ValueError: The file does not load, or it and the history do not belong together.
    """
    path = training.folder / files.MODEL
    if not path.exists():  # stopped in its first epoch: nothing to keep
        (training.folder / files.RATES).unlink(missing_ok=True)
        return start_model(training), []
    try:
        model = keras.models.load_model(path)
        updates = int(keras.ops.convert_to_numpy(model.optimizer.iterations))
        rows = training.history
    except Exception as error:  # a damaged file ends in whatever h5py, zipfile or Keras raise
        raise ValueError(
            f"resume: {path} and {files.HISTORY} must be as the run left them, got: {error}. "
            "Start again in a new folder."
        ) from error
    done, rest = divmod(updates, per_epoch(training.plan))
    if rest or len(rows) < done:
        raise ValueError(
            f"resume: {path} must be from the end of an epoch that is in {files.HISTORY}, got one "
            f"after {updates} updates and {len(rows)} epochs there. Start again in a new folder."
        )
    return model, rows[:done]


def fit(
    training: Training, model: Any, rows: list[dict[str, Any]], arrays: Arrays, show: Show
) -> None:
    """Train the epochs that are missing; after each, the folder is whole up to there."""
    job, folder = training.job, training.folder
    recorder = Recorder(csv=folder / files.RATES)
    batches = feed(
        arrays.x,
        arrays.y,
        batch_size=job.batch_size,
        seed=job.seed,
        epochs=job.epochs,
        initial_epoch=len(rows),
    )
    with Interrupt() as interrupt:
        # The recorder first: at an epoch's end its rates are on the disk before the model is.
        callbacks = [recorder, _Keeper(training, recorder, rows, show, interrupt)]
        if show.counts_batches:
            callbacks.append(_Counter(show))
        model.fit(
            batches,
            steps_per_epoch=per_epoch(training.plan),
            initial_epoch=len(rows),
            epochs=job.epochs,
            validation_data=(arrays.x_test, arrays.y_test),
            validation_batch_size=_VALIDATION_BATCH,
            shuffle=False,  # the feed has shuffled, by example; this would shuffle its batches
            callbacks=callbacks,
            verbose=0,
        )


class _Keeper(keras.callbacks.Callback):
    """Writes history, model and state at the end of each epoch, in this order.

    A kill between two of them leaves more history than the model has epochs, which `restore` cuts.
    """

    def __init__(
        self,
        training: Training,
        recorder: Recorder,
        rows: list[dict[str, Any]],
        show: Show,
        interrupt: Interrupt,
    ) -> None:
        super().__init__()
        self._training, self._recorder, self._rows = training, recorder, rows
        self._show, self._interrupt = show, interrupt
        self._run = files.read_run(training.folder)
        self._clock = time.monotonic()

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        training = self._training
        self._show.epoch_begin(epoch + 1, training.job.epochs, per_epoch(training.plan))

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        row = self._row(epoch, logs or {})
        self._rows.append(row)
        with self._interrupt.held():
            self._write(epoch, row)
            self._show.epoch(row, self._training.job.epochs)

    def _write(self, epoch: int, row: dict[str, Any]) -> None:
        folder = self._training.folder
        files.write_rows(folder / files.HISTORY, self._rows)
        with files.aside(folder / files.MODEL) as path:
            self.model.save(path)
        now = time.monotonic()
        self._run["seconds"] += now - self._clock
        self._clock = now
        self._run.update(epochs_done=epoch + 1, result=row)
        files.write_json(folder / files.RUN, self._run)

    def _row(self, epoch: int, logs: dict[str, float]) -> dict[str, Any]:
        """The epoch's metrics, and the rate that was applied at its first update."""
        first = epoch * per_epoch(self._training.plan)
        place = int(np.searchsorted(self._recorder.steps, first))
        return {
            "epoch": epoch + 1,
            "step": first,
            "learning_rate": float(self._recorder.learning_rates[place]),
            **{name: float(logs[name]) for name in METRICS},
        }


class _Counter(keras.callbacks.Callback):
    """Tells how many batches are done, without reading anything of the model."""

    async_safe = True  # or Keras would wait for this at every batch

    def __init__(self, show: Show) -> None:
        super().__init__()
        self._show = show

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self._show.batch(batch + 1)
