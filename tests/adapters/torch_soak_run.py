"""A training in PyTorch that is killed at a chosen moment, and goes on when it is run again.

It is run in a process of its own by `torch_soak.py`.
"""

import io
import json
import random
import warnings
from pathlib import Path
from typing import Any

import torch

from lrkit import extend, read
from lrkit.torch import Plateau, Recorder, Scheduler, parameter_groups
from tests.adapters.killed import Moment, write

UPDATES, BATCHES, EXTENDED_AT = 18, 2, 9
RATE = read("0.05 * (warmup(4, start=0.1) >> hold(6) >> cosine(8, stop=0.1))")
LONGER = read(repr(extend(RATE, at=EXTENDED_AT, to=24)))
DECAY = "0.1 * linear(18, stop=0.2)"
METRICS = [1.0, 0.7, 0.7, 0.69, 0.5, 0.5]  # a plateau, a better one, a plateau
EVERY = 3  # updates between two evaluations

# By name: the class, and its arguments; some with a rate that is a tensor, or fused.
OPTIMIZERS: dict[str, Any] = {
    "sgd": (torch.optim.SGD, {"momentum": 0.9, "lr": 0.1}),
    "adamw": (torch.optim.AdamW, {"lr": 0.1}),
    "adam, a tensor": (torch.optim.Adam, {"lr": torch.tensor(0.1)}),
    "adamw, fused": (torch.optim.AdamW, {"lr": 0.1, "fused": True}),
    "rmsprop": (torch.optim.RMSprop, {"lr": 0.1, "momentum": 0.5}),
}


class Training:
    """Everything that a training has, and its checkpoint.

    Args:
        folder: Where its files are.
        kind: The optimizer.
        rate: The schedule.
    """

    def __init__(self, folder: Path, kind: str, rate: Any) -> None:
        torch.manual_seed(0)
        layers = [torch.nn.Linear(3, 4), torch.nn.ReLU(), torch.nn.Dropout(0.2)]
        self.model = torch.nn.Sequential(*layers, torch.nn.Linear(4, 1))
        make, arguments = OPTIMIZERS[kind]
        groups = parameter_groups(self.model, layerwise_decay=0.5, no_weight_decay=["bias"])
        self.optimizer = make(groups, weight_decay=0.1, **arguments)
        decaying = [group["name"] for group in groups if group["weight_decay"] > 0.0]
        self.scheduler = Scheduler(
            self.optimizer, rate, weight_decay=dict.fromkeys(decaying, DECAY)
        )
        self.plateau = Plateau(self.scheduler, 0.5, 0, threshold=0.05)
        self.recorder = Recorder(self.scheduler, csv=folder / "rates.csv")
        self.batch = 0

    @property
    def parts(self) -> list[Any]:
        return [self.model, self.optimizer, self.scheduler]

    def checkpoint(self) -> bytes:
        file = io.BytesIO()
        states = [part.state_dict() for part in self.parts]
        torch.save([self.batch, torch.get_rng_state(), *states], file)
        return file.getvalue()

    def load(self, data: bytes, order: random.Random) -> None:
        """In any order: that of the loads must not matter."""
        file = io.BytesIO(data)
        self.batch, dice, *states = torch.load(file, weights_only=True)
        pairs = list(zip(self.parts, states, strict=True))
        order.shuffle(pairs)
        for part, state in pairs:
            part.load_state_dict(state)
        torch.set_rng_state(dice)

    def step(self) -> None:
        """One batch; the second makes the update."""
        x = torch.linspace(-1, 1, 12).reshape(4, 3) * (1 + self.batch % 5)
        (self.model(x).square().mean() / BATCHES).backward()
        if self.batch % BATCHES == BATCHES - 1:
            self.optimizer.step()
            self.optimizer.zero_grad()
            update = self.batch // BATCHES
            if update % EVERY == EVERY - 1:
                self.plateau.step(METRICS[update // EVERY])
        self.scheduler.step()
        self.batch += 1


def train(folder: Path, moment: Moment | None, mark: Any, *, kind: str, extended: bool) -> None:
    """Trains, or goes on from the checkpoint, and writes what came out."""
    folder.mkdir(exist_ok=True)
    warnings.simplefilter("error")
    torch.set_num_threads(1)
    checkpoint = folder / "checkpoint"
    data = checkpoint.read_bytes() if checkpoint.exists() else None
    before = 0 if data is None else torch.load(io.BytesIO(data), weights_only=True)[0]
    is_longer = extended and before > EXTENDED_AT * BATCHES
    training = Training(folder, kind, LONGER if is_longer else RATE)
    if data is not None:
        training.load(data, random.Random(before))
    while training.batch < UPDATES * BATCHES:
        if extended and training.batch == EXTENDED_AT * BATCHES:
            training = changed(training, folder, kind)
        mark()
        training.step()
        # Between the batches of an update the gradients would have to be saved too.
        if training.batch % BATCHES == 0:
            due = moment and moment.at == training.batch // BATCHES - 1
            write(checkpoint, training.checkpoint(), moment.kind if moment and due else "")
    training.recorder.close()
    weights = [parameter.tolist() for parameter in training.model.parameters()]
    slots = repr(training.optimizer.state_dict())
    end = json.dumps([weights, slots, training.scheduler.state_dict()])
    write(folder / "end", end.encode(), "")


def changed(training: Training, folder: Path, kind: str) -> Training:
    """The same training under the longer schedule, which a warning tells."""
    data = training.checkpoint()
    training.recorder.close()
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        longer = Training(folder, kind, LONGER)
        longer.load(data, random.Random(0))
    assert len(told) == 1, [str(one.message) for one in told]
    assert "which it keeps" in str(told[0].message)
    return longer
