"""Multiples of the learning rate: for which parameters, by pattern or by depth.

Free of any framework: a parameter is known by its path, as `encoder/layer_0/kernel` in Keras and
optax, or `encoder.layer_0.weight` in PyTorch.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from lrkit.core.extremes import extremes
from lrkit.core.notice import warn
from lrkit.core.schedule import Schedule
from lrkit.core.text import read
from lrkit.core.validate import at_least_zero, positive, refuse

Multiplier = float | Schedule

_HARDLY_MOVES = 1e-5


def as_multiplier(who: str, name: str, value: Any) -> Multiplier:
    """A number of 0 or more, or a schedule or its text that never goes below 0.

    Raises:
        TypeError: It is none of these.
        ValueError: It is negative, or the text does not parse.
    """
    if isinstance(value, str):
        value = read(value)
    argument = f"multipliers[{name!r}]"
    if not isinstance(value, Schedule):
        return at_least_zero(who, argument, value)
    if (least := extremes(value)[0]) < 0.0:
        way_out = "Negative rates climb the loss."
        raise refuse(who, argument, f"0 or more at every update, not {least:g}", value, way_out)
    return value


def product(one: Multiplier, other: Multiplier) -> Multiplier:
    """Both at once; what one freezes stays frozen, whatever the schedule of the other."""
    if one == 0.0 or other == 0.0:
        return 0.0
    return one * other


def compiled(who: str, argument: str, pattern: str) -> re.Pattern[str]:
    """A regular expression.

    Raises:
        TypeError: It is no text.
        ValueError: It is none.
    """
    if not isinstance(pattern, str):
        raise TypeError(
            f"{who}: `{argument}` must be patterns, which are texts, got {pattern!r} of type "
            f"{type(pattern).__name__}. Write a part of a name."
        )
    try:
        return re.compile(pattern)
    except re.error as error:
        rule = f"a regular expression ({error})"
        raise refuse(who, argument, rule, pattern, "Escape its special characters.") from error


def matching(who: str, argument: str, pattern: str, paths: Sequence[str]) -> list[int]:
    """The places of the paths in which the pattern occurs; one that occurs in none is an error."""
    found = compiled(who, argument, pattern)
    places = [i for i, path in enumerate(paths) if found.search(path)]
    if not places:
        shown = ", ".join(paths[:8]) + (", …" if len(paths) > 8 else "")
        raise ValueError(
            f"{who}: `{argument}` must match a variable each, got {pattern!r}, which none of "
            f"these paths contains: {shown}."
        )
    return places


def checked_layerwise(who: str, decay: Any, layers: Any) -> tuple[float | None, list[str] | None]:
    """The arguments `layerwise_decay` and `layers`, if they are some.

    Raises:
        TypeError: `layers` is no list, or stands alone.
        ValueError: The decay is not positive.
    """
    if layers is not None and (isinstance(layers, str) or not isinstance(layers, Sequence)):
        raise TypeError(
            f"{who}: `layers` must be a list of patterns from the bottom to the top, got layers="
            f'{layers!r}. Write for example layers=["embedding", "block_0", "head"].'
        )
    if decay is not None:
        return positive(who, "layerwise_decay", decay), None if layers is None else list(layers)
    if layers is not None:
        raise TypeError(
            f"{who}: `layers` must be left out unless `layerwise_decay` is given, got layers="
            f"{layers!r}. Write layerwise_decay=0.75 for example."
        )
    return None, None


def layerwise(
    who: str,
    paths: Sequence[str],
    decay: float | None,
    layers: Sequence[str] | None,
    separator: str = "/",
) -> list[float]:
    """The multiplier of each parameter: 1 at the top, `decay` times that of the layer above below.

    Args:
        who: Who asks, for errors.
        paths: Of the parameters, from the bottom to the top.
        decay: From one layer to the one below it; None gives 1 to all.
        layers: Patterns from the bottom to the top. Default: the layers that the paths name.
        separator: Between the parts of a path.
    """
    if decay is None:
        return [1.0] * len(paths)
    found = (
        depths_of_paths(paths, separator)
        if layers is None
        else _depths_of_patterns(who, paths, layers)
    )
    top = max(found)
    if decay**top < _HARDLY_MOVES:
        warn(
            f"{who}: with layerwise_decay={decay:g} and {top + 1} layers the lowest has the "
            f"multiplier {decay**top:.1g} and hardly moves. If these are not the layers that you "
            "mean (see describe()), name them from the bottom to the top: layers=[...]."
        )
    return [decay ** (top - depth) for depth in found]


def _depths_of_patterns(who: str, paths: Sequence[str], layers: Sequence[str]) -> list[int]:
    """Depth i for what the i-th pattern matches; every variable must have exactly one."""
    depths: list[int | None] = [None] * len(paths)
    for depth, pattern in enumerate(layers):
        for i in matching(who, "layers", pattern, paths):
            if depths[i] is not None:
                raise ValueError(
                    f"{who}: `layers` must match each variable once, got {paths[i]!r} matched by "
                    f"{layers[depths[i] or 0]!r} and by {pattern!r}. Make the patterns narrower."
                )
            depths[i] = depth
    missing = [path for path, depth in zip(paths, depths, strict=True) if depth is None]
    if missing:
        raise ValueError(
            f"{who}: `layers` must match each variable once, got no pattern for {missing[0]!r}"
            + (f" and {len(missing) - 1} more" if len(missing) > 1 else "")
            + ". Add one at its depth, from the bottom to the top."
        )
    return [depth for depth in depths if depth is not None]


def depths_of_paths(paths: Sequence[str], separator: str = "/") -> list[int]:
    """The depth of each variable, 0 at the bottom, from the layers that the paths name.

    The layers are counted in the order of the variables. At first a layer is the first part of a
    path. One that owns more than half of the variables is a container, as a backbone or an
    encoder: what it contains are then the layers, and so on.

    >>> depths_of_paths(["net/a/kernel", "net/a/bias", "net/b/kernel", "net/c/kernel"])
    [0, 0, 1, 2]
    """
    parts = [path.split(separator)[:-1] or [path] for path in paths]
    level = [1] * len(paths)  # how many parts of its path name a variable's layer
    while True:
        owners = [tuple(part[:n]) for part, n in zip(parts, level, strict=True)]
        most = max(owners, key=owners.count)
        inside = [i for i, owner in enumerate(owners) if owner == most]
        deeper = {tuple(parts[i][: len(most) + 1]) for i in inside}
        if 2 * len(inside) <= len(paths) or deeper == {most}:
            break
        for i in inside:
            level[i] = min(len(most) + 1, len(parts[i]))
    order = list(dict.fromkeys(owners))
    return [order.index(owner) for owner in owners]
