"""The parts of the catalogue: what a docstring says, and a curve in one row."""

import pytest

from lrkit import cosine, hold, linear, step_decay, warmup
from lrkit.draw.docstring import Explained, explained
from lrkit.draw.sparkline import BLOCKS, LETTERS, sparkline
from lrkit.draw.terminal import Style

ASCII = Style(unicode=False)


def function():
    """What it is: a line
    and a half.

        value(t) = a,
            b more

    Words between.

        second(t) = c

    Args:
        t: Steps.

            not_a_formula(t) = 1

    Raises:
        ValueError: Never.

    Source: First & Second 2020, "Title",
    section 1 (arXiv 1).

    >>> print("Source: no")
    Source: no
    """


def test_the_parts_of_a_docstring():
    assert explained(function.__doc__) == Explained(
        "What it is: a line and a half.",
        "value(t) = a,\n    b more\n\nsecond(t) = c",
        'First & Second 2020, "Title", section 1 (arXiv 1).',
    )


@pytest.mark.parametrize("docstring", [None, "", "\n   \n"])
def test_no_docstring_has_no_parts(docstring):
    """Under `python -OO` there is none."""
    assert explained(docstring) == Explained("", "", "")


def test_only_a_line():
    assert explained("One line.") == Explained("One line.", "", "")


@pytest.mark.parametrize(
    ("schedule", "wanted"),
    [
        (hold(100), "██████████"),
        (hold(100, value=0), "▁▁▁▁▁▁▁▁▁▁"),
        (hold(100, value=1e-9), "██████████"),
        (warmup(50) >> linear(50), "▂▃▅▆██▆▅▃▂"),
        (step_decay(8.0, 0.5, every=50), "█████▅▅▅▅▅"),
        (3e-4 * (hold(20) | 0.5 * hold(20) | hold(60)), "██▅▅██████"),
        (hold(50, value=-1) | hold(50), "▁▁▁▁▁█████"),
    ],
    ids=repr,
)
def test_sparklines(schedule, wanted):
    assert sparkline(schedule, 100, width=10) == wanted
    letters = str.maketrans(BLOCKS, LETTERS)
    assert sparkline(schedule, 100, width=10, style=ASCII) == wanted.translate(letters)


def test_letters_are_as_many_as_blocks_and_ascii():
    assert len(LETTERS) == len(set(LETTERS)) == len(BLOCKS)
    assert LETTERS.isascii()


@pytest.mark.parametrize("width", [1, 2, 20, 77])
def test_a_sparkline_is_as_wide_as_told(width):
    row = sparkline(cosine(1e6), 1e6, width=width)
    assert len(row) == width
    assert list(row) == sorted(row, reverse=True)


def test_a_spike_within_a_character_is_not_lost():
    """A character shows the mean of what is in it."""
    spike = hold(11, value=0) | hold(4) | hold(85, value=0)
    assert sparkline(spike, 100, width=5) == "█▁▁▁▁"
