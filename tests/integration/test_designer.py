"""The designer, used in real headless Chromium: web/e2e/drive.mjs acts, and this judges."""

import json
import os
import re
import shutil
import subprocess
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from lrkit import read
from lrkit.designer import Designer
from lrkit.designer.assets import FOLDER, SCRIPT
from tests.integration.pixels import Pixels, within_a_pixel

ROOT = Path(__file__).parent.parent.parent
DRIVER = ROOT / "web" / "e2e" / "drive.mjs"
NEEDED = {
    "Node": shutil.which("node") is not None,
    "Chromium at /usr/bin/chromium": Path("/usr/bin/chromium").exists(),
    "`make web`": (FOLDER / SCRIPT).is_file() and (ROOT / "web/node_modules").is_dir(),
}
missing = [name for name, there in NEEDED.items() if not there]
pytestmark = pytest.mark.skipif(
    bool(missing) and not os.environ.get("LRKIT_BROWSER"), reason=f"needs {', '.join(missing)}"
)

HEIGHT = "1e-3 * (warmup(1000) >> hold(6000) >> cosine(3000))"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("designer")


@pytest.fixture(scope="module")
def seen(folder: Path) -> Any:
    with Designer() as designer:
        done = subprocess.run(
            ["node", DRIVER, designer.url, folder],
            capture_output=True,
            text=True,
            check=False,
            timeout=180,
        )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_nothing_went_wrong_and_nobody_else_was_asked(seen: Any) -> None:
    assert seen["problems"] == []
    own = r"http://127\.0\.0\.1:\d+/[\w-]+/(ask)?(#.*)?|data:.*|blob:.*"
    assert [url for url in seen["requests"] if not re.fullmatch(own, url, re.S)] == []


def test_a_typed_expression_is_drawn(seen: Any) -> None:
    within_a_pixel(seen["typed"], seen["typed"]["text"])
    assert seen["said"].startswith(
        "10,000 updates · first 0 · highest 0.002 at 1,000 · last 0.0002"
    )


def test_a_slider_rewrites_its_number(seen: Any) -> None:
    found = re.fullmatch(
        r"2e-3 \* \(warmup\((\d+)\) >> cosine\(9000, stop=0.1\)\)", seen["slid"]["text"]
    )
    assert found is not None
    assert int(found[1]) > 1000
    within_a_pixel(seen["slid"], seen["slid"]["text"])


def test_a_knot_dragged_across_moves_one_join(seen: Any) -> None:
    drag = seen["draggedAcross"]
    assert drag["before"] == HEIGHT
    old, new = read(HEIGHT).knots(), read(drag["text"]).knots()
    assert [new[0], new[1], new[3]] == [old[0], old[1], old[3]]
    assert new[2][0] < old[2][0]
    within_a_pixel(drag, drag["text"])


def test_a_knot_dragged_up_has_another_value(seen: Any) -> None:
    drag = seen["draggedUp"]
    old, new = read(drag["before"]).knots(), read(drag["text"]).knots()
    assert new[:3] == old[:3]
    assert new[3][2] > 1e-4
    within_a_pixel(drag, drag["text"])


def test_a_knot_moves_with_the_arrow_keys_and_keeps_the_focus(seen: Any) -> None:
    old, new = (read(seen["key"][when]).knots() for when in ("before", "text"))
    assert new[1][0] > old[1][0]
    assert (new[2], new[3]) == (old[2], old[3])
    assert seen["keyFocus"] == "1-both"


def test_an_error_stands_under_its_place(seen: Any) -> None:
    error = seen["error"]
    assert error["marked"] == "cosin"
    assert error["left"] == pytest.approx(error["expected"], abs=1)
    assert error["said"] == "Unknown name `cosin`; the nearest known name is `cosine`."
    assert error["invalid"] == "true"
    assert error["curves"] == 1  # the last curve stays, faint


def test_the_doctor_says_what_is_wrong_and_mends_it(seen: Any) -> None:
    assert "25% of the run" in seen["findings"][0]
    assert seen["mended"] == "0.001 * cosine(10000)"
    assert seen["plan"] == "10,000 updates, 1,000 an epoch"


