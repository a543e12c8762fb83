"""The figure of several: differences, recorded runs, notes, dark paper, the area in the legend."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lrkit import Plan, cosine, hold, linear, noisy, step_decay, warmup
from lrkit.draw import plot
from lrkit.draw.area import EACH, area
from lrkit.draw.gap import gap
from lrkit.draw.series import all_series
from lrkit.plan import read_csv
from tests.draw.composed import schedules
from tests.draw.test_figure import lines

matplotlib = pytest.importorskip("matplotlib")

FIRST = 0.001 * (warmup(500) >> cosine(9500))
OTHER = 0.001 * (hold(5000) | 0.5 * hold(5000))


def texts(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def test_a_panel_with_each_curve_minus_the_first():
    upper, lower = plot([FIRST, OTHER, linear(10_000)], difference=True).axes
    curves, _ = lines(upper)
    zero, *differences = lower.lines
    assert list(zero.get_ydata()) == [0, 0]
    for curve, line in zip(curves[1:], differences, strict=True):
        assert line.get_color() == curve.get_color()
        assert line._dash_pattern == curve._dash_pattern
    x, y = differences[0].get_data()
    for step in (0, 100, 500, 2500, 9000):
        assert np.interp(step, x, y) == pytest.approx(OTHER(step) - FIRST(step), abs=1e-7)
    at_jump = [value for step, value in zip(x, y, strict=True) if step == 5000]
    assert at_jump == pytest.approx([0.001 - FIRST(5000), 0.0005 - FIRST(5000)], abs=1e-15)
    assert upper.get_xlim() == lower.get_xlim() == (0, 10_000)
    assert (upper.get_xlabel(), lower.get_xlabel()) == ("", "updates")
    assert upper.get_legend() is None
    assert len(texts(lower)) == 3


@given(st.data())
@settings(max_examples=60)
def test_the_difference_is_right_at_all_its_points(data):
    pair = [data.draw(schedules()), data.draw(schedules())]
    series = all_series(pair)
    points = gap(*zip(pair, series, strict=True))
    steps = [step for step, _ in points]
    assert steps == sorted(steps)
    a, b = pair
    # The last point of a step is what holds from it on.
    assert dict(points) == {step: b(step) - a(step) for step in steps}
    jumps = {knot[0] for one in pair for knot in one.knots() if knot[1] != knot[2]}
    twice = {step for step in steps if steps.count(step) == 2}
    assert twice == jumps & set(steps)


@pytest.mark.parametrize("schedule", [FIRST, step_decay(1.0, 0.5, 7), noisy(linear(300), std=0.1)])
@pytest.mark.parametrize("span", [1, 10, 299.5, 1000])
def test_the_area_is_the_sum_of_the_rates_of_all_updates(schedule, span):
    expected = math.fsum(schedule(k) for k in range(math.ceil(span)))
    assert area(schedule, span) == pytest.approx(expected, rel=1e-12)


def test_the_area_of_very_many_updates_is_that_of_a_part_of_them():
    assert EACH < 10**7
    assert area(cosine(10**7), 10**7) == pytest.approx(0.5 * 10**7 + 0.5, rel=1e-6)
    assert area(step_decay(1.0, 0.5, 10**6), 10**7) == pytest.approx(10**6 * (2 - 2**-9), rel=2e-6)
    assert area(linear(10**12), 10**12) == pytest.approx(0.5 * 10**12, rel=1e-6)


def test_a_recorded_run_lies_under_its_plan():
    steps = list(range(100, 6000))
    rates = [FIRST(k) * (0.5 if k >= 3000 else 1) for k in steps]
    figure = plot(FIRST, applied={"run.csv": (steps, rates)}, notes=["Cut at $3000$."] * 2)
    (ax,) = figure.axes
    (plan, run, *_), _ = lines(ax)
    assert run.get_zorder() < plan.get_zorder()
    assert run.get_linewidth() > 2 * plan.get_linewidth()
    assert run.get_drawstyle() == "steps-post"
    assert list(run.get_xdata()) == [*steps, 6000]
    assert list(run.get_ydata()) == [*rates, rates[-1]]
    assert texts(ax) == [
        "0.001 * (warmup(500) >> cosine(9500))   Σ rate 5",
        f"run.csv   Σ rate {math.fsum(rates):.4g}",
        "Cut at $3000$.",
        "Cut at $3000$.",
    ]
    assert not any(text.get_parse_math() for text in ax.get_legend().get_texts())


def test_differences_of_what_was_applied():
    steps = [0, 1, 2, 5]
    figure = plot(linear(8), difference=True, applied={"a": (steps, [1.0, 0.5, 0.75, 0.375])})
    _, line = figure.axes[1].lines
    nan = math.nan
    assert line.get_ydata() == pytest.approx([0, -0.375, 0, 0, nan, 0], nan_ok=True)


def test_a_gap_in_a_record_is_a_gap_in_the_line():
    steps = [*range(10), *range(20, 30)]
    run = {"a": (steps, [float(k) for k in steps])}
    for log in (False, True):
        (ax,) = plot(hold(30, value=30.0), applied=run, log=log).axes
        (_, line), _ = lines(ax)
        x, y = line.get_data()
        assert math.isnan(np.interp(15, x, y))
        assert x[np.isnan(y)].tolist() == [10]
        assert math.isfinite(sum(ax.get_ylim()))
    assert texts(ax)[1] == f"a   Σ rate {sum(steps)}"  # what is missing counts for nothing


def test_a_log_of_every_hundredth_step_is_one_line_and_its_area_an_estimate():
    steps = range(0, 10_000, 100)
    (ax,) = plot(FIRST, applied={"a": (steps, [FIRST(k) for k in steps])}).axes
    (_, line), _ = lines(ax)
    assert not np.isnan(line.get_ydata()).any()
    assert texts(ax)[1] == "a   Σ rate ≈ 5"


def test_what_a_file_holds_is_taken_as_it_is(tmp_path):
    file = tmp_path / "run.csv"
    file.write_text("step,lr\n0,1.0\n1,0.5\n")
    (ax,) = plot(linear(2), applied={"a": read_csv(file)}).axes
    assert texts(ax)[1] == "a   Σ rate 1.5"


@pytest.mark.parametrize("applied", ["a.csv", {"a": "a.csv"}, ["a.csv"], {"a": 3}])
def test_what_is_no_record_is_refused_with_the_way_to_read_one(applied):
    with pytest.raises(TypeError, match=r"`applied` must hold, by a label, .* read_csv\(\"run"):
        plot(FIRST, applied=applied)


def test_the_area_has_separated_thousands():
    assert texts(plot(hold(35_190)).axes[0]) == ["hold(35190)   Σ rate 35,190"]


@pytest.mark.parametrize("difference", [False, True])
def test_the_figure_grows_with_what_is_below_the_axes(difference):
    def height(schedules, **more):
        figure = plot(schedules, difference=difference, **more)
        figure.draw_without_rendering()
        return figure.axes[0].get_window_extent().height

    few = height([FIRST, OTHER])
    assert height([FIRST] * 7) == pytest.approx(few, rel=0.03)
    assert height([FIRST, OTHER], notes=["word " * 60] * 3) == pytest.approx(few, rel=0.03)
    page = matplotlib.figure.Figure(figsize=(5, 3))
    plot([FIRST] * 7, ax=page.add_subplot())
    assert page.get_figheight() == 3  # of one's own


def test_a_run_that_went_on_beyond_its_plan_is_seen():
    run = {"a": (range(300), [0.1] * 300)}
    assert plot(0.1 * linear(200), applied=run).axes[0].get_xlim() == (0, 300)
    assert plot(0.1 * linear(200), plan=Plan(updates=250), applied=run).axes[0].get_xlim() == (
        0, 300,
    )  # fmt: skip
    (ax,) = plot(0.1 * linear(200), span=100, applied=run).axes
    assert ax.get_xlim() == (0, 100)
    assert texts(ax)[1] == "a   Σ rate 10"


def contrast(one, other):
    """Of two colours, after WCAG 2.2."""
    linear = [
        [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour]
        for colour in map(matplotlib.colors.to_rgb, (one, other))
    ]
    dark, light = sorted(np.array(linear) @ [0.2126, 0.7152, 0.0722])
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("log", [False, True])
def test_on_light_and_on_dark_paper_all_texts_can_be_read(dark, log):
    figure = plot([FIRST, OTHER], plan=1000, difference=True, dark=dark, log=log, title="t")
    paper = figure.get_facecolor()
    assert dark == (contrast(paper, "black") < 2)
    figure.draw_without_rendering()
    found = [text for text in figure.findobj(matplotlib.text.Text) if text.get_text()]
    assert len(found) > 15
    for text in found:
        assert contrast(text.get_color(), paper) >= 4.5, text
    for ax in figure.axes:
        assert ax.get_facecolor() == paper


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"difference": True}, "`difference` must be of two curves or more, got one"),
        ({"applied": {"a": ([], [])}}, "at least one, got 0 steps and 0 rates of 'a'"),
        ({"applied": {"a": ([1, 2], [1.0])}}, "got 2 steps and 1 rates of 'a'"),
        ({"applied": {"a": ([2, 1], [1.0, 1.0])}}, "must grow, got 'a', which goes back"),
    ],
)
def test_bad_input(options, message):
    with pytest.raises(ValueError, match=message):
        plot(FIRST, **options)


@pytest.mark.parametrize("option", ["dark", "difference"])
def test_axes_of_ones_own_have_their_own_paper_and_no_second_panel(option):
    ax = matplotlib.figure.Figure().add_subplot()
    with pytest.raises(ValueError, match=f"`{option}` must be False with `ax`"):
        plot([FIRST, OTHER], ax=ax, **{option: True})
