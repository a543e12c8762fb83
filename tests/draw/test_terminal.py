"""The terminal chart, to the character; what a stream can show; the numbers."""

import io
from types import SimpleNamespace

import pytest
from hypothesis import given, settings

from lrkit import cosine, hold, linear, repeat, table, warmup
from lrkit.draw import Style, chart, numbers, series
from tests.draw.composed import schedules

SCHEDULES = {
    "flow": 0.001 * (warmup(500) >> cosine(9500)),
    "jump": hold(10) | 0.1 * hold(10),
    "sign": linear(9, start=-1.0, stop=1.0),
    "steps": 0.1 * (hold(30) | 0.1 * hold(30) | 0.01 * hold(20)),
}
GOLDEN = {
    ("flow", True): """\
  rate
 0.001 ┤ ⢸⠉⠉⠉⠓⠒⠢⠤⣄⡀
       │ ⡸        ⠈⠙⠒⠤⣀⡀
       │ ⡇             ⠉⠒⠤⣀
0.0005 ┤⢠⠃                ⠈⠙⠲⢤⣀
       │⢸                     ⠈⠙⠲⠤⣀⡀
     0 ┤⡇                          ⠉⠑⠒⠦⠤⢄⣀⣀⣀
       └──┴────┬──────┬──────┬──────────────
        0    2,000  4,000  6,000      10,000
                      updates
""",
    ("flow", False): """\
  rate
 0.001 +  ********
       | **      ******
0.0005 + *            *****
       | *                ******
       |*                      ******
     0 +*                           ********
       +--+----|------|------|--------------
        0    2,000  4,000  6,000      10,000
                      updates
""",
    ("jump", True): """\
rate
  1 ┤⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⡇
    │                   ⡇
    │                   ⡇
0.5 ┤                   ⡇
    │                   ⡇
  0 ┤                   ⠓⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒
    └───────────────────┴───────────────────
     0                 10                 20
                     updates
""",
    ("jump", False): """\
rate
  1 +********************
    |                   *
0.5 +                   *
    |                   *
    |                   ********************
  0 +
    +-------------------+-------------------
     0                 10                 20
                     updates
""",
    ("sign", True): """\
rate
 1 ┤                                  ⢀⡠⠤⠒⠒⠉
   │                           ⣀⠤⠤⠔⠊⠉⠉⠁
   │                     ⡠⠤⠒⠒⠊⠉
 0 ┤             ⣀⡠⠤⠤⠒⠉⠉⠉
   │      ⣀⣀⠤⠤⠒⠒⠉
-1 ┤⡠⠤⠤⠔⠉⠉
   └─────────┬───────┬────────┬────────┬────
    0        2       4        6        8   9
                    updates
""",
    ("sign", False): """\
rate
 1 +                                   *****
   |                            ********
 0 +                   *********
   |            *******
   |    ********
-1 +*****
   +---------|-------|--------|--------|----
    0        2       4        6        8   9
                    updates
""",
    ("steps", True): """\
rate
 0.1 ┤⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⡇
     │              ⡇
     │              ⡇
0.05 ┤              ⡇
     │              ⡇
   0 ┤              ⠓⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⣆⣀⣀⣀⣀⣀⣀⣀⣀⣀
     └──────────────┴─────────────┴─────────
      0            30            60       80
                     updates
""",
    ("steps", False): """\
rate
 0.1 +***************
     |              *
0.05 +              *
     |              *
     |              ***************
   0 +                            **********
     +--------------+-------------+---------
      0            30            60       80
                     updates
""",
}


@pytest.mark.parametrize(("name", "unicode"), GOLDEN, ids=str)
def test_golden(name, unicode):
    drawn = chart(series(SCHEDULES[name]), width=44, height=6, style=Style(unicode=unicode))
    assert drawn + "\n" == GOLDEN[name, unicode]
    assert drawn.isascii() is not unicode


