"""`lrkit diff`: what it prints, its exit status, files, pictures."""

import json
import subprocess
import sys

import pytest

from lrkit import linear, read
from lrkit.plan import diff
from tests.cli.test_frame import run, shell
from tests.cli.test_show import on_a_terminal

A, B = "1e-3 * cosine(100)", "1e-3 * linear(100)"
SAID = """\
a         0.001 * cosine(100)
b         0.001 * linear(100)
differ    at 98 of 111 steps, 0 to 110: by more than 1e-09 of the peak, 0.001
first     at step 1: a 0.0009997532801828658, b 0.00099
"""


def test_prints_both_curves_their_difference_and_what_it_found():
    done = run("diff", A, B, "--width", "60")
    assert (done.exit_code, done.stderr) == (1, "")
    chart, said = done.stdout[: (cut := done.stdout.index("\na  ")) + 1], done.stdout[cut + 1 :]
    assert said.startswith(SAID)
    assert said == f"{diff(read(A), read(B))}\n"
    assert said.splitlines()[-1].startswith("largest   0.000105257, 0.105 of the peak, at step ")
    first, second = chart.split("\n\n")[:2]
    assert first.startswith("     rate  ── a  ╌╌ b\n")
    assert second.startswith("    b - a\n")
    assert len(first.splitlines()) == 1 + 12
    assert len(second.splitlines()) == 1 + 6 + 3
    assert max(map(len, chart.splitlines())) <= 60
    assert "\x1b" not in done.stdout


def test_the_same_is_0_and_has_no_second_chart():
    done = run("diff", "cosine(100)", "cosine(10*n)", "--let", "n=10")
    assert done.exit_code == 0
    assert "same      at all 111 steps, 0 to 110" in done.stdout
    assert "b - a" not in done.stdout


def test_differences_within_the_tolerance_are_0():
    arguments = ["diff", "cosine(100)", "(1 + 1e-6) * cosine(100)"]
    assert run(*arguments).exit_code == 1
    done = run(*arguments, "--tolerance", "1.1e-6")
    assert done.exit_code == 0
    assert "b - a" in done.stdout
    assert "largest   1e-06, 1e-06 of the peak, at step 0" in done.stdout


def test_the_exit_status_of_a_real_process():
    assert shell("diff", A, B).returncode == 1
    assert shell("diff", A, A).returncode == 0
    assert shell("diff", A, "cosine(").returncode == 2


def test_json():
    done = run("diff", A, B, "--json")
    assert done.exit_code == 1
    assert json.loads(done.stdout) == diff(read(A), read(B)).document()
    same = run("diff", A, A, "--json")
    assert (same.exit_code, json.loads(same.stdout)["same"]) == (0, True)


def test_names_lengths_and_steps():
    done = run("diff", "warmup(5) >> cosine(95)", "cosine(1)", "--over", "1000", "--json")
    document = json.loads(done.stdout)
    assert (document["a"], document["b"]) == ("warmup(50) >> cosine(950)", "cosine(1000)")
    assert document["steps"]["end"] == 1100
    done = run("diff", "cosine(k)", "hold(k)", "--let", "k=1000", "--steps", "5", "--json")
    assert json.loads(done.stdout)["steps"]["compared"] == 5


def test_a_file_of_rates(tmp_path):
    path = tmp_path / "rates.csv"
    path.write_text("".join(f"{step},{linear(40)(step)!r}\n" for step in range(40)))
    done = run("diff", str(path), "linear(1)", "--over", "40")
    assert done.exit_code == 0
    assert f"a         {path}\n" in done.stdout
    assert "same      at all 40 steps, 0 to 39" in done.stdout
    assert run("diff", str(path), str(path)).exit_code == 0
    assert "first     at step 1:" in run("diff", "cosine(40)", str(path)).stdout


