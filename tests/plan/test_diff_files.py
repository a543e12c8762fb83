"""CSV files of rates: what is read, what is compared, and what is refused by its line."""

import re

import numpy as np
import pytest

from lrkit import cosine, hold, linear, warmup
from lrkit.plan import Recorded, compare, diff, read_csv

LR = 0.001 * (warmup(5) >> cosine(15))


@pytest.fixture
def file(tmp_path):
    """Writes a file; gives its path."""

    def write(text, name="rates.csv", encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes(text.encode(encoding))
        return path

    return write


@pytest.fixture(params=["numbers", "arrays"])
def engine(request, monkeypatch):
    """Few rows are compared as numbers, many as arrays in chunks; here both take any number."""
    if request.param == "arrays":
        monkeypatch.setattr(compare, "FEW", 0)
        monkeypatch.setattr(compare, "CHUNK", 4)


def recorded(schedule, steps, header="step,epoch,learning_rate"):
    """A file as the Recorder of `lrkit.keras` writes it: rates in float32."""
    rows = [f"{step},{step // 10},{np.float32(schedule(step))!s}" for step in steps]
    return "\n".join([header, *rows, ""])


def columns(found):
    return list(found.steps), list(found.values)


@pytest.mark.parametrize(
    "text",
    [
        "step,epoch,learning_rate\n0,0,0.1\n1,0,0.2\n7,1,1e-3\n",
        "step,value\n0,0.1\n1,0.2\n7,0.001\n",
        "lr,step\n0.1,0\n0.2,1\n0.001,7\n",
        "Wall time,Step,Value\n1.5e9,0,0.1\n1.5e9,1,0.2\n1.5e9,7,0.001\n",
        '"step", "Learning_Rate"\n"0","0.1"\n"1","0.2"\n"7","0.001"\n',
        "0,0.1\n1,0.2\n7,0.001",
        "0,0.1\r\n\r\n1,0.2\r\n7.0,0.001\r\n",
        "\ufeffstep,lr\n0,0.1\n1, 0.2\n 7,.001\n\n",
        "step,loss,lr,note\n0,nan,0.1,\n1,,0.2,x\n7,3,0.001,y\n",
    ],
)
def test_what_is_read(file, text):
    found = read_csv(file(text))
    assert columns(found) == ([0, 1, 7], [0.1, 0.2, 0.001])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "must hold a row with a step and a rate, got none."),
        ("step,lr\n", "must hold a row with a step and a rate, got none."),
        ("0,0,0.1\n", "must have two columns, step and rate, where it has no header, got 3 col"),
        ("0.1\n", "got 1 columns in line 1. Put the names of the columns above: step and learn"),
        ("step;lr\n0;0.1\n", "must have a column `step` and one column named `learning_rate`, "
                             "`lr` or `value`, got the columns step;lr in line 1. Rename"),
        ("epoch,lr\n0,0.1\n", "got the columns epoch, lr in line 1."),
        ("step,lr,value\n0,0.1,0.1\n", "got the columns step, lr, value in line 1."),
        ("step,step,lr\n0,0,0.1\n", "got the columns step, step, lr in line 1."),
        ("step,rate\n0,0.1\n", "got the columns step, rate in line 1."),
        ("0,lr\n1,0.1\n", "got the columns 0, lr in line 1."),
        ("step,lr\n0,0.1\n1\n", "must have 2 fields in every line, got 1 fields in line 3."),
        ("step,lr\n0,0.1\n\n1,0,1\n", "got 3 fields in line 4. Mend that line."),
        ("step,lr\n0,0.1\n1,x\n", "rate in every line, got step '1' and rate 'x' in line 3."),
        ("step,lr\n0,\n", "got step '0' and rate '' in line 2."),
        ("step,lr\n0,nan\n", "got step '0' and rate 'nan' in line 2."),
        ("0,0.1\n1,inf\n", "got step '1' and rate 'inf' in line 2."),
        ("step,lr\n0.5,0.1\n", "must hold a whole step of 0 or more and a finite rate"),
        ("step,lr\n-1,0.1\n", "got step '-1' and rate '0.1' in line 2."),
        ("step,lr\n1e17,0.1\n", "got step '1e17'"),
        ("step,lr\n3,0.1\n3,0.2\n", "must have growing steps, got step 3 after step 3 in line 3."),
        ("step,lr\n0,1\n5,1\n2,1\n", "got step 2 after step 5 in line 4. Keep the rows of one run"),
    ],
)  # fmt: skip
def test_what_is_refused(file, text, message):
    path = file(text)
    with pytest.raises(ValueError, match=rf"^diff: the file .*{re.escape(message)}") as caught:
        diff(path, LR)
    assert repr(str(path)) in str(caught.value)


