"""What a comparison found: the record that `diff` returns."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from lrkit.core.validate import whole
from lrkit.plan.compare import Lines, Pair

#: What is computed in float32 agrees to about this part of the peak.
FLOAT32 = 1e-6
#: Longest expression that is printed whole.
LABEL = 400


class Place(NamedTuple):
    """A step, and both values there."""

    step: int
    a: float
    b: float

    def __str__(self) -> str:
        return f"step {self.step:,}: a {self.a!r}, b {self.b!r}"


@dataclass(frozen=True, repr=False)
class Difference:
    """What `diff` found: true where the two differ, like a list of differences.

    Attributes:
        a: The first, as its expression or file name.
        b: The second.
        compared: How many steps were compared.
        begin: The first step compared.
        end: The last step compared.
        left_out: How many steps of two files only the first has, and only the second.
        endless: Which of "a" and "b" has no end, so that `end` was chosen, not given.
        tolerance: The part of the peak by which two values may differ and count as equal.
        peak: The highest absolute value of both.
        differing: At how many steps they differ by more.
        at_first: The first of these steps, with both values; None where there is none.
        largest: The largest absolute difference, also within the tolerance.
        at_largest: The first step where it is, up to 1e-9 of it, with both values; None where all
            values are exactly equal.
    """

    a: str
    b: str
    compared: int
    begin: int
    end: int
    left_out: tuple[int, int]
    endless: tuple[str, ...]
    tolerance: float
    peak: float
    differing: int
    at_first: Place | None
    largest: float
    at_largest: Place | None
    _pair: Pair = field(compare=False)

    @property
    def same(self) -> bool:
        """Whether all compared values are equal, up to the tolerance."""
        return self.differing == 0

    @property
    def first(self) -> int | None:
        """The first step at which they differ; None where there is none."""
        return None if self.at_first is None else self.at_first.step

    @property
    def at(self) -> int | None:
        """The step of the largest difference; None where all values are exactly equal."""
        return None if self.at_largest is None else self.at_largest.step

    @property
    def relative(self) -> float:
        """The largest difference as a part of the peak."""
        return self.largest / self.peak if self.largest else 0.0

    def __bool__(self) -> bool:
        return not self.same

    def lines(self, columns: int = 300, *, until: float | None = None) -> Lines:
        """Three curves to draw, as lists of (step, value): a, b, and b - a.

        No single step's peak is lost: each of `columns` parts of the steps gives the first, the
        lowest, the highest and the last of its values.

        Args:
            columns: 1 or more.
            until: The last step that is wanted. Default: all that were compared.

        Raises:
            ValueError: `columns` is not a whole number of 1 or more.

        >>> from lrkit import hold, linear
        >>> from lrkit import diff
        >>> diff(hold(2), linear(2)).lines(until=2).difference
        [(0, 0.0), (1, -0.5), (2, -1.0)]
        """
        return self._pair.lines(whole("lines", "columns", columns), until)

    def document(self) -> dict[str, Any]:
        """The same as a JSON object.

        >>> from lrkit import hold
        >>> from lrkit import diff
        >>> diff(hold(5), hold(5, value=0.5)).document()["first"]
        {'step': 0, 'a': 1.0, 'b': 0.5}
        """
        nowhere = dict.fromkeys(Place._fields)
        at_largest = nowhere if self.at_largest is None else self.at_largest._asdict()
        return {
            "a": self.a,
            "b": self.b,
            "same": self.same,
            "tolerance": self.tolerance,
            "peak": self.peak,
            "steps": {
                "begin": self.begin,
                "end": self.end,
                "compared": self.compared,
                "differing": self.differing,
                "only_in_a": self.left_out[0],
                "only_in_b": self.left_out[1],
                "endless": list(self.endless),
            },
            "first": None if self.at_first is None else self.at_first._asdict(),
            "largest": {"difference": self.largest, "relative": self.relative, **at_largest},
        }

    def __str__(self) -> str:
        names = [f"a         {_short(self.a)}", f"b         {_short(self.b)}"]
        return "\n".join([*names, *self.said()])

    __repr__ = __str__

    def said(self) -> list[str]:
        """What was found, in lines."""
        span = f"{self.compared:,} steps, {self.begin:,} to {self.end:,}"
        limit = f"more than {self.tolerance:g} of the peak, {self.peak:g}"
        if self.at_first is None:
            lines = [f"same      at all {span}: nowhere {limit}"]
        else:
            lines = [
                f"differ    at {self.differing:,} of {span}: by {limit}",
                f"first     at {self.at_first}",
            ]
        if self.at_largest is None:
            lines.append("largest   none: all values are exactly equal")
        else:
            size = f"{self.largest:.6g}, {self.relative:.3g} of the peak"
            lines.append(f"largest   {size}, at {self.at_largest}")
        return [*lines, *(f"note      {note}" for note in self._notes())]

    def _notes(self) -> list[str]:
        notes = [
            f"{count:,} steps that only {name} has were left out"
            for name, count in zip("ab", self.left_out, strict=True)
            if count
        ]
        if self.endless:
            which = " and ".join(self.endless)
            notes.append(f"no end of {which}: `steps` says how far to compare")
        if self and self.relative <= FLOAT32:
            notes.append(f"float32 comes no closer: tolerance={FLOAT32:g} takes these as the same")
        return notes


def _short(text: str) -> str:
    """The beginning and the end of what is packed data."""
    return text if len(text) <= LABEL else f"{text[: LABEL // 2]}...{text[-LABEL // 2 :]}"
