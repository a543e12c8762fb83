"""`lrkit check`: what it prints, its exit status, its options."""

import json
import os
import subprocess
import sys

import pytest

from lrkit import Plan, read
from lrkit import check as examine
from lrkit.cli import check as command
from tests.cli.test_frame import run, shell
from tests.cli.test_show import on_a_terminal

EARLY = "1e-3 * cosine(2500)"
RUN = ["--epochs", "4", "--examples", "80000", "--batch-size", "32"]
PLAN = Plan(epochs=4, examples=80_000, batch_size=32)
SOUND = "1e-3 * (warmup(5*percent, start=0.01) >> cosine(95*percent))"


def codes(*arguments):
    done = run("check", *arguments, "--json")
    assert done.stderr == ""
    return [one["code"] for one in json.loads(done.stdout)["findings"]]


def test_prints_the_schedule_its_chart_and_what_is_wrong():
    done = run("check", EARLY, *RUN, "--width", "60")
    assert (done.exit_code, done.stderr) == (1, "")
    title, chart, said = done.stdout.split("\n\n")
    assert title == "0.001 * cosine(2500)"
    assert "2,500" in chart.splitlines()[-4]
    assert "epochs" in chart.splitlines()[-1]
    assert max(map(len, chart.splitlines())) <= 60
    found = examine(read(EARLY), PLAN)
    assert said == f"{found.summary}\n{found}\n"
    assert "\x1b" not in done.stdout


def test_without_errors_the_exit_status_is_0():
    done = run("check", SOUND, *RUN)
    assert done.exit_code == 0
    assert "10,000 updates: 4 epochs of 2,500" in done.stdout
    assert "error" not in done.stdout
    warned = run("check", "like.torch.CosineAnnealingLR(T_max=20000, base_lr=0.1)", *RUN)
    assert warned.exit_code == 0
    assert "warning: The last rate is" in warned.stdout


def test_strict_warnings_are_errors_for_the_exit_status():
    warned = "like.torch.CosineAnnealingLR(T_max=20000, base_lr=0.1)"
    assert run("check", warned, *RUN, "--strict").exit_code == 1
    assert run("check", SOUND, *RUN, "--strict").exit_code == 0
    noted = "1e-3 * (warmup(5*percent) >> cosine(95*percent))"
    assert run("check", noted, *RUN, "--strict", "--json").exit_code == 0
    assert run("check", EARLY, *RUN, "--strict").exit_code == 1


def test_updates_done_says_what_the_other_options_then_are():
    said = " ".join(run("check", "--help").stdout.split())
    assert (
        "--epochs, --updates and the other options of the run then describe what is still" in said
    )


def test_a_unit_that_the_run_does_not_know_is_told_in_options():
    done = run("check", "3e-4*cosine(5*epoch)", "--updates", "1000")
    assert done.exit_code == 2
    said = "The run does not say what an epoch is: add --batches, or --examples and --batch-size."
    assert said in " ".join(done.stderr.split())
    assert "nearest" not in done.stderr


def test_the_exit_status_of_a_real_process():
    assert shell("check", EARLY, *RUN).returncode == 1
    assert shell("check", SOUND, *RUN).returncode == 0
    assert shell("check", "cosine(", *RUN).returncode == 2


@pytest.mark.parametrize("text", [EARLY, SOUND, "exponential(rate=2.0)", "0.0 * hold(10000)"])
def test_json(text):
    done = run("check", text, *RUN, "--json")
    found = examine(text, PLAN)
    assert json.loads(done.stdout) == found.document()
    assert done.exit_code == (0 if found.ok else 1)


def test_rates_beyond_all_numbers_have_no_chart():
    done = run("check", "exponential(rate=2.0)", *RUN)
    assert done.exit_code == 1
    assert "[not-finite]" in done.stdout
    assert "┤" not in done.stdout


def test_the_mend_is_read_and_mends():
    done = run("check", EARLY, *RUN)
    (line,) = (line for line in done.stdout.splitlines() if line.startswith("  Write "))
    assert run("check", line.removeprefix("  Write "), *RUN).exit_code == 0


def test_names_and_units():
    assert codes("1e-3 * cosine(4*epoch)", *RUN) == []
    assert codes("1e-3 * cosine(updates)", *RUN) == []
    assert codes("1e-3 * cosine(n)", *RUN, "--let", "n=10000") == []
    assert codes("1e-3 * cosine(4)", *RUN) == ["units-epochs"]
    assert codes("1e-3 * cosine(4)", *RUN, "--unit", "epochs") == []
    assert codes("1e-3 * cosine(7)", *RUN, "--unit", "run") == []


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (["--accumulation", "4", "--let", "n=10000"], "accumulation-missed"),
        (["--replicas", "4", "--let", "n=10000"], "replicas-counted"),
        (["--beta2", "0.999", "--let", "n=10000"], "warmup-short"),
        (["--stable-rate", "1e-4", "--let", "n=10000"], "peak-unstable"),
        (["--base-rate", "1e-3", "--base-batch-size", "4", "--let", "n=10000"], "batch-unscaled"),
        (["--updates-done", "10000", "--let", "n=10000"], "fit-after-end"),
    ],
)
def test_facts(options, code):
    assert code in codes("1e-3 * cosine(n)", *RUN, *options)


def test_every_option_reaches_the_plan_or_the_doctor():
    """What the help lists is what `Plan` and `check` take."""
    options = {p.name for p in command.check.params} - {"text", "let", "unit", "width", "height"}
    facts = examine.__kwdefaults__.keys()
    assert options - {"as_json", "strict"} == set(Plan.__dataclass_fields__) | set(facts)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([EARLY], "--epochs is missing. Give it, or --updates instead."),
        ([EARLY, "--epochs", "4"], "--examples is missing. Give it, or --updates instead."),
        ([EARLY, *RUN, "--updates", "5"], "not both: how long the run is must be said once."),
        ([EARLY, "--updates", "0"], "--updates"),
        (["cosin(3)", *RUN], "cosin"),
        (["hold()", *RUN, "--unit", "run"], "unit"),
        ([EARLY, *RUN, "--base-rate", "0.1"], "together"),
        ([EARLY, *RUN, "--dtype", "int8"], "--dtype"),
    ],
)
def test_wrong_input_is_told_in_the_words_of_the_options_and_2(arguments, message):
    done = run("check", *arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_colours_only_on_a_terminal():
    warned = "like.torch.CosineAnnealingLR(T_max=20000, base_lr=0.1)"
    assert "\x1b[33mwarning:\x1b[0m" in on_a_terminal("check", warned, *RUN)
    assert "\x1b" not in shell("check", EARLY, *RUN).stdout


def test_neither_numpy_nor_a_framework_is_loaded():
    code = (
        "import sys; from lrkit.cli import main\ntry:\n    main()\nexcept SystemExit:\n    pass\n"
        "print({'numpy', 'keras', 'torch', 'jax', 'tensorflow'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "check", SOUND, *RUN],
        **{"capture_output": True, "text": True, "check": True, "env": dict(os.environ)},
    )
    assert done.stdout.endswith("set()\n")
