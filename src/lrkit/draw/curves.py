"""Training runs side by side: rate, loss and accuracy in one picture."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lrkit.draw import axis, palette
from lrkit.draw.figure import picture
from lrkit.draw.save import check_target, save

#: Marker of each run's validation points: the second cue beside the colour.
MARKERS = "osD^vP"
#: Dashes of the training's lines.
TRAINING = (3.0, 1.5)
#: Panels after the rate, by their names in the history.
METRICS = ("loss", "accuracy")


@dataclass(frozen=True)
class _Run:
    label: str
    steps: Sequence[float]
    rates: Sequence[float]
    history: Mapping[str, Sequence[float]]
    epoch: float

    @classmethod
    def of(cls, run: Any) -> _Run:
        label = str(_field(run, "label"))
        steps, rates = _field(run, "steps"), _field(run, "learning_rates")
        history = _field(run, "history")
        if len(steps) == 0 or len(steps) != len(rates):
            raise ValueError(
                f"curves: run {label!r} must have as many `learning_rates` as `steps` and at least "
                f"one, got {len(steps)} steps and {len(rates)} learning rates."
            )
        lengths = {len(history[name]) for metric in METRICS for name in _both(history, metric)}
        if len(lengths) > 1 or 0 in lengths:
            raise ValueError(
                f"curves: the history of run {label!r} must have one value an epoch for each "
                f"metric, got {sorted(lengths)} values."
            )
        epochs = lengths.pop() if lengths else 1
        told = _field(run, "updates_per_epoch", None)
        # Without being told: the updates shared out over the finished epochs.
        return cls(label, steps, rates, history, float(told or (steps[-1] + 1) / epochs))


def curves(runs: Iterable[Any], path: str | os.PathLike[str], *, title: str | None = None) -> Path:
    """One picture of rate, loss and accuracy of one or more training runs, written to a file.

    The rate is drawn at every update. Loss and accuracy have one point at each epoch's end: the
    validation's with a marker, the training's as a thin line. A run has one colour in all panels.

    Args:
        runs: The runs: objects or dicts with `label`, `steps` and `learning_rates` (one entry an
            update) and `history`, a mapping of `loss`, `accuracy`, `val_loss` and `val_accuracy`
            (those there are) to one value an epoch; `updates_per_epoch` where the last epoch was
            not finished.
        path: The file to write: .png (1200 × 420 pixels), .svg or .pdf. An old one is replaced.
        title: Title of the picture.

    Returns:
        The path of the file.

    Raises:
        ImportError: matplotlib is not installed.
        ValueError: There is no run, a run's entries do not match, or the file cannot be written.
    """
    several = [_Run.of(run) for run in runs]
    if not several:
        raise ValueError("curves: `runs` must hold at least one run, got none.")
    check_target(path)
    return save(figure(several, title), path)


def figure(runs: Sequence[_Run], title: str | None) -> Any:
    """The picture as a matplotlib figure."""
    module = picture()
    page = module.Picture(figsize=(12, 4.2), dpi=100, layout="constrained")
    panels = page.subplots(1, 1 + len(METRICS))
    for panel in panels:
        module.dress(panel)
    _rate(panels[0], runs)
    for panel, name in zip(panels[1:], METRICS, strict=True):
        _metric(panel, runs, name)
    for panel, heading in zip(panels, ("learning rate", *METRICS), strict=True):
        panel.set_title(heading, loc="left", fontweight="bold", fontsize=11)
        panel.set_xlim(0, max((run.steps[-1] + 1) / run.epoch for run in runs))
        panel.set_xlabel("epoch")
        panel.xaxis.get_major_locator().set_params(integer=True)
    if len({run.epoch for run in runs}) == 1:
        _count_updates(panels[0], runs[0].epoch)
    _legend(page, runs, module.Line2D, module.LIGHT.grey)
    if title is not None:
        page.suptitle(title, fontsize=13, parse_math=False)
    return page


def _rate(panel: Any, runs: Sequence[_Run]) -> None:
    for index, run in enumerate(runs):
        colour, dashes = palette.style(index)
        epochs = [step / run.epoch for step in run.steps]
        (line,) = panel.plot(epochs, run.rates, color=colour, linewidth=1.8)
        # The rate of an update holds until the next one.
        line.set_drawstyle("steps-post")
        if dashes:
            line.set_dashes(dashes)
    panel.yaxis.set_major_formatter(lambda value, _: axis.rate(value))
    panel.set_ylim(bottom=0)


def _count_updates(panel: Any, epoch: float) -> None:
    """Below each epoch the updates until then."""
    panel.xaxis.set_major_formatter(lambda value, _: f"{value:g}\n{axis.step(value * epoch)}")
    panel.set_xlabel("epoch\nupdates")


def _metric(panel: Any, runs: Sequence[_Run], name: str) -> None:
    for index, run in enumerate(runs):
        colour, _ = palette.style(index)
        for metric in _both(run.history, name):
            values = run.history[metric]
            (line,) = panel.plot(range(1, len(values) + 1), values, color=colour)
            if metric == name:
                line.set(linewidth=1.1, alpha=0.65, dashes=TRAINING)
            else:
                # The last epoch's marker is on the edge, and whole.
                line.set(linewidth=1.8, marker=MARKERS[index % len(MARKERS)], markersize=5)
                line.set(clip_on=False, zorder=3)
    if name == "accuracy":
        panel.yaxis.set_major_formatter(lambda value, _: f"{100 * value:g} %")
    else:
        _log_scale(panel)


def _log_scale(panel: Any) -> None:
    """Logarithmic, with labels at 1, 2 and 5 of each power, if all values are above 0."""
    if all(min(line.get_ydata()) > 0 for line in panel.lines):
        panel.set_yscale("log", subs=())
        panel.yaxis.get_major_locator().set_params(subs=(1, 2, 5))
        panel.yaxis.set_major_formatter(lambda value, _: axis.rate(value))
        panel.set_ylabel("logarithmic", color="#555555", fontsize=9)


def _legend(page: Any, runs: Sequence[_Run], line: Any, colour: str) -> None:
    """The runs, and which line is training and which validation, below the panels."""
    handles = []
    for index, run in enumerate(runs):
        line_colour, dashes = palette.style(index)
        marker = MARKERS[index % len(MARKERS)]
        handle = line([], [], color=line_colour, marker=marker, linewidth=1.8, label=run.label)
        if dashes:
            handle.set_dashes(dashes)
        handles.append(handle)
    if any(_both(run.history, name) for run in runs for name in METRICS):
        handles.append(line([], [], color=colour, linewidth=1.8, label="solid: validation"))
        handles.append(
            line([], [], color=colour, linewidth=1.1, dashes=TRAINING, label="thin: training")
        )
    page.legend(handles=handles, loc="outside lower center", ncols=len(handles), frameon=False)


def _both(history: Mapping[str, Sequence[float]], name: str) -> list[str]:
    """The training's and the validation's name of a metric, as far as the history has them."""
    return [metric for metric in (name, f"val_{name}") if metric in history]


def _field(run: Any, name: str, *default: Any) -> Any:
    """An entry of a dict or an attribute of an object."""
    if isinstance(run, Mapping):
        if name in run or default:
            return run.get(name, *default)
    elif hasattr(run, name) or default:
        return getattr(run, name, *default)
    raise ValueError(
        f"curves: a run must have `label`, `steps`, `learning_rates` and `history`, "
        f"got one without `{name}`."
    )
