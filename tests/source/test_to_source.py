"""What the code looks like, what cannot be said, and that no framework is needed to write it."""

import ast
import subprocess
import sys

import pytest

import lrkit
from lrkit import cosine, custom, hold, like, linear, noise, points, repeat, to_source, warmup
from tests.adapters.source_cases import CASES

LIBRARIES = ("keras", "torch", "optax")
WSD = 3e-4 * (warmup(500) >> hold(7500) >> cosine(2000))


def body_of(code):
    """The code without the comment at the top."""
    return "\n".join(line for line in code.splitlines() if not line.startswith("#"))


def test_constructors_of_optax():
    assert body_of(to_source(WSD, "optax")) == (
        "import optax\n\n"
        "learning_rate = optax.join_schedules(\n"
        "    [\n"
        "        optax.linear_schedule(init_value=0.0, end_value=0.0003, transition_steps=500),\n"
        "        optax.constant_schedule(0.0003),\n"
        "        optax.cosine_decay_schedule(init_value=0.0003, decay_steps=2000),\n"
        "    ],\n"
        "    boundaries=[500, 8000],\n"
        ")"
    )


@pytest.mark.parametrize(
    ("text", "library", "wanted"),
    [
        ("0.1 * (warmup(9) >> cosine(90))", "keras", "CosineDecay("),
        ("0.1 * linear(9)", "keras", "PolynomialDecay("),
        ("exponential_decay(0.1, 0.5, 30)", "keras", "ExponentialDecay("),
        ("multi_step([30, 60])", "keras", "boundaries=[29, 59]"),
        ("0.1 * inverse_time(rate=0.5, every=7)", "keras", "InverseTimeDecay("),
        ("exponential_decay(0.1, 0.5, 30)", "optax", "staircase=True"),
        ("multi_step([30, 60])", "optax", "piecewise_constant_schedule("),
        ("0.1 * polynomial(9, power=2)", "optax", "polynomial_schedule("),
        ("exponential_decay(0.1, 0.5, 9, 0.01, staircase=False)", "optax", "end_value=0.01"),
        ("0.1 * cosine(100)", "torch", "CosineAnnealingLR(optimizer, T_max=100)"),
        ("0.1 * polynomial(9, power=2)", "torch", "PolynomialLR("),
        ("0.1 * linear(9, stop=0.5)", "torch", "LinearLR("),
        ("0.1 * exponential(rate=0.9)", "torch", "ExponentialLR(optimizer, gamma=0.9)"),
        ("step_decay(0.1, 0.5, 30)", "torch", "StepLR(optimizer, step_size=30, gamma=0.5)"),
        ("multi_step([30, 60])", "torch", "MultiStepLR(optimizer, milestones=[30, 60])"),
        ("0.1 * repeat(cosine(5), stretch=2)", "torch", "CosineAnnealingWarmRestarts("),
        ("0.1 * triangular(5)", "torch", "CyclicLR("),
        ("exponential(rate=0.9) * polynomial(9, power=2)", "torch", "ChainedScheduler("),
        ("0.1 * (hold(5) >> cosine(9))", "torch", "milestones=[5, 14]"),
    ],
)
def test_what_a_constructor_can_say_it_says(text, library, wanted):
    code = to_source(lrkit.read(text), library)
    assert wanted in code
    assert "def shape" not in code
    assert "class " not in code


@pytest.mark.parametrize(
    ("text", "library"),
    [
        ("exponential_decay(0.1, 0.5, 41)", "keras"),  # 41 * (1 / 41) is below 1 in float32
        ("exponential_decay(0.1, 0.5, 41)", "optax"),
        ("polynomial(41, power=0.5)", "optax"),  # a root does not reach its end
        ("0.1 * repeat(cosine(10))", "keras"),  # restarts are found with a float32 quotient
        ("0.1 * exponential(rate=0.9999)", "optax"),  # 0.9999 has lost digits that powers show
        ("warmup(9) >> cosine(90)", "torch"),  # LinearLR cannot start at 0
        ("0.1 * (warmup(9, start=0.2) >> cosine(90, start=0.5))", "torch"),
    ],
)
def test_what_a_constructor_would_say_wrongly_is_a_function(text, library):
    s = lrkit.read(text.replace(">> cosine(90, start", "| cosine(90, start"))
    assert "def " in to_source(s, library).replace("def scheduler(", "")


