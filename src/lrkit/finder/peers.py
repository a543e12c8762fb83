"""What other finders would suggest from the same losses, with their own smoothing and stop.

Written from their formulas for comparison, quirks included; none of them is recommended here. A
record that they would have recorded and this sweep did not is unknown to them.
"""

from __future__ import annotations

import math

import numpy as np

from lrkit.finder.curve import Curve
from lrkit.finder.valley import valley_index

#: Weight of the past in the moving average of fastai and Lightning, and of the new in the other.
PAST, NEW = 0.98, 0.05
#: fastai's slide: records between the two slopes, and how far these may differ.
APART, ALIKE = 15, 0.005

Records = tuple[np.ndarray, np.ndarray]


def averaged(losses: np.ndarray, late: int = 0) -> np.ndarray:
    """The moving average of fastai and of Lightning, which corrects its start one update late.

        m_i = 0.98 * m_(i-1) + 0.02 * l_i,   s_i = m_i / (1 - 0.98 ** (i + 1 + late))

    Args:
        losses: Shape (n,).
        late: 0 as in fastai, 1 as in Lightning.
    """
    average, smoothed = 0.0, []
    for i, loss in enumerate(losses):
        average = PAST * average + (1 - PAST) * loss
        smoothed.append(average / (1 - PAST ** (i + 1 + late)))
    return np.array(smoothed)


def stopped(smoothed: np.ndarray, times: float, first: int = 0) -> np.ndarray:
    """What is recorded up to the first loss above so many times the best so far, that one included.

    Args:
        smoothed: Shape (n,).
        times: The best.
        first: The first record that is judged.
    """
    best = math.inf
    for i, loss in enumerate(smoothed):
        best = loss if loss < best else best  # never with nan, as in theirs
        if i >= first and loss > times * best:
            return smoothed[: i + 1]
    return smoothed


def _fastai(curve: Curve) -> Records | None:
    """Without the first tenth and the last five, and from the first nan on."""
    rates, losses = curve.given
    smoothed = stopped(averaged(losses), 4)
    kept = slice(len(losses) // 10, len(smoothed) - 5)
    rates, smoothed = rates[: len(smoothed)][kept], smoothed[kept]
    bad = np.flatnonzero(np.isnan(smoothed))
    end = int(bad[0]) if len(bad) else len(smoothed)
    return (rates[:end], smoothed[:end]) if end >= 2 and kept.stop > 0 else None


def fastai_valley(curve: Curve) -> float | None:
    """Fastai's default: see `valley_index`."""
    records = _fastai(curve)
    return None if records is None else float(records[0][valley_index(records[1])])


def fastai_slide(curve: Curve) -> float | None:
    """Two slopes 15 records apart slide down from the end until they differ by at most 0.005."""
    records = _fastai(curve)
    if records is None or len(records[0]) <= APART:
        return None
    rates, losses = records
    with np.errstate(invalid="ignore"):
        slopes = np.gradient(losses)
        right = len(losses) - 1
        found = right - APART
        for left in range(right - APART, -1, -1):
            if not abs(slopes[left + APART] - slopes[left]) > ALIKE:
                break
            found = left
    return float(rates[found])


def fastai_minimum(curve: Curve) -> float | None:
    """A tenth of the rate at the lowest average."""
    records = _fastai(curve)
    return None if records is None else float(records[0][int(np.argmin(records[1]))]) / 10


def fastai_steep(curve: Curve) -> float | None:
    """The steepest fall from one record to the next over log rate."""
    records = _fastai(curve)
    if records is None:
        return None
    with np.errstate(invalid="ignore"):
        slopes = np.diff(records[1]) / np.diff(np.log(records[0]))
    return float(records[0][int(np.argmin(slopes))])


def lightning(curve: Curve) -> float | None:
    """The steepest fall over the rate itself, not its logarithm, as Lightning does since 2.5.3.

    Its average is corrected one update late, so that the first one is half of the first loss. The
    first ten records and the last one are left out, and what is not finite.
    """
    rates, losses = curve.given
    smoothed = stopped(averaged(losses, late=1), 4, first=1)
    rates, smoothed = rates[: len(smoothed)][10:-1], smoothed[10:-1]
    fine = np.isfinite(smoothed)
    rates, smoothed = rates[fine], smoothed[fine]
    return float(rates[int(np.argmin(np.gradient(smoothed, rates)))]) if len(rates) > 1 else None


def torch_lr_finder(curve: Curve) -> float | None:
    """The steepest fall from record to record of an average that is not corrected at its start.

        s_0 = l_0,   s_i = 0.05 * l_i + 0.95 * s_(i-1)

    The first ten records and the last five are left out.
    """
    rates, losses = curve.given
    smoothed = [float(losses[0])]
    for loss in losses[1:]:
        smoothed.append(NEW * float(loss) + (1 - NEW) * smoothed[-1])
    kept = stopped(np.array(smoothed), 5)
    rates, kept = rates[: len(kept)][10:-5], kept[10:-5]
    if len(kept) < 2:
        return None
    with np.errstate(invalid="ignore"):
        return float(rates[int(np.argmin(np.gradient(kept)))])
