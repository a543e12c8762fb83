"""Which way a metric is meant to go."""

from typing import Any


def direction(model: Any, monitor: str) -> str | None:
    """Whether small values of a logged metric are good, "min", or large ones, "max".

    A loss is "min"; a metric says it itself, as for Keras's own callbacks. None: nobody knows.

    Args:
        model: The model in training, whose metrics are built.
        monitor: The name in the logs.
    """
    name = monitor.removeprefix("val_")
    for metric in _metrics(model):
        said = getattr(metric, "_direction", None)  # private: Keras keeps it nowhere else
        if metric.name == name and said is not None:
            return "max" if said == "up" else "min"
    return "min" if name == "loss" or name.endswith("_loss") else None


def _metrics(model: Any) -> list[Any]:
    """Every metric; Keras wraps those that were given to `compile` into one."""
    return [m for metric in model.metrics for m in (metric, *getattr(metric, "metrics", ()))]
