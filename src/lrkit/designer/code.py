"""The code beside the picture: a schedule as one writes it for each library and in a shell."""

from __future__ import annotations

import shlex
from dataclasses import fields
from typing import Any

from lrkit.core.schedule import Schedule
from lrkit.designer.asked import Asked, BadQuestion, schedule_of
from lrkit.designer.drawing import planned
from lrkit.designer.literals import names_in
from lrkit.plan import Plan
from lrkit.source import to_source

LIBRARIES = ("python", "keras", "torch", "optax", "cli")
#: Characters of a text that are shown in code: what is longer is data.
MOST = 20_000

_PLAIN = """\
from lrkit import read

lr = read({text}{names})
print(lr(0), lr.length)
"""
_KERAS = """\
import keras
from lrkit.keras import LearningRate

lr = {text}
optimizer = keras.optimizers.{optimizer}
"""
_TORCH = """\
import torch
from lrkit.torch import Scheduler

lr = {text}
optimizer = torch.optim.AdamW(model.parameters())
scheduler = Scheduler(optimizer, lr=lr)  # scheduler.step() after each optimizer.step()
"""
_OPTAX = """\
import optax
from lrkit import read

lr = read({text})
optimizer = {optimizer}
"""


def code(asked: Asked) -> dict[str, Any]:
    """The code of one text.

    Fields: `text`, `plan`, `names`; `library`; `own`, true for code without lrkit, where the
    library's own words can say it. The answer has `code`, or `cannot`: why there is none.
    """
    text, library = asked.text(), asked.one_of("library", LIBRARIES)
    plan, _ = planned(asked)
    names = asked.names(plan)
    try:
        schedule = schedule_of(text, names)
        canonical = repr(schedule)
        if len(canonical) > MOST:
            raise ValueError("The text holds too much data to be shown as code.")
        if asked.has("own") and library in ("keras", "torch", "optax"):
            return {"code": _own(schedule, library, plan)}
        return {"code": _written(library, text, schedule, names, plan)}
    except ValueError as error:
        if isinstance(error, BadQuestion):
            raise
        return {"cannot": str(error).partition("\n")[0]}


def _written(
    library: str, text: str, schedule: Schedule, names: dict[str, float], plan: Plan | None
) -> str:
    said = quoted(repr(schedule))
    accumulated = plan.accumulation if plan is not None else 1
    if library == "python":
        told = "".join(f", {name}={value}" for name, value in _used(text, names).items())
        return _PLAIN.format(text=quoted(text.strip()), names=told)
    if library == "keras":
        steps = f", gradient_accumulation_steps={accumulated}" if accumulated > 1 else ""
        optimizer = f"AdamW(LearningRate(lr{steps}){steps})"
        return _KERAS.format(text=said, optimizer=optimizer)
    if library == "torch":
        return _TORCH.format(text=said)
    if library == "optax":
        optimizer = "optax.adamw(lr)"
        if accumulated > 1:
            optimizer = f"optax.MultiSteps({optimizer}, every_k_schedule={accumulated})"
        return _OPTAX.format(text=said, optimizer=optimizer)
    # A comment would end the line of the shell.
    return _commands(repr(schedule) if "#" in text else " ".join(text.split()), names, plan)


def _own(schedule: Schedule, library: str, plan: Plan | None) -> str:
    batches = plan.accumulation if plan is not None else 1
    if batches == 1:
        return to_source(schedule, library)
    if library == "keras":
        raise ValueError(
            f"Keras's own schedules count batches, of which {batches} make an update here. Use "
            "the code with lrkit."
        )
    return f"# One step is one update of the weights, which {batches} batches make.\n" + to_source(
        schedule, library
    )


def _used(text: str, names: dict[str, float]) -> dict[str, str]:
    """The names that a text uses, with their numbers as they are written in full."""
    used = names_in(text)
    return {name: f"{value:.17g}" for name, value in names.items() if name in used}


def _commands(text: str, names: dict[str, float], plan: Plan | None) -> str:
    """What to type in a shell."""
    # Behind --, where it would be taken for an option, and so behind all options.
    said = f"-- {shlex.quote(text)}" if text.startswith("-") else shlex.quote(text)
    lets = [f"--let {name}={value}" for name, value in _used(text, names).items()]
    run = _options(plan)
    own = [f"--let {name}={value}" for name, value in _used(text, _given(names, plan)).items()]
    lines = [
        ("lrkit show", lets),
        ("lrkit plot", [*lets, "-o schedule.svg"]),
        ("lrkit design", [*own, *run]),
    ]
    if run:
        lines.insert(0, ("lrkit check", [*own, *run]))
    parts = [
        [command, *options, said] if said.startswith("--") else [command, said, *options]
        for command, options in lines
    ]
    return "\n".join(" ".join(part) for part in parts) + "\n"


def _given(names: dict[str, float], plan: Plan | None) -> dict[str, float]:
    """The names that the plan does not say by itself."""
    known: dict[str, float] = {} if plan is None else plan.names
    return {name: value for name, value in names.items() if known.get(name) != value}


def _options(plan: Plan | None) -> list[str]:
    """The run as options."""
    if plan is None:
        return []
    skipped = {"drop_last", "updates" if plan.epochs is not None else "epochs"}
    told = [
        f"--{field.name.replace('_', '-')} {getattr(plan, field.name)}"
        for field in fields(plan)
        if field.name not in skipped and getattr(plan, field.name) != field.default
    ]
    return told + (["--drop-last"] if plan.drop_last else [])


def quoted(text: str) -> str:
    """The text as a Python string, in double quotes where that needs no escapes.

    >>> print(quoted("cosine(9)"), quoted('points({0: 1}, curve="hold")'))
    "cosine(9)" 'points({0: 1}, curve="hold")'
    """
    return repr(text) if '"' in text or "\n" in text or "\\" in text else f'"{text}"'
