"""A process of its own for a job of the tests: a fork of one that has imported Keras.

What was saved is loaded there, and what was killed goes on, where nothing of it is known: nothing
was trained before.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.adapters.killed import Processes


def _do(folder: Path, moment: Any, mark: Any, *, job: Callable[..., Any], arguments: Any) -> None:
    job(*arguments)


PROCESSES = Processes(["tensorflow", "lrkit.tasks.mnist", "tests.adapters.keras_soak_run"], _do)


def run(folder: Path, job: Callable[..., Any], *arguments: Any, status: int = 0) -> None:
    """Does the job, which must end so: below 0 where a signal ends it."""
    ended = PROCESSES.run(folder, None, job=job, arguments=arguments)
    assert ended == status, folder.with_suffix(".txt").read_text()
