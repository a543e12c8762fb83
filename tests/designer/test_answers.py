"""What the endpoint answers: curves, code, findings, runs, and the gallery."""

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from lrkit import Plan, cosine, read, warmup
from lrkit import check as diagnose
from lrkit.cli import main
from lrkit.designer import limits
from lrkit.designer.answers import answer
from lrkit.draw.gallery import entries

TEXT = "1e-3 * (warmup(500) >> cosine(9500))"
LR = 1e-3 * (warmup(500) >> cosine(9500))
PLAN = {"epochs": 10, "examples": 32_000, "batch_size": 32}


def ask(kind: str, **fields: Any) -> Any:
    return json.loads(answer(json.dumps({"ask": kind, **fields}).encode()))


def pairs(flat: list[float]) -> list[tuple[float, float]]:
    return list(zip(flat[::2], flat[1::2], strict=True))


def curve_of(text: str, **fields: Any) -> Any:
    (found,) = ask("draw", texts=[text], **fields)["schedules"]
    return found


def test_every_point_is_the_real_schedule() -> None:
    curve = curve_of("1e-3 * (warmup(5000) >> cosine(95000))")
    lr = 1e-3 * (warmup(5000) >> cosine(95000))
    points = pairs(curve["points"])
    assert 100 < len(points) <= 1000
    assert [value for _, value in points] == [lr(step) for step, _ in points]
    assert (points[0][0], points[-1][0]) == (0, 100_000)
    assert (5000, 1e-3) in points


def test_a_part_is_looked_at_closer() -> None:
    curve = curve_of(TEXT, view=[9000, 10_500])
    points = pairs(curve["points"])
    assert (points[0][0], points[-1][0]) == (9000, 10_500)
    assert len(points) > 300
    assert all(value == pytest.approx(LR(step), abs=1e-12) for step, value in points)
    assert pairs(curve["whole"])[-1][0] == 10_000
    beyond = curve_of(TEXT, view=[20_000, 30_000])
    assert beyond["points"] == [20_000, 0, 30_000, 0]


def test_a_jump_is_two_points_at_one_step() -> None:
    points = pairs(curve_of("hold(10) | hold(10, value=0.1)")["points"])
    assert [point for point in points if point[0] == 10] == [(10, 1.0), (10, 0.1)]


def test_a_wrong_text_is_told_with_its_place_beside_the_right_ones() -> None:
    found = ask("draw", texts=[TEXT, "1e-3 * cosin(5)"])["schedules"]
    assert found[0]["length"] == 10_000
    assert found[1]["error"]["position"] == 7
    assert found[1]["error"]["reason"].startswith("Unknown name `cosin`")


def test_the_plans_numbers_and_names_are_known() -> None:
    found = ask("draw", texts=["cosine(updates - epoch)"], plan=PLAN | {"accumulation": 2})
    about = {"updates": 5000, "updates_per_epoch": 500, "batches_per_epoch": 1000}
    assert found["plan"] == about
    assert found["schedules"][0]["length"] == 4500
    assert curve_of("cosine(mine)", names={"mine": 7})["length"] == 7


def test_the_run_is_drawn_to_its_end() -> None:
    assert ask("draw", texts=["cosine(9)"], plan={"updates": 50})["span"] == 50


def test_findings_are_the_doctors() -> None:
    texts = [TEXT, "1e-3 * cosine(2500)", "wrong("]
    found = ask("check", texts=texts, plan=PLAN)["findings"]
    plan = Plan(**PLAN)
    for text, findings in zip(texts[:2], found, strict=False):
        expected = diagnose(read(text), plan).findings
        assert [one["code"] for one in findings] == [one.code for one in expected]
        assert [one["mend"] for one in findings] == [one.mend for one in expected]
    assert found[2] == []
    assert ask("check", texts=[TEXT])["findings"] == [[]]


@pytest.mark.parametrize("library", ["python", "keras", "torch", "optax"])
def test_code_compiles_and_holds_the_schedule(library: str) -> None:
    code = ask("code", text=TEXT, library=library)["code"]
    compile(code, library, "exec")
    (text,) = re.findall(r'"(.*)"', code)
    assert read(text) == LR


def test_code_in_a_librarys_own_words() -> None:
    code = ask("code", text=TEXT, library="keras", own=True)["code"]
    assert "lrkit" not in code.replace("# ", "")
    assert "CosineDecay" in code
    cannot = ask("code", text="noise(std=0.1)", library="keras", own=True)["cannot"]
    assert cannot.startswith("to_source: ")


