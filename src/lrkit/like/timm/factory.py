"""Any of timm's schedulers by its name, in epochs or updates."""

from __future__ import annotations

from typing import Any

from lrkit.core.schedule import Schedule
from lrkit.core.shapes import hold
from lrkit.core.validate import at_least_zero, number, refuse
from lrkit.like.call import dialect
from lrkit.like.timm.cycles import demand
from lrkit.like.timm.cyclic import CosineLRScheduler, PolyLRScheduler, TanhLRScheduler
from lrkit.like.timm.stable import WSDLRScheduler
from lrkit.like.timm.steps import MultiStepLRScheduler, StepLRScheduler

WHO = "create_scheduler_v2"
NAMES = ("cosine", "tanh", "step", "constant", "multistep", "poly", "wsd", "rsqrt", "none")


@dialect()
def create_scheduler_v2(
    sched: str = "cosine",
    num_epochs: float = 300,
    decay_epochs: float | None = None,
    decay_milestones: list[float] = (90, 180, 270),  # type: ignore[assignment]  # as the peer's
    cooldown_epochs: float = 0,
    patience_epochs: float = 10,
    decay_rate: float = 0.1,
    min_lr: float = 0.0,
    warmup_lr: float = 1e-5,
    warmup_epochs: float = 0,
    warmup_prefix: bool = False,
    noise: float | list[float] | None = None,
    noise_pct: float = 0.67,
    noise_std: float = 1.0,
    noise_seed: int | None = 42,
    cycle_mul: float = 1.0,
    cycle_decay: float = 0.1,
    cycle_limit: int = 1,
    k_decay: float = 1.0,
    decay_fn: str | None = None,
    stable_timescale: float | None = None,
    plateau_mode: str = "max",
    step_on_epochs: bool = True,
    updates_per_epoch: float = 0,
    *,
    base_lr: float = 1.0,
) -> Schedule:
    """The scheduler that timm has under a name, as its training script makes it.

        create_scheduler_v2("cosine", num_epochs=n) = CosineLRScheduler(n, cycle_decay=0.1)

    A step is an epoch, or with `step_on_epochs=False` an update. Of what the peer returns this is
    the first, the scheduler; the second, how many epochs to train, is for the plan of the run.

    Quirks: the warmup stands in the place of the first steps unless `warmup_prefix`, also for
    "step" and "multistep", whose classes have it otherwise. "poly" takes its power from
    `decay_rate`, 0.1. "wsd" and "rsqrt" have the warmup always in front, and without
    `warmup_prefix` that much less of the others.

    Args:
        sched: "cosine", "tanh", "step", "constant", "multistep", "poly", "wsd", "rsqrt", or
            "none" for the rate of the optimizer.
        num_epochs: Epochs of the first cycle or of all phases.
        decay_epochs: Epochs between two drops (90), or those of the decay of "wsd" and "rsqrt",
            below 1 as a share of all (0.2).
        decay_milestones: Epochs of the drops of "multistep".
        cooldown_epochs: Without effect: the last rate is held however long.
        patience_epochs: Without effect.
        decay_rate: The factor of a drop, or the power of "poly".
        min_lr: The rate at the end.
        warmup_lr: The rate at the beginning of the warmup.
        warmup_epochs: Epochs of the warmup.
        warmup_prefix: The warmup comes before the others.
        noise: From which share of `num_epochs` on there is noise, or the pair of shares between
            which.
        noise_pct: The largest noise, as a share of the rate.
        noise_std: Its deviation, before what is larger is drawn again.
        noise_seed: Another whole number gives other noise.
        cycle_mul: Length of a cycle as a multiple of the one before.
        cycle_decay: Peak of a cycle as a multiple of the one before.
        cycle_limit: How many cycles.
        k_decay: Above 1 "cosine" and "poly" stay high longer.
        decay_fn: The decay of "wsd" ("1-sqrt") and "rsqrt" ("linear").
        stable_timescale: Timescale of "rsqrt" in epochs; those of the warmup by default.
        plateau_mode: Without effect.
        step_on_epochs: A step is an epoch, not an update.
        updates_per_epoch: Updates of an epoch; needed where a step is an update.
        base_lr: The rate of the optimizer. 0 or more.

    Raises:
        ValueError: The name is unknown or stands for what is no function of the step ("plateau"),
            or the decay is longer than the run.
        AssertionError: `updates_per_epoch` is missing, or the class refuses an argument so.

    Source: timm 1.0.31, `scheduler/scheduler_factory.py`.

    >>> create_scheduler_v2("multistep", decay_milestones=[2], base_lr=0.1).values(3)
    array([0.1 , 0.01, 0.01])
    """
    # All arguments by their names: each class takes those that are its own.
    given = dict(locals())
    if sched == "plateau":
        way_out = "It answers to a metric, which no schedule can know in advance."
        raise refuse(WHO, "sched", "a function of the step", sched, way_out)
    if sched not in NAMES:
        raise refuse(WHO, "sched", f"one of {', '.join(map(repr, NAMES))}", sched)
    if not step_on_epochs:
        updates = number(WHO, "updates_per_epoch", updates_per_epoch)
        demand(updates > 0, WHO, "updates_per_epoch", "positive", updates)
    return _made(sched, given)


