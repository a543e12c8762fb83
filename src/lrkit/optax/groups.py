"""A rate for each group of parameters: every group trains with a transformation of its own."""

import sys
from collections.abc import Callable, Hashable, Mapping
from typing import Any

import jax
import optax

from lrkit import Schedule
from lrkit.multipliers import Multiplier, as_multiplier, compiled, matching, product
from lrkit.optax.arguments import RATE, WHO, Arguments, Follows, is_number, name_of, read_text


class Groups:
    """Which parameters have which multiple of the rate.

    Args:
        multipliers: By pattern, or by label where there are labels.
        labels: A tree of labels, a function that makes one of the parameters, or None.
    """

    def __init__(self, multipliers: Mapping[Hashable, Multiplier], labels: Any) -> None:
        self._multipliers = multipliers
        self._labels = labels

    @property
    def is_plain(self) -> bool:
        """Whether all multipliers are numbers."""
        return not any(isinstance(one, Schedule) for one in self._multipliers.values())

    def of(self, tree: Any) -> tuple[Any, dict[Hashable, Multiplier]]:
        """A tree of group names like the parameters, and the multiplier of each group.

        Raises:
            ValueError: A pattern or a label is for no parameter.
        """
        return self._by_pattern(tree) if self._labels is None else self._by_label(tree)

    def _by_label(self, tree: Any) -> tuple[Any, dict[Hashable, Multiplier]]:
        labels = self._labels(tree) if _is_function(self._labels) else self._labels
        try:
            if jax.tree_util.tree_leaves(tree):  # `optax.tree_map_params` has a stand-in for all
                jax.tree_util.tree_map(lambda label, part: None, labels, tree)
        except ValueError as error:
            raise ValueError(
                f"{WHO}: `labels` must have the structure of the parameters, got labels="
                f"{labels!r:.200}. JAX says: {error}"
            ) from error
        present = list(dict.fromkeys(jax.tree_util.tree_leaves(labels)))
        check_labels(self._multipliers, present)
        return labels, {label: self._multipliers.get(label, 1.0) for label in present}

    def _by_pattern(self, tree: Any) -> tuple[Any, dict[Hashable, Multiplier]]:
        flat, structure = jax.tree_util.tree_flatten_with_path(tree, is_leaf=_is_variable)
        paths = ["/".join(map(_name, path)) for path, _ in flat]
        matched: list[list[str]] = [[] for _ in paths]
        for pattern in self._multipliers:
            for i in matching(WHO, "multipliers", str(pattern), paths):
                matched[i].append(str(pattern))
        # Named after what matches, not after the numbers: a checkpoint fits other numbers too.
        names = [" & ".join(patterns) for patterns in matched]
        groups: dict[Hashable, Multiplier] = {}
        for name, patterns in zip(names, matched, strict=True):
            groups[name] = 1.0
            for pattern in patterns:
                groups[name] = product(groups[name], self._multipliers[pattern])
        return jax.tree_util.tree_unflatten(structure, names), groups


def as_groups(arguments: Arguments, multipliers: Any, labels: Any) -> Groups | None:
    """The groups, or None where all parameters have one rate.

    Raises:
        TypeError: The multipliers are no mapping, or there is nothing to multiply.
        ValueError: A multiplier is negative, or a pattern is no regular expression.
    """
    if multipliers is None:
        if labels is not None:
            raise TypeError(
                f"{WHO}: `labels` must be left out unless `multipliers` is given, got labels="
                f'{labels!r:.200}. Write for example multipliers={{"head": 10}}.'
            )
        return None
    if not isinstance(multipliers, Mapping):
        kind = "pattern" if labels is None else "label"
        raise TypeError(
            f"{WHO}: `multipliers` must be a dict by {kind}, got multipliers={multipliers!r}. "
            'Write for example multipliers={"bias": 0.5}.'
        )
    if RATE not in arguments.followed and not is_number(arguments.given.get(RATE)):
        raise TypeError(
            f"{WHO}: `multipliers` must be left out unless there is a `{RATE}` to multiply, got "
            f"multipliers={multipliers!r}. Give {name_of(arguments.optimizer)} a {RATE}=..."
        )
    if labels is None:
        for pattern in multipliers:
            if not isinstance(pattern, str):
                raise TypeError(
                    f"{WHO}: `multipliers` must have patterns (texts) as keys, got {pattern!r} of "
                    f"type {type(pattern).__name__}. Write a part of a parameter's path, or give "
                    "labels=..."
                )
            compiled(WHO, "multipliers", pattern)
    elif not _is_function(labels):
        check_labels(multipliers, jax.tree_util.tree_leaves(labels))
    return Groups({key: _multiplier(key, value) for key, value in multipliers.items()}, labels)


def _multiplier(key: Any, value: Any) -> Multiplier:
    if isinstance(value, str):
        value = read_text(f"multipliers[{key!r}]", value)
    return as_multiplier(WHO, key, value)


def check_labels(multipliers: Mapping[Hashable, Any], present: list[Hashable]) -> None:
    """Refuses a multiplier for a label that no parameter has."""
    for label in multipliers:
        if label not in present:
            shown = ", ".join(sorted({repr(one) for one in present}))
            raise ValueError(
                f"{WHO}: `multipliers` must have labels that parameters have, got {label!r}. "
                f"These there are: {shown}."
            )


def build(
    arguments: Arguments, groups: Groups | None, tree: Any, values: Mapping[str, Any],
    value_of: Callable[[Follows], Any],
) -> Any:  # fmt: skip
    """What trains all parameters.

    Args:
        arguments: Of the optimizer.
        groups: Of the parameters, or None.
        tree: The parameters, or gradients.
        values: Of the arguments that follow the count.
        value_of: Gives the value of a multiplier that does.
    """
    if groups is None:
        return arguments.build(values)
    names, multipliers = groups.of(tree)
    parts = {}
    for name, multiplier in multipliers.items():
        if isinstance(multiplier, Schedule):
            inner = arguments.build(values, value_of(multiplier))
        elif multiplier == 0.0:
            inner = optax.set_to_zero()
        else:
            inner = arguments.build(values, multiplier)
        parts[name] = _for_group(inner, names, name)
    return _together(parts)


def _for_group(inner: Any, names: Any, name: Hashable) -> Any:
    """The same for one group only; the others it leaves alone."""
    mask = jax.tree_util.tree_map(lambda one: one == name, names)
    # A function, and not the mask: `optax.partition` would call a module of Equinox that holds it.
    return optax.masked(inner, lambda _: mask)


def _together(parts: Mapping[Hashable, Any]) -> Any:
    """Transformations of different groups as one."""

    def init(params: Any) -> Any:
        return {name: part.init(params) for name, part in parts.items()}

    def update(updates: Any, state: Any, params: Any = None, **extra: Any) -> Any:
        states = {}
        for name, part in parts.items():
            updates, states[name] = part.update(updates, state[name], params, **extra)
        return updates, states

    return optax.GradientTransformationExtraArgs(init, update)


def _is_function(labels: Any) -> bool:
    """Whether it makes labels; a module of Equinox that holds labels can be called as well."""
    return callable(labels) and jax.tree_util.all_leaves([labels])


def _is_variable(node: Any) -> bool:
    """Whether it is a variable of Flax: a leaf for us, as for the optimizer after the start."""
    nnx = sys.modules.get("flax.nnx")
    return nnx is not None and isinstance(node, nnx.Variable)


def _name(key: Any) -> str:
    for attribute in ("key", "idx", "name"):
        if hasattr(key, attribute):
            return str(getattr(key, attribute))
    return str(key)