def test_the_head_says_which_expression_it_is_and_how_exact():
    head = to_source(WSD, "keras").partition("import")[0]
    assert "0.0003 * (warmup(500) >> hold(7500) >> cosine(2000))" in head
    assert "within 1e-6 of the highest rate" in head
    assert "within 1e-9" in to_source(0.1 * cosine(9), "torch")
    assert "up to 4,000,000" in to_source(lrkit.step_decay(0.1, 0.5, 30), "optax")
    endless = 0.1 * repeat(cosine(10 / 3))
    head = to_source(endless, "optax").partition("import")[0].replace("\n#", "")
    assert "every update up to 715,827,882" in head


def test_a_name_stays_a_name():
    name = 'a"b\\n\n# c'
    code = to_source(like.keras.CosineDecay(1.0, 10, name=name), "keras")
    (call,) = (n for n in ast.walk(ast.parse(code)) if isinstance(n, ast.Call))
    assert ast.literal_eval(call.keywords[-1].value) == name
    label = custom(lambda step: 0.1 * step, 7)
    for library in LIBRARIES:
        ast.parse(to_source(lrkit.table(list(label.values()), label="x\n\r\u2028y"), library))


def test_calls_of_a_library_are_that_call():
    assert body_of(to_source(like.keras.CosineDecay(1, 10, name="mine"), "keras")) == (
        "import keras\n\n"
        "learning_rate = keras.optimizers.schedules.CosineDecay(\n"
        "    initial_learning_rate=1.0,\n"
        "    decay_steps=10,\n"
        '    name="mine",\n'
        ")"
    )
    nested = like.torch.SequentialLR(
        [like.torch.LinearLR(0.1), like.torch.StepLR(5, gamma=0.5)], [5], length=50
    )
    code = to_source(nested, "torch")
    assert "LinearLR(optimizer, start_factor=0.1)" in code
    assert "StepLR(optimizer, step_size=5, gamma=0.5)" in code
    assert "length" not in body_of(code)
    assert "base_lr" not in body_of(code)
    one_cycle = to_source(like.torch.OneCycleLR(0.1, total_steps=30), "torch")
    assert "raises when it is stepped past its end" in one_cycle


@pytest.mark.parametrize("library", LIBRARIES)
def test_all_that_cannot_be_said_is_named(library):
    long = custom(lambda step: (step * 7919 % 1000) / 1000, 5000)
    s = noise(std=0.1, seed=3).take(50) | 0.1 * long
    with pytest.raises(ValueError, match=r"noise\(std=0.1, seed=3\).*own hash.*5,000 values, more"):
        to_source(s, library)
    many = points({step: step % 3 + 1.0 for step in range(300)})
    with pytest.raises(ValueError, match="299 pieces follow each other, more than 100"):
        to_source(many, library)
    cycles = repeat(cosine(9) >> warmup(3), 60, stretch=1.1)
    with pytest.raises(ValueError, match="60 cycles of different lengths, each of several pieces"):
        to_source(cycles, library)


@pytest.mark.parametrize("library", ["keras", "optax"])
def test_counters_of_32_bits(library):
    with pytest.raises(ValueError, match="longer than counters of 32 bits reach"):
        to_source(repeat(linear(1), 3).over(2 * 10**9), library)
    with pytest.raises(ValueError, match="begin between steps, at parts of 1/210"):
        to_source(warmup(10 / 3) >> cosine(100 / 7) | hold(1 / 2) | hold(1 / 5), library)


def test_what_is_no_library_and_no_schedule():
    with pytest.raises(
        ValueError, match=r"`library` must be one of 'keras', 'torch', 'optax', got"
    ):
        to_source(WSD, "tensorflow")
    with pytest.raises(TypeError, match=r"`schedule` must be a schedule or its text, got .*=0\.1"):
        to_source(0.1, "keras")
    with pytest.raises(ValueError, match="the nearest known name is `cosine`"):
        to_source("cosin(100)", "keras")


@pytest.mark.parametrize("library", LIBRARIES)
def test_text_is_as_good_as_the_schedule(library):
    assert to_source(str(WSD), library) == to_source(WSD, library)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("written")
    for i, s in enumerate(CASES):
        for library in LIBRARIES:
            (folder / f"{library}_{i}.py").write_text(to_source(s, library), encoding="utf-8")
    return folder


def test_a_linter_finds_nothing(written):
    rules = "E,F,W,I,UP,B,SIM,C4,RET"
    options = ["--isolated", "--no-cache", "--line-length", "100", "--select", rules]
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "check", *options, str(written)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_nothing_of_lrkit_is_imported(written):
    for path in written.iterdir():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import | ast.ImportFrom):
                names = [getattr(node, "module", None), *(alias.name for alias in node.names)]
                assert not any(str(name).startswith("lrkit") for name in names)
