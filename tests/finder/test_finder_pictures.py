"""The pictures: what is on the axes, well-formed SVG, the terminal to the character."""

import math
from xml.etree import ElementTree

import numpy as np
import pytest

from lrkit.draw import Style
from lrkit.finder import Curve, Found, confirm, suggest
from lrkit.finder.inline import svg
from tests.finder.synthetic import sweep

SVG = "{http://www.w3.org/2000/svg}"


def lines(axes):
    return {line.get_label(): line for line in axes.lines}


def test_figure():
    found = suggest(sweep())
    (axes,) = found.plot(title="A sweep").axes
    assert axes.get_xscale() == "log"
    assert (axes.get_xlabel(), axes.get_ylabel(), axes.get_title()) == (
        "learning rate", "loss", "A sweep",
    )  # fmt: skip
    drawn = lines(axes)
    np.testing.assert_array_equal(drawn["loss"].get_xdata(), found.rates)
    np.testing.assert_array_equal(drawn["loss"].get_ydata(), found.losses)
    np.testing.assert_array_equal(drawn["smooth"].get_ydata(), found.smooth)
    assert set(drawn["suggestion"].get_xdata()) == {found.rate}
    patches = {patch.get_label(): patch.get_extents() for patch in axes.patches}
    to_pixels = axes.transData.transform
    left, right = (to_pixels((rate, 1.0))[0] for rate in (found.low, found.high))
    assert patches["range"].x0 == pytest.approx(left)
    assert patches["range"].x1 == pytest.approx(right)
    band = [to_pixels((1.0, found.plateau + sign * found.sigma))[1] for sign in (-1, 1)]
    assert [patches["noise"].y0, patches["noise"].y1] == pytest.approx(band)


def test_every_rule_has_its_name_and_tick_and_nothing_overlaps():
    found = suggest(sweep())
    page = found.plot()
    page.canvas.draw()
    (axes,) = page.axes
    named = {text.get_text(): text for text in axes.texts}
    assert set(found.rules) <= set(named)
    assert f"{found.rate:.3g}" in named
    for name, rate in found.rules.items():
        assert named[name].xy[0] == rate
    boxes = [named[name].get_window_extent() for name in found.rules]
    for i, box in enumerate(boxes):
        assert not any(box.overlaps(other) for other in boxes[:i])
    # The names stand below the curve.
    lowest = axes.transData.transform((1.0, found.losses.min()))[1]
    assert max(box.y1 for box in boxes) < lowest
    assert min(axes.get_yticks()) > 0.5


def test_logarithmic_losses():
    found = suggest(sweep())
    (axes,) = found.plot(log_loss=True).axes
    assert axes.get_yscale() == "log"
    assert [label.get_text() for label in axes.get_yticklabels()][:2] == ["1", "1.5"]
    with pytest.raises(ValueError, match="`log_loss` must be False where a loss is not above 0"):
        suggest(sweep(level=1.0)).plot(log_loss=True)


def confirmed():
    def train(peak, updates):
        return math.nan if peak > 0.06 else (math.log10(peak) + 1.6) ** 2 + 10 / updates

    return confirm(train, suggest(sweep()), updates=800)


def test_a_confirmation_has_a_second_panel():
    found = confirmed()
    upper, lower = found.plot(dark=True).axes
    assert upper.get_xlim() == lower.get_xlim()
    assert lower.get_ylabel() == "final loss"
    drawn = lines(lower)
    lengths = sorted({trial.updates for trial in found.trials})
    for length in lengths:
        fine = [t for t in found.trials if t.updates == length and not t.diverged]
        pairs = sorted((t.peak, t.loss) for t in fine)
        line = drawn[f"{length} updates"]
        assert [*zip(line.get_xdata(), line.get_ydata(), strict=True)] == pairs
    gone = sorted(t.peak for t in found.trials if t.diverged)
    assert sorted(drawn["diverged"].get_xdata()) == gone != []
    assert upper.get_facecolor() == lower.get_facecolor() != (1.0, 1.0, 1.0, 1.0)


def test_a_training_that_ends_far_above_leaves_the_panel():
    def train(peak, updates):
        return 1e80 if peak > 0.06 else (math.log10(peak) + 1.6) ** 2

    found = confirm(train, suggest(sweep()), updates=800)
    _, lower = found.plot().axes
    low, high = lower.get_ylim()
    shown = [trial.loss for trial in found.trials if trial.loss < 1e80]
    assert low < min(shown)
    assert max(shown) <= high < 2
    assert len(shown) < len(found.trials)
    # Where nothing is far above, all is shown.
    near = confirm(lambda peak, _: (math.log10(peak) + 1.6) ** 2, suggest(sweep()), updates=800)
    _, lower = near.plot().axes
    assert lower.get_ylim()[1] > max(trial.loss for trial in near.trials)


def test_into_given_axes():
    page = suggest(sweep()).plot()
    page.clear()
    axes = page.subplots()
    assert confirmed().plot(ax=axes) is page
    assert "smooth" in lines(axes)
    with pytest.raises(ValueError, match="`dark` must be False with `ax`"):
        suggest(sweep()).plot(ax=axes, dark=True)


