"""`lrkit show`: numbers, chart, JSON, options."""

import json
import os
import subprocess
import sys

import pytest

from lrkit import cosine, read, warmup
from tests.cli.test_frame import environ, run, shell

TEXT = "1e-3 * (warmup(500) >> cosine(9500))"
NUMBERS = """\
0.001 * (warmup(500) >> cosine(9500))

length   10,000 updates
first    0 at update 0
highest  0.001 at update 500
last     2.73396e-11 at update 9,999
after    0

  knot     before      after
     0          0          0
   500      0.001      0.001
10,000          0          0
"""


def test_prints_numbers_and_chart():
    done = run("show", TEXT, "--width", "60")
    assert done.exit_code == 0
    assert done.stdout.startswith(NUMBERS)
    chart = done.stdout.removeprefix(NUMBERS)
    assert any("\u2800" < char <= "\u28ff" for char in chart)
    assert max(map(len, chart.splitlines())) <= 60
    assert "updates" in chart
    assert "\x1b" not in done.stdout


def test_several_texts_are_drawn_one_after_the_other():
    done = run("show", "cosine(10)", "linear(20)")
    assert done.stdout.count("length ") == 2
    assert done.stdout.index("cosine(10)") < done.stdout.index("linear(20)")


def test_names_and_lengths():
    done = run("show", "cosine(k * epoch)", "--let", "epoch=1875", "--let", "k=0.5", "--json")
    assert json.loads(done.stdout)["schedules"][0]["text"] == "cosine(937.5)"
    done = run("show", "warmup(5) >> cosine(95)", "--over", "1000", "--json")
    (one,) = json.loads(done.stdout)["schedules"]
    assert one["text"] == repr(warmup(50) >> cosine(950))


def test_a_run_gives_names_epochs_and_the_end():
    text = "1e-3 * (warmup(2*epoch) >> cosine(6*epoch))"
    options = ["--epochs", "10", "--examples", "60000", "--batch-size", "32", "--width", "60"]
    done = run("show", text, *options)
    assert done.exit_code == 0, done.stderr
    assert "length   15,000 updates, 8 epochs; 18,750 drawn" in done.stdout
    *_, updates, unit, epochs, other = done.stdout.splitlines()
    assert (unit.strip(), other.strip()) == ("updates", "epochs")
    assert (updates.split()[-1], epochs.split()[-1]) == ("18,750", "10")
    (one,) = json.loads(run("show", text, *options[:-2], "--json").stdout)["schedules"]
    assert (one["span"], one["length"]) == (18750, 15000)
    done = run("show", "cosine(epoch)", "--updates-per-epoch", "12")
    assert "length   12 updates, 1 epoch\n" in done.stdout


def test_json():
    done = run("show", TEXT, "hold()", "--json")
    first, second = json.loads(done.stdout)["schedules"]
    assert first == {
        "text": "0.001 * (warmup(500) >> cosine(9500))",
        "length": 10_000,
        "span": 10_000,
        "first": {"step": 0, "value": 0.0},
        "highest": {"step": 500, "value": 0.001},
        "last": {"step": 9999, "value": read(TEXT)(9999)},
        "after": 0.0,
        "knots": [
            {"step": 0, "before": 0.0, "after": 0.0},
            {"step": 500, "before": 0.001, "after": 0.001},
            {"step": 10_000, "before": 0.0, "after": 0.0},
        ],
    }
    assert (second["length"], second["after"], second["span"]) == (None, None, 1000)
    assert done.stderr == ""


def test_span_and_height():
    done = run("show", "linear(1000)", "--span", "500", "--height", "5", "--width", "40")
    assert "1,000 updates; 500 drawn" in done.stdout
    assert "last     0.501 at update 499" in done.stdout
    chart = done.stdout[done.stdout.index("rate\n") :].splitlines()
    assert len(chart) == 1 + 5 + 3


def test_real_processes_write_plainly_and_in_what_the_stream_can_encode():
    done = shell("show", TEXT, encoding="utf-8", columns="50")
    assert done.returncode == 0
    assert "\x1b" not in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 50
    done = shell("show", TEXT, encoding="ascii", columns="50")
    assert done.returncode == 0
    assert done.stdout.isascii()
    assert "*" in done.stdout


def on_a_terminal(*arguments, **environment):
    """What the command writes to a pseudo-terminal."""
    pty = pytest.importorskip("pty")
    own, other = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "lrkit", *arguments], stdout=other, env=environ() | environment
    )
    os.close(other)
    chunks = []
    try:
        while chunk := os.read(own, 65536):
            chunks.append(chunk)
    except OSError:  # Linux reports the closed end so
        pass
    os.close(own)
    assert process.wait() == 0
    return b"".join(chunks).decode().replace("\r\n", "\n")


def test_a_terminal_gets_colours_unless_no_color():
    assert "\x1b[36m" in on_a_terminal("show", TEXT)
    plain = on_a_terminal("show", TEXT, NO_COLOR="1")
    assert "\x1b[" not in plain
    assert plain.startswith(NUMBERS)
    assert "\x1b[" not in on_a_terminal("show", TEXT, TERM="dumb")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["cosine(0)"], "`length` must be positive"),
        (["cosine(epoch)"], "epoch"),
        (["cosine(9)", "--let", "epoch"], "must be NAME=NUMBER, such as epoch=1875, got 'epoch'"),
        (["cosine(9)", "--let", "1a=5"], "must be NAME=NUMBER"),
        (["cosine(9)", "--let", "a=b"], "must give 'a' a number, got 'b'"),
        (["cosine(a)", "--let", "a=5", "--let", "a=6"], "'a' is given twice"),
        (["hold()", "--over", "10"], "must have an end"),
        (["cosine(9)", "--over", "0"], "0 is not in the range"),
        (["cosine(9)", "--epochs", "3", "--examples", "9"], "--batch-size is missing"),
        (["cosine(9)", "--epochs", "3", "--updates-per-epoch", "5"], "already says what"),
        (["cosine(9)", "--span", "0"], "0.0 is not in the range"),
        (["cosine(9)", "--span", "inf"], "`span` must be positive and finite"),
        (["cosine(9)", "--width", "3"], "3 is not in the range"),
        (["__import__('os')"], "__import__"),
        (["3e-4 * warmup(5) >> cosine(9)"], "3e-4"),
    ],
)
def test_bad_input_is_one_message_and_2(arguments, message):
    done = run("show", *arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith("lrkit: error: ")
    assert message in done.stderr
