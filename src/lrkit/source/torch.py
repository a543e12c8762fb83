"""Code for PyTorch alone: its schedulers, or one LambdaLR around a plain function of the step."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from lrkit.core.combine import Scaled
from lrkit.core.curves import Hold
from lrkit.core.dialects import dialects
from lrkit.core.schedule import Schedule
from lrkit.source.calls import bracketed, given_arguments, indented, library_of, plain
from lrkit.source.function import Module
from lrkit.source.pieces import assert_sayable, whole
from lrkit.source.schedulers import agrees, scheduler_of
from lrkit.source.words import MATH, number

WORDS = MATH
_BY_ITSELF = "Exactly these calls: what torch does at every step, its rounding and its errors too."
_BY_STEPS = (
    "Computed by torch, each rate from the one before: within 1e-9 of the highest rate at every "
    "update, also after the end."
)
_BY_FORMULA = (
    "Computed in float64: within 1e-12 of the highest rate at every update, also after the end."
)
_NOTES = {
    "OneCycleLR": "It raises when it is stepped past its end.",
    "cycle_momentum": "It needs an optimizer with momentum or betas; else cycle_momentum=False.",
}


def said(s: Schedule) -> tuple[str, str] | None:
    """How exact it is, and the code, where torch's own schedulers can say it."""
    given = s if library_of(s) == "torch" else _rescaled(s)
    found = given if given is not None and not _is_resumed(given) else None
    says = _BY_ITSELF
    if found is None:
        found, says = scheduler_of(s), _BY_STEPS
    if found is None:
        return None
    module = Module(MATH)
    module.name("scheduler")
    call = _call(found, module)
    if "OneCycleLR(" in call:
        says += f" {_NOTES['OneCycleLR']}"
    if re.search(r"OneCycleLR\(|CyclicLR\(", call) and "cycle_momentum=False" not in call:
        says += f" {_NOTES['cycle_momentum']}"
    return says, _laid_out(_base_of(found), module, call)


def function(s: Schedule, parts: int) -> tuple[str, str]:
    """How exact it is, and the code: a function for LambdaLR."""
    base = s.height if isinstance(s, Scaled) and s.height > 0.0 else 1.0
    shape = s.inner if isinstance(s, Scaled) and base != 1.0 else s
    module = Module(MATH)
    module.name("scheduler")
    says = "The rate of update `step`, counted from 0, as a multiple of BASE_LR."
    name = module.function("shape", whole(shape, parts), says, parts)
    return _BY_FORMULA, _laid_out(base, module, f"LambdaLR(optimizer, {name})")


def _laid_out(base: float, module: Module, call: str) -> str:
    names = sorted(set(re.findall(r"(?<![\w.])([A-Z]\w+(?:LR|Restarts|Scheduler))\(", call)))
    text = module.text()
    standard = [name for name in ("bisect", "math") if f"{name}." in text + call]
    blocks = ["\n".join(f"import {name}" for name in standard)] if standard else []
    blocks.append(
        bracketed("from torch.optim.lr_scheduler import ", names, "", before=0)
        if len(", ".join(names)) < 50
        else bracketed("from torch.optim.lr_scheduler import (", names, ")", before=88)
    )
    blocks.append(
        f"BASE_LR = {number(base)}"
        "  # the optimizer's: torch.optim.AdamW(model.parameters(), lr=BASE_LR)"
    )
    scheduler = "\n".join(
        [
            "def scheduler(optimizer):",
            '    """Call its step() after each step() of the optimizer."""',
            indented(f"return {call}"),
        ]
    )
    constants = module.constants
    head = "\n\n".join(blocks) + ("\n" + "\n".join(constants) if constants else "")
    return "\n\n\n".join([head, *module.functions, scheduler])


# ---- calls of like.torch -------------------------------------------------------------------------


def _call(s: Any, module: Module) -> str:
    """The call of torch's own scheduler."""
    name = s.name.split(".")[-1]
    given = given_arguments(s)
    arguments = {
        key: _function(value, module) if isinstance(value, Schedule) else plain(value)
        for key, value in given.items()
        if key != "schedulers"
    }
    listed = [text if key == "lr_lambda" else f"{key}={text}" for key, text in arguments.items()]
    if "schedulers" not in given:
        return bracketed(f"{name}(", ["optimizer", *listed], ")")
    parts = bracketed("[", [_call(part, module) for part in given["schedulers"]], "]", 40)
    if name == "ChainedScheduler":
        return bracketed(f"{name}(", [parts, "optimizer=optimizer"], ")")
    return bracketed(f"{name}(", ["optimizer", parts, *listed], ")")


def _function(s: Schedule, module: Module) -> str:
    """A function among the arguments."""
    if isinstance(s, Hold):
        return f"lambda step: {number(s._start)}"
    assert_sayable(s)
    return module.function("function", s, "The function of the step, counted from 0.")


def _base_of(s: Any) -> float:
    """The rate of the optimizer."""
    if "schedulers" in s.arguments:
        return _base_of(s.arguments["schedulers"][-1])
    base = s.arguments.get("max_lr", s.arguments.get("base_lr"))
    return float(base[0] if isinstance(base, tuple) else base)


def _is_resumed(s: Any) -> bool:
    """Whether a part begins in the middle, for which torch wants a resumed optimizer."""
    inner = s.arguments.get("schedulers", ())
    return s.arguments.get("last_epoch", -1) != -1 or any(map(_is_resumed, inner))


def _rescaled(s: Schedule) -> Schedule | None:
    """A scaled call, as the call with a higher rate of the optimizer."""
    if not isinstance(s, Scaled) or s.height <= 0.0 or library_of(s.inner) != "torch":
        return None
    found = _with_height(s.inner, s.height)
    return found if agrees(found, s) else None


def _with_height(s: Any, height: float) -> Schedule:
    arguments = {key: _thawed(value) for key, value in s.arguments.items()}
    if "schedulers" in arguments:
        parts = [_with_height(part, height) for part in s.arguments["schedulers"]]
        arguments["schedulers"] = parts
    elif "base_lr" in arguments and s.name != "like.torch.CyclicLR":
        arguments["base_lr"] *= height
    return dialects()[s.name](**arguments)  # type: ignore[no-any-return]


def _thawed(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _thawed(item) for key, item in value.items()}
    return list(map(_thawed, value)) if isinstance(value, tuple) else value
