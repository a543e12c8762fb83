"""In how little memory many values come."""

import subprocess
import sys

BAR = 32
CODE = """
import tracemalloc
from lrkit import cosine, hold, warmup
s = 3e-4 * (warmup(5) >> hold(75) >> cosine(20)).over(10**8)
s.values(10)
tracemalloc.start()
v = s.values()
print(tracemalloc.get_traced_memory()[1] - v.nbytes)
"""


def memory() -> bool:
    """The peak of `values(10**8)` beside its result, as NumPy and Python allocate it."""
    run = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)
    beside = int(run.stdout) / 2**20
    passed = beside <= BAR
    verdict = "pass" if passed else "MISS"
    print(f"values(10**8) beside the result of 763 MB: {beside:.2f} MB (bar {BAR} MB) {verdict}")
    return passed
