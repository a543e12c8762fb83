"""Forty mistakes that people have made, each found by the doctor, and mended where it says how.

The reports are those of the census of peers: a number such as 2.7-4 is a fact measured there, 3-48
a group of issues of users. A mistake without a report has "-".
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import pytest

from lrkit import Plan, check, read

# ten thousand updates, in four ways
UPDATES = Plan(updates=10_000)
EPOCHS = Plan(epochs=20, examples=16_000, batch_size=32)
ACCUMULATED = Plan(epochs=20, examples=64_000, batch_size=32, accumulation=4)
REPLICATED = Plan(epochs=20, examples=64_000, batch_size=32, replicas=4)
TOKENS = Plan(updates=10_000, tokens_per_batch=4096, accumulation=4)

USUAL = "1e-3 * (warmup(500) >> cosine(9500))"


NONE: dict[str, Any] = {}


class Mistake(NamedTuple):
    code: str
    severity: str
    report: str
    schedule: str
    plan: Plan
    facts: Mapping[str, Any] = MappingProxyType({})
    also: tuple[str, ...] = ()
    """What follows from it and is found too."""


MISTAKES = {
    # -- accumulation and replicas ----------------------------------------------------------------
    "Keras counts batches": Mistake(
        "accumulation-missed", "error", "2.7-4", USUAL, ACCUMULATED, {"accumulation_told": 1}
    ),
    "accumulation told to the schedule and to the optimizer, not alike": Mistake(
        "accumulation-twice", "error", "2.7-4", USUAL, ACCUMULATED, {"accumulation_told": 16}
    ),
    "as long as the batches": Mistake(
        *("accumulation-missed", "error", "3-48 accelerate#963"),
        *("1e-3 * (warmup(500) >> cosine(39500))", ACCUMULATED),
    ),
    "num_training_steps in batches": Mistake(
        *("accumulation-missed", "error", "3-48 litgpt#926"),
        "like.transformers.get_cosine_schedule_with_warmup(500, 40000, base_lr=1e-3)",
        ACCUMULATED,
    ),
    "divided by the accumulation once more": Mistake(
        *("accumulation-twice", "error", "3-48 diffusers#2632"),
        *("1e-3 * (warmup(125) >> cosine(2375))", ACCUMULATED),
    ),
    "stepped by every process": Mistake(
        *("replicas-counted", "error", "3-47 accelerate#2926"),
        *("1e-3 * (warmup(125) >> cosine(2375))", REPLICATED),
    ),
    "multiplied by the processes": Mistake(
        *("replicas-counted", "error", "3-47 diffusers#3954"),
        *("1e-3 * (warmup(2000) >> cosine(38000))", REPLICATED),
    ),
    # -- units ------------------------------------------------------------------------------------
    "a cosine in epochs": Mistake(
        *("units-epochs", "error", "3-56 Lightning#5631"),
        *("1e-3 * (warmup(2) >> cosine(18))", EPOCHS),
    ),
    "T_max in epochs": Mistake(
        *("units-epochs", "error", "3-56 Lightning PR#19774"),
        *("like.torch.CosineAnnealingLR(T_max=20, base_lr=0.1)", EPOCHS),
    ),
    "StepLR in epochs": Mistake(
        *("units-epochs", "error", "3-56 Lightning#20436", "like.torch.StepLR(5, base_lr=0.1)"),
        EPOCHS,
    ),
    "milestones in epochs": Mistake(
        *("units-epochs", "error", "3-21 keras#9938", "0.1 * multi_step([10, 15])", EPOCHS)
    ),
    "a decay in epochs": Mistake(
        *("units-epochs", "error", "3-21 keras#14291", "0.1 * exponential(rate=0.9)", EPOCHS)
    ),
    "as long as one epoch": Mistake(
        "ends-early", "error", "3-56 Lightning#5631", "0.1 * cosine(500)", EPOCHS
    ),
    "in tokens": Mistake(
        "peak-never-reached",
        "error",
        "3-60 OLMo PR#411",
        "1e-3 * (warmup(8192000) >> cosine(155648000))",
        TOKENS,
    ),
    "in images": Mistake("ends-late", "error", "3-60 detrex#214", "0.1 * linear(320000)", EPOCHS),
    # -- ends -------------------------------------------------------------------------------------
    "total_steps too few": Mistake(
        *("ends-early", "warning", "3-35 pytorch#38170"),
        *("like.torch.OneCycleLR(0.1, total_steps=9000)", UPDATES),
    ),
    "resumed for longer than it was made": Mistake(
        "ends-early", "error", "3-55 Lightning#19865", USUAL, UPDATES, {"updates_done": 5000}
    ),
    "a total that was changed": Mistake(
        *("ends-late", "warning", "3-55 insightface PR#2143"),
        *("1e-3 * (warmup(500) >> cosine(12500))", UPDATES),
    ),
    "a warmup longer than the run": Mistake(
        *("peak-never-reached", "error", "2.3 Transformers, W = T"),
        *("1e-3 * (warmup(12000) >> linear(500))", UPDATES),
    ),
    "T_max too long": Mistake(
        *("floor-never-reached", "warning", "2.1"),
        *("like.torch.CosineAnnealingLR(T_max=20000, base_lr=0.1)", UPDATES),
    ),
    "a milestone after the end": Mistake(
        *("floor-never-reached", "warning", "2.5", "0.1 * multi_step([3000, 6000, 12000])"),
        UPDATES,
    ),
    "a period in batches": Mistake(
        *("floor-never-reached", "warning", "3-48 Lightning#1476"),
        *("step_decay(0.1, 0.1, every=12000)", ACCUMULATED),
    ),
    # -- after the end ----------------------------------------------------------------------------
    "PyTorch's cosine rises again": Mistake(
        *("rises-after-end", "error", "2.1"),
        *("like.torch.CosineAnnealingLR(T_max=8000, base_lr=0.1)", UPDATES),
    ),
    "Transformers' cosine rises again": Mistake(
        *("rises-after-end", "error", "2.1"),
        *("like.transformers.get_cosine_schedule_with_warmup(500, 8000, base_lr=1e-3)", UPDATES),
    ),
    "a sequence rises again": Mistake(
        *("rises-after-end", "error", "3-28 pytorch#67586"),
        "like.torch.SequentialLR([like.torch.LinearLR(0.1, total_iters=500, base_lr=0.1), "
        "like.torch.CosineAnnealingLR(7500, base_lr=0.1)], [500])",
        UPDATES,
    ),
    "a second fit": Mistake(
        "fit-after-end", "error", "2.7-9", USUAL, UPDATES, {"updates_done": 10_000}
    ),
    "a counter that was restored": Mistake(
        *("fit-after-end", "error", "3-8 tensorflow#42877"),
        *("0.1 * cosine(3000)", UPDATES, {"updates_done": 4000}),
    ),
    # -- cycles -----------------------------------------------------------------------------------
    "a last cycle cut in half": Mistake(
        *("cycle-cut", "warning", "3-29 pytorch#47560"),
        *("like.torch.CosineAnnealingWarmRestarts(4000, base_lr=0.1)", UPDATES),
    ),
    "longer and longer cycles": Mistake(
        *("cycle-cut", "warning", "3-30 pytorch#62640"),
        *("0.1 * cosine_restarts(1000, stretch=2, height=0.9)", UPDATES),
    ),
    # -- nothing ----------------------------------------------------------------------------------
    "a warmup from 0": Mistake(
        "first-update-zero", "note", "3-53 google-research/bert#1293", USUAL, UPDATES
    ),
    "two updates at 0": Mistake(
        *("trains-nothing", "warning", "2.1 kozistr"),
        *("1e-3 * (hold(2, value=0.0) >> warmup(498) >> cosine(9500))", UPDATES),
    ),
    "no warmup is 0 for ever": Mistake(
        *("trains-nothing", "error", "2.3 optax"),
        *("like.optax.warmup_constant_schedule(0.0, 1e-3, 0)", UPDATES),
    ),
    "below 0": Mistake(
        "negative", "error", "2.6 kozistr", "linear(10000, start=0.1, stop=-0.005)", UPDATES
    ),
    # -- jumps ------------------------------------------------------------------------------------
    "a cosine that the warmup overwrites": Mistake(
        *("jumps", "warning", "2.1 timm"),
        *("like.timm.CosineLRScheduler(10000, warmup_t=3000, base_lr=1e-3)", UPDATES),
    ),
    "what follows the warmup is not shifted": Mistake(
        *("jumps", "warning", "3-52 transformers PR#4940"),
        *("1e-3 * (warmup(500) | linear(10000).skip(500))", UPDATES),
    ),
    "the height on the warmup alone": Mistake(
        "jumps", "warning", "-", "3e-4 * warmup(500) | cosine(9500)", UPDATES
    ),
    # -- warmups and heights ----------------------------------------------------------------------
    "a warmup that Keras ignores": Mistake(
        *("warmup-ignored", "warning", "2.3 Keras"),
        *("like.keras.CosineDecay(1e-3, 9000, warmup_steps=1000)", UPDATES, {}, ("ends-early",)),
    ),
    "a warmup too short for Adam": Mistake(
        "warmup-short", "warning", "arXiv 1910.04209", USUAL, UPDATES, {"beta2": 0.999}
    ),
    "more devices, the same rate": Mistake(
        *("batch-unscaled", "warning", "arXiv 1706.02677", "0.1 * cosine(10000)", REPLICATED),
        {"base_rate": 0.1, "base_replicas": 1},
    ),
    # -- precision --------------------------------------------------------------------------------
    "steps in float32": Mistake(
        *("float32-steps", "warning", "2.7-5"),
        *("like.keras.CosineDecay(1e-3, 40000000)", Plan(updates=40_000_000)),
    ),
}

MENDED_ELSEWHERE = {"no warmup is 0 for ever"}
"""What no expression made of the schedule can mend: nothing is known of what was meant."""


def test_there_are_forty() -> None:
    assert len(MISTAKES) == 40
    assert len({mistake.code for mistake in MISTAKES.values()}) == 19


@pytest.mark.parametrize("name", MISTAKES)
def test_the_doctor_finds_it(name: str) -> None:
    mistake = MISTAKES[name]
    found = check(mistake.schedule, mistake.plan, **mistake.facts)
    codes = {one.code for one in found.findings if one.severity != "note"}
    assert codes == ({mistake.code, *mistake.also} if mistake.severity != "note" else set())
    (one,) = (one for one in found.findings if one.code == mistake.code)
    assert one.severity == mistake.severity
    assert found.ok == ("error" not in {one.severity for one in found.findings})


@pytest.mark.parametrize("name", MISTAKES)
def test_its_mend_mends_it(name: str) -> None:
    mistake = MISTAKES[name]
    found = check(mistake.schedule, mistake.plan, **mistake.facts)
    (one,) = (one for one in found.findings if one.code == mistake.code)
    if name in MENDED_ELSEWHERE:
        assert one.mend is None
        return
    assert one.mend is not None
    again = check(read(one.mend), mistake.plan, **mistake.facts)
    assert one.code not in [other.code for other in again.findings]
    assert again.ok
