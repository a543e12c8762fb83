"""Times taken in turn, so that what slows the machine down slows every contender."""

import statistics
import time
from collections.abc import Callable, Mapping

ROUNDS = 11
#: Seconds of one measurement of one contender.
SHARE = 0.02
MOST_CALLS = 20_000

Work = Callable[[], object]


def seconds(work: Work) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def medians(works: Mapping[str, Work], rounds: int = ROUNDS) -> dict[str, float]:
    """Median seconds of each, one after the other in every round; after one round to warm up."""
    times: dict[str, list[float]] = {name: [] for name in works}
    for work in works.values():
        work()
    order = list(works)
    for turn in range(rounds):
        # Each comes after another one in the next round: nobody always has the coldest cache.
        for name in order[turn % len(order) :] + order[: turn % len(order)]:
            times[name].append(seconds(works[name]))
    return {name: statistics.median(found) for name, found in times.items()}


def per_call(functions: Mapping[str, Callable[[int], object]], n: int) -> dict[str, float]:
    """Median seconds of one call of each, at steps spread over 0…n-1."""
    calls = {name: _affordable(function) for name, function in functions.items()}
    works = {name: _calling(functions[name], calls[name], n) for name in functions}
    return {name: found / calls[name] for name, found in medians(works).items()}


def _affordable(function: Callable[[int], object]) -> int:
    """How many calls fit into a share."""
    function(1), function(2)
    one = min(seconds(lambda: function(3)) for _ in range(3))
    return max(20, min(MOST_CALLS, int(SHARE / one)))


def _calling(function: Callable[[int], object], calls: int, n: int) -> Work:
    steps = [(k * 7919) % n for k in range(calls)]

    def work() -> None:
        for step in steps:
            function(step)

    return work
