"""The scheduled class of each optimizer class, and `scheduled`, which makes one."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import keras

from lrkit.keras.optimizer.hyperparameter import Hyperparameter, hyperparameters
from lrkit.keras.optimizer.scheduled import Scheduled

_WRAPPERS = ("Optimizer", "LossScaleOptimizer", "MultiOptimizer")


def scheduled(
    optimizer_class: type,
    learning_rate: Any = None,
    *,
    multipliers: Mapping[Any, Any] | None = None,
    layerwise_decay: float | None = None,
    layers: Sequence[str] | None = None,
    decoupled: bool = False,
    **arguments: Any,
) -> Any:
    """A Keras optimizer whose hyperparameters are schedules, with a rate for each layer.

    At update k (from 0), for a variable with the multiplier m(k):

        rate  = learning_rate(k) * factor * m(k)
        decay = weight_decay(k) * rate                    (Keras's AdamW and the like)
        decay = weight_decay(k), or 0 where m(k) = 0      (with decoupled=True)

    All of it is computed inside the graph from the optimizer's own counter, so nothing is
    compiled anew, and a saved and loaded model goes on exactly.

    Args:
        optimizer_class: A class of `keras.optimizers`, as `keras.optimizers.AdamW`.
        learning_rate: A schedule, the text of one, a number, or a schedule of Keras. Default: the
            rate that the class has by default.
        multipliers: Factor or schedule by pattern or layer. A pattern is a regular expression,
            searched for in the variable's path (`"bias"`, `"^backbone/"`); a layer means all its
            variables. 0 freezes. What several match gets the product.
        layerwise_decay: Multiplier of each layer relative to the one above it, positive. The top
            layer has 1. The layers are the first parts of the variables' paths, in the order of
            the variables; a part that owns more than half of the variables is opened, and its
            inner parts are the layers in its place.
        layers: Patterns from the bottom to the top, in place of the layers found. Each variable
            must match exactly one.
        decoupled: Whether weight decay leaves out the rate.
        **arguments: The other arguments of the class. Each number among them may be a schedule or
            the text of one. `gradient_accumulation_steps` is told to the schedules, which count
            updates.

    Returns:
        An optimizer of a subclass of `optimizer_class`, with `.factor`, `.set_factor`,
        `.schedules` and `.describe()`.

    Raises:
        TypeError: If the class is no optimizer, or a hyperparameter cannot be scheduled.
        ValueError: If a value is out of its range; when the optimizer meets its model, if a
            pattern matches nothing.

    Source: Loshchilov and Hutter 2019 (decoupled decay), Howard and Ruder 2018 and Clark et al.
    2020 (rates that decay from layer to layer).

    >>> import keras
    >>> from lrkit import cosine
    >>> optimizer = scheduled(
    ...     keras.optimizers.AdamW, 1e-3 * cosine(1000), weight_decay="0.1 * cosine(1000)"
    ... )
    >>> optimizer.schedules
    {'weight_decay': 0.1 * cosine(1000)}
    >>> float(optimizer.learning_rate)
    0.0010000000474974513
    """
    return scheduled_class(optimizer_class)(
        learning_rate,
        multipliers=multipliers,
        layerwise_decay=layerwise_decay,
        layers=layers,
        decoupled=decoupled,
        **arguments,
    )


@cache
def scheduled_class(optimizer_class: type) -> type:
    """The scheduled subclass of an optimizer class, registered with Keras."""
    _check_class(optimizer_class)
    # On torch Keras gives its own classes a faster one in their place; a subclass must start there.
    base = type(optimizer_class.__new__(optimizer_class))  # type: ignore[call-overload]
    name = f"Scheduled{optimizer_class.__name__}"
    body: dict[str, Any] = {key: Hyperparameter(key) for key in hyperparameters(optimizer_class)}
    body["optimizer_class"] = optimizer_class
    if keras.backend.backend() == "torch":
        body["apply"] = _outside_of_graphs(Scheduled.apply)
    body["__module__"] = __name__
    body["__doc__"] = f"`keras.optimizers.{optimizer_class.__name__}` made by `scheduled`."
    made = type(name, (Scheduled, base), body)
    register = keras.saving.register_keras_serializable(
        package="lrkit", name=_label(optimizer_class)
    )
    return register(made)  # type: ignore[no-any-return]


def _outside_of_graphs(apply: Callable[..., Any]) -> Callable[..., Any]:
    """The update as `torch.compile` leaves it alone.

    Its kernels are fused as they are. Inside a graph every scheduled number would be a tensor,
    which they do not take, or a constant, for which the graph is compiled anew at each update.
    """
    import torch

    disable: Callable[..., Any] = torch.compiler.disable
    return disable(apply)  # type: ignore[no-any-return]


def _label(optimizer_class: type) -> str:
    """The name in files: two classes of one name in two modules must not meet."""
    is_keras = optimizer_class.__module__.partition(".")[0] == "keras"
    own = "" if is_keras else f"[{optimizer_class.__module__}]"
    return f"Scheduled{optimizer_class.__name__}{own}"


def _check_class(optimizer_class: Any) -> None:
    if isinstance(optimizer_class, type) and issubclass(optimizer_class, Scheduled):
        raise TypeError(
            "scheduled: `optimizer_class` must be a class of Keras, got optimizer_class="
            f"{optimizer_class.__name__}, which is scheduled already. Call it as it is."
        )
    kind = keras.optimizers.Optimizer
    if isinstance(optimizer_class, type) and issubclass(optimizer_class, kind):
        if optimizer_class.__name__ not in _WRAPPERS:
            return
        way_out = "Give scheduled(...) the classes inside it, and the result to the wrapper."
    elif isinstance(optimizer_class, kind):
        kind_name = type(optimizer_class).__name__
        way_out = f"Give the class and its arguments: scheduled(keras.optimizers.{kind_name}, …)."
    else:
        way_out = "Write for example scheduled(keras.optimizers.AdamW, schedule)."
    raise TypeError(
        "scheduled: `optimizer_class` must be the class of an optimizer that updates weights "
        f"itself, got optimizer_class={optimizer_class!r}. {way_out}"
    )


for _name in dir(keras.optimizers):  # all of Keras's own, so that saved models load
    _found = getattr(keras.optimizers, _name)
    _is_optimizer = isinstance(_found, type) and issubclass(_found, keras.optimizers.Optimizer)
    if _is_optimizer and _name not in _WRAPPERS:
        _made = scheduled_class(_found)
        globals()[_made.__name__] = _made  # where pickle looks for it
