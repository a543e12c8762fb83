"""Trainings that are killed at random moments and go on: `python -m tests.adapters.keras_soak`.

Each is a process, killed by the signal 9, once or several times, and run again until it ends. Then
its rates, weights, slots and what Plateau remembers must equal, to the last bit, those of the
training that was never killed. The last line sums up; the exit status is 1 where one differs.
"""

import argparse
import json
import random
import signal
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from tests.adapters import keras_soak_run as one
from tests.adapters.keras_soak_run import Moment
from tests.adapters.keras_training import BACKEND, deterministic
from tests.adapters.killed import Processes

LAST_BATCH = one.EPOCHS * one.BATCHES - 1


@dataclass
class Training:
    """What became of a training.

    Args:
        moments: When it was to be killed, one process after the other.
        kills: How often it was.
        failed: How the process ended that did not end well; 0 where all did.
        differs: What is not as in the training that was never killed.
    """

    moments: list[Moment]
    kills: int = 0
    failed: int = 0
    differs: list[str] = field(default_factory=list)


def child(folder: Path, moment: Moment | None, mark: Any, *, safely: bool, **options: Any) -> None:
    deterministic()
    one.train(folder, moment, safely, mark, **options)


PROCESSES = Processes(["tensorflow", "tests.adapters.keras_soak_run"], child)


def run(folder: Path, moment: Moment | None, safely: bool = False, **options: Any) -> int:
    """One process: its exit status, below 0 where a signal ended it."""
    return PROCESSES.run(folder, moment, safely=safely, **options)


def draw(seed: int, safely: bool, events: int) -> list[Moment]:
    """The moments of a training: of the first it is certain that it comes."""
    dice = random.Random(f"soak {seed}")
    kinds = ["closing", "closing", "outside", "batch"] if safely else ["batch"]
    moments = []
    for number in range(dice.randint(1, 3)):
        kind = dice.choice(kinds)
        at = {
            "batch": int(dice.random() * LAST_BATCH / (2 * number + 1)),
            "closing": 1 + int(dice.random() * events),
            "outside": 1 + int(dice.random() * 2 * LAST_BATCH / (number + 1)),
        }
        moments.append(Moment(kind, at[kind], dice.randrange(one.EPOCHS)))
    return moments


def until_it_ends(
    folder: Path, moments: list[Moment], safely: bool = False, **options: Any
) -> Training:
    """Runs a training again and again; the last time without a kill."""
    training = Training(moments)
    for moment in [*moments, None]:
        status = run(folder, moment, safely, **options)
        training.kills += status == -signal.SIGKILL
        if status == 0:
            break
        if status != -signal.SIGKILL:
            training.failed = status
            break
    return training


def differences(folder: Path, whole: Path) -> list[str]:
    """What is not the same, to the last bit."""
    if not (folder / "end.npz").exists():
        return ["it did not end"]
    found = []
    if (folder / "rates.csv").read_bytes() != (whole / "rates.csv").read_bytes():
        found.append("rates")
    mine, theirs = np.load(folder / "end.npz"), np.load(whole / "end.npz")
    for name in sorted({*mine.files, *theirs.files} - {"events"}):
        if name not in mine or name not in theirs or not np.array_equal(mine[name], theirs[name]):
            found.append(name)
    return found


def soak(folder: Path, first: int, count: int) -> tuple[list[Training], float]:
    """Trains once without a kill, and `count` times with kills, two processes at a time.

    Returns what became of them, and the factor to which Plateau cut the rate.
    """
    whole = folder / "whole"
    if run(whole, None) != 0:
        raise SystemExit((folder / "whole.txt").read_text())
    events = int(np.load(whole / "end.npz")["events"])

    def trained(number: int) -> Training:
        # Every second one with the snapshots of docs/works-with.md: only those may be killed
        # while files are written.
        safely, mine = number % 2 == 1, folder / f"training-{number}"
        training = until_it_ends(mine, draw(number, safely, events), safely)
        training.differs = differences(mine, whole)
        if training.differs:
            said = (folder / f"{mine.name}.txt").read_text()
            print(f"{said}status {training.failed}", flush=True)
        moments = ", ".join(f"{m.kind} {m.at}" for m in training.moments)
        print(f"{BACKEND} {number}: {training.kills} kills ({moments}): ", end="")
        print(f"differs: {training.differs}" if training.differs else "equal", flush=True)
        return training

    with ThreadPoolExecutor(2) as pool:
        trainings = list(pool.map(trained, range(first, first + count)))
    return trainings, float(np.load(whole / "end.npz")["factor"])


def windows(folder: Path) -> dict[str, dict[str, Any]]:
    """What becomes of a training that is killed within Keras's backup, by the kind of moment."""
    run(folder / "whole", None)
    epoch = {"first weights": 0}
    results = {}
    for name in ("first weights", *one.POINTS, "deleting"):
        moment = Moment(name.replace("first", "in"), epoch=epoch.get(name, 2))
        result: dict[str, Any] = {}
        for way, options in WAYS.items():
            mine = folder / f"{name} {way}"
            training = until_it_ends(mine, [moment], way == "snapshots", **options)
            rates = mine / "rates.csv"
            result[way] = {
                "kills": training.kills,
                "equal": not differences(mine, folder / "whole"),
                "updates": len(rates.read_text().splitlines()) - 1,
                "failed": training.failed != 0,
                "said": Path(f"{mine}.txt").read_text(),
            }
        results[name] = result
    return results


WAYS: dict[str, dict[str, Any]] = {
    "alone": {"delete_checkpoint": True},
    "double": {"delete_checkpoint": True, "double_checkpoint": True},
    "snapshots": {},
}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trainings", type=int, default=30)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--windows", action="store_true", help="kills within Keras's backup")
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        if asked.windows:
            print(json.dumps(windows(Path(folder))))
            return 0
        trainings, factor = soak(Path(folder), asked.first, asked.trainings)
    result = {
        "backend": BACKEND,
        "trainings": len(trainings),
        "kills": sum(training.kills for training in trainings),
        "never_killed": sum(training.kills == 0 for training in trainings),
        "different": sum(bool(training.differs) for training in trainings),
        "factor": factor,
    }
    print(json.dumps(result))
    return int(result["different"] > 0 or result["never_killed"] > 0)


if __name__ == "__main__":
    sys.exit(main())