def test_epochs_below_the_updates():
    drawn = chart(
        series(SCHEDULES["flow"]), width=44, height=3, epoch=937.5, style=Style(unicode=False)
    )
    *_, epochs, unit = drawn.splitlines()
    updates = drawn.splitlines()[-4]
    assert unit.strip() == "epochs"
    assert epochs.split() == ["0", "2", "4", "6", "8", "10"]
    # 10 of 10.67 epochs: where 9,375 of the 10,000 updates is, on 37 columns from the axis on.
    axis = updates.index("0")
    assert epochs.index("10") == axis + round(36 * 0.9375) - 1
    whole = chart(series(hold(30)), width=44, height=3, epoch=3, style=Style(unicode=False))
    assert whole.splitlines()[-2].endswith("10")
    part = chart(series(hold(30)), width=44, height=3, epoch=75, style=Style(unicode=False))
    assert part.splitlines()[-2].split() == ["0", "0.1", "0.2", "0.3", "0.4"]


@given(schedules())
@settings(max_examples=40, deadline=None)
def test_any_chart_has_its_size_and_a_curve_in_every_column(schedule):
    one = series(schedule)
    for style in (Style(), Style(unicode=False)):
        lines = chart(one, width=60, height=8, style=style).splitlines()
        assert len(lines) == 1 + 8 + 3
        assert max(map(len, lines)) <= 60
        edge = lines[9].index("└" if style.unicode else "+") + 1
        columns = [[line.ljust(60)[place] for line in lines[1:9]] for place in range(edge, 60)]
        assert all(any(cell != " " for cell in column) for column in columns)


def test_colours_change_nothing_else():
    one = series(SCHEDULES["flow"])
    coloured = chart(one, style=Style(colour=True)) + numbers(one, Style(colour=True))
    assert "\x1b[36m" in coloured
    plain = coloured
    for code in ("\x1b[1m", "\x1b[2m", "\x1b[36m", "\x1b[0m"):
        plain = plain.replace(code, "")
    assert [line.rstrip() for line in plain.splitlines()] == (
        chart(one) + numbers(one)
    ).splitlines()


def stream(encoding, terminal):
    return SimpleNamespace(encoding=encoding, isatty=lambda: terminal)


@pytest.mark.parametrize(
    ("target", "environment", "style"),
    [
        (stream("utf-8", True), {}, Style(unicode=True, colour=True)),
        (stream("utf-8", True), {"NO_COLOR": ""}, Style(unicode=True, colour=True)),
        (stream("utf-8", True), {"NO_COLOR": "1"}, Style(unicode=True, colour=False)),
        (stream("utf-8", True), {"TERM": "dumb"}, Style(unicode=True, colour=False)),
        (stream("utf-8", False), {}, Style(unicode=True, colour=False)),
        (stream("ascii", True), {}, Style(unicode=False, colour=True)),
        (stream("latin-1", False), {}, Style(unicode=False, colour=False)),
        (stream("no-such", False), {}, Style(unicode=False, colour=False)),
        (io.StringIO(), {}, Style(unicode=False, colour=False)),
    ],
)
def test_what_a_stream_can_show(target, environment, style):
    assert Style.of(target, environment) == style


def test_numbers_of_an_endless_and_of_a_cut_one():
    text = numbers(series(warmup(10) >> hold()))
    assert "length   endless; 50 updates drawn" in text
    assert "after    never ends" in text
    assert "length   100 updates; 40 drawn" in numbers(series(linear(100), 40))


def test_a_long_table_of_knots_is_counted():
    text = numbers(series(repeat(cosine(10), 40)))
    assert text.splitlines()[-1] == "… and 21 more"
    assert len(text.splitlines()) == 9 + 20 + 1
    ascii_only = numbers(series(repeat(cosine(10), 40)), Style(unicode=False))
    assert ascii_only.splitlines()[-1] == "... and 21 more"


def test_a_packed_expression_is_cut():
    one = series(table([(step * step) % 1009 for step in range(3000)]))
    assert len(one.text) > 2000
    assert len(numbers(one).splitlines()[0]) == 2000


def test_bad_input():
    one = series(hold(5))
    with pytest.raises(ValueError, match="`width` must be at least 30, got width=10"):
        chart(one, width=10)
    with pytest.raises(ValueError, match="`height` must be at least 3, got height=1"):
        chart(one, height=1)
