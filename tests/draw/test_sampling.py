"""Where to look: jumps that no join names, extremes between two looks, outlines."""

import math

import pytest

from lrkit.draw.sampling import find_jump, outline, refine, scan, thin, with_jumps
from lrkit.draw.simplify import simplify


def test_scan_sees_every_whole_step_if_it_may():
    assert scan(10, 40, 100) == [float(step) for step in range(11, 40)]
    assert scan(0.5, 40.5, 100) == [float(step) for step in range(1, 41)]


def test_scan_looks_between_the_steps_of_a_short_interval():
    assert len(scan(3, 5, 100)) == 31
    assert all(3 < step < 5 for step in scan(3, 5, 100))


def test_scan_of_a_long_interval_has_whole_steps_and_approaches_both_ends():
    steps = scan(0, 10**6, 100)
    assert len(steps) < 150
    assert all(step == int(step) and 0 < step < 10**6 for step in steps)
    assert steps[:3] == [1, 3, 7]
    assert steps[-1] == 10**6 - 1


@pytest.mark.parametrize("place", [1000, 1000.5, 1, 1999])
def test_a_jump_is_found_to_the_step(place):
    def value(step):
        return 1.0 if step < place else 0.25

    (before, after) = find_jump(value, (0, 1.0), (2000, 0.25))
    assert before[0] == after[0] == pytest.approx(place, abs=1e-5)
    assert (before[1], after[1]) == (1.0, 0.25)
    if place == int(place):
        assert after[0] == place


def test_a_steep_smooth_curve_is_no_jump():
    assert find_jump(math.sqrt, (0, 0.0), (100, 10.0)) is None
    assert find_jump(lambda x: x**8, (0, 0.0), (10, 1e8)) is None


def test_jumps_come_as_pairs():
    def value(step):
        return float(step // 100)

    points = [(float(step), value(step)) for step in range(0, 301, 30)]
    found, places = with_jumps(value, points, 3.0)
    assert [found[place] for place in sorted(places)] == [
        (100, 0.0), (100, 1.0), (200, 1.0), (200, 2.0), (300, 2.0), (300, 3.0),
    ]  # fmt: skip


def test_refine_finds_the_whole_step_of_the_extreme():
    def value(step):
        return -((step - 123_457) ** 2)

    points = [(float(step), value(step)) for step in range(0, 10**6, 10_000)]
    assert refine(value, points, 1.0) == (123_457, 0)
    assert refine(lambda step: -value(step), [(x, -y) for x, y in points], -1.0) == (123_457, 0)


def test_refine_does_not_see_the_piece_after_a_jump():
    def value(step):
        return 9.0 if step >= 1000 else -((step - 995) ** 2)

    points = [(float(step), value(step)) for step in range(0, 1000, 90)] + [(1000.0, -25.0)]
    assert refine(value, points, 1.0) == (995, 0)


def test_thin_keeps_what_matters_first():
    points = [(float(step), math.sin(step)) for step in range(10_000)]
    points[4321] = (4321.0, 7.0)
    kept = {17, 5000}
    found = thin(points, [kept, set(range(0, 10_000, 2)), {1}], 400)
    assert len(found) <= 400
    assert {points[place] for place in kept} <= set(found)
    assert (4321.0, 7.0) in found
    assert found == sorted(found)


def test_thin_keeps_the_extremes_where_there_is_room_for_nothing_else():
    points = [(float(step), 0.5) for step in range(10_000)]
    points[77], points[9_999 - 77] = (77.0, 1.0), (9_999.0 - 77, 0.0)
    found = thin(points, [set(range(0, 10_000, 53))], 400)
    assert len(found) <= 400
    assert {(77.0, 1.0), (9_922.0, 0.0)} <= set(found)


def test_thin_leaves_few_points_alone_but_for_doubles():
    assert thin([(0, 1), (5, 1), (5, 1), (9, 0)], [], 100) == [(0, 1), (5, 1), (9, 0)]


def test_outline_is_first_lowest_highest_and_last_of_each_column():
    points = [(float(x), y) for x, y in enumerate([5, 3, 9, 4, 6, 5, 1, 1, 2, 8, 7, 7])]
    assert outline(points, 0, 12, 1) == {0, 2, 6, 11}
    assert outline(points, 0, 12, 2) == {0, 1, 2, 5, 6, 9, 11}
    assert outline(points, 0, 12, 0) == set()


def test_simplify_keeps_corners_and_spikes():
    line = (
        [(x, 0.0) for x in range(50)] + [(50, 9.0), (50, 0.0)] + [(x, 0.0) for x in range(51, 99)]
    )
    assert simplify([(0, 0.0), (0, 9.0), (0, 1.0)], 0.1) == [(0, 0.0), (0, 9.0), (0, 1.0)]
    assert simplify(line, 0.1) == [(0, 0.0), (49, 0.0), (50, 9.0), (50, 0.0), (98, 0.0)]
