"""A small convolutional network learns MNIST, with one schedule or with several in turn.

The network and the data order are the same for all schedules of a job, so what differs between two
trainings is the rate. Everything is written into one folder from which a stopped job goes on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lrkit.tasks import backend, files
from lrkit.tasks.images import Images, load
from lrkit.tasks.job import Job, folder_name, per_epoch, schedule
from lrkit.tasks.show import Show
from lrkit.tasks.training import Arrays, Training, begin, fit, optimizer, restore


@dataclass(frozen=True, eq=False)
class Report:
    """What a finished job leaves.

    Args:
        folder: Where everything is.
        trainings: One per schedule, in order.
        device: Where they ran.
        picture: The picture of all of them; None without matplotlib.
        was_finished: Whether there was nothing left to do.
    """

    folder: Path
    trainings: tuple[Training, ...]
    device: str
    picture: Path | None
    was_finished: bool

    def table(self) -> list[dict[str, Any]]:
        """One row per schedule: where its rate ended, and how well it did."""
        return [_summary(training) for training in self.trainings]

    def document(self) -> dict[str, Any]:
        """The whole report as plain data; None stands for NaN and infinity."""
        document = {
            "folder": str(self.folder),
            "device": self.device,
            "picture": None if self.picture is None else str(self.picture),
            "runs": [
                {**files.read_run(training.folder), "folder": str(training.folder), **extra}
                for training in self.trainings
                for extra in [{"label": training.label, "history": training.history}]
            ],
        }
        return dict(files.plain(document))


def train(job: Job, out: str | Path, *, resume: bool = False, show: Show | None = None) -> Report:
    """Train the job's schedules, one after another, and write everything into a folder.

    With one schedule the files are in `out` itself: learning_rate.csv, history.csv, run.json,
    model.keras and curves.png. With several each has a sub-folder, and `out` has the picture and
    the table that compare them. After each epoch the folder is whole up to there, so that a job
    that was interrupted or killed can be resumed: the same rates, the same order of the data and,
    where the device computes reproducibly, the same weights as without the interruption.

    Args:
        job: The settings; `job.backend` must be the one that Keras runs on.
        out: A new or an empty folder; when resuming, the folder of this job.
        resume: Go on with what is in the folder.
        show: Is told of what happens.

    Raises:
        FileExistsError: `out` has something in it.
        ValueError: The job, the data or the folder to resume is not what it should be.
        OSError: A file is missing, or nothing can be written.
        KeyboardInterrupt: As it came; the folder can be resumed.
    """
    folder, show = Path(out), show or Show()
    if not resume:
        files.check_free(folder)
    images = _images(job)
    trainings = _trainings(job, images, folder)  # all schedules are read before one is trained
    optimizer(job.optimizer, job.peak)
    backend.grow_memory()
    _begin_all(job, trainings, images, folder, resume)
    device = backend.device()
    show.begin(device, images.source, len(images.x_train))
    arrays = Arrays.of(images)
    worked = [
        _train_one(number, training, trainings, arrays, show)
        for number, training in enumerate(trainings, 1)
    ]
    return _finish(job, trainings, folder, device, not any(worked))


def _images(job: Job) -> Images:
    images = load(full=job.full, path=job.data)
    return images if job.examples is None else images.first(job.examples)


def _trainings(job: Job, images: Images, folder: Path) -> tuple[Training, ...]:
    plan = job.plan(len(images.x_train))
    several = len(job.schedules) > 1
    return tuple(
        Training(
            job.alone(text),
            plan,
            schedule(text, job, plan),
            folder / folder_name(index, text) if several else folder,
        )
        for index, text in enumerate(job.schedules)
    )


def _begin_all(
    job: Job, trainings: Sequence[Training], images: Images, folder: Path, resume: bool
) -> None:
    """Make the folders of trainings that have none; look whether the others fit."""
    if len(trainings) > 1 and not resume:
        folder.mkdir(parents=True, exist_ok=True)
        _write_comparison(job, trainings, folder, "running")
    for training in trainings:
        if not resume or not (training.folder / files.RUN).exists():
            begin(training, images)
            continue
        stored = files.read_run(training.folder)["images"]["sha256"]
        if stored != images.fingerprint:
            raise ValueError(
                f"resume: the images must be those of the run, got others from {images.source}. "
                "Give the same file, or start another run in a new folder."
            )


def _train_one(
    number: int, training: Training, trainings: Sequence[Training], arrays: Arrays, show: Show
) -> bool:
    """Train what is missing; whether there was anything to do."""
    epochs = training.job.epochs
    run = files.read_run(training.folder)
    if run["status"] == "finished":
        show.resume(training.label, epochs, epochs)
        return False
    model, rows = restore(training)
    show.train(number, len(trainings), training.label, repr(training.curve), model)
    if rows:
        show.resume(training.label, len(rows), epochs)
    if len(rows) < epochs:
        fit(training, model, rows, arrays, show)
    picture([training], training.folder)
    run = files.read_run(training.folder)
    files.write_json(training.folder / files.RUN, {**run, "status": "finished"})
    return True


def _finish(
    job: Job, trainings: tuple[Training, ...], folder: Path, device: str, was_finished: bool
) -> Report:
    if len(trainings) > 1:
        report = Report(folder, trainings, device, picture(trainings, folder), was_finished)
        files.write_rows(folder / files.COMPARISON, report.table())
        _write_comparison(job, trainings, folder, "finished")
        return report
    path = folder / files.CURVES
    drawn = path if path.exists() else picture(trainings, folder)
    return Report(folder, trainings, device, drawn, was_finished)


def _write_comparison(job: Job, trainings: Sequence[Training], folder: Path, status: str) -> None:
    runs = [training.folder.name for training in trainings]
    document = {"task": "mnist", "status": status, "settings": job.settings(), "runs": runs}
    files.write_json(folder / files.RUN, document)


def picture(trainings: Sequence[Training], folder: Path) -> Path | None:
    """The curves of finished trainings in `curves.png`; None without matplotlib."""
    from lrkit.draw.curves import curves

    runs = []
    for training in trainings:
        steps, rates = training.rates
        rows = training.history
        history = {key: [row[key] for row in rows] for key in rows[0] if key not in _NO_METRIC}
        runs.append(
            {
                "label": training.label,
                "steps": steps,
                "learning_rates": rates,
                "history": history,
                "updates_per_epoch": per_epoch(training.plan),
            }
        )
    try:
        return curves(runs, folder / files.CURVES)
    except ImportError:  # the extra `plot` is not installed; the numbers are in the CSV files
        return None


_NO_METRIC = ("epoch", "step", "learning_rate")


def _summary(training: Training) -> dict[str, Any]:
    rows = training.history
    _, rates = training.rates
    best = max(rows, key=lambda row: float(row["val_accuracy"]))
    last = {f"last_{key}": rows[-1][key] for key in ("loss", "val_loss", "val_accuracy")}
    return {
        "schedule": training.label,
        "first_rate": float(rates[0]),
        "last_rate": float(rates[-1]),
        **last,
        "best_val_accuracy": best["val_accuracy"],
        "best_epoch": best["epoch"],
        "seconds": round(files.read_run(training.folder)["seconds"], 1),
    }
