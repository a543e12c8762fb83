"""Kill trainings at random moments and let them go on, on each Keras backend: `make soak`.

What is killed and compared stands in tests/adapters/keras_soak.py. The exit status is 1 where one
training did not come to the same rates and weights as the one that was never killed.
"""

import os
import subprocess
import sys
from pathlib import Path

from run_tests import BACKENDS, environment

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    failed = 0
    for backend in BACKENDS:
        command = [sys.executable, "-m", "tests.adapters.keras_soak", *sys.argv[1:]]
        env = environment(backend) | {"PYTHONPATH": os.fspath(ROOT)}
        failed += subprocess.run(command, cwd=ROOT, env=env, check=False).returncode != 0
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
