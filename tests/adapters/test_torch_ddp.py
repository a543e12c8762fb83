"""Two processes that train together over gloo: replicas with accumulation, and shards."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

from tests.adapters.torch_ddp_process import LR
from tests.adapters.torch_training import close
from tests.documentation import ROOT

PROGRAM = Path(__file__).with_name("torch_ddp_process.py")


def test_each_process_applies_the_plan(tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env = dict(os.environ, PYTHONPATH=str(ROOT), GLOO_SOCKET_IFNAME="lo", OMP_NUM_THREADS="1")
    command = [sys.executable, str(PROGRAM)]
    processes = [
        subprocess.Popen([*command, str(rank), str(port), str(tmp_path)], env=env)
        for rank in range(2)
    ]
    assert [process.wait(timeout=300) for process in processes] == [0, 0]
    told = [json.loads((tmp_path / f"{rank}.json").read_text()) for rank in range(2)]
    wanted = [LR(k) * (0.5 if k >= 10 else 1.0) for k in range(16)]
    for one in told:
        assert close(one["moves"], wanted)
        assert one["state"]["step"] == 16
        assert one["state"]["factor"] == 0.5
        assert one["steps"] == list(range(16))
        assert close(one["sharded"], [LR(k) for k in range(16)])
    assert len((tmp_path / "rates.csv").read_text().splitlines()) == 17
