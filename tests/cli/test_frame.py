"""The frame of the command line: lazy commands, help, one-line errors, exit statuses."""

import os
import signal
import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

import lrkit
from lrkit.cli import COMMANDS, main
from lrkit.cli import group as frame
from lrkit.core.text import TextError


def run(*arguments, **options):
    """The command in this process."""
    return CliRunner().invoke(main, list(arguments), prog_name="lrkit", **options)


def shell(*arguments, encoding="utf-8", columns="80", **environment):
    """The command as a real process, its output in a pipe."""
    return subprocess.run(
        [sys.executable, "-m", "lrkit", *arguments],
        env=environ(encoding, columns) | environment,
        capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip


def environ(encoding="utf-8", columns="80"):
    """This environment with a settled encoding and width, and without wishes about colour."""
    kept = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    return kept | {"PYTHONIOENCODING": encoding, "COLUMNS": columns, "TERM": "xterm"}


@pytest.fixture
def failing(monkeypatch):
    """A command `fail` that raises what the test says."""
    raised = []

    @click.command()
    def fail():
        raise raised[0]

    monkeypatch.setitem(COMMANDS, "fail", ("tests.none:fail", "Fail."))
    found = frame.import_module
    monkeypatch.setattr(
        frame,
        "import_module",
        lambda name: type("M", (), {"fail": fail}) if name == "tests.none" else found(name),
    )

    def run_with(error, *options):
        raised[:] = [error]
        return run(*options, "fail")

    return run_with


def test_help_names_every_command_without_importing_it():
    done = run("--help")
    assert done.exit_code == 0
    for name, (_, line) in COMMANDS.items():
        assert name in done.output
        assert line in " ".join(done.output.split())
    code = (
        "import sys\nfrom lrkit.cli import main\ntry:\n    main(['--help'])\nexcept SystemExit:\n"
        "    pass\nloaded = [n for n in sys.modules if n.startswith('lrkit.') and "
        "n.split('.')[1] in ('draw', 'tasks', 'keras')]\nprint(loaded, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"


@pytest.mark.parametrize("name", list(COMMANDS))
def test_the_mapping_says_what_the_command_says(name):
    command = main.get_command(click.Context(main), name)
    assert command.name == name
    assert command.get_short_help_str(limit=200) == COMMANDS[name][1]


def test_version():
    done = run("--version")
    assert (done.exit_code, done.output) == (0, f"lrkit {lrkit.__version__}\n")


def test_python_dash_m():
    done = shell("--version")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"lrkit {lrkit.__version__}\n", "")


def test_no_command_shows_the_help():
    done = run()
    assert "Usage: lrkit" in done.output
    assert "show" in done.output


def test_a_wrong_command_is_one_line_with_those_there_are():
    done = run("shwo", "hold(5)")
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr == (
        f"lrkit: error: no command 'shwo'; there are {', '.join(COMMANDS)}. Try 'lrkit --help'.\n"
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["show"], "Missing argument 'TEXT...'. Try 'lrkit show --help'."),
        (["show", "--nope"], "No such option"),
        (["--nope"], "No such option"),
        (["show", "hold(5)", "--height", "x"], "'x' is not a valid integer range"),
    ],
)
def test_wrong_usage_is_one_line(arguments, message):
    done = run(*arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith("lrkit: error: ")
    assert message in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (ValueError("cosine: `length` must\n  be positive"), "cosine: `length` must be positive"),
        (TypeError("no number"), "no number"),
        (ImportError('lrkit.x: not installed: pip install "lrkit[x]".'),
         'lrkit.x: not installed: pip install "lrkit[x]".'),
        (FileNotFoundError(2, "No such file", "a.npz"), "a.npz: No such file"),
        (OSError("disk full"), "disk full"),
        (ValueError(), "ValueError"),
    ],
)  # fmt: skip
def test_what_the_library_refuses_is_one_line_and_2(failing, error, line):
    done = failing(error)
    assert (done.exit_code, done.stdout, done.stderr) == (2, "", f"lrkit: error: {line}\n")


@pytest.mark.parametrize("error", [RuntimeError("bug"), ImportError("cannot import name 'a'")])
def test_a_defect_keeps_its_traceback(failing, error):
    done = failing(error)
    assert done.exception is error


def test_debug_keeps_the_traceback(failing):
    error = ValueError("no")
    assert failing(error, "--debug").exception is error


def test_ctrl_c_is_130(failing):
    done = failing(KeyboardInterrupt())
    assert done.exit_code == 130
    assert done.stderr.strip() == "lrkit: interrupted"


def test_a_place_in_a_text_is_marked(failing):
    text = "1e-3 * (warmpu(500) >> cosine(9500))"
    done = failing(TextError("There is no `warmpu`.", text, 8))
    assert done.stderr.splitlines() == [
        "lrkit: error: There is no `warmpu`.",
        "  1e-3 * (warmpu(500) >> cosine(9500))",
        "          ^",
    ]


def test_a_place_in_a_long_text_is_shown_in_a_window(failing):
    _, line, mark = failing(TextError("No.", "a" * 500 + "!" + "b" * 500, 500)).stderr.splitlines()
    assert len(line) < 90
    assert line[mark.index("^")] == "!"


def test_a_text_that_does_not_parse_is_marked_in_a_real_run():
    done = shell("show", "1e-3 * (warmpu(500) >> cosine(9500))")
    assert (done.returncode, done.stdout) == (2, "")
    message, line, mark = done.stderr.splitlines()
    assert message.startswith("lrkit: error: ")
    assert "warmup" in message
    assert line == "  1e-3 * (warmpu(500) >> cosine(9500))"
    assert line[mark.index("^") :].startswith("warmpu")


def test_a_closed_pipe_is_quiet():
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [sys.executable, "-m", "lrkit", "show", "hold(5)"],
        stdout=write, stderr=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip
    os.close(write)
    assert done.stderr == ""


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
def test_a_real_ctrl_c_is_130():
    code = (
        "import sys, time\nimport lrkit.cli.show\n"
        "def wait(*_):\n    print('ready', flush=True)\n    time.sleep(60)\n"
        "lrkit.cli.show.read_all = wait\nfrom lrkit.cli import main\nmain(['show', 'hold(5)'])"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGINT)
        _, error = process.communicate()
    assert process.returncode == 130
    assert error.strip() == "lrkit: interrupted"
