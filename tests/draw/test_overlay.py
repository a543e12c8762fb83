"""Two curves over each other in the terminal, to the character; dashes, colours, limits."""

import re

import pytest
from hypothesis import given, settings

from lrkit import cosine, hold, linear
from lrkit.draw.canvas import Style
from lrkit.draw.overlay import FIRST, SECOND, overlay
from lrkit.plan import diff
from tests.draw.composed import schedules

ASCII = Style(unicode=False)
PAIR = diff(cosine(100), hold(60) >> linear(40))
GOLDEN = {
    True: """\
  rate  ── a  ╌╌ b
     1 ┤⠉⠉⠉⠓⠒⠢⠤⣄⡀   ⠉⠉⠉   ⠉⠙⠂
       │        ⠈⠙⠲⢤⣀         ⠠⣄
       │            ⠈⠑⠢⢄⡀       ⠃
   0.5 ┤                ⠉⠓⠦⣀       ⠤⡀
       │                    ⠉⠒⠤⣀⡀   ⠙
     0 ┤                        ⠉⠑⠒⠦⠤⢄⣀⣀⣀⣀⣀⣀

 b - a
0.6545 ┤               ⣀⡠⠤⠒⠉⠑⠒⠢⢄⣀⡀
       │          ⣀⡠⠴⠒⠉⠁         ⠉⠑⠢⢄⡀
     0 ┤⣀⣀⣀⣀⠤⠤⠔⠒⠊⠉                   ⠈⠑⠢⣀⣀⣀⣀
       └───────────────────┴────────────────
        0                 60             110
                      updates
""",
    False: """\
  rate  a  b  * both
     1 +*******bbbbbbbbbbbbbb
       |       aaaaa         bbb
   0.5 +            aaaaa      bbb
       |                aaaaa     bbb
       |                    aaaaaa  bbbb
     0 +                         aaaaaa*****

 b - a
0.6545 +                *********
       |         ********       ******
     0 +*********                     ******
       +-------------------+----------------
        0                 60             110
                      updates
""",
}


def draw(found, *, width=44, height=6, style=None, marks=()):
    return overlay(*found.lines(200), width=width, height=height, style=style, marks=marks)


def panels(text):
    """The rows of the curves and those of the difference, without their labels."""
    rows = [line[line.index("|") + 1 :] for line in text.replace(" +", " |").splitlines()
            if re.match(r"[\s\d.e-]*\|", line)]  # fmt: skip
    return rows[: len(rows) * 2 // 3], rows[len(rows) * 2 // 3 :]


@pytest.mark.parametrize("unicode", [True, False])
def test_golden(unicode):
    drawn = draw(PAIR, style=Style(unicode=unicode), marks=[60])
    assert drawn + "\n" == GOLDEN[unicode]
    assert drawn.isascii() is not unicode


def test_the_first_alone_where_both_are_the_same():
    same = diff(cosine(100), cosine(100))
    a, b, _ = same.lines()
    curve = overlay(a, b, width=44, height=6)
    assert "b - a" not in curve
    assert all(re.search("[\u2801-\u28ff]", line) for line in curve.splitlines()[1:7])
    plain = overlay(a, b, width=44, height=6, style=ASCII).splitlines()
    assert not re.search("[ab]", "".join(plain[1:7]))
    # Solid: no gap in the dots from one column to the next.
    assert all(any(line.ljust(44)[x] == "*" for line in plain[1:7]) for x in range(6, 44))


def test_the_second_is_dashed():
    flat = diff(hold(400), 0.5 * hold(400))
    lines = draw(flat, width=80).splitlines()
    row_a = next(line for line in lines[1:7] if "1 ┤" in line).split("┤")[1]
    row_b = next(line for line in lines[1:7] if "0.5 ┤" in line).split("┤")[1]
    assert len(row_a) == row_a.count("⠉")
    assert re.fullmatch("([\u2801-\u28ff]{3,4} {2,3})+[\u2801-\u28ff]*", row_b)
    in_ascii = draw(flat, width=80, style=ASCII).splitlines()[1:7]
    assert {"a", "b"} == {char for line in in_ascii for char in re.sub("^[^+|]*[+|]", "", line)} - {
        " "
    }


def test_a_spike_of_one_step_is_seen():
    found = diff(hold(1_000_000), hold(500_000) | 3 * hold(1) | hold(499_999))
    curves, difference = panels(draw(found, style=ASCII))
    assert curves[0].count("b") == 1
    assert difference[0].count("*") == 1


def test_both_charts_begin_in_the_same_column():
    found = diff(1e-3 * hold(40), (1e-3 + 1.234e-13) * hold(40), tolerance=0)
    lines = draw(found).splitlines()
    edges = {re.search("[┤│└]", line).start() for line in lines if re.search("[┤│└]", line)}
    assert len(edges) == 1


@given(a=schedules(), b=schedules())
@settings(max_examples=30, deadline=None)
def test_any_pair_has_its_size_and_a_curve_in_every_column(a, b):
    found = diff(a, b, steps=2000)
    for style in (Style(), ASCII):
        lines = overlay(*found.lines(), width=60, height=8, style=style).splitlines()
        assert len(lines) == 1 + 8 + 2 + 4 + 3
        assert max(map(len, lines)) <= 60
        edge = lines[-3].index("└" if style.unicode else "+") + 1
        for rows in (lines[1:9], lines[11:15]):
            columns = [[line.ljust(60)[place] for line in rows] for place in range(edge, 60)]
            assert all(any(cell != " " for cell in column) for column in columns)


def test_colours_change_nothing_else():
    coloured = draw(PAIR, style=Style(colour=True))
    for code in (FIRST, SECOND):
        assert f"\x1b[{code}m" in coloured
    assert "\n".join(
        line.rstrip() for line in re.sub(r"\x1b\[\d+m", "", coloured).splitlines()
    ) == draw(PAIR)


def test_colours_say_which_curve_it_is():
    """The same cells as the letters of the ASCII chart say."""
    letters, _ = panels(draw(PAIR, style=ASCII))
    coloured = draw(PAIR, style=Style(unicode=False, colour=True)).splitlines()[1:7]
    for plain, line in zip(letters, coloured, strict=True):
        body = line.split("\x1b[0m", 1)[1]
        of_a = "".join(re.findall(rf"\x1b\[{FIRST}m(.*?)\x1b", body))
        of_b = "".join(re.findall(rf"\x1b\[{SECOND}m(.*?)\x1b", body))
        assert (set(of_a) <= {"a"}, set(of_b) <= {"b"}) == (True, True)
        assert (len(of_a), len(of_b)) == (plain.count("a"), plain.count("b"))


def test_one_step_is_a_picture_too():
    drawn = draw(diff(hold(5), 2 * hold(5), steps=1), style=ASCII)
    curves, _ = panels(drawn)
    assert (curves[0][0], [row[:1] for row in curves].count("a")) == ("b", 1)


def test_marks_are_on_the_axis():
    axis = draw(PAIR, marks=[60, 0, 500], style=ASCII).splitlines()[-3:]
    joint = axis[0].index("+", axis[0].index("+") + 1)
    assert axis[0].count("+") == 2
    assert axis[1][joint - 1 : joint + 1] == "60"


def test_bad_input():
    line = [(0, 1.0), (5, 0.0)]
    with pytest.raises(ValueError, match="overlay: `width` must be at least 30, got width=10"):
        overlay(line, line, width=10)
    with pytest.raises(ValueError, match="overlay: `height` must be at least 3, got height=1"):
        overlay(line, line, height=1)
    with pytest.raises(ValueError, match="`a` and `b` must have a point each"):
        overlay(line, [])
