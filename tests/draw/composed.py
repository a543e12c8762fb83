"""Bounded schedules composed of every kind of piece, for the properties of what is drawn."""

from hypothesis import strategies as st

from lrkit import cosine, geometric, hold, linear, one_minus_sqrt, points, polynomial, repeat, table

VALUES = st.sampled_from([0.0, 0.1, 0.25, 0.5, 1.0, 2.0])
POSITIVE = st.sampled_from([0.01, 0.1, 0.5, 1.0, 2.0])
LENGTHS = st.integers(1, 400) | st.sampled_from([0.5, 2.5, 3000, 20_000])


@st.composite
def pieces(draw):
    kind = draw(st.sampled_from(["hold", "ramp", "geometric", "polynomial", "points", "table"]))
    length = draw(LENGTHS)
    if kind == "hold":
        return hold(length, value=draw(POSITIVE))
    if kind == "ramp":
        curve = draw(st.sampled_from([linear, cosine, one_minus_sqrt]))
        return curve(length, start=draw(VALUES), stop=draw(VALUES))
    if kind == "geometric":
        return geometric(length, start=draw(POSITIVE), stop=draw(POSITIVE))
    if kind == "polynomial":
        power = draw(st.sampled_from([0.5, 2, 3]))
        return polynomial(length, power=power, start=draw(VALUES), stop=draw(VALUES))
    values = draw(st.lists(VALUES, min_size=2, max_size=30))
    if kind == "points":
        distance = draw(st.integers(1, 50))
        return points({distance * index: value for index, value in enumerate(values)})
    return table(values)


@st.composite
def schedules(draw):
    parts = draw(st.lists(pieces(), min_size=1, max_size=5))
    whole = parts[0]
    for part in parts[1:]:
        whole = whole | part
    change = draw(st.sampled_from(["none", "limit", "staircase", "repeat", "product"]))
    if change == "limit":
        whole = whole.at_most(0.7).at_least(0.05)
    elif change == "staircase":
        whole = whole.staircase(draw(st.integers(1, 60)))
    elif change == "repeat":
        whole = repeat(whole, draw(st.integers(1, 4)))
    elif change == "product":
        whole = whole * draw(pieces())
    return draw(st.sampled_from([3e-4, 1.0, 50.0])) * whole
