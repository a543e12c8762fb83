"""When a value has stopped improving: the rule of every `Plateau`, without a framework.

The rule is frozen and has no memory; what it remembers is a `PlateauState` of plain numbers, which
whoever uses it keeps where it is safe, such as in a checkpoint.
"""

import math
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from lrkit.core.validate import at_least_zero, number, refuse

ThresholdMode = Literal["absolute", "relative"]
Mode = Literal["min", "max"]


@dataclass(frozen=True)
class PlateauState:
    """What a rule remembers from one evaluation to the next."""

    best: float | None = None  # the last value that counted as an improvement
    waited: int = 0  # evaluations without one since then, or since the last cut
    resting: int = 0  # evaluations after a cut that are not counted, still to come


class Judgement(NamedTuple):
    """What a rule makes of one evaluation."""

    state: PlateauState
    cut: bool  # whether this is the evaluation at which to cut


@dataclass(frozen=True)
class PlateauRule:
    """Cuts at the `wait`-th evaluation in a row without an improvement.

        improved:  value < best − threshold            (absolute, mode "min")
                   value < best − threshold · |best|   (relative, mode "min")

    With mode "max" it is value > best + … The first finite value is an improvement; one that is not
    finite never is. After a cut the next `rest` evaluations are not counted, though an improvement
    among them is still noted; then the wait begins anew. The best value stays what it was.

    The two libraries that have such a rule count differently, so the same `patience` and
    `cooldown` mean other evaluations: `as_keras` and `as_torch` translate.

    Args:
        wait: Evaluations without improvement that make a cut, from 1.
        rest: Evaluations after a cut that are not counted, from 0.
        threshold: How much better a value must be, from 0; relative: from 0 to below 1.
        threshold_mode: Whether `threshold` is a difference or a part of the best value.
        mode: Whether small values are good, or large ones.

    Raises:
        TypeError: If a number is none.
        ValueError: If one is out of its range.

    Source: Keras's and PyTorch's ReduceLROnPlateau, which the tests run beside it.

    >>> rule = PlateauRule.as_keras(patience=2)
    >>> state = PlateauState()
    >>> for value in (1.0, 0.9, 0.95, 0.9, 0.5):
    ...     state, cut = rule.judge(state, value)
    ...     print(value, cut)
    1.0 False
    0.9 False
    0.95 False
    0.9 True
    0.5 False
    """

    wait: int
    rest: int = 0
    threshold: float = 1e-4
    threshold_mode: ThresholdMode = "absolute"
    mode: Mode = "min"

    def __post_init__(self) -> None:
        who = "PlateauRule"
        if count(who, "wait", self.wait) < 1:
            raise refuse(who, "wait", "1 or more", self.wait, "1 cuts at once.")
        count(who, "rest", self.rest)
        check_threshold(who, self.threshold, self.threshold_mode)
        if self.mode not in ("min", "max"):
            raise refuse(who, "mode", '"min" or "max"', self.mode, 'A loss is "min".')

    @classmethod
    def as_keras(
        cls,
        patience: int,
        cooldown: int = 0,
        *,
        threshold: float = 1e-4,
        threshold_mode: ThresholdMode = "absolute",
        mode: Mode = "min",
    ) -> "PlateauRule":
        """The rule that counts as `keras.callbacks.ReduceLROnPlateau`.

        It cuts at the `patience`-th evaluation without improvement (0 is as 1), and the last
        evaluation of the cooldown counts again: 0 and 1 are the same.

        Args:
            patience: Keras's own, from 0.
            cooldown: Keras's own, from 0.
            threshold: Keras's `min_delta`.
            threshold_mode: Keras knows "absolute" only.
            mode: "min" or "max".
        """
        wait = max(count("PlateauRule", "patience", patience), 1)
        rest = max(count("PlateauRule", "cooldown", cooldown) - 1, 0)
        return cls(wait, rest, threshold, threshold_mode, mode)

    @classmethod
    def as_torch(
        cls,
        patience: int,
        cooldown: int = 0,
        *,
        threshold: float = 1e-4,
        threshold_mode: ThresholdMode = "relative",
        mode: Mode = "min",
    ) -> "PlateauRule":
        """The rule that counts as `torch.optim.lr_scheduler.ReduceLROnPlateau`.

        It tolerates `patience` evaluations without improvement and cuts at the next, and the whole
        cooldown is not counted.

        Args:
            patience: PyTorch's own, from 0.
            cooldown: PyTorch's own, from 0.
            threshold: PyTorch's own.
            threshold_mode: PyTorch's "abs" and "rel" in full.
            mode: "min" or "max".
        """
        wait = count("PlateauRule", "patience", patience) + 1
        rest = count("PlateauRule", "cooldown", cooldown)
        return cls(wait, rest, threshold, threshold_mode, mode)

    def improves(self, value: float, best: float | None) -> bool:
        """Whether `value` is better than `best` by more than the threshold.

        Args:
            value: The new value.
            best: The best so far; None: there is none yet.
        """
        if not math.isfinite(value):
            return False
        if best is None:
            return True
        sign = 1.0 if self.mode == "max" else -1.0
        if self.threshold_mode == "absolute":
            bar = best + sign * self.threshold
        else:  # beyond the best value on either side of 0
            bar = best * (1.0 + math.copysign(self.threshold, sign * best))
        return value > bar if self.mode == "max" else value < bar

    def judge(self, state: PlateauState, value: float) -> Judgement:
        """The state after one more evaluation, and whether to cut.

        Args:
            state: What was remembered.
            value: The new value; it need not be finite.
        """
        improved = self.improves(value, state.best)
        best = value if improved else state.best
        if state.resting:
            return Judgement(PlateauState(best, 0, state.resting - 1), False)
        waited = 0 if improved else state.waited + 1
        if waited >= self.wait:
            return Judgement(self.after_cut(best), True)
        return Judgement(PlateauState(best, waited), False)

    def after_cut(self, best: float | None) -> PlateauState:
        """The state right after a cut, whoever made it.

        Args:
            best: The best value so far.
        """
        return PlateauState(best, 0, self.rest)


