"""One of two processes that train together: `torch_ddp_process.py RANK PORT FOLDER`."""

import json
import os
import sys
from pathlib import Path

import torch
import torch.distributed as dist
from torch.distributed.checkpoint.state_dict import (
    get_optimizer_state_dict,
    set_optimizer_state_dict,
)
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.fsdp import fully_shard
from torch.nn.parallel import DistributedDataParallel

from lrkit import cosine, warmup
from lrkit.torch import Plateau, Recorder, Scheduler, parameter_groups

LR = warmup(4) >> cosine(12)


class Sum(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(1))

    def forward(self, x):
        return (self.weight * x).sum()


def sharded():
    """The moves of a weight whose rows are on both processes, through a saved optimizer."""
    model = torch.nn.Linear(2, 2, bias=False)
    torch.nn.init.zeros_(model.weight)
    fully_shard(model, mesh=init_device_mesh("cpu", (2,)))
    optimizer = torch.optim.SGD(parameter_groups(model), lr=1.0)
    scheduler, moves = Scheduler(optimizer, LR), []
    for k in range(16):
        before = model.weight.full_tensor()[0, 0].item()
        model(torch.ones(1, 2)).sum().backward()
        optimizer.step()
        optimizer.zero_grad()
        moves.append(before - model.weight.full_tensor()[0, 0].item())
        scheduler.step()
        if k == 7:
            states = get_optimizer_state_dict(model, optimizer), scheduler.state_dict()
            optimizer = torch.optim.SGD(parameter_groups(model), lr=1.0)
            scheduler = Scheduler(optimizer, LR)
            set_optimizer_state_dict(model, optimizer, states[0])
            scheduler.load_state_dict(states[1])
    return moves


def main():
    rank, port, folder = int(sys.argv[1]), sys.argv[2], Path(sys.argv[3])
    os.environ |= {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port}
    dist.init_process_group("gloo", rank=rank, world_size=2)
    model = DistributedDataParallel(Sum())
    optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
    scheduler = Scheduler(optimizer, LR)
    recorder = Recorder(scheduler, csv=folder / "rates.csv" if rank == 0 else None)
    plateau = Plateau(scheduler, 0.5, 0)
    moves = []
    for batch in range(32):
        # The two have different data: 0.5 and 1.5, so that the mean gradient is 1.
        is_last = batch % 2 == 1
        with model.no_sync() if not is_last else torch.enable_grad():
            (model(torch.tensor([0.5 + rank])) / 2).backward()
        if is_last:
            optimizer.step()
            optimizer.zero_grad()
            moves.append(-model.module.weight.item())
            torch.nn.init.zeros_(model.module.weight)
        scheduler.step()
        if batch in (15, 19):
            loss = torch.tensor(float(rank))
            dist.all_reduce(loss)  # each process judges the same
            plateau.step(loss)
    told = {"moves": moves, "state": scheduler.state_dict(), "steps": recorder.steps.tolist()}
    told["sharded"] = sharded()
    recorder.close()
    (folder / f"{rank}.json").write_text(json.dumps(told))
    dist.destroy_process_group()


if __name__ == "__main__":
    main()
