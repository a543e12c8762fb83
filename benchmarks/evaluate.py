"""How fast values come: one number, many at once, and in how little memory.

The same curves in every library, side by side in one process; medians of rounds taken in turn.
Bars: a call of a schedule takes at most 1.5 times the fastest of all that answer a number on the
host, and a third of any scheduler that a framework ships; `values(10**6)` at most 1.5 times the
bare NumPy formula of the same curve; a call on an array of that size in any order at most 2.5
times; `values(10**8)` at most 32 MB beside its result.
"""

import sys
from collections.abc import Mapping

import numpy as np
from evaluation.contenders import arrays, assert_same, scalars
from evaluation.curves import CURVES, RATE, Curve
from evaluation.memory import memory
from evaluation.timing import medians, per_call

N = 10**6
COLUMNS = ("lrkit", "lrsched", "NumPy", "torch", "optax", "optax, jit", "Keras")
FASTEST, FRAMEWORK, IN_ORDER, ANY_ORDER = 1.5, 1 / 3, 1.5, 2.5


def table(title: str, unit: float, rows: Mapping[str, Mapping[str, float]]) -> None:
    """Print seconds in a unit; a dash where a library has no such curve or takes no array."""
    columns = [name for name in COLUMNS if any(name in row for row in rows.values())]
    print(f"\n{title:<26}" + "".join(f"{name:>13}" for name in columns))
    for curve, row in rows.items():
        cells = (f"{row[name] / unit:13,.2f}" if name in row else f"{'-':>13}" for name in columns)
        print(f"{curve:<26}" + "".join(cells))


def judge(what: str, ours: float, theirs: float, bar: float) -> bool:
    """Print a ratio beside its bar."""
    passed = ours <= bar * theirs
    ratio = f"{ours / theirs:.3f}"
    print(f"{what:<58}{ratio:>8} (bar {bar:.3f}) {'pass' if passed else 'MISS'}")
    return passed


def one_number(curves: list[Curve]) -> list[bool]:
    """Microseconds of a call, and the bars for them."""
    rows = {curve.name: per_call(scalars(curve), N) for curve in curves}
    table("µs a call", 1e-6, rows)
    print()
    passed = []
    for name, row in rows.items():
        others = {library: time for library, time in row.items() if library != "lrkit"}
        fastest = min(others, key=others.__getitem__)
        shipped = min(others.keys() - {"lrsched"}, key=others.__getitem__)
        for library, bar in ((fastest, FASTEST), (shipped, FRAMEWORK)):
            what = f"{name}: a call of lrkit / of {library}"
            passed.append(judge(what, row["lrkit"], row[library], bar))
    return passed


def many(curves: list[Curve]) -> list[bool]:
    """Milliseconds of a million values, and the bars for them."""
    rows = {curve.name: medians(arrays(curve, N)) for curve in curves}
    table("ms for steps 0…999,999", 1e-3, rows)
    print("lrsched and torch: a million calls, see above\n")
    return [
        judge(f"{name}: values(10**6) / bare NumPy", row["lrkit"], row["NumPy"], IN_ORDER)
        for name, row in rows.items()
    ]


def any_order(curves: list[Curve]) -> list[bool]:
    """A call on an array whose steps are shuffled; pieces by hand are found by a mask."""
    steps = np.random.default_rng(0).permutation(N)
    passed = []
    for curve in curves:
        bare = curve.bare_in_any_order or curve.bare
        np.testing.assert_allclose(curve.lrkit(steps), bare(steps), rtol=0, atol=1e-12 * RATE)
        found = medians({"lrkit": lambda c=curve: c.lrkit(steps), "NumPy": lambda b=bare: b(steps)})
        what = f"{curve.name}: 10**6 in random order / bare NumPy"
        passed.append(judge(what, found["lrkit"], found["NumPy"], ANY_ORDER))
    return passed


def main() -> int:
    for make in CURVES:
        assert_same(make(1000), 1000)
    curves = [make(N) for make in CURVES]
    passed = [*one_number(curves), *many(curves), *any_order(curves), memory()]
    print("all bars held" if all(passed) else f"{passed.count(False)} bars were missed")
    return int(not all(passed))


if __name__ == "__main__":
    sys.exit(main())
