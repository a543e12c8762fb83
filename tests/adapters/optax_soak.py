"""Trainings with optax that are killed and go on: `python -m tests.adapters.optax_soak`.

Each is a process, killed by the signal 9 at a random moment, once or twice, and run again until it
ends. It keeps a checkpoint of every batch, written aside and renamed. Then its weights, slots,
counters and the values that were applied must equal, to the last bit, those of the training that
was never killed. Every second one goes on with an extended schedule from update 9 on. The last
line sums up; the exit status is 1 where one differs.
"""

import random
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import flax.serialization
import numpy as np

from tests.adapters import optax_soak_run as one
from tests.adapters import soaking
from tests.adapters.killed import KINDS, Moment, Processes
from tests.adapters.optax_soak_run import BATCHES, LONGER, RATE, UPDATES

PROCESSES = Processes(["tests.adapters.optax_soak_run"], one.train)


def draw(seed: int) -> list[Moment]:
    """The moments of a training: the second is later than the first, counted in batches."""
    dice = random.Random(f"optax soak {seed}")
    first = dice.randint(1, UPDATES * BATCHES - 2)
    moments = [Moment(dice.choice(KINDS), first)]
    if dice.random() < 0.5:
        # What is killed from outside counts its own batches: so few that they surely come.
        later = Moment(dice.choice(KINDS[:3]), dice.randint(first + 1, UPDATES * BATCHES - 1))
        moments.append(later)
    return moments


def killed(folder: Path, number: int) -> dict[str, Any]:
    """What became of one training, killed and run again."""
    moments, extended = draw(number), number % 2 == 1
    mine, whole = folder / f"training-{number}", folder / ("longer" if extended else "plain")
    kills = 0
    for moment in [*moments, None]:
        status = PROCESSES.run(mine, moment, extended=extended)
        kills += status == -signal.SIGKILL
        if status != -signal.SIGKILL:
            break
    end = mine / "end"
    equal = end.exists() and end.read_bytes() == (whole / "end").read_bytes()
    if not equal:
        print(f"{mine.with_suffix('.txt').read_text()}status {status}", flush=True)
    shown = ", ".join(f"{moment.kind} {moment.at}" for moment in moments)
    print(f"{number}: {kills} kills ({shown}): {'equal' if equal else 'differs'}", flush=True)
    return {"kills": kills, "missed": len(moments) - kills, "equal": equal}


def rates_differ(folder: Path) -> list[str]:
    """The trainings without a kill whose rates are not those that were planned."""
    found = []
    for name, rate in (("plain", RATE), ("longer", LONGER)):
        parts = flax.serialization.msgpack_restore((folder / name / "end").read_bytes())
        applied = parts["2"][BATCHES - 1 :: BATCHES]
        planned = [rate(k) for k in range(UPDATES)]
        if not np.allclose(applied, planned, rtol=1e-6, atol=0):
            found.append(name)
    return found


def soak(folder: Path, first: int, count: int) -> dict[str, Any]:
    """Trains twice without a kill, and `count` times with kills, two processes at a time."""
    with ThreadPoolExecutor(2) as pool:
        whole = [
            pool.submit(PROCESSES.run, folder / name, None, extended=name == "longer")
            for name in WHOLE
        ]
        if any(run.result() != 0 for run in whole):
            raise SystemExit("\n".join((folder / f"{name}.txt").read_text() for name in WHOLE))
        done = list(pool.map(lambda number: killed(folder, number), range(first, first + count)))
    return soaking.found(done, rates_differ(folder))


WHOLE = ("plain", "longer")


if __name__ == "__main__":
    sys.exit(soaking.main(soak, __doc__))
