"""The finders of fastai, Lightning and torch-lr-finder: their sweeps, read by their rules."""

import math
from collections.abc import Callable

import numpy as np

from finding.answer import Answer
from finding.cases import Case, Training
from lrkit.finder import Curve, peers, rules

UPDATES = 100

#: The lowest and the highest rate of their sweeps, by default.
_WIDE, _LOW = (1e-7, 10.0), (1e-8, 1.0)


def _of_fastai(losses: np.ndarray) -> np.ndarray:
    return peers.stopped(peers.averaged(losses), 4)


def _of_lightning(losses: np.ndarray) -> np.ndarray:
    return peers.stopped(peers.averaged(losses, late=1), 4, first=1)


def _of_torch_lr_finder(losses: np.ndarray) -> np.ndarray:
    smooth = [losses[0]]
    for loss in losses[1:]:
        smooth.append(peers.NEW * loss + (1 - peers.NEW) * smooth[-1])
    return peers.stopped(np.array(smooth), 5)


#: By name: the range, what is recorded until the sweep stops, and the name of the rule.
PEERS: dict[str, tuple[tuple[float, float], Callable[[np.ndarray], np.ndarray], str]] = {
    "fastai valley": (_WIDE, _of_fastai, "fastai_valley"),
    "fastai slide": (_WIDE, _of_fastai, "fastai_slide"),
    "fastai minimum": (_WIDE, _of_fastai, "fastai_minimum"),
    "fastai steep": (_WIDE, _of_fastai, "fastai_steep"),
    "Lightning": (_LOW, _of_lightning, "lightning"),
    "torch-lr-finder": (_WIDE, _of_torch_lr_finder, "torch_lr_finder"),
}


def answers(case: Case, seed: int) -> dict[str, Answer]:
    """What each finds. None of them stops at nan, and their rules know where they would stop."""
    curves = {ends: _sweep(Training(case, seed), ends) for ends in (_WIDE, _LOW)}
    result = {}
    for name, (ends, recorded, rule) in PEERS.items():
        curve = curves[ends]
        rate = rules[rule](curve)
        fine = rate is not None and math.isfinite(rate) and rate > 0
        result[name] = Answer(rate if fine else None, len(recorded(curve.given[1])))
    return result


def _sweep(training: Training, ends: tuple[float, float]) -> Curve:
    rates, losses = np.geomspace(*ends, UPDATES), np.full(UPDATES, math.nan)
    for i, rate in enumerate(rates.tolist()):
        losses[i] = training.step(rate)
        if not math.isfinite(losses[i]):
            break
    return Curve(rates, losses)
