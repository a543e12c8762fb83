"""Run the tests: once what needs no framework, then the adapters and tasks once per Keras backend.

The backend is fixed when Keras is imported, so each has a process of its own. The last line sums
all runs: `N passed, N failed`. The exit status is 1 when a test failed or a run found no tests.
"""

import os
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BACKENDS = ("tensorflow", "jax", "torch")
# Folders that import Keras, in the tests and (for the doctests) in the sources.
WITH_KERAS = ("tests/adapters", "tests/tasks", "src/lrkit/keras", "src/lrkit/tasks")
WITHOUT_KERAS = ("tests", "src/lrkit")


def plain_arguments() -> list[str]:
    """What to give pytest for the run that needs no framework."""
    ignored = (*WITH_KERAS, "tests/integration")  # integration has its own target
    return ["--doctest-modules", *WITHOUT_KERAS, *(f"--ignore={folder}" for folder in ignored)]


def environment(backend: str | None) -> dict[str, str]:
    env = dict(os.environ, MPLBACKEND="Agg", TF_CPP_MIN_LOG_LEVEL="3")
    if backend is not None:
        env["KERAS_BACKEND"] = backend
    if (
        backend == "jax"
    ):  # two devices, so that data parallelism is real; the CPU is split, not doubled
        env["XLA_FLAGS"] = " ".join(
            filter(None, (env.get("XLA_FLAGS"), "--xla_force_host_platform_device_count=2"))
        )
    return env


def run(title: str, arguments: list[str], backend: str | None, report: Path) -> Counter[str]:
    """One pytest process; what it counted, and one failure more where it did not end well."""
    print(f"== {title}", flush=True)
    command = [sys.executable, "-m", "pytest", "-q", f"--junitxml={report}", *arguments]
    status = subprocess.run(command, cwd=ROOT, env=environment(backend), check=False).returncode
    total: Counter[str] = Counter()
    if report.exists():
        for suite in ET.parse(report).getroot().iter("testsuite"):
            number = {
                key: int(suite.get(key, "0")) for key in ("tests", "failures", "errors", "skipped")
            }
            bad = number["failures"] + number["errors"]
            total.update(failed=bad, skipped=number["skipped"])
            total.update(passed=number["tests"] - bad - number["skipped"])
    if total["failed"] == 0 and (total["passed"] == 0 or status != 0):
        print(
            f"{title}: pytest ended with status {status} and {total['passed']} passed", flush=True
        )
        total["failed"] += 1
    return total


def main() -> int:
    if "--print-plain" in sys.argv[1:]:
        print(" ".join(plain_arguments()))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        total = run("without a framework", plain_arguments(), None, Path(folder, "plain.xml"))
        for backend in BACKENDS:
            arguments = ["--doctest-modules", *WITH_KERAS]
            total += run(f"Keras on {backend}", arguments, backend, Path(folder, f"{backend}.xml"))
    skipped = f", {total['skipped']} skipped" if total["skipped"] else ""
    print(f"{total['passed']} passed, {total['failed']} failed{skipped}")
    return int(total["failed"] > 0)


if __name__ == "__main__":
    sys.exit(main())