def test_code_knows_of_accumulation_and_names() -> None:
    plan = PLAN | {"accumulation": 4, "drop_last": True}
    text = "1e-3 * cosine(updates) * hold(value=mine)"
    fields = {"text": text, "plan": plan, "names": {"mine": 0.5}}
    assert "gradient_accumulation_steps=4" in ask("code", library="keras", **fields)["code"]
    assert "every_k_schedule=4" in ask("code", library="optax", **fields)["code"]
    python = ask("code", library="python", **fields)["code"]
    assert "updates=2500, mine=0.5" in python
    shell = ask("code", library="cli", **fields)["code"].splitlines()
    options = "--let mine=0.5 --epochs 10 --examples 32000 --batch-size 32 --accumulation 4"
    assert shell[0] == f"lrkit check '{text}' {options} --drop-last"


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        '# peak "x"\n1e-3 * cosine(100)',
        "-1 * cosine(100)",
        "mine * cosine(10*epoch)",
        "hold()",
    ],
)
def test_the_code_of_the_shell_and_of_python_runs(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fields = {"text": text, "plan": PLAN, "names": {"mine": 0.5}}
    schedule = read(text, epoch=1000, mine=0.5)
    found: dict[str, Any] = {}
    exec(ask("code", library="python", **fields)["code"], found)
    assert found["lr"] == schedule
    monkeypatch.chdir(tmp_path)
    for line in ask("code", library="cli", **fields)["code"].splitlines():
        _, command, *arguments = shlex.split(line)
        if command == "show":
            done = CliRunner().invoke(main, ["show", "--json", *arguments])
            assert json.loads(done.stdout)["schedules"][0]["text"] == repr(schedule)
        elif command == "check":
            assert CliRunner().invoke(main, ["check", *arguments]).exit_code in (0, 1)


def test_what_a_librarys_own_schedules_count_is_said() -> None:
    fields = {"text": "1e-3 * cosine(250)", "plan": PLAN | {"accumulation": 4}, "own": True}
    assert "4 make an update" in ask("code", library="keras", **fields)["cannot"]
    assert "which 4 batches make" in ask("code", library="torch", **fields)["code"]


def test_rates_of_a_stretch_of_updates() -> None:
    found = ask("values", texts=[TEXT, "wrong("], begin=50, end=150)
    assert (found["begin"], found["end"]) == (50, 150)
    assert found["rates"] == [[LR(step) for step in range(50, 150)], None]
    long = ask("values", texts=[TEXT], begin=7, end=3_000_000)
    assert long["end"] - long["begin"] == len(long["rates"][0]) == limits.ROWS


def test_the_rates_of_one_update() -> None:
    found = ask("at", texts=[TEXT, "wrong(", "cosine(updates)"], step=700.9, plan=PLAN)
    assert found == {"step": 700, "values": [LR(700), None, cosine(10_000)(700)]}


def csv(rows: dict[int, float], head: str = "step,epoch,learning_rate") -> str:
    return "\n".join([head, *(f"{step},0,{value!r}" for step, value in rows.items())])


def test_a_recorded_run_is_drawn_and_audited() -> None:
    run = ask("run", name="a.csv", csv=csv({step: LR(step) for step in range(10_000)}))
    assert (run["updates"], run["highest"]) == (10_000, [500, 0.001])
    assert len(run["points"]) <= 2000
    found = ask("audit", key=run["key"], text=TEXT, plan=PLAN)
    assert found["ok"]
    assert found["summary"].startswith("As planned: 10,000 updates")
    other = ask("audit", key=run["key"], text=TEXT.replace("1e-3", "2e-3"), plan=PLAN)
    assert [one["code"] for one in other["findings"]] == ["other-rate"]
    assert ask("audit", key=run["key"], text=TEXT)["ok"]  # without a plan: as long as it is
    assert ask("audit", key=run["key"], text="wrong(")["ok"] is None
    assert ask("audit", key="unknown", text=TEXT) == {"missing": True}


def test_a_file_that_is_none_is_told_by_its_own_name() -> None:
    for text in ("", "a,b\n1,2", "step,lr\n1,x", "\0", "step,lr\n" + "1,1\n" * 2):
        reason = ask("run", name="mine.csv", csv=text)["error"]["reason"]
        assert reason.startswith("the file 'mine.csv' must ")
        assert "/" not in reason


def test_the_gallery_has_every_entry_with_a_picture() -> None:
    found = ask("shapes")["shapes"]
    assert [one["name"] for one in found] == [entry.name for entry in entries()]
    assert all(re.fullmatch(r"M[\d.-]+ [\d.-]+(L[\d.-]+ [\d.-]+)+", one["path"]) for one in found)


def test_every_example_of_the_catalogue_can_be_drawn_over_a_run() -> None:
    for entry in entries():
        endless = entry.schedule.length == float("inf")
        text = f"1e-3 * ({entry.example}).{'stretch(10)' if endless else 'over(1000)'}"
        assert "points" in curve_of(text), entry.name


def test_built_assets_are_as_the_page_needs_them() -> None:
    """Where `make web` was run: the script is one, and loads nothing."""
    folder = Path(__file__).parent.parent.parent / "src/lrkit/designer/assets"
    if not folder.is_dir():
        pytest.skip("needs `make web`")
    assert sorted(path.name for path in folder.iterdir()) == [
        "designer.css",
        "designer.js",
        "licences.txt",
    ]
    script = (folder / "designer.js").read_text("utf-8")
    assert not re.search(r"\bimport\s*\(|\bimportScripts\b|eval\(", script)
    assert "url(" not in (folder / "designer.css").read_text("utf-8")
    licences = (folder / "licences.txt").read_text("utf-8")
    assert "@observablehq/plot" in licences
    assert "d3-scale" in licences
