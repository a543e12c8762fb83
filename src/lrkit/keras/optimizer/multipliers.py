"""Which variable gets which multiple of the learning rate."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import keras

from lrkit import Schedule, read
from lrkit.core.validate import at_least_zero, refuse
from lrkit.keras.extremes import extremes
from lrkit.keras.notice import warn

Multiplier = float | Schedule


@dataclass(frozen=True)
class Rule:
    """A multiplier and what it is for.

    Args:
        pattern: Is searched for in paths. Of a layer: what fits exactly its own paths.
        multiplier: The factor.
        layer: The layer that it is for, whose variables are told by identity: two layers may have
            equal paths.
    """

    pattern: str
    multiplier: Multiplier
    layer: Any = None

    def places(self, who: str, variables: Sequence[Any]) -> list[int]:
        """Which of the variables it is for."""
        if self.layer is not None:
            mine = {id(variable) for variable in self.layer.variables}
            if places := [i for i, variable in enumerate(variables) if id(variable) in mine]:
                return places
            raise ValueError(
                f"{who}: `multipliers` must have layers of the model that is trained, got "
                f"{self.layer.name!r}, none of whose variables the optimizer has. Leave it out "
                "where trainable=False freezes it already."
            )
        return matching(who, "multipliers", self.pattern, paths_of(variables))


def paths_of(variables: Sequence[Any]) -> list[str]:
    """The paths of variables, which are of Keras or of the backend."""
    return [getattr(variable, "path", variable.name) for variable in variables]


def as_rules(who: str, multipliers: Mapping[Any, Any] | None) -> list[Rule]:
    """The multipliers as rules.

    Args:
        who: Who asks, for errors.
        multipliers: Numbers, schedules or texts, by pattern or by layer that is built.
    """
    if multipliers is not None and not isinstance(multipliers, Mapping):
        raise TypeError(
            f"{who}: `multipliers` must be a dict by pattern or layer, got multipliers="
            f'{multipliers!r}. Write for example multipliers={{"bias": 0.5}}.'
        )
    rules = []
    for key, value in (multipliers or {}).items():
        is_layer = isinstance(key, keras.layers.Layer)
        pattern = _of_layer(who, key) if is_layer else key
        if not isinstance(pattern, str):
            raise TypeError(
                f"{who}: `multipliers` must have patterns (texts) or layers as keys, got "
                f"{key!r} of type {type(key).__name__}. Write a part of a variable's path."
            )
        _compiled(who, "multipliers", pattern)
        layer = key if is_layer else None
        rules.append(Rule(pattern, _multiplier(who, pattern, value), layer))
    return rules


def _multiplier(who: str, pattern: str, value: Any) -> Multiplier:
    if isinstance(value, str):
        value = read(value)
    name = f"multipliers[{pattern!r}]"
    if not isinstance(value, Schedule):
        return at_least_zero(who, name, value)
    if (least := extremes(value)[0]) < 0.0:
        way_out = "Negative rates climb the loss."
        raise refuse(who, name, f"0 or more at every update, not {least:g}", value, way_out)
    return value


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
    variables: Sequence[Any],
    rules: Sequence[Rule],
    decay: float | None,
    layers: Sequence[str] | None,
) -> list[Multiplier]:
    """The multiplier of each variable: the product of all that apply to it."""
    result: list[Multiplier] = list(_layerwise(who, paths_of(variables), decay, layers))
    for rule in rules:
        for i in rule.places(who, variables):
            result[i] = _product(result[i], rule.multiplier)
    return result


def _product(one: Multiplier, other: Multiplier) -> Multiplier:
    if one == 0.0 or other == 0.0:
        return 0.0  # frozen, whatever the schedule of the other
    return one * other


_HARDLY_MOVES = 1e-5


def _layerwise(
    who: str, paths: Sequence[str], decay: float | None, layers: Sequence[str] | None
) -> Iterable[float]:
    if decay is None:
        return [1.0] * len(paths)
    depths = _depths_of_patterns(who, paths, layers) if layers else depths_of_paths(paths)
    top = max(depths)
    if decay**top < _HARDLY_MOVES:
        warn(
            f"{who}: with layerwise_decay={decay:g} and {top + 1} layers the lowest has the "
            f"multiplier {decay**top:.1g} and hardly moves. If these are not the layers that you "
            "mean (see describe()), name them from the bottom to the top: layers=[...]."
        )
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