REFUSED = {
    "trained": suggest(sweep(fall=0.02, noise=0.1, wall=2)),
    "equal": suggest(Curve(np.geomspace(1e-3, 1, 50), np.ones(50))),
    "zero": suggest(Curve(np.geomspace(1e-3, 1, 50), np.zeros(50))),
    "one": suggest(Curve([0.1], [2.0])),
    "repeats": suggest([sweep(fall=0.0, seed=seed, wall=2) for seed in range(3)]),
}


@pytest.mark.parametrize("found", REFUSED.values(), ids=REFUSED)
def test_a_refusal_is_drawn_with_its_reason(found):
    page = found.plot()
    page.canvas.draw()
    (axes,) = page.axes
    assert axes.get_title(loc="left")[:40] == found.reason[:40]
    assert "suggestion" not in lines(axes)
    assert found.chart(width=40, height=4)
    html = ElementTree.fromstring(found._repr_html_())
    assert html.find("p").text == found.reason


@pytest.mark.parametrize("found", [Found(), suggest(Curve([0.1], [math.nan]))])
def test_nothing_cannot_be_drawn(found):
    with pytest.raises(ValueError, match=r"^Found.plot: there must be records of a sweep, got non"):
        found.plot()
    with pytest.raises(ValueError, match=r"^Found.chart: there must be records of a sweep"):
        found.chart()
    assert ElementTree.fromstring(found._repr_html_()).find(f"{SVG}svg") is None


def test_inline():
    found = suggest([sweep(seed) for seed in range(3)])
    text = svg(found)
    root = ElementTree.fromstring(text)
    assert root.get("role") == "img"
    assert root.find(f"{SVG}title").text.startswith(f"Learning rate {found.rate:.3g}, useful from")
    words = {"".join(node.itertext()) for node in root.iter(f"{SVG}text")}
    assert {"loss", "learning rate", "1e-06", "0.01", f"{found.rate:.3g}"} <= words
    assert " id=" not in text
    assert "<style" not in text
    assert text.count("currentColor") > 10
    assert len(text) < 20_000
    (_, smooth) = (p for p in root.iter(f"{SVG}path") if p.get("stroke-linejoin") == "round")
    points = [tuple(map(float, p.split())) for p in smooth.get("d")[1:].split("L")]
    assert all(46 <= x <= 508 and 24 <= y <= 202 for x, y in points)
    assert points[0][0] == 46
    # Divergence leaves the picture at the top, and the line ends there.
    assert points[-1][1] == 24


def test_inline_of_a_confirmation_says_what_it_cost():
    found = confirmed()
    html = ElementTree.fromstring(found._repr_html_())
    text = html.find("p").text
    assert f", 9/10 within {found.spread:.2f} decades; confirm, {found.cost:,} updates" in text
    found = suggest(sweep())
    text = ElementTree.fromstring(found._repr_html_()).find("p").text
    assert f", spread {found.spread:.2f} decades; sweep, {found.cost:,} updates" in text


GOLDEN = {
    True: """\
loss
3 ┤                                           ┊          ⢰⠁
  │                                           ┊          ⡜
  │⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀                    ┊         ⢀⠇
2 ┤                       ⠉⠉⠓⠲⢄⡀              ┊         ⡜
  │                            ⠈⠳⢄            ┊        ⢠⠃
  │                               ⠙⢦⡀         ┊        ⡜
1 ┤                                 ⠈⠒⢤⣀      ┊      ⢀⠜
  │                                    ⠈⠉⠓⠒⠒⠲⠤⠤⠤⠤⠤⠤⠖⠒⠁
  └┬────────┬────────┬────────┬───────┬────────┬────────┬───
   1e-06  1e-05   0.0001    0.001   0.01      0.1       1
                         learning rate
                              ├───────────────▲─┤
                 0.0649, range 0.00119 to 0.119
""",
    False: """\
loss
3 +                                           :          *
  |                                           :          *
  |*********************                      :         **
2 +                     ********              :         *
  |                            ****           :        *
  |                               ***         :       **
1 +                                  *****    :     ***
  |                                       ***********
  +|--------|--------|--------|-------|--------|--------|---
   1e-06  1e-05   0.0001    0.001   0.01      0.1       1
                         learning rate
                              [---------------^-]
                 0.0649, range 0.00119 to 0.119
""",
}


@pytest.mark.parametrize("unicode", [True, False])
def test_terminal(unicode):
    found = suggest(sweep(noise=0.0))
    drawn = found.chart(width=60, height=8, style=Style(unicode=unicode))
    assert drawn + "\n" == GOLDEN[unicode]
    assert drawn.isascii() is not unicode


def test_terminal_in_colour_is_the_same_text():
    found = suggest(sweep())
    coloured = found.chart(style=Style(colour=True))
    for code in ("\x1b[1m", "\x1b[2m", "\x1b[36m", "\x1b[33m", "\x1b[0m"):
        coloured = coloured.replace(code, "")
    assert [line.rstrip() for line in coloured.splitlines()] == found.chart().splitlines()
    assert max(map(len, found.chart(width=70).splitlines())) <= 70


def test_terminal_too_small():
    with pytest.raises(ValueError, match="`width` must be at least 30, got width=10"):
        suggest(sweep()).chart(width=10)
