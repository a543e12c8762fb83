"""Kill trainings at random moments and let them go on, in each framework: `make soak`.

Keras on each backend, PyTorch, optax, then Transformers and Lightning. What is killed and compared
stands in the modules below. The exit status is 1 where one training did not come to the same rates
and weights as the one that was never killed.
"""

import os
import subprocess
import sys
from pathlib import Path

from run_tests import BACKENDS, environment

ROOT = Path(__file__).resolve().parent.parent
SOAKS = [
    *(("tests.adapters.keras_soak", backend) for backend in BACKENDS),
    ("tests.adapters.torch_soak", "torch"),
    ("tests.adapters.optax_soak", "jax"),
    ("tests.integration.torch_frameworks_soak", "torch"),
]


def main() -> int:
    failed = 0
    for module, backend in SOAKS:
        print(f"== {module} on {backend}", flush=True)
        command = [sys.executable, "-m", module, *sys.argv[1:]]
        env = environment(backend) | {"PYTHONPATH": os.fspath(ROOT)}
        failed += subprocess.run(command, cwd=ROOT, env=env, check=False).returncode != 0
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
