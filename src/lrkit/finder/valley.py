"""The longest valley of a loss, for the rule of that name."""

from __future__ import annotations

import numpy as np


def valley_index(losses: np.ndarray) -> int:
    """Half way down the longest strictly falling subsequence, by fastai's count.

        end = the first index at which the longest one ends, m = its length, a = end - m
        index = a + int(m / 3) + int(m / 6)

    The valley is taken as if it were without gaps. An index of -1 means the last, as in fastai.

    Args:
        losses: Shape (n,), n at least 1.

    Source: fastai 2, `callback/schedule.py`, `valley`.

    >>> valley_index(np.array([5.0, 5.0, 4.0, 3.0, 2.0, 1.0, 0.5, 9.0]))
    3
    """
    lengths = np.ones(len(losses), int)
    for i in range(1, len(losses)):
        higher = lengths[:i][losses[:i] > losses[i]]
        if len(higher):
            lengths[i] = 1 + higher.max()
    end = int(np.argmax(lengths))
    longest = int(lengths[end])
    # fastai begins with the start at 0 and moves it only when a longer valley than 1 comes.
    start = end - longest if longest > 1 else 0
    sections = ((end - start) if longest > 1 else 0) / 3
    return start + int(sections) + int(sections / 2)
