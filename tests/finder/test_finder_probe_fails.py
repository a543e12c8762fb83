"""`find` where something fails: all is as before, and errors come before anything runs."""

import numpy as np
import pytest

from lrkit import hold
from lrkit.finder.probe import find
from tests.finder.probes import Linear, Told
from tests.finder.synthetic import noise


class Broken(RuntimeError):
    """What a user's code raises."""


@pytest.mark.parametrize("error", [Broken, KeyboardInterrupt])
@pytest.mark.parametrize("after", [0, 40, 141, 400, 900])
def test_all_is_restored_when_it_fails(error, after):
    class Failing(Linear):
        def losses(self, rates, seed):
            for loss in super().losses(rates, seed):
                if self.updates > after:
                    raise error("here")
                yield loss

    probe = Failing()
    probe.weights[:] = np.arange(8) / 8
    with pytest.raises(error, match="here"):
        find(probe, effort="confirm", updates=1600)
    assert probe.weights.tolist() == (np.arange(8) / 8).tolist()
    assert (probe.entered, probe.left) == (1, [error])


@pytest.mark.parametrize("where", ["progress", "score"])
def test_all_is_restored_when_something_else_fails(where):
    def fail(*_):
        raise Broken(where)

    probe = Linear()
    if where == "score":
        probe.score = fail
    progress = fail if where == "progress" else None
    with pytest.raises(Broken, match=where):
        find(probe, effort="confirm", updates=1600, progress=progress)
    assert not probe.weights.any()
    assert probe.left == [Broken]


CONFIRM = {"effort": "confirm", "updates": 1000}


@pytest.mark.parametrize(
    ("given", "kind", "words"),
    [
        (
            {"effort": "full"},
            ValueError,
            '`effort` must be "sweep" or "confirm", got effort=\'full',
        ),
        ({"effort": "confirm"}, TypeError, "`updates` must say how long the training will be"),
        (CONFIRM | {"updates": 140}, ValueError, "`updates` must be at least the 141 of the sweep"),
        (CONFIRM | {"repeats": 8}, ValueError, "at least the 1128 of the sweep, got updates=1000"),
        ({"updates": 0}, ValueError, "`updates` must be a whole number of 1 or more"),
        ({"rule": "basins"}, ValueError, "find_lr: `rule` must be one of .* nearest is 'basin'"),
        ({"repeats": 0}, ValueError, "`repeats` must be a whole number of 1 or more"),
        ({"lr_min": 20.0}, ValueError, "`lr_max` must be above lr_min=20.0"),
        ({"per_decade": 0}, ValueError, "`per_decade` must be positive"),
        (CONFIRM | {"per_decade": 0.0}, ValueError, "`per_decade` must be positive"),
        (
            {"schedule": "0.1 * cosine(9)"},
            ValueError,
            "`schedule` must be a schedule that ends, wi",
        ),
        ({"schedule": "2 * cosine(9)"}, ValueError, "with the peak 1, got schedule=2.0"),
        ({"schedule": hold(value=1.0)}, ValueError, "`schedule` must be a schedule that ends, wi"),
        ({"schedule": "cosin(9)"}, ValueError, "cosin"),
        ({"schedule": 0.1}, TypeError, "`schedule` must be a schedule or its text"),
    ],
)
def test_errors_come_before_anything_is_touched(given, kind, words):
    probe = Told(noise)
    with pytest.raises(kind, match=words):
        find(probe, **given)
    assert (probe.entered, probe.calls) == (0, [])