def _made(sched: str, given: dict[str, Any]) -> Schedule:
    if sched == "none":
        return at_least_zero(WHO, "base_lr", given["base_lr"]) * hold()
    if sched in ("wsd", "rsqrt"):
        return _stable(sched, given)
    unit = _steps_per_epoch(given)
    common = _common(given) | {"warmup_prefix": given["warmup_prefix"]}
    if sched in ("step", "constant", "multistep"):
        return _stepped(sched, given, common)
    common |= {"t_initial": given["num_epochs"] * unit, "lr_min": given["min_lr"]}
    common |= {key: given[key] for key in ("cycle_mul", "cycle_decay", "cycle_limit")}
    if sched == "tanh":
        return TanhLRScheduler(**common)
    if sched == "poly":
        return PolyLRScheduler(power=given["decay_rate"], k_decay=given["k_decay"], **common)
    return CosineLRScheduler(k_decay=given["k_decay"], **common)


def _steps_per_epoch(given: dict[str, Any]) -> Any:
    return 1 if given["step_on_epochs"] else given["updates_per_epoch"]


def _common(given: dict[str, Any]) -> dict[str, Any]:
    """The arguments that every class takes."""
    unit, noise = _steps_per_epoch(given), given["noise"]
    run = given["num_epochs"] * unit
    shares = noise if isinstance(noise, list) else [noise]
    steps = None if noise is None else [share * run for share in shares]
    return {
        "base_lr": given["base_lr"],
        "warmup_t": given["warmup_epochs"] * unit,
        "warmup_lr_init": given["warmup_lr"],
        "noise_range_t": steps[0] if steps and len(steps) == 1 else steps,
        **{key: given[key] for key in ("noise_pct", "noise_std", "noise_seed")},
    }


def _stepped(sched: str, given: dict[str, Any], common: dict[str, Any]) -> Schedule:
    unit, rate = _steps_per_epoch(given), given["decay_rate"]
    if sched == "multistep":
        milestones = [epoch * unit for epoch in given["decay_milestones"]]
        return MultiStepLRScheduler(milestones, decay_rate=rate, **common)
    if sched == "constant":
        return StepLRScheduler(1, **common)
    every = 90 if given["decay_epochs"] is None else given["decay_epochs"]
    return StepLRScheduler(every * unit, decay_rate=rate, **common)


def _stable(sched: str, given: dict[str, Any]) -> Schedule:
    """The phases behind the warmup, which have to fit into the epochs without `warmup_prefix`."""
    unit, common = _steps_per_epoch(given), _common(given)
    epochs = 0.2 if given["decay_epochs"] is None else given["decay_epochs"]
    phases = given["num_epochs"] * unit - (0 if given["warmup_prefix"] else common["warmup_t"])
    decay = round(epochs * phases if 0 < epochs < 1 else epochs * unit)
    if not 0 < decay <= phases:
        way_out = f"The stable phase and the decay have {phases!r} steps together."
        raise refuse(
            WHO, "decay_epochs", "at least a step and no more than there are", epochs, way_out
        )
    timescale = given["stable_timescale"]
    return WSDLRScheduler(
        phases,
        decay,
        lr_min=given["min_lr"],
        stable_fn="rsqrt" if sched == "rsqrt" else "constant",
        stable_timescale=None if timescale is None else timescale * unit,
        decay_fn=given["decay_fn"] or ("linear" if sched == "rsqrt" else "1-sqrt"),
        **common,
    )
