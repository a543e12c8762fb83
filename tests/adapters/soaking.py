"""What the soaks of all frameworks have in common: their command line and what they found."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from tests.documentation import ROOT

Soak = Callable[[Path, int, int], dict[str, Any]]


def found(done: Sequence[dict[str, Any]], other_rates: list[str]) -> dict[str, Any]:
    """The sums over the killed trainings."""
    return {
        "trainings": len(done),
        "kills": sum(training["kills"] for training in done),
        "missed": sum(training["missed"] for training in done),
        "different": sum(not training["equal"] for training in done),
        "other_rates": other_rates,
    }


def main(soak: Soak, about: str | None) -> int:
    """Run a soak in a folder of its own, and print what it found as one line of JSON."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--trainings", type=int, default=50)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        result = soak(Path(folder), asked.first, asked.trainings)
    print(json.dumps(result))
    return int(result["different"] > 0 or result["missed"] > 0 or result["other_rates"] != [])


def check_sample(module: str, first: int, count: int) -> None:
    """Some of its trainings are killed, and all of them come out as if they had not been."""
    command = [sys.executable, "-m", module, "--trainings", str(count), "--first", str(first)]
    env = dict(os.environ, PYTHONPATH=str(ROOT))
    done = subprocess.run(command, cwd=ROOT, env=env, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    result = json.loads(done.stdout.splitlines()[-1])
    assert result.pop("kills") >= count
    assert result == {"trainings": count, "missed": 0, "different": 0, "other_rates": []}