def test_the_warmup_is_seen_closer(seen: Any) -> None:
    zoom = seen["zoom"]
    assert json.loads(zoom["view"]) == [0, 700]
    pixels = Pixels(zoom)
    schedule = read("1e-3 * (warmup(500) >> cosine(9500))")
    (curve,) = zoom["curves"]
    assert len(curve["points"]) > 400  # looked at again, not only enlarged
    assert curve["last"] == pytest.approx(pixels.of(700, schedule(700)), abs=1)


def test_a_recorded_run_is_drawn_and_audited(seen: Any) -> None:
    assert seen["run"]["curves"] == [{"id": "run-0", "paths": 1}, {"id": "line-0", "paths": 1}]
    words = " ".join(seen["run"]["words"])
    assert "The run made 8,000 of the 10,000 updates of the plan" in words
    assert "update 500 had 0.0009, and the schedule says 0.001" in words


def test_the_gallery_gives_a_schedule_over_the_run(seen: Any) -> None:
    assert seen["shapes"] > 50
    assert read(seen["gallery"]).length == 10_000


def test_the_code_is_code(seen: Any) -> None:
    assert sorted(seen["codes"]) == ["Keras", "PyTorch", "Python", "Shell", "optax"]
    for name in ("Keras", "PyTorch", "optax", "Python"):
        compile(seen["codes"][name], name, "exec")
    assert seen["codes"]["Shell"].startswith("lrkit check")


def test_everything_has_a_name_and_fits_a_phone(seen: Any) -> None:
    assert seen["nameless"] == []
    width, window = seen["narrow"]
    assert width <= window == 360


def test_a_link_brings_everything_back(seen: Any) -> None:
    assert seen["linked"]["texts"] == seen["texts"]
    assert seen["linked"]["epochs"] == "10"
    assert seen["linked"]["curves"] == ["run-0", "line-0", "line-1"]


def test_the_exported_page_works_without_network(seen: Any, folder: Path) -> None:
    exported = seen["exported"]
    assert exported["asked"] == [(folder / "schedule.html").as_uri()]
    assert [one["id"] for one in exported["curves"]] == ["run-0", "line-0", "line-1"]
    within_a_pixel(exported, seen["texts"][0])
    assert exported["words"] == seen["run"]["words"]
    assert "LearningRate" in exported["code"]
    assert json.loads(seen["exportedView"])[1] < 10_000
    page = (folder / "schedule.html").read_text(encoding="utf-8")
    assert "127.0.0.1" not in page.partition('<script type="text/plain"')[0]
    assert "Permission to use, copy, modify" in page  # the licences travel with it


def test_a_wrong_text_is_not_slid_and_has_no_knots(seen: Any) -> None:
    wrong = seen["wrongSlider"]
    assert wrong == {"text": "foo + 1e-3 * cosine(100)", "inert": True, "knots": 0}


def test_a_late_drag_writes_its_own_schedule_and_only_what_nobody_changed(seen: Any) -> None:
    late = seen["lateDrag"]
    moved, other = late["own"]
    assert read(moved).knots()[1][0] > read(late["before"]).knots()[1][0]
    assert other == "5e-4 * cosine(8000)"
    assert late["typed"] == "2e-3 * (warmup(700) >> cosine(300))"


def test_everything_can_be_taken_back_and_done_again(seen: Any) -> None:
    undo = seen["undo"]
    forth = undo["forth"]
    assert all(one != other for one, other in pairwise(forth))
    assert undo["back"] == forth[-2::-1]
    assert undo["again"] == forth[1:]
    assert undo["button"] == forth[-2]


def test_a_logarithmic_scale_draws_nothing_through_zero(seen: Any) -> None:
    log = seen["log"]
    assert log["broken"].count("M") >= 2
    old, new = (read(log[when]) for when in ("before", "text"))
    raised = new.knots()[1][1] / old.knots()[1][1]
    assert 1.01 < raised < 1.03  # and not by a part of the height, which is a thousand times larger


def test_the_pointer_tells_the_real_rate(seen: Any) -> None:
    told = seen["readout"]
    schedule = read(told["text"])
    for words in told["words"]:
        found = re.fullmatch(r"update ([\d,]+)\s+(\S+)\s*", words)
        assert found is not None
        step = int(found[1].replace(",", ""))
        assert float(found[2]) == pytest.approx(schedule(step), rel=1e-5)


