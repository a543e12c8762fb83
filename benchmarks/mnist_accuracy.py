"""The test accuracy that the default job reaches, against its bar.

    python benchmarks/mnist_accuracy.py --backend jax --seeds 0 1 2 [--full] [--data mnist.npz]

98 % with the embedded 10,000 training images; 99 % with all 60,000 (`--full`, or with `--data` a
file that holds them). One backend per process: Keras reads it once.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from lrkit.tasks import backend
from lrkit.tasks.job import Job

BARS = {10_000: 0.98, 60_000: 0.99}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--backend", choices=backend.BACKENDS)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--schedule", default="cosine")
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--data")
    arguments = parser.parse_args()
    name = backend.choose(arguments.backend)
    from lrkit.tasks.mnist import train

    held = True
    for seed in arguments.seeds:
        job = Job(
            schedules=(arguments.schedule,),
            seed=seed,
            full=arguments.full,
            data=arguments.data,
            backend=name,
        )
        with tempfile.TemporaryDirectory() as folder:
            report = train(job, Path(folder) / "run")
            (run,) = report.document()["runs"]
        accuracy, bar = run["result"]["val_accuracy"], BARS[run["plan"]["examples"]]
        held &= accuracy >= bar
        print(
            f"{name:<11} seed {seed}  {report.device}  {run['seconds']:7.1f} s  "
            f"test accuracy {accuracy:.4f} >= {bar} {'pass' if accuracy >= bar else 'MISS'}",
            flush=True,
        )
    sys.exit(0 if held else 1)


if __name__ == "__main__":
    main()
