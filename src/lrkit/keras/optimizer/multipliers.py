"""Which variable gets which multiple of the learning rate."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import keras

from lrkit.multipliers import Multiplier, as_multiplier, compiled, layerwise, matching, product


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
        compiled(who, "multipliers", pattern)
        layer = key if is_layer else None
        rules.append(Rule(pattern, as_multiplier(who, pattern, value), layer))
    return rules


def _of_layer(who: str, layer: Any) -> str:
    """A pattern of exactly the variables of a layer or of a model."""
    owners = {variable.path.rpartition("/")[0] for variable in layer.variables}
    if not owners:
        raise ValueError(
            f"{who}: `multipliers` must have layers that are built, got {layer.name!r} without "
            "variables. Build the model first (keras.Input, or model.build), or give a pattern."
        )
    return "^(" + "|".join(re.escape(owner) for owner in sorted(owners)) + ")/[^/]*$"


def resolve(
    who: str,
    variables: Sequence[Any],
    rules: Sequence[Rule],
    decay: float | None,
    layers: Sequence[str] | None,
) -> list[Multiplier]:
    """The multiplier of each variable: the product of all that apply to it."""
    result: list[Multiplier] = list(layerwise(who, paths_of(variables), decay, layers))
    for rule in rules:
        for i in rule.places(who, variables):
            result[i] = product(result[i], rule.multiplier)
    return result
