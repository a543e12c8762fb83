"""What an update of `lrkit.torch.find_lr` costs, beside the same update in a plain loop.

    python benchmarks/finder_cost_torch.py [--rounds 9] [--updates 120] [--threads 1]

The plain loop does what a training does: it fetches a batch, sets the gradients to None, makes the
update and asks for its loss. A sweep is timed as a whole, with remembering and putting back all
that it changes. Both are made in turn, the ratio is that of each round, and the median counts.
Bar: 1.1.
"""

import argparse
import statistics
import sys
import time
from typing import Any

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from lrkit.torch import find_lr

BAR = 1.1
DEVICE = "cuda" if torch.cuda.is_available() else "cpu"


def convolutions() -> tuple[nn.Module, Any]:
    """A small network for images of 28 by 28."""
    model = nn.Sequential(
        *(nn.Conv2d(1, 16, 3), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(16, 32, 3), nn.BatchNorm2d(32), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Flatten(), nn.Dropout(0.1), nn.Linear(800, 10)),
    )
    return model, TensorDataset(torch.randn(2048, 1, 28, 28), torch.randint(10, (2048,)))


def transformer() -> tuple[nn.Module, Any]:
    """Two layers of a transformer, and a mean over the places."""
    layer = nn.TransformerEncoderLayer(128, 4, 256, batch_first=True)
    model = nn.Sequential(
        nn.Embedding(100, 128),
        nn.TransformerEncoder(layer, 2),
        nn.Flatten(),
        nn.Linear(128 * 16, 10),
    )
    return model, TensorDataset(torch.randint(100, (2048, 16)), torch.randint(10, (2048,)))


CASES = {"convolutions": convolutions, "transformer": transformer}
OPTIMIZERS = {
    "SGD": lambda parameters: torch.optim.SGD(parameters, 1e-3, momentum=0.9),
    "AdamW": lambda parameters: torch.optim.AdamW(parameters, 1e-3),
}


def loss_of(model: Any, batch: Any) -> Any:
    x, y = (one.to(DEVICE) for one in batch)
    return nn.functional.cross_entropy(model(x), y)


def plain(model: Any, optimizer: Any, data: Any, updates: int) -> None:
    """So many updates of a plain loop."""
    batches = iter(data)
    for _ in range(updates):
        batch = next(batches, None)
        if batch is None:
            batches = iter(data)
            batch = next(batches)
        optimizer.zero_grad()
        loss = loss_of(model, batch)
        loss.backward()
        optimizer.step()
        loss.item()


def race(case: str, kind: str, rounds: int, updates: int) -> tuple[float, float, float]:
    """Milliseconds of an update in both, and the median ratio."""
    model, examples = CASES[case]()
    model.to(DEVICE)
    optimizer = OPTIMIZERS[kind](model.parameters())
    data = DataLoader(examples, 64, shuffle=True, drop_last=True)
    # The rates of a sweep that neither diverges nor ends early.
    rates = {"lr_min": 1e-6, "lr_max": 1e-5, "per_decade": updates - 1}
    times: list[tuple[float, float]] = []
    for turn in range(-1, rounds):  # the first one warms up
        took = []
        for is_probe in (False, True) if turn % 2 else (True, False):
            begin = time.perf_counter()
            if is_probe:
                assert find_lr(model, optimizer, data, loss_of, **rates).cost == updates
            else:
                plain(model, optimizer, data, updates)
            took.append((is_probe, time.perf_counter() - begin))
        if turn >= 0:
            times.append(tuple(seconds for _, seconds in sorted(took)))
    ours, theirs = (1e3 * statistics.median(t[k] for t in times) / updates for k in (1, 0))
    return theirs, ours, statistics.median(b / a for a, b in times)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--updates", type=int, default=120)
    parser.add_argument("--threads", type=int, default=1)
    asked = parser.parse_args()
    torch.set_num_threads(asked.threads)
    print(f"{DEVICE}, ms of an update{'plain':>16}{'find_lr':>9}{'ratio':>9}")
    held = []
    for case in CASES:
        for kind in OPTIMIZERS:
            theirs, ours, ratio = race(case, kind, asked.rounds, asked.updates)
            held.append(ratio <= BAR)
            verdict = "pass" if held[-1] else "MISS"
            print(f"  {case + ', ' + kind:<30}{theirs:9.2f}{ours:9.2f}{ratio:9.3f}  {verdict}")
    print("all bars held" if all(held) else f"{held.count(False)} bars were missed")
    return int(not all(held))


if __name__ == "__main__":
    sys.exit(main())
