"""Trainings in PyTorch that are killed and go on: `python -m tests.adapters.torch_soak`.

Each is a process, killed by the signal 9 at a random moment, once or twice, and run again until it
ends. It keeps a checkpoint of every update, written aside and renamed. Then its weights, slots,
scheduler and file of rates must equal, to the last bit, those of the training that was never
killed. Every second one goes on with an extended schedule from update 9 on. The last line sums up;
the exit status is 1 where one differs.
"""

import random
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tests.adapters import soaking
from tests.adapters import torch_soak_run as one
from tests.adapters.killed import KINDS, Moment, Processes
from tests.adapters.torch_soak_run import OPTIMIZERS, UPDATES

# PyTorch imports its compiler when an optimizer is made: here once, ahead.
PROCESSES = Processes(["torch._dynamo", "tests.adapters.torch_soak_run"], one.train)


def draw(seed: int) -> tuple[list[Moment], dict[str, Any]]:
    """The moments of a training, counted in updates, the second later; and what is trained."""
    dice = random.Random(f"torch soak {seed}")
    first = dice.randint(1, UPDATES - 2)
    moments = [Moment(dice.choice(KINDS), first)]
    if dice.random() < 0.5:
        # What is killed from outside counts its own batches: so few that they surely come.
        moments.append(Moment(dice.choice(KINDS[:3]), dice.randint(first + 1, UPDATES - 1)))
    return moments, {"kind": dice.choice(list(OPTIMIZERS)), "extended": seed % 2 == 1}


def whole(folder: Path, options: dict[str, Any]) -> Path:
    """The same training, never killed."""
    mine = folder / f"{options['kind']} {options['extended']}"
    if not (mine / "end").exists() and PROCESSES.run(mine, None, **options) != 0:
        raise SystemExit(mine.with_suffix(".txt").read_text())
    return mine


def killed(folder: Path, number: int) -> dict[str, Any]:
    """What became of one training, killed and run again."""
    moments, options = draw(number)
    mine, kills = folder / f"training-{number}", 0
    for moment in [*moments, None]:
        status = PROCESSES.run(mine, moment, **options)
        kills += status == -signal.SIGKILL
        if status != -signal.SIGKILL:
            break
    other = whole(folder, options)
    equal = all(
        (mine / name).exists() and (mine / name).read_bytes() == (other / name).read_bytes()
        for name in ("end", "rates.csv")
    )
    if not equal:
        print(f"{mine.with_suffix('.txt').read_text()}status {status}", flush=True)
    shown = ", ".join(f"{moment.kind} {moment.at}" for moment in moments)
    print(f"{number}: {kills} kills ({shown}), {options}: {'equal' if equal else 'differs'}")
    return {"kills": kills, "missed": len(moments) - kills, "equal": equal}


def rates_differ(folder: Path) -> list[str]:
    """The trainings without a kill whose rates are not those that were planned."""
    found = []
    for path in folder.glob("* */rates.csv"):
        extended = path.parent.name.endswith("True")
        plan = one.LONGER if extended else one.RATE
        header, *rows = [line.split(",") for line in path.read_text().splitlines()]
        factors = factors_of(one.METRICS)
        at = header.index("learning_rate_3_weight")  # of the layer at the top
        top = [float(row[at]) for row in rows]
        wanted = [plan(k) * factors[k // one.EVERY] for k in range(UPDATES)]
        if len(top) != UPDATES or max(abs(a - b) for a, b in zip(top, wanted, strict=True)) > 1e-8:
            found.append(path.parent.name)
    return found


def factors_of(metrics: list[float]) -> list[float]:
    """The factor in the updates before each evaluation: halved where it was no better."""
    factors, best = [1.0], metrics[0]
    for metric in metrics[1:]:
        factors.append(factors[-1])
        if metric < best * 0.95:
            best = metric
        else:
            factors.append(factors.pop() * 0.5)
    # A metric is known after its updates: what it cuts is the rate of those that follow.
    return [1.0, *factors[:-1]]


def soak(folder: Path, first: int, count: int) -> dict[str, Any]:
    """Trains `count` times with kills, two processes at a time, and once without for each kind."""
    with ThreadPoolExecutor(2) as pool:
        distinct = {tuple(draw(n)[1].items()): None for n in range(first, first + count)}
        list(pool.map(lambda options: whole(folder, dict(options)), distinct))
        done = list(pool.map(lambda number: killed(folder, number), range(first, first + count)))
    return soaking.found(done, rates_differ(folder))


if __name__ == "__main__":
    sys.exit(soaking.main(soak, __doc__))
