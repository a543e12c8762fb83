"""Write docs/assets/designer.png: the designer in use, taken in headless Chromium.

    make web && python tools/designer_picture.py

Needs Node and Chromium. The picture is kept small with a palette, where Pillow is there.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from lrkit import read
from lrkit.designer import Designer

ROOT = Path(__file__).resolve().parent.parent
PICTURE = ROOT / "docs" / "assets" / "designer.png"
DRIVER = ROOT / "web" / "e2e" / "picture.mjs"
TEXTS = (
    "1e-3 * (warmup(500) >> cosine(9500))",
    "6e-4 * wsd(10000, warmup=500, cooldown=2500)",
)
PLAN = {"epochs": 10, "examples": 32_000, "batch_size": 32}
#: The run that is compared with the first: stopped early, and lowered by hand before.
LOWERED, STOPPED = 6_000, 8_500


def record(path: Path) -> None:
    planned = read(TEXTS[0])
    rates = [planned(step) * (0.5 if step >= LOWERED else 1) for step in range(STOPPED)]
    rows = "\n".join(f"{step},{rate!r}" for step, rate in enumerate(rates))
    path.write_text(f"step,learning_rate\n{rows}\n", encoding="utf-8")


def reduce(path: Path) -> None:
    try:
        from PIL import Image
    except ImportError:
        return
    with Image.open(path) as picture:
        rare = Image.Quantize.MAXCOVERAGE  # so that words in colours keep them
        small = picture.convert("RGB").quantize(255, rare, dither=Image.Dither.NONE)
    small.save(path, optimize=True)


def main() -> int:
    with tempfile.TemporaryDirectory() as folder, Designer(TEXTS, plan=PLAN) as designer:
        run = Path(folder) / "last-week.csv"
        record(run)
        subprocess.run(["node", DRIVER, designer.url, run, PICTURE], check=True)
    reduce(PICTURE)
    print(f"{PICTURE.relative_to(ROOT)}  {PICTURE.stat().st_size / 1e3:.0f} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
