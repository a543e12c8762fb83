"""`lrkit shapes`: the list, one of them, JSON, wrong names."""

import json
import re
import subprocess
import sys

import pytest

from lrkit.core.text import read
from lrkit.draw.gallery import entries
from lrkit.draw.sparkline import BLOCKS, LETTERS
from tests.cli.test_frame import run, shell

FAMILIES = list(dict.fromkeys(entry.family for entry in entries()))
ROW = re.compile(r"^  (?P<name>\S.*?) +(?P<curve>\S{20})  (?P<title>\S.*)$", re.M)


@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_the_list_has_a_line_and_a_curve_each(encoding):
    done = shell("shapes", encoding=encoding)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert max(map(len, lines)) <= 80
    rows = [match for line in lines if (match := ROW.match(line))]
    assert [row["name"] for row in rows] == [entry.name for entry in entries()]
    assert [row["title"] for row in rows] == [entry.title for entry in entries()]
    assert {row.start("curve") for row in rows} == {rows[0].start("curve")}
    signs = set("".join(row["curve"] for row in rows))
    assert signs == set(BLOCKS if encoding == "utf-8" else LETTERS)
    assert [line for line in lines if line in FAMILIES] == FAMILIES
    assert len(lines) == len(rows) + 2 * len(FAMILIES) - 1 + 2
    assert "\x1b" not in done.stdout


def test_the_curve_is_that_of_the_example():
    rows = {row["name"]: row["curve"] for row in ROW.finditer(run("shapes").stdout)}
    assert rows["hold"] == "█" * 20
    assert rows["step_decay"] == "█████▅▅▅▅▅▃▃▃▃▃▂▂▂▂▂"


def test_one_is_explained():
    done = run("shapes", "cosine")
    assert done.exit_code == 0
    assert done.stdout.startswith(
        "cosine\nHalf a cosine from `start` to `stop`: flat at both ends, steepest in the middle."
    )
    assert "\n  value(t) = stop + (start - stop) * " in done.stdout
    assert "\ncall     cosine(length, *, start=1.0, stop=0.0" in done.stdout
    assert "\nsource   Loshchilov & Hutter 2017" in done.stdout
    assert "arXiv 1608.03983" in done.stdout
    assert "\nalso     cosine annealing," in done.stdout
    assert "\nexample  cosine(100)\n" in done.stdout
    chart = done.stdout[done.stdout.index("\nrate\n") :]
    assert any("\u2800" < char <= "\u28ff" for char in chart)
    assert chart.rstrip().endswith("updates")
    assert max(map(len, done.stdout.splitlines())) <= 80


def test_formulas_keep_their_lines():
    said = run("shapes", "infinite").stdout
    formula = said[said.index("  value(t)") : said.index("\ncall")]
    assert [line.index("then") for line in formula.splitlines()[1:4]] == [2, 2, 2]


def test_several_by_any_of_their_names():
    done = run("shapes", "OneCycleLR", "Warm Restarts", "1-sqrt")
    assert done.exit_code == 0
    heads = [block.splitlines()[0] for block in done.stdout.split("\n\n\n")]
    assert heads == ["one_cycle", "cosine_restarts", "one_minus_sqrt"]


def test_the_other_library_s_exact_call_is_named():
    said = " ".join(run("shapes", "OneCycleLR").stdout.split())
    assert re.search(r"exact (like\.\S+, )*like\.torch\.OneCycleLR\b", said)
    assert "\nexact" not in run("shapes", "rex").stdout


def test_streams_without_these_signs_get_others():
    done = shell("shapes", "with_warmup", "wsd", encoding="ascii")
    assert done.returncode == 0
    assert done.stdout.isascii()
    assert "\\" not in done.stdout
    assert "... * x**2" in done.stdout
    assert "Hagele" in done.stdout


def test_json():
    every = json.loads(run("shapes", "--json").stdout)["shapes"]
    assert [one["name"] for one in every] == [entry.name for entry in entries()]
    for one, entry in zip(every, entries(), strict=True):
        assert read(one["example"]) == entry.schedule
        assert one["formula"]
    (one,) = json.loads(run("shapes", "--json", "STLR").stdout)["shapes"]
    assert one == {
        "name": "slanted_triangular",
        "family": "Whole runs",
        "title": "A short rise, a long fall",
        "line": "A short straight rise and a long straight fall.",
        "formula": one["formula"],
        "source": one["source"],
        "call": "slanted_triangular(length, *, warmup=None, ratio=32)",
        "also": ["STLR", "ULMFiT", "SlantedTriangularScheduler"],
        "exact": [],
        "example": "slanted_triangular(100)",
    }
    assert "arXiv 1801.06146" in one["source"]


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_an_unknown_name_is_one_line_and_2(options):
    done = run("shapes", "cosine", "cosinus", *options)
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr == (
        "lrkit: error: shapes: `name` must be the name of a schedule, got name='cosinus'. "
        "The nearest name is `cosine`. `lrkit shapes` lists them all.\n"
    )


@pytest.mark.parametrize("arguments", [[], ["--json"], ["chebyshev", "noisy", "table"]])
def test_nothing_heavy_is_loaded(arguments):
    code = (
        f"import sys\nsys.argv = ['lrkit', 'shapes', *{arguments}]\nfrom lrkit.cli import main\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code, end.code\n"
        "heavy = ('jax', 'keras', 'matplotlib', 'numpy', 'optax', 'tensorflow', 'torch')\n"
        "print([name for name in heavy if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr.strip()) == (0, "[]")
