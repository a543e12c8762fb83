"""How long the designer takes: from a key press to the redrawn curve, and to open its page.

    python benchmarks/designer.py [--keys 60] [--opens 7]

In headless Chromium, which is started before. A key is measured in the page, from the event to the
frame in which the curve of 100,000 updates is: question, evaluation of the real schedule in Python,
answer and drawing lie between. The page is measured from the start of the command `lrkit design` to
its first curve. Each median is compared with its bar. Needs Node, Chromium and `make web`.
"""

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
KEY_BAR, OPEN_BAR = 100.0, 1000.0  # milliseconds, on two cores


class Browser:
    """web/e2e/latency.mjs, which has a browser open."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            ["node", ROOT / "web/e2e/latency.mjs"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._read()

    def ask(self, line: str) -> Any:
        assert self.process.stdin is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return self._read()

    def _read(self) -> Any:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            sys.exit("benchmarks/designer.py: the browser ended; it needs Chromium and `make web`.")
        return json.loads(line)

    def close(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(20)


def opened(browser: Browser) -> tuple[float, subprocess.Popen[str]]:
    """Milliseconds from the command to the first curve, and the command, still running."""
    begin = time.perf_counter()
    command = subprocess.Popen(
        [sys.executable, "-m", "lrkit", "design", "--no-browser"], stdout=subprocess.PIPE, text=True
    )
    assert command.stdout is not None
    browser.ask(f"open {command.stdout.readline().strip()}")
    return 1e3 * (time.perf_counter() - begin), command


def ended(command: subprocess.Popen[str]) -> None:
    command.kill()
    command.wait()
    assert command.stdout is not None
    command.stdout.close()


def report(what: str, times: list[float], bar: float) -> bool:
    middle = statistics.median(times)
    worst = statistics.quantiles(times, n=20)[-1]
    verdict = "ok" if middle <= bar else "TOO SLOW"
    print(
        f"{what:34} median {middle:6.1f} ms   95 % {worst:6.1f} ms   bar {bar:6.0f} ms   {verdict}"
    )
    return middle <= bar


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--keys", type=int, default=60)
    parser.add_argument("--opens", type=int, default=7)
    asked = parser.parse_args()
    if shutil.which("node") is None:
        print("needs Node: skipped")
        return 0
    browser = Browser()
    times = []
    for _ in range(asked.opens + 1):
        taken, command = opened(browser)
        times.append(taken)
        if len(times) <= asked.opens:
            ended(command)
    keys = browser.ask(f"keys {asked.keys}")
    ended(command)
    browser.close()
    fine = report("command to first curve", times[1:], OPEN_BAR)
    fine &= report("key press to redrawn curve", keys, KEY_BAR)
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
