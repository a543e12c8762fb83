"""From curves to a suggestion, or to the reason why there is none."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from lrkit.core.validate import refuse
from lrkit.finder.bootstrap import spread_of_one
from lrkit.finder.curve import Curve
from lrkit.finder.found import Found
from lrkit.finder.refusal import refusal
from lrkit.finder.rules import rules

#: Part of the fall that is done at the low end of the useful range.
LOW = 0.2


def suggest(curves: Curve | Iterable[Curve], *, rule: str = "basin", seed: int = 0) -> Found:
    """The learning rate that a sweep suggests, its uncertainty, and what other rules say.

    Of repeats the suggestion is the median of theirs in log rate, and so is everything else read
    off them. The range for cycling goes from where on a fifth of the fall is done to where the
    smooth loss is lowest, and on to the suggestion where that is outside. There is no suggestion,
    but a reason, where the curve shows none; of repeats, where more than half of them do.

    Args:
        curves: What one sweep recorded, or several repeats of it, from the same start with other
            batches.
        rule: A name in `rules`.
        seed: Of the draws for the spread of a single curve.

    Raises:
        ValueError: There is no curve, or the rule is unknown.
        TypeError: Something is no `Curve`.

    Source: `basin` was the best of thirteen rules on seventeen small trainings; see `rules` for the
    others.

    >>> rates = np.geomspace(1e-4, 1, 161)
    >>> found = suggest(Curve(rates, np.tanh(np.log(rates / 0.1) ** 2)))
    >>> print(f"{found.rate:.4f} between {found.low:.4f} and {found.high:.4f}")
    0.1000 between 0.0316 and 0.1000
    """
    several = _curves(curves)
    check_rule("suggest", rule)
    reasons = [_reason(curve, rule) for curve in several]
    good = [curve for curve, why in zip(several, reasons, strict=True) if why is None]
    reason = None
    if 2 * len(good) < len(several) or not good:
        reason = _of_repeats([why for why in reasons if why], len(several))
    return _found(several, good, rule, seed, reason)


def check_rule(who: str, rule: str) -> None:
    """Refuse a rule that there is not.

    Args:
        who: The name that the user called.
        rule: What was given.

    Raises:
        ValueError: There is none of this name.
    """
    if rule not in rules:
        near = difflib.get_close_matches(str(rule), rules, n=1, cutoff=0.0)
        raise refuse(
            who, "rule", f"one of {', '.join(rules)}", rule, f"The nearest is {near[0]!r}."
        )


def _curves(given: Any) -> list[Curve]:
    several = [given] if isinstance(given, Curve) else list(given)
    for one in several:
        if not isinstance(one, Curve):
            raise TypeError(
                f"suggest: `curves` must be a Curve or several, got one of type "
                f"{type(one).__name__}. Write Curve(rates, losses)."
            )
    if not several:
        raise ValueError("suggest: `curves` must hold at least one Curve, got none. Run a sweep.")
    return several


def _reason(curve: Curve, rule: str) -> str | None:
    """Why this curve has no suggestion by this rule."""
    why = refusal(curve)
    if why is None and rules[rule](curve) is None:
        why = f"The rule {rule!r} finds no rate on this curve. Use rule='basin'."
    return why


def _of_repeats(reasons: Sequence[str], count: int) -> str:
    return (
        reasons[0]
        if count == 1
        else f"{len(reasons)} of {count} repeats have no answer. {reasons[0]}"
    )


def _found(
    several: Sequence[Curve], good: Sequence[Curve], rule: str, seed: int, reason: str | None
) -> Found:
    read = good or [curve for curve in several if len(curve)]
    values = {name: _middle([each(curve) for curve in read]) for name, each in rules.items()}
    ordered = sorted(read or several, key=lambda curve: (rules[rule](curve) or 0.0) if good else 0)
    shown = ordered[(len(ordered) - 1) // 2]
    answer: dict[str, Any] = {}
    if reason is None:
        answer = {
            "suggestion": values[rule],
            **_range(good, values[rule]),
            "spread": _spread(good, rule, seed),
            "limit": _middle([curve.limit for curve in good]),
        }
    others = [*several]
    del others[next(i for i, curve in enumerate(several) if curve is shown)]
    return Found(
        **answer,
        rule=rule,
        rules=values,
        reason=reason,
        rates=shown.rates,
        losses=shown.losses,
        smooth=shown.smooth,
        plateau=shown.plateau,
        sigma=shown.sigma,
        drop_ratio=shown.drop_ratio,
        diverged=shown.diverged,
        cost=sum(len(curve.given[0]) for curve in several),
        repeats=tuple(others),
    )


def _range(good: Sequence[Curve], suggestion: float | None) -> dict[str, float]:
    """The ends of the useful range; in a flat basin the lowest loss may be below its middle."""
    ends = [
        _middle([float(curve.rates[_start(curve)]) for curve in good]),
        _middle([float(curve.rates[curve.minimum]) for curve in good]),
        suggestion,
    ]
    known = [rate for rate in ends if rate is not None]
    return {"low": min(known), "high": max(known)}


def _start(curve: Curve) -> int:
    """From where on a fifth of the fall is done: a plateau may wander as low, and come back."""
    above = curve.smooth[: curve.minimum] > curve.plateau - LOW * curve.drop
    return int(np.flatnonzero(above)[-1]) + 1 if above.any() else 0


def _middle(rates: Sequence[float | None]) -> float | None:
    """The median in log rate of those that there are."""
    known = [rate for rate in rates if rate is not None and rate > 0]
    if len(known) == 1:
        return known[0]
    return float(np.exp(np.median(np.log(known)))) if known else None


def _spread(good: Sequence[Curve], rule: str, seed: int) -> float | None:
    if len(good) == 1:
        return spread_of_one(good[0], rules[rule], seed)
    return float(np.std([np.log10(rules[rule](curve) or np.nan) for curve in good], ddof=1))
