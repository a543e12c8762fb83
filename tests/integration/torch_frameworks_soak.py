"""Trainings with Transformers and Lightning that are killed and go on.

`python -m tests.integration.torch_frameworks_soak --trainings 30 --first 0`: so many with each.
Each is a process, killed by the signal 9 at a random moment, once or twice, also while a checkpoint
is written, and run again from the last whole checkpoint until it ends. Then its weights, slots,
scheduler and file of rates must equal, to the last bit, those of the training that was never
killed. The last line sums up; the exit status is 1 where one differs.
"""

import argparse
import json
import random
import signal
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from lrkit import read
from tests.adapters.killed import Moment, Processes
from tests.integration import torch_frameworks_soak_run as one
from tests.integration.torch_frameworks_soak_run import EVERY, FRAMEWORKS, OPTIMIZERS, UPDATES

KINDS = ("update", "writing", "outside")
FACTORS = [1.0, 1.0, 1.0, 0.5]  # of the rates before each evaluation, as METRICS say
PROCESSES = Processes(["tests.integration.torch_frameworks_soak_run"], one.train)


def draw(seed: int, framework: str) -> tuple[list[tuple[str, float]], dict[str, Any]]:
    """Kinds of moments, each with a part of the training at which it is; and what is trained."""
    dice = random.Random(f"{framework} soak {seed}")
    moments = [(dice.choice(KINDS), dice.random())]
    if dice.random() < 0.5:
        moments.append((dice.choice(KINDS[1:]), dice.random()))
    options = {"optimizer": dice.choice(list(OPTIMIZERS)), "accumulation": dice.choice([1, 4])}
    return moments, {"framework": framework, **options}


def moment_of(kind: str, part: float, number: int, events: int) -> Moment:
    """A moment that surely comes: of a second process, soon."""
    most = {"update": UPDATES - 1, "writing": events, "outside": UPDATES}[kind]
    return Moment(kind, 1 + int(part * (most - 1) / (1 if number == 0 else 20)))


def whole(folder: Path, options: dict[str, Any]) -> Path:
    """The same training, never killed."""
    mine = folder / " ".join(map(str, options.values()))
    if not (mine / "end").exists() and PROCESSES.run(mine, None, **options) != 0:
        raise SystemExit(mine.with_suffix(".txt").read_text())
    return mine


def torn(folder: Path) -> int:
    """Checkpoints of which only a part is there."""
    folders = [path for path in folder.glob("checkpoint-*") if path.is_dir()]
    return sum(not (path / "trainer_state.json").exists() for path in folders)


def killed(folder: Path, number: int, framework: str) -> dict[str, Any]:
    """What became of one training, killed and run again."""
    drawn, options = draw(number, framework)
    other = whole(folder, options)
    events = int((other / "events").read_text())
    moments = [moment_of(*one, i, events) for i, one in enumerate(drawn)]
    mine, kills, found_torn = folder / f"{framework}-{number}", 0, 0
    for moment in [*moments, None]:
        status = PROCESSES.run(mine, moment, **options)
        kills += status == -signal.SIGKILL
        found_torn += torn(mine)
        if status != -signal.SIGKILL:
            break
    differs = [
        name
        for name in ("end", "rates.csv")
        if not (mine / name).exists() or (mine / name).read_bytes() != (other / name).read_bytes()
    ]
    if differs:
        print(mine.with_suffix(".txt").read_text(), flush=True)
    shown = ", ".join(f"{moment.kind} {moment.at}" for moment in moments)
    print(f"{mine.name}: {kills} kills ({shown}), {options}: {differs or 'equal'}", flush=True)
    return {"kills": kills, "torn": found_torn, "equal": not differs}


def rates_differ(folder: Path) -> list[str]:
    """The trainings without a kill whose rates are not those that were planned."""
    plan, found = read(one.RATE).over(UPDATES), []
    for path in folder.glob("* */rates.csv"):
        header, *rows = [line.split(",") for line in path.read_text().splitlines()]
        rates = [float(row[header.index("learning_rate")]) for row in rows]
        wanted = [plan(k) * FACTORS[k // EVERY] for k in range(UPDATES)]
        if len(rates) != UPDATES or max(map(abs, map(float.__sub__, rates, wanted))) > 1e-8:
            found.append(path.parent.name)
    return found


def soak(folder: Path, first: int, count: int) -> dict[str, Any]:
    """Trains `count` times with kills with each framework, two processes at a time."""
    pairs = [(n, framework) for n in range(first, first + count) for framework in FRAMEWORKS]
    with ThreadPoolExecutor(2) as pool:
        distinct = {tuple(draw(*pair)[1].items()): None for pair in pairs}
        list(pool.map(lambda options: whole(folder, dict(options)), distinct))
        done = list(pool.map(lambda pair: killed(folder, *pair), pairs))
    return {
        "trainings": len(done),
        "kills": sum(training["kills"] for training in done),
        "never_killed": sum(training["kills"] == 0 for training in done),
        "torn_checkpoints": sum(training["torn"] for training in done),
        "different": sum(not training["equal"] for training in done),
        "other_rates": rates_differ(folder),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trainings", type=int, default=30, help="with each framework")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        result = soak(Path(folder), asked.first, asked.trainings)
    print(json.dumps(result))
    return int(result["different"] > 0 or result["never_killed"] > 0 or result["other_rates"] != [])


if __name__ == "__main__":
    sys.exit(main())
