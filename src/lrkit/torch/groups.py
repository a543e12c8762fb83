"""The parameter groups of an optimizer: their names, and groups made for multiples of the rate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from torch.nn import Module

from lrkit.core.schedule import Schedule
from lrkit.core.validate import at_least_zero, number
from lrkit.multipliers import (
    Multiplier,
    as_multiplier,
    checked_layerwise,
    layerwise,
    matching,
    product,
)

SCALE = "lr_scale"
"""The key of a group that holds its multiple of the rate, as timm calls it."""


def names_of(groups: Sequence[Mapping[str, Any]]) -> list[int | str]:
    """What each group is called: its `name`, or its number where it has none."""
    return [group.get("name", i) for i, group in enumerate(groups)]


def places_of(who: str, argument: str, key: Any, groups: Sequence[Mapping[str, Any]]) -> list[int]:
    """The numbers of the groups that a key of a mapping stands for.

    Raises:
        TypeError: It is neither a number nor a name.
        ValueError: There is no such group.
    """
    if isinstance(key, bool) or not isinstance(key, int | str):
        raise TypeError(
            f"{who}: `{argument}` must have numbers or names of parameter groups as keys, got "
            f"{key!r} of type {type(key).__name__}. Write 0 for the first group."
        )
    names = names_of(groups)
    places = [i for i, name in enumerate(names) if key in (i, name)]
    if not places:
        raise ValueError(
            f"{who}: `{argument}` must name groups of the optimizer, got {key!r}, and it has "
            f'{", ".join(map(repr, names))}. A group has the name that it is given: {{"params": …, '
            '"name": "head"}.'
        )
    return places


def parameter_groups(
    model: Module,
    *,
    multipliers: Mapping[str, Any] | None = None,
    layerwise_decay: float | None = None,
    layers: Sequence[str] | None = None,
    weight_decay: float | None = None,
    no_weight_decay: Sequence[str] = (),
) -> list[dict[str, Any]]:
    """Parameter groups of a model for multiples of the rate, to make an optimizer of.

        rate of a parameter = schedule(k) · decay^(layers above its own) · multipliers that match

    A group is all parameters with the same multiple and weight decay. It has a `name` and an
    `lr_scale`, the multiple, which `Scheduler` reads (as timm's schedulers do), and which is saved
    with the optimizer. Parameters that need no gradient are left out.

    Args:
        model: The model.
        multipliers: By regular expression, searched for in the names of `named_parameters()`: a
            number of 0 or more, a `Schedule`, or its text. Of several that match, the product. 0
            freezes: the rate of that group is 0.
        layerwise_decay: The multiple of each layer is so much of the layer's above it; positive.
            Layers are told from the names, in the order of the parameters.
        layers: Their patterns instead, from the bottom to the top; each parameter matches one.
        weight_decay: Of all groups but those that have none, 0 or more. Default: the optimizer's.
        no_weight_decay: Patterns of the parameters that have none.

    Returns:
        Dictionaries for the first argument of any optimizer of PyTorch.

    Raises:
        TypeError: An argument has the wrong type.
        ValueError: A number is out of its range, or a pattern matches nothing.

    Source: layer-wise decay: Howard and Ruder 2018, arXiv 1801.06146.

    >>> import torch
    >>> net = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.Linear(2, 1))
    >>> for group in parameter_groups(net, layerwise_decay=0.5, no_weight_decay=["bias"]):
    ...     print(group["name"], group["lr_scale"], group.get("weight_decay"))
    0.weight 0.5 None
    0.bias 0.5 0.0
    1.weight 1.0 None
    1.bias 1.0 0.0
    """
    who = "parameter_groups"
    named = [(name, p) for name, p in _named(who, model) if p.requires_grad]
    if not named:
        raise ValueError(
            f"{who}: `model` must have parameters that are trained, got none that needs a gradient."
        )
    paths = [name for name, _ in named]
    decay, layers = checked_layerwise(who, layerwise_decay, layers)
    scales: list[Multiplier] = list(layerwise(who, paths, decay, layers, separator="."))
    for pattern, value in _checked(who, multipliers).items():
        for i in matching(who, "multipliers", pattern, paths):
            scales[i] = product(scales[i], value)
    decays = _decays(who, paths, weight_decay, no_weight_decay)
    made: dict[tuple[Multiplier, float | None], dict[str, Any]] = {}
    for (name, parameter), scale, share in zip(named, scales, decays, strict=True):
        plain = repr(scale) if isinstance(scale, Schedule) else scale
        group = made.setdefault((scale, share), {"params": [], "name": name, SCALE: plain})
        if share is not None:
            group["weight_decay"] = share
        group["params"].append(parameter)
    return list(made.values())


def _named(who: str, model: Any) -> list[tuple[str, Any]]:
    if not isinstance(model, Module):
        raise TypeError(
            f"{who}: `model` must be a torch.nn.Module, got {type(model).__name__}. Give the model "
            "itself, not its parameters."
        )
    return list(model.named_parameters())


def _checked(who: str, multipliers: Any) -> dict[str, Multiplier]:
    if multipliers is not None and not isinstance(multipliers, Mapping):
        raise TypeError(
            f"{who}: `multipliers` must be a dict by pattern, got multipliers={multipliers!r}. "
            'Write for example multipliers={"bias": 0.5}.'
        )
    for pattern in multipliers or {}:
        if not isinstance(pattern, str):
            raise TypeError(
                f"{who}: `multipliers` must have patterns (texts) as keys, got {pattern!r} of type "
                f"{type(pattern).__name__}. Write a part of a parameter's name."
            )
    return {key: as_multiplier(who, key, value) for key, value in (multipliers or {}).items()}


def _decays(
    who: str, paths: Sequence[str], weight_decay: Any, without: Sequence[str]
) -> list[float | None]:
    """The weight decay of each parameter; None is the optimizer's own."""
    if isinstance(without, str):
        raise TypeError(
            f"{who}: `no_weight_decay` must be a list of patterns, got no_weight_decay="
            f"{without!r}. Write no_weight_decay=[{without!r}]."
        )
    if weight_decay is not None:
        number(who, "weight_decay", weight_decay)
        weight_decay = at_least_zero(who, "weight_decay", weight_decay)
    decays: list[float | None] = [weight_decay] * len(paths)
    for pattern in without:
        for i in matching(who, "no_weight_decay", pattern, paths):
            decays[i] = 0.0
    return decays
