"""The matplotlib figure: the right lines, limits, marks and texts."""

import subprocess
import sys

import numpy as np
import pytest

from lrkit import Plan, cosine, hold, linear, warmup
from lrkit.draw import plot, save

matplotlib = pytest.importorskip("matplotlib")

LR = 0.001 * (warmup(500) >> cosine(9500))


def lines(ax):
    """The curves, and the marks at the joins."""
    solid = [line for line in ax.lines if line.get_linestyle() != "None"]
    return solid, [line for line in ax.lines if line.get_linestyle() == "None"]


def test_one_schedule():
    figure = plot(LR, title="my run")
    (ax,) = figure.axes
    (curve,), (marks,) = lines(ax)
    x, y = curve.get_data()
    assert np.interp([0, 250, 500, 5250, 10_000], x, y) == pytest.approx(
        [0, 0.0005, 0.001, 0.0005, 0], abs=1e-8
    )
    assert list(zip(*marks.get_data(), strict=True)) == [(500, 0.001)]
    assert ax.get_xlim() == (0, 10_000)
    assert ax.get_ylim() == (0, pytest.approx(0.00105))
    assert (ax.get_xlabel(), ax.get_ylabel(), ax.get_title()) == (
        "updates", "learning rate", "my run",
    )  # fmt: skip
    (text,) = ax.get_legend().get_texts()
    assert text.get_text() == "0.001 * (warmup(500) >> cosine(9500))   Σ rate 5"


def test_a_jump_is_vertical_and_both_ends_are_marked():
    (ax,) = plot(hold(10) | 0.1 * hold(10)).axes
    (curve,), (marks,) = lines(ax)
    at_jump = [y for x, y in zip(*curve.get_data(), strict=True) if x == 10]
    assert at_jump == [1.0, 0.1]
    assert sorted(zip(*marks.get_data(), strict=True)) == [(10, 0.1), (10, 1.0)]


def test_several_differ_in_colour_and_in_dashes():
    (ax,) = plot([cosine(10), linear(20), hold(5)], labels=["a", "b", "c"]).axes
    curves, _ = lines(ax)
    assert len({line.get_color() for line in curves}) == 3
    assert len({str(line._dash_pattern) for line in curves}) == 3
    assert all(line.get_xdata()[-1] == 20 for line in curves)
    assert [text.get_text() for text in ax.get_legend().get_texts()] == [
        "a   Σ rate 5.5", "b   Σ rate 10.5", "c   Σ rate 20",
    ]  # fmt: skip


def test_epochs_of_a_plan():
    plan = Plan(epochs=4, examples=1000, batch_size=10)
    figure = plot(0.1 * hold(), plan=plan)
    (ax,) = figure.axes
    assert ax.get_xlim() == (0, 400)
    (top,) = ax.child_axes
    assert top.get_xlabel() == "epochs"
    figure.draw_without_rendering()
    assert top.get_xlim() == (0, 4)


def test_epochs_of_a_number():
    figure = plot(LR, plan=312.5)
    figure.draw_without_rendering()
    assert figure.axes[0].child_axes[0].get_xlim() == (0, 32)
    assert figure.axes[0].get_xlim() == (0, 10_000)


def test_log_scale_takes_zeros():
    figure = plot(LR, log=True)
    (ax,) = figure.axes
    assert ax.get_yscale() == "log"
    low, high = ax.get_ylim()
    assert 0.001 < high < 0.0015
    assert 5e-8 < low < 1e-7
    figure.draw_without_rendering()
    # The tail keeps its form: a hundred steps before the end it is right to 2 %.
    x, y = lines(ax)[0][0].get_data()
    inside = y > 0
    drawn = np.exp(np.interp(9900, x[inside], np.log(y[inside])))
    assert drawn == pytest.approx(LR(9900), rel=0.02)