def test_other_bytes(file):
    with pytest.raises(ValueError, match=r"must be text in UTF-8, got other bytes\. Save it"):
        read_csv(file("step,lr\n0,0.1\n", encoding="utf-16"))


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(FileNotFoundError):
        diff(LR, tmp_path / "none.csv")
    with pytest.raises((IsADirectoryError, PermissionError)):
        diff(LR, tmp_path)


def test_a_record_of_the_same_schedule_in_float32(file, engine):
    path = file(recorded(LR, range(20)))
    found = diff(LR, path, tolerance=1e-6)
    assert found.same
    assert (found.a, found.b) == (repr(LR), str(path))
    assert (found.compared, found.begin, found.end) == (20, 0, 19)
    assert found.endless == ()
    exact = diff(LR, path)
    assert exact.differing > 5
    assert 0 < exact.relative < 6e-8
    assert "note      float32" in str(exact)


def test_only_the_steps_of_the_file_are_compared(file, engine):
    steps = [0, 3, 7, 12, 19, 400]
    path = file(recorded(hold(10) | 0.5 * hold(1), steps))
    found = diff(path, hold())
    assert (found.compared, found.begin, found.end) == (6, 0, 400)
    assert found.at_first == (12, 0.5, 1.0)
    assert (found.differing, found.at, found.endless) == (3, 12, ())
    assert diff(path, hold(), steps=12).same
    assert diff(path, hold(), steps=13).differing == 1
    assert [step for step, _ in found.lines().a] == steps


def test_two_files_at_the_steps_of_both(file, engine):
    a = file(recorded(linear(100), range(0, 100, 2)), "a.csv")
    b = file(recorded(linear(100) | hold(), range(0, 130, 3)), "B.CSV")
    found = diff(str(a), str(b))
    assert found.same
    assert (found.compared, found.begin, found.end) == (17, 0, 96)
    assert found.left_out == (50 - 17, 44 - 17)
    assert "note      33 steps that only a has were left out" in str(found)
    assert "note      27 steps that only b has were left out" in str(found)
    cut = diff(a, b, steps=7)
    assert (cut.compared, cut.end, cut.left_out) == (2, 6, (2, 1))
    assert diff(a, a).left_out == (0, 0)
    other = file(recorded(linear(50), range(0, 130, 3)), "c.csv")
    assert diff(a, other).at_first == (6, read_csv(a).values[3], read_csv(other).values[2])


def test_nothing_in_common(file):
    a, b = file("0,1\n2,1\n", "a.csv"), file("1,1\n3,1\n", "b.csv")
    with pytest.raises(ValueError, match="`a` and `b` must have a step in common, got a="):
        diff(a, b)
    with pytest.raises(ValueError, match="must have a step in common below step 1, got"):
        diff(b, hold(), steps=1)


def test_a_file_read_once_can_be_compared_often(file):
    record = read_csv(file(recorded(LR, range(20))))
    assert isinstance(record, Recorded)
    assert diff(record, LR, tolerance=1e-6).same
    assert diff(2 * LR, record).largest == pytest.approx(0.001, rel=1e-6)


def test_many_rows(file):
    """More than are compared as numbers."""
    wrong = hold(40_000) | 2 * hold(1) | hold(9_999)
    path = file("\n".join(f"{step},{wrong(step)}" for step in range(0, 50_000)))
    found = diff(hold(), path)
    assert (found.compared, found.differing, found.first, found.at) == (50_000, 1, 40_000, 40_000)
    assert (40_000, 2.0) in found.lines(20).b
