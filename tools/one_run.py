"""Run the programs of docs/one-run.md: `python -m tools.one_run`, which is `make one-run`.

With `--write` it draws the picture of the page from what they applied. Each program is run in a
process of its own, as it stands on the page: the blocks say in their first line what they are.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from lrkit.draw import palette
from lrkit.plan import read_csv
from tests.documentation import ROOT, Page

PAGE = Page(ROOT / "docs" / "one-run.md")
PICTURE = ROOT / "docs" / "assets" / "one-run.svg"
# By the name of its file of rates: the block of the page, and the backend of Keras.
RUNS = {
    "keras-tensorflow": ("Keras", "tensorflow"),
    "keras-jax": ("Keras", "jax"),
    "keras-torch": ("Keras", "torch"),
    "pytorch": ("PyTorch", None),
    "optax": ("optax", None),
}
TITLES = {
    "keras-tensorflow": "Keras on TensorFlow",
    "keras-jax": "Keras on JAX",
    "keras-torch": "Keras on torch",
    "pytorch": "PyTorch",
    "optax": "optax",
}
WIDTH, HEIGHT, LEFT, TOP, INNER = 640, 250, 56, 14, 202
TEXT = "font-family='system-ui, sans-serif' font-size='11' fill='currentColor'"


def program(name: str) -> str:
    """The blocks of one run, one after the other; it prints the loss at the end."""
    blocks = {block.code.splitlines()[0]: block.code for block in PAGE.blocks("python")}
    return f"{blocks['# common']}\n{blocks[f'# {RUNS[name][0]}']}\nprint(loss)\n"


def run(folder: Path) -> dict[str, float]:
    """Run all of them in a folder, where they leave their files; the loss of each."""
    losses = {}
    for name, (_, backend) in RUNS.items():
        env = dict(os.environ, TF_CPP_MIN_LOG_LEVEL="3")
        env |= {} if backend is None else {"KERAS_BACKEND": backend}
        command = [sys.executable, "-c", program(name)]
        done = subprocess.run(
            command, cwd=folder, env=env, check=False, capture_output=True, text=True
        )
        if done.returncode != 0:
            raise RuntimeError(f"{name}: {done.stderr}")
        losses[name] = float(done.stdout.splitlines()[-1])
    return losses


def picture(folder: Path, losses: dict[str, float]) -> str:
    """The rates of all runs over each other, the first the widest, so that each is seen."""
    rates = {name: read_csv(folder / f"{name}.csv").values for name in RUNS}
    peak, count = max(map(max, rates.values())), max(map(len, rates.values()))
    across = (WIDTH - 10 - LEFT) / (count - 1)
    parts = axes(peak, count)
    for i, (name, values) in enumerate(rates.items()):
        points = " ".join(
            f"{LEFT + across * k:.1f},{TOP + INNER * (1 - value / peak):.1f}"
            for k, value in enumerate(values)
        )
        colour, _ = palette.style(i)
        line = f"fill='none' stroke='{colour}' stroke-width='{14 - 3 * i}'"
        y = HEIGHT + 18 * i
        told = f"{TITLES[name]}: {len(values)} updates, loss {losses[name]:.4f} after them"
        parts += [
            f"<polyline points='{points}' {line} stroke-linejoin='round'/>",
            f"<path d='M{LEFT} {y}h34' {line}/>",
            f"<text x='{LEFT + 44}' y='{y + 4}' {TEXT}>{told}</text>",
        ]
    return "\n".join([*parts, "</svg>", ""])


def axes(peak: float, count: int) -> list[str]:
    """The head of the picture, and its axes."""
    total = HEIGHT + 18 * len(RUNS) + 6
    bottom, right = TOP + INNER, WIDTH - 10
    return [
        f"<svg xmlns='http://www.w3.org/2000/svg' width='{WIDTH}' height='{total}' "
        f"viewBox='0 0 {WIDTH} {total}' role='img'>",
        "<title>The rate of each update in five frameworks: five curves on one line</title>",
        f"<path d='M{LEFT} {TOP}V{bottom}H{right}' fill='none' stroke='currentColor' "
        "stroke-opacity='0.5'/>",
        f"<text x='{LEFT - 6}' y='{TOP + 8}' text-anchor='end' {TEXT}>{peak:.6g}</text>",
        f"<text x='{LEFT - 6}' y='{bottom}' text-anchor='end' {TEXT}>0</text>",
        f"<text x='{LEFT}' y='{bottom + 16}' {TEXT}>update 0</text>",
        f"<text x='{right}' y='{bottom + 16}' text-anchor='end' {TEXT}>{count - 1}</text>",
    ]


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        losses = run(Path(folder))
        drawn = picture(Path(folder), losses)
    for name, loss in losses.items():
        print(f"{TITLES[name]}: loss {loss:.6f}")
    if "--write" in sys.argv[1:]:
        PICTURE.write_text(drawn, encoding="utf-8")


if __name__ == "__main__":
    main()
