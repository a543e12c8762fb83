"""The figure of two curves and their difference: the right lines, marks and texts."""

import subprocess
import sys

import numpy as np
import pytest

from lrkit import cosine, hold, linear
from lrkit.draw.comparison import comparison
from lrkit.plan import diff

matplotlib = pytest.importorskip("matplotlib")

PAIR = diff(cosine(100), hold(60) >> linear(40))


def test_both_curves_and_the_difference():
    figure = comparison(*PAIR.lines(), labels=("$x_1$", "y"), marks=[(60, 0.25)], title="a_1")
    upper, lower = figure.axes
    first, second = (line for line in upper.lines if len(line.get_xdata()) > 2)
    (third,) = (line for line in lower.lines if len(line.get_xdata()) > 2)
    steps = np.arange(111)
    for line, schedule in ((first, cosine(100)), (second, hold(60) >> linear(40))):
        assert np.array_equal(line.get_xdata(), steps)
        assert line.get_ydata() == pytest.approx([schedule(int(k)) for k in steps], abs=1e-12)
    assert third.get_ydata() == pytest.approx(second.get_ydata() - first.get_ydata(), abs=1e-12)
    (mark,) = (line for line in lower.lines if line.get_marker() == "o")
    assert (list(mark.get_xdata()), list(mark.get_ydata())) == ([60], [0.25])
    assert upper.get_xlim() == lower.get_xlim() == (0, 110)
    assert (upper.get_ylabel(), lower.get_ylabel()) == ("learning rate", "b - a")
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["a  $x_1$", "b  y"]
    assert not any(text.get_parse_math() for text in legend.get_texts())
    assert figure.get_suptitle() == "a_1"


def test_the_lines_differ_in_colour_and_the_second_in_dashes():
    upper, lower = comparison(*PAIR.lines()).axes
    first, second = (line for line in upper.lines if len(line.get_xdata()) > 2)
    (third,) = (line for line in lower.lines if len(line.get_xdata()) > 2)
    assert len({line.get_color() for line in (first, second, third)}) == 3
    patterns = [line._dash_pattern[1] for line in (first, second, third)]
    assert (patterns[0], patterns[2]) == (None, None)
    assert len(patterns[1]) == 2


def test_a_single_step():
    figure = comparison(*diff(hold(5), hold(5), steps=1).lines())
    assert figure.axes[0].get_xlim() == (0, 1)
    figure.draw_without_rendering()


def test_it_is_unknown_to_pyplot():
    code = (
        "import sys\nfrom lrkit.draw.comparison import comparison\n"
        "line = [(0, 1.0), (9, 0.0)]\ncomparison(line, line, line)\n"
        "assert 'matplotlib.pyplot' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_bad_input():
    line = [(0, 1.0), (5, 0.0)]
    with pytest.raises(ValueError, match="comparison: each curve must have a point"):
        comparison(line, line, [])
    with pytest.raises(ValueError, match="`labels` must be two texts, got labels="):
        comparison(line, line, line, labels=["a"])
