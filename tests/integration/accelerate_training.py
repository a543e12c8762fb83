"""Loops with Accelerate, in one process or several, for the tests."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from accelerate import Accelerator
from accelerate.state import AcceleratorState, GradientState
from accelerate.utils import DataLoaderConfiguration, set_seed

from lrkit import cosine, hold, warmup
from lrkit.torch import Plateau, Recorder, Scheduler
from tests.integration.metered import Metered, data, rates_of, readings, weights_of

PEAK = 0.05


def loader(examples: int) -> torch.utils.data.DataLoader[Any]:
    return torch.utils.data.DataLoader(data(examples), batch_size=2)


def loop(
    lr: Any,
    *,
    epochs: int = 2,
    examples: int = 48,
    accumulation: int = 1,
    theirs: bool = False,
    prepared_first: bool = False,
    split_batches: bool = False,
    save: dict[int, str] | None = None,
    load: str | None = None,
    csv: str | None = None,
) -> dict[str, Any]:
    """A training, or what is left of one.

    Args:
        lr: A schedule.
        epochs: Of the training.
        examples: Of all processes together.
        accumulation: Batches of a process that make an update.
        theirs: With PyTorch's LambdaLR.
        prepared_first: The scheduler is made with the prepared optimizer, and not prepared itself.
        split_batches: As of the `Accelerator`.
        save: By number of updates, the folder to save the state in.
        load: The folder of a state; the training goes on at its end of an epoch.
        csv: The file of a `Recorder`, in the first process.
    """
    set_seed(0)
    accelerator = Accelerator(
        cpu=True,
        gradient_accumulation_steps=accumulation,
        dataloader_config=DataLoaderConfiguration(split_batches=split_batches),
    )
    model = Metered()
    optimizer: Any = torch.optim.SGD(model.parameters(), lr=1.0)
    batches: Any = loader(examples)
    model, optimizer, batches = accelerator.prepare(model, optimizer, batches)
    made = torch.optim.lr_scheduler.LambdaLR if theirs else Scheduler
    scheduler: Any = made(optimizer if prepared_first else optimizer.optimizer, lr)
    if not prepared_first:
        scheduler = accelerator.prepare(scheduler)
    recorder = None
    if not theirs:
        recorder = Recorder(scheduler, csv=csv if accelerator.is_main_process else None)
    done = 0
    if load is not None:
        accelerator.load_state(load)
        done = int(Path(load).name)
    epochs -= done // -(-len(batches) // accumulation)
    read, saves = [readings(model)], save or {}
    for updates in _updates(accelerator, model, optimizer, scheduler, [batches] * epochs):
        read.append(readings(model))
        if done + updates in saves:
            accelerator.save_state(saves[done + updates])
    return {
        "rates": rates_of(read),
        "weights": weights_of(model),
        "processes": accelerator.num_processes,
        "updates": getattr(scheduler, "scheduler", scheduler).last_epoch,
        "audited": None if recorder is None else recorder.learning_rates,
    }


def _updates(
    accelerator: Accelerator, model: Any, optimizer: Any, scheduler: Any, epochs: list[Any]
) -> Iterator[int]:
    """The loop itself: after each update, how many there were."""
    updates = 0
    for batches in epochs:
        for batch in batches:
            with accelerator.accumulate(model):
                accelerator.backward(model(batch["x"])["loss"])
                optimizer.step()
                scheduler.step()
                optimizer.zero_grad()
            if accelerator.sync_gradients:
                updates += 1
                yield updates


def skipping(lr: Any, spoilt: list[int], updates: int) -> dict[str, Any]:
    """A loop with a GradScaler in which some batches have a gradient that is not finite."""
    accelerator = Accelerator(cpu=True)
    # On a CPU Accelerate refuses fp16, which makes one; this is the one that it would make.
    accelerator.scaler = torch.amp.GradScaler("cpu", init_scale=2.0, growth_interval=10_000)
    model = Metered()
    optimizer: Any = torch.optim.SGD(model.parameters(), lr=1.0)
    scheduler: Any = Scheduler(optimizer, lr)
    model, optimizer, scheduler = accelerator.prepare(model, optimizer, scheduler)
    recorder = Recorder(scheduler)
    read, skipped = [readings(model)], []
    x = torch.zeros(2, 2, dtype=torch.float64)
    for k in range(updates):
        loss = model(x)["loss"]
        accelerator.backward(loss * float("inf") if k in spoilt else loss)
        optimizer.step()
        scheduler.step()
        optimizer.zero_grad()
        skipped.append(accelerator.optimizer_step_was_skipped)
        read.append(readings(model))
    return {
        "rates": rates_of(read),
        "skipped": skipped,
        "updates": scheduler.scheduler.updates,
        "recorded": recorder.learning_rates,
    }


def plateau(lr: Any, losses: list[float]) -> dict[str, Any]:
    """Epochs of one update, each with an evaluation."""
    accelerator = Accelerator(cpu=True)
    model = Metered()
    optimizer: Any = torch.optim.SGD(model.parameters(), lr=1.0)
    scheduler: Any = Scheduler(optimizer, lr)
    model, optimizer, scheduler = accelerator.prepare(model, optimizer, scheduler)
    rule = Plateau(scheduler, factor=0.5, patience=0)
    read = [readings(model)]
    for loss in losses:
        accelerator.backward(model(torch.zeros(2, 2, dtype=torch.float64))["loss"])
        optimizer.step()
        scheduler.step()
        optimizer.zero_grad()
        read.append(readings(model))
        # Each process has a loss of its own; the mean is the same for all.
        mine = torch.tensor(loss + (0.5 if accelerator.is_main_process else -0.5))
        rule.step(accelerator.reduce(mine, "mean"))
    return {"rates": rates_of(read)}


def trainer(folder: str, lr: Any) -> dict[str, Any]:
    """The Trainer of Transformers, which is built on Accelerate."""
    from lrkit.torch.transformers import RecorderCallback, set_schedule
    from tests.integration.transformers_training import make

    recorded = RecorderCallback(csv=f"{folder}/rates.csv")
    made, meter = make(folder, recorded, examples=48, num_train_epochs=2)
    set_schedule(made, lr, over=True)
    made.train()
    return {"rates": meter.rates(), "recorded": recorded.recorder.learning_rates}


def all_of_them(folder: str) -> dict[str, Any]:
    """Every case, since processes that begin together take a while to find each other."""
    torch.set_num_threads(1)
    lr = PEAK * (warmup(4) >> cosine(20))
    shape = warmup(20) >> cosine(80)
    at, place = 12, str(Path(folder) / "states" / "12")
    cases: dict[str, Any] = {
        "ours": lambda: loop(lr, csv=f"{folder}/ours.csv"),
        "theirs": lambda: loop(lr, theirs=True),
        "unprepared": lambda: loop(lr, prepared_first=True),
        "split": lambda: loop(lr, split_batches=True, epochs=1),
        "accumulation": lambda: loop(PEAK * cosine(6), accumulation=4, examples=40),
        "whole": lambda: loop(lr, save={at: place}),
        "resumed": lambda: loop(lr, load=place),
        "plateau": lambda: plateau(PEAK * hold(6), [1.0, 1.0, 0.9, 0.9, 0.9, 0.8]),
        "trainer": lambda: trainer(folder, PEAK * shape),
    }
    found = {}
    for name, case in cases.items():
        # What the framework keeps of one accelerator would be in the way of the next.
        AcceleratorState._reset_state()
        GradientState._reset_state()
        found[name] = case()
    torch.distributed.destroy_process_group()
    return found