def count(who: str, argument: str, value: int) -> int:
    """`value` as a whole number from 0.

    Raises:
        TypeError: If it is no number.
        ValueError: If it is negative or not whole.
    """
    found = number(who, argument, value)
    if found < 0 or found != math.floor(found):
        raise refuse(who, argument, "a whole number of 0 or more", value, "It counts evaluations.")
    return int(found)


def check_threshold(who: str, threshold: float, mode: str) -> None:
    """Refuses a threshold that is out of range in its mode.

    Raises:
        TypeError: If it is no number.
        ValueError: If it is negative, or is relative and 1 or more; if the mode is unknown.
    """
    if mode not in ("absolute", "relative"):
        raise refuse(
            who,
            "threshold_mode",
            '"absolute" or "relative"',
            mode,
            'Keras knows "absolute" only; PyTorch writes "abs" and "rel".',
        )
    at_least_zero(who, "threshold", threshold, "0 takes any better value for an improvement.")
    if mode == "relative" and threshold >= 1:
        raise refuse(
            who, "threshold", "below 1 where it is relative", threshold, "0.01 is one per cent."
        )


def as_factor(who: str, factor: Any) -> float:
    """The factor of a cut, above 0 and below 1.

    Raises:
        TypeError: If it is no number.
        ValueError: If it is out of range.
    """
    found = number(who, "factor", factor)
    if not 0.0 < found < 1.0:
        raise refuse(who, "factor", "above 0 and below 1", factor, "0.5 halves the rate at a cut.")
    return found


def as_min_factor(who: str, min_factor: Any) -> float:
    """The floor of the factor, from 0 to 1.

    Raises:
        TypeError: If it is no number.
        ValueError: If it is out of range.
    """
    found = number(who, "min_factor", min_factor)
    if not 0.0 <= found <= 1.0:
        raise refuse(
            who,
            "min_factor",
            "from 0 to 1",
            min_factor,
            "It is a part of the schedule's rate, not a rate.",
        )
    return found


def no_better(metric: str, best: float | None, wait: int) -> str:
    """Why there is a cut, in words.

    >>> no_better("val_loss", 0.5, 2)
    'val_loss has not improved on 0.5 for 2 evaluations'
    """
    times = "1 evaluation" if wait == 1 else f"{wait} evaluations"
    than = "has not been a number" if best is None else f"has not improved on {best:.5g}"
    return f"{metric} {than} for {times}"