def test_endless_schedules_are_drawn_as_far_as_they_change():
    done = run("diff", "exponential(rate=0.9, every=100)", "inverse_time(rate=0.1, every=100)")
    assert "of 1,000,001 steps, 0 to 1,000,000" in done.stdout
    assert last_label(done) == 5_000
    # Where they begin to differ later than that, the picture goes on.
    decay = "exponential(rate=0.9, every=100)"
    late = run("diff", decay, f"{decay}.at_least(1e-3)")
    found = diff(decay, f"{decay}.at_least(1e-3)")
    assert 5_000 < found.first < found.at < last_label(late) < 1_000_000


def last_label(done):
    """The step at the right end of the axis."""
    above = done.stdout[: done.stdout.index(" updates\n")].splitlines()[-2]
    return int(above.split()[-1].replace(",", ""))


def test_streams_that_know_no_braille():
    done = shell("diff", A, B, encoding="ascii", columns="50")
    assert done.stdout.isascii()
    assert "rate  a  b  * both" in done.stdout
    assert max(map(len, done.stdout.split("\n\na ")[0].splitlines())) <= 50


def test_a_terminal_gets_colours_unless_no_color():
    """With two schedules that are the same: another status fails in `on_a_terminal`."""
    coloured = on_a_terminal("diff", A, A)
    assert "\x1b[33m╌╌ b" in coloured
    assert "\x1b[" not in on_a_terminal("diff", A, A, NO_COLOR="1")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [([A, B], "False"), ([A, B, "--json"], "False"), (["cosine(3e4)", B], "True")],
    ids=["few", "json", "many"],
)
def test_numpy_is_loaded_only_for_many_steps(arguments, expected):
    code = (
        "import sys\nfrom lrkit.cli import main\n"
        f"try:\n    main(['diff', *{arguments!r}])\nexcept SystemExit as end:\n"
        "    assert end.code == 1\nprint('numpy' in sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == expected


# ---- pictures ----------------------------------------------------------------------------------


def test_a_picture(tmp_path):
    pytest.importorskip("matplotlib")
    path = tmp_path / "diff.svg"
    done = run("diff", A, B, "-o", str(path))
    assert done.exit_code == 1
    assert done.stdout.endswith(f"wrote     {path}\n")
    text = path.read_text(encoding="utf-8")
    # matplotlib draws letters as shapes and leaves each text in a comment.
    for word in (f"a  {read(A)!r}", f"b  {read(B)!r}", "b - a", "updates", "learning rate"):
        assert f"<!-- {word.replace('-', '&#45;')} -->" in text or f"<!-- {word} -->" in text
    again = run("diff", A, B, "-o", str(path))
    assert (again.exit_code, again.stdout) == (2, "")
    assert "which exists. Use --force to replace it." in again.stderr
    forced = run("diff", A, A, "-o", str(path), "--force", "--json")
    assert (forced.exit_code, json.loads(forced.stdout)["file"]) == (0, str(path))
    assert path.read_text(encoding="utf-8") != text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([A], "Missing argument 'B'"),
        ([A, B, B], "unexpected extra argument"),
        (["cosin(9)", A], "nearest known name is `cosine`"),
        ([A, "no.csv"], "no.csv: No such file or directory"),
        (["no.CSV", A], "no.CSV: No such file or directory"),
        ([A, B, "--steps", "0"], "0 is not in the range"),
        ([A, B, "--tolerance", "-1"], "-1.0 is not in the range"),
        ([A, B, "--tolerance", "nan"], "`tolerance` must be finite"),
        ([A, "hold()", "--over", "9"], "must have an end"),
        ([A, B, "-o", "a.jpg"], "must end in .png, .svg or .pdf"),
        ([A, "cosine(x)", "--let", "x"], "must be NAME=NUMBER"),
        ([A, "cosine(1e12)"], "`steps` must be at most 100,000,000"),
        (["wrong.csv", A], "got step '0' and rate 'x' in line 2."),
    ],
)
def test_bad_input_is_one_message_and_2(tmp_path, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "wrong.csv").write_text("step,lr\n0,x\n")
    done = run("diff", *arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith("lrkit: error: ")
    assert message in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["wrong.csv"]
