"""Colours and dashes that stay apart for colour-blind eyes, on paper and on a screen."""

from __future__ import annotations

#: Okabe and Ito's colours (2008), without the yellow and the sky blue that fade on white. Each has
#: at least 2.2 : 1 against white and 3 : 1 against black; the dashes are the second cue.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#7F7F7F")

#: Lengths of line and gap in units of the line's width; the empty one is a solid line.
DASHES: tuple[tuple[float, ...], ...] = (
    (),
    (5.0, 1.6),
    (1.4, 1.4),
    (7.0, 1.6, 1.4, 1.6),
    (3.0, 1.2),
    (9.0, 2.5),
)


def style(index: int) -> tuple[str, tuple[float, ...]]:
    """Colour and dashes of the line with this number: no pair comes twice in the first 36.

    >>> style(0)
    ('#0072B2', ())
    """
    turn, place = divmod(index, len(COLOURS))
    return COLOURS[place], DASHES[(place + turn) % len(DASHES)]