def test_a_broken_link_says_so_and_begins_with_the_example(seen: Any) -> None:
    assert seen["brokenLink"]["toast"].startswith("The link is broken")
    assert read(seen["brokenLink"]["text"]).length == 10_000


def test_a_wrong_field_says_what_it_must_be(seen: Any) -> None:
    fields = seen["wrongFields"]
    assert fields["updates"] == [
        ["Updates must be a whole number of 1 or more.", "true"],
        ["Updates must be less than 2**53.", "true"],
    ]
    assert fields["names"][0].startswith("Write names as NAME=NUMBER")
    assert fields["names"][1] == "true"


def test_findings_go_with_their_schedule_and_the_focus_stays(seen: Any) -> None:
    removed = seen["removed"]
    assert removed["errors"] == 0
    assert "BODY" not in (removed["used"], removed["focus"])
    assert removed["live"] == 1


def test_the_same_file_is_the_same_run(seen: Any) -> None:
    assert seen["sameRun"] == {"count": 1, "focus": "BUTTON"}


def test_a_link_has_the_audit_of_a_run_that_the_server_does_not_have(seen: Any) -> None:
    linked = seen["linkedRun"]
    assert linked["linked"] == linked["before"] != []
    assert linked["count"] == 1


def test_many_updates_are_all_in_the_table(seen: Any, folder: Path) -> None:
    assert seen["longTable"]
    head, *lines = (folder / "long.csv").read_text(encoding="utf-8").splitlines()
    assert head == "step,learning_rate"
    schedule = read("1e-3 * (warmup(500) >> cosine(59500))")
    assert [int(line.partition(",")[0]) for line in lines] == list(range(60_000))
    for line in lines[::4999]:
        step, rate = line.split(",")
        assert float(rate) == schedule(int(step))


def test_the_words_of_a_saved_picture_are_beside_their_curves(seen: Any) -> None:
    legend = seen["legend"]
    assert len(legend["words"]) == 3
    assert all(left >= 57 and right <= legend["width"] for left, right in legend["words"])
    assert not legend["unresolved"]
    tube, core = legend["samples"][:2]
    assert float(tube[1]) > float(core[1])  # the run's
    assert all(re.fullmatch(r"rgb\(.*\)", colour) for colour, _ in legend["samples"])


def test_the_picture_stays_in_sight(seen: Any) -> None:
    for top, bottom, edited, height in seen["sight"]:
        assert 0 <= top < bottom < edited < height


def test_nothing_stale_is_said_after_the_server_has_ended(seen: Any) -> None:
    assert seen["ended"]["numbers"] == ""
    assert "has ended" in seen["ended"]["gallery"]


def test_a_very_long_text_does_not_stop_the_page(seen: Any) -> None:
    assert seen["long"]["spans"] == 0
    assert seen["long"]["milliseconds"] < 10_000


def test_pictures_and_the_table_are_files(seen: Any, folder: Path) -> None:
    assert (folder / "schedule.png").read_bytes().startswith(b"\x89PNG\r\n")
    svg = (folder / "schedule.svg").read_text(encoding="utf-8")
    assert svg.startswith("<svg ")
    assert "one_cycle" in svg or "cosine(3000" in svg
    # Each on the paper that it was seen on.
    paper = re.compile(r'<rect width="\d+" height="\d+" fill="rgb\((\d+), (\d+), (\d+)\)"')
    light, dark = (paper.search(text) for text in (svg, seen["dark"]))
    assert light is not None and min(map(int, light.groups())) > 250  # noqa: PT018
    assert dark is not None and max(map(int, dark.groups())) < 40  # noqa: PT018
    lines = (folder / "schedule.csv").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 10_001
    schedules = [read(text) for text in seen["texts"]]
    for line in lines[1::997]:
        step, *rates = (float(cell) for cell in line.split(","))
        assert rates == [schedule(int(step)) for schedule in schedules]
    assert (folder / "alone.csv").read_text(encoding="utf-8").splitlines() == lines