def test_own_axes_and_no_pyplot():
    from matplotlib.figure import Figure

    page = Figure()
    ax = page.add_subplot()
    assert plot(LR, ax=ax) is page
    assert len(ax.lines) == 2
    code = (
        "import sys\nfrom lrkit import cosine\nfrom lrkit.draw import plot\nplot(cosine(9))\n"
        "assert 'matplotlib.pyplot' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_notebook_shows_the_figure():
    assert plot(LR)._repr_png_().startswith(b"\x89PNG")


def test_without_matplotlib_the_error_names_the_extra():
    code = (
        "import sys\nsys.modules['matplotlib'] = None\nfrom lrkit import cosine\n"
        "from lrkit.draw import plot, svg\nsvg(cosine(9))\n"
        "try:\n    plot(cosine(9))\nexcept ImportError as error:\n    print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert 'pip install "lrkit[plot]"' in done.stdout


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        (
            {"labels": ["a", "b"]},
            ValueError,
            r"`labels` must be as many .* schedules \(1\)",
        ),
        ({"labels": "a"}, ValueError, r"`labels` must be as many texts"),
        ({"plan": "ten"}, TypeError, "`plan` must be a Plan or the number of updates in an epoch"),
        ({"plan": True}, TypeError, "`plan` must be a Plan or the number of updates in an epoch"),
        ({"plan": 0}, ValueError, "`plan` must have updates in an epoch, got plan=0"),
        ({"span": (0, 4000)}, TypeError, r"plot: `span` must be one number.* begins at step 0"),
        ({"span": "9"}, TypeError, "plot: `span` must be one number"),
        ({"span": -1}, ValueError, "`span` must be positive and finite, got span=-1"),
    ],
)
def test_bad_input(options, error, message):
    with pytest.raises(error, match=message):
        plot(LR, **options)


def test_texts_are_schedules():
    def labels(*given, **more):
        return [text.get_text() for text in plot(*given, **more).axes[0].get_legend().get_texts()]

    assert labels("0.1 * cosine(100)") == ["0.1 * cosine(100)   Σ rate 5.05"]
    assert labels([LR, "linear(100)"])[1] == "linear(100)   Σ rate 50.5"
    (named,) = labels("0.1 * cosine(updates)", plan=Plan(updates=100))
    assert named == "0.1 * cosine(100)   Σ rate 5.05"


@pytest.mark.parametrize("given", [5, None, [LR, 5]])
def test_what_is_neither_schedule_nor_text_is_refused(given):
    with pytest.raises(TypeError, match="plot: `schedules` must be a schedule or its text, got"):
        plot(given)


def test_log_of_nothing_is_refused():
    with pytest.raises(ValueError, match="`log` must be False where no rate is above 0"):
        plot(hold(5, value=0.0), log=True)


@pytest.mark.parametrize(
    ("ending", "magic"), [("png", b"\x89PNG"), ("svg", b"<?xml"), ("pdf", b"%PDF")]
)
def test_saved_files_are_whole_and_equal(tmp_path, ending, magic):
    for name in ("a", "b"):
        save(plot(LR), tmp_path / f"{name}.{ending}")
    first, second = ((tmp_path / f"{name}.{ending}").read_bytes() for name in ("a", "b"))
    assert first.startswith(magic)
    assert first == second
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"a.{ending}", f"b.{ending}"]


def test_a_failed_write_leaves_the_old_file(tmp_path):
    class Broken:
        def savefig(self, path, **_):
            path.write_bytes(b"half")
            raise OSError("disk full")

    target = tmp_path / "c.png"
    target.write_bytes(b"old")
    with pytest.raises(OSError, match="disk full"):
        save(Broken(), target)
    assert target.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["c.png"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("c.bmp", r"must end in \.png, \.svg or \.pdf"),
        ("c", r"must end in \.png, \.svg or \.pdf"),
        ("", "must be a file, got path=.*, a folder"),
        ("none/c.png", "must be in an existing folder"),
    ],
)
def test_bad_targets(tmp_path, name, message):
    with pytest.raises(ValueError, match=message):
        save(None, tmp_path / name)
