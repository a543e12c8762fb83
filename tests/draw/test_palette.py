"""The colours, seen by eyes of all kinds, on light and on dark paper."""

from itertools import combinations

import numpy as np
import pytest

from lrkit.draw.palette import COLOURS, DASHES, style

# How colours look to a dichromat: Machado, Oliveira and Fernandes (2009), severity 1, for linear
# RGB.
EYES = {
    "all cones": np.eye(3),
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
XYZ = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]


def linear(colour):
    parts = np.array([int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)])
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def lab(rgb):
    """CIE 1976 L*a*b*, in which a distance of about 2.3 is just seen."""
    x, y, z = np.cbrt(np.array(XYZ) @ np.clip(rgb, 0, 1) / [0.9505, 1, 1.089])
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("eyes", EYES)
def test_all_colours_stay_apart(eyes):
    seen = [lab(np.array(EYES[eyes]) @ linear(colour)) for colour in COLOURS]
    # Measured: 33, 18, 10 and 17 between the closest two. The dashes are the second cue.
    assert min(np.linalg.norm(a - b) for a, b in combinations(seen, 2)) > 9


@pytest.mark.parametrize(("paper", "least"), [("#FFFFFF", 2.2), ("#181C20", 3.0)])
def test_all_colours_are_seen_on_the_paper(paper, least):
    for colour in COLOURS:
        dark, light = sorted(float(linear(one) @ XYZ[1]) for one in (colour, paper))
        assert (light + 0.05) / (dark + 0.05) >= least, colour


def test_the_first_lines_differ_in_their_dashes_too():
    assert len({style(index)[1] for index in range(6)}) == len(DASHES) == 6
