"""Run the tests: once what needs no framework, and the adapters and tasks once per Keras backend.

The backend is fixed when Keras is imported, so each has a process of its own, two at a time where
there are two processors; what one printed comes when it is done. The last line sums all runs:
`N passed, N failed`. The exit status is 1 when a test failed or a run found no tests.
"""

import os
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BACKENDS = ("tensorflow", "jax", "torch")
# Folders that import Keras, in the tests and (for the doctests) in the sources.
WITH_KERAS = ("tests/adapters", "tests/tasks", "src/lrkit/keras", "src/lrkit/tasks")
# What needs the framework alone runs beside Keras on it: the tests by tests/adapters/conftest.py.
WITH_FRAMEWORK = {"jax": "src/lrkit/optax", "torch": "src/lrkit/torch"}
WITHOUT_KERAS = ("tests", "src/lrkit")


def plain_arguments() -> list[str]:
    """What to give pytest for the run that needs no framework."""
    # integration has its own target
    ignored = (*WITH_KERAS, *WITH_FRAMEWORK.values(), "tests/integration")
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


def run(title: str, arguments: list[str], backend: str | None, folder: Path) -> Counter[str]:
    """One pytest process; what it counted, and one failure more where it did not end well."""
    print(f"== {title}: begins", flush=True)
    report = folder / f"{backend}.xml"
    # The cache of last failures would be written by two at a time.
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    command += [f"--junitxml={report}", *arguments]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=environment(backend),
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    )
    total: Counter[str] = Counter()
    if report.exists():
        for suite in ET.parse(report).getroot().iter("testsuite"):
            number = {
                key: int(suite.get(key, "0")) for key in ("tests", "failures", "errors", "skipped")
            }
            bad = number["failures"] + number["errors"]
            total.update(failed=bad, skipped=number["skipped"])
            total.update(passed=number["tests"] - bad - number["skipped"])
    if total["failed"] == 0 and (total["passed"] == 0 or done.returncode != 0):
        total["failed"] += 1
    print(f"== {title}: status {done.returncode}\n{done.stdout}", flush=True)
    return total


def main() -> int:
    if "--print-plain" in sys.argv[1:]:
        print(" ".join(plain_arguments()))
        return 0
    runs: list[tuple[str, list[str], str | None]] = []
    for backend in BACKENDS:
        own = [WITH_FRAMEWORK[backend]] if backend in WITH_FRAMEWORK else []
        runs.append((f"Keras on {backend}", ["--doctest-modules", *WITH_KERAS, *own], backend))
    runs += [("without a framework", plain_arguments(), None)]  # the shortest, to fill the end
    with (
        tempfile.TemporaryDirectory() as folder,
        ThreadPoolExecutor(min(2, os.cpu_count() or 1)) as pool,
    ):
        totals = [pool.submit(run, *one, Path(folder)) for one in runs]
        total = sum((future.result() for future in totals), Counter())
    skipped = f", {total['skipped']} skipped" if total["skipped"] else ""
    print(f"{total['passed']} passed, {total['failed']} failed{skipped}")
    return int(total["failed"] > 0)


if __name__ == "__main__":
    sys.exit(main())
