"""Which variable gets which multiple of the learning rate."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import keras

from lrkit import Schedule, read
from lrkit.core.validate import at_least_zero, refuse

Multiplier = float | Schedule
Patterns = dict[str, Multiplier]


def as_patterns(who: str, multipliers: Mapping[Any, Any] | None) -> Patterns:
    """The multipliers by pattern; a layer becomes the pattern of its variables' paths.

    Args:
        who: Who asks, for errors.
        multipliers: Numbers, schedules or texts, by pattern or by layer that is built.
    """
    patterns: Patterns = {}
    for key, value in (multipliers or {}).items():
        pattern = _of_layer(who, key) if isinstance(key, keras.layers.Layer) else key
        if not isinstance(pattern, str):
            raise TypeError(
                f"{who}: `multipliers` must have patterns (texts) or layers as keys, got "
                f"{key!r} of type {type(key).__name__}. Write a part of a variable's path."
            )
        _compiled(who, "multipliers", pattern)
        patterns[pattern] = _multiplier(who, pattern, value)
    return patterns


def _multiplier(who: str, pattern: str, value: Any) -> Multiplier:
    if isinstance(value, str):
        value = read(value)
    if isinstance(value, Schedule):
        return value
    return at_least_zero(who, f"multipliers[{pattern!r}]", value)


def _of_layer(who: str, layer: Any) -> str:
    """A pattern of exactly the variables of a layer or of a model."""
    owners = {variable.path.rpartition("/")[0] for variable in layer.variables}
    if not owners:
        raise ValueError(
            f"{who}: `multipliers` must have layers that are built, got {layer.name!r} without "
            "variables. Build the model first (keras.Input, or model.build), or give a pattern."
        )
    return "^(" + "|".join(re.escape(owner) for owner in sorted(owners)) + ")/[^/]*$"


def _compiled(who: str, argument: str, pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern)
    except re.error as error:
        rule = f"a regular expression ({error})"
        raise refuse(who, argument, rule, pattern, "Escape its special characters.") from error


def matching(who: str, argument: str, pattern: str, paths: Sequence[str]) -> list[int]:
    """The places of the paths in which the pattern occurs; one that occurs in none is an error."""
    found = _compiled(who, argument, pattern)
    places = [i for i, path in enumerate(paths) if found.search(path)]
    if not places:
        shown = ", ".join(paths[:8]) + (", …" if len(paths) > 8 else "")
        raise ValueError(
            f"{who}: `{argument}` must match a variable each, got {pattern!r}, which none of "
            f"these paths contains: {shown}."
        )
    return places


def resolve(
    who: str,
    paths: Sequence[str],
    patterns: Patterns,
    decay: float | None,
    layers: Sequence[str] | None,
) -> list[Multiplier]:
    """The multiplier of each variable: the product of all that apply to it."""
    result: list[Multiplier] = list(_layerwise(who, paths, decay, layers))
    for pattern, multiplier in patterns.items():
        for i in matching(who, "multipliers", pattern, paths):
            result[i] = _product(result[i], multiplier)
    return result


def as_plain(multiplier: Multiplier) -> float | str:
    """A multiplier as JSON holds it."""
    return repr(multiplier) if isinstance(multiplier, Schedule) else multiplier


def remembered(
    found: Sequence[Sequence[Any]] | None, paths: Sequence[str]
) -> list[Multiplier] | None:
    """The multipliers that a saved optimizer had, if these are the variables of its model.

    A model that was loaded or cloned may name its variables by shorter or longer paths than the
    one that was built at first: `dense/kernel` for `net/dense/kernel`. Patterns could then match
    nothing, or other things.

    Args:
        found: Path and plain multiplier of each variable, as they were saved.
        paths: Of the variables now.
    """
    if found is None or len(found) != len(paths):
        return None
    if not all(_is_same(before, now) for (before, _), now in zip(found, paths, strict=True)):
        return None
    return [read(value) if isinstance(value, str) else float(value) for _, value in found]


def _is_same(one: str, other: str) -> bool:
    return f"/{one}".endswith(f"/{other}") or f"/{other}".endswith(f"/{one}")


def _product(one: Multiplier, other: Multiplier) -> Multiplier:
    if one == 0.0 or other == 0.0:
        return 0.0  # frozen, whatever the schedule of the other
    return one * other


def _layerwise(
    who: str, paths: Sequence[str], decay: float | None, layers: Sequence[str] | None
) -> Iterable[float]:
    if decay is None:
        return [1.0] * len(paths)
    depths = _depths_of_patterns(who, paths, layers) if layers else depths_of_paths(paths)
    top = max(depths)
    return [decay ** (top - depth) for depth in depths]


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


def depths_of_paths(paths: Sequence[str]) -> list[int]:
    """The depth of each variable, 0 at the bottom, from the layers that the paths name.

    The layers are counted in the order of the variables. At first a layer is the first part of a
    path. One that owns more than half of the variables is a container, as a backbone or an
    encoder: what it contains are then the layers, and so on.

    >>> depths_of_paths(["net/a/kernel", "net/a/bias", "net/b/kernel", "net/c/kernel"])
    [0, 0, 1, 2]
    """
    parts = [path.split("/")[:-1] or [path] for path in paths]
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
