"""The table of an optimizer's variables and their rates."""

from typing import Any

from lrkit.core.validate import refuse
from lrkit.keras.steps import concrete, tensor_of


def print_table(optimizer: Any, update: int | None) -> None:
    """Prints path, shape, multiplier, rate and decay of each variable at an update."""
    from rich.console import Console
    from rich.table import Table

    if not optimizer.built:
        raise ValueError(
            f"{type(optimizer).__name__}: describe needs an optimizer that is built, got one "
            "without variables. Call optimizer.build(model.trainable_variables) first."
        )
    update = optimizer.updates if update is None else _checked(optimizer, update)
    every = optimizer.gradient_accumulation_steps or 1
    counter = update * every + every - 1  # Keras's, at the batch that makes the update
    rate = _number(optimizer._learning_rate(counter)) * _number(optimizer.factor)
    table = Table(box=None)
    for heading in ("variable", "shape", "multiplier", "learning rate", "decay per update"):
        table.add_column(heading, justify="left" if heading in ("variable", "shape") else "right")
    for variable in optimizer._trainable_variables:
        table.add_row(*_row(optimizer, variable, rate, counter))
    console = Console(width=1000)  # paths are not cut, whatever the window
    with console.capture() as text:
        console.print(table)
    print(_title(optimizer, update, rate))
    for line in text.get().splitlines():
        print(line.rstrip())  # without the spaces with which rich fills a line


def _checked(optimizer: Any, update: Any) -> int:
    if isinstance(update, bool) or not isinstance(update, int) or update < 0:
        who = type(optimizer).__name__
        raise refuse(who, "update", "a whole number of 0 or more", update, "Updates count from 0.")
    return update


def _row(optimizer: Any, variable: Any, rate: float, counter: int) -> list[str]:
    multiplier = optimizer._groups.of(optimizer._var_key(variable))
    now = _number(multiplier.now(counter))
    text = f"{now:.6g}" if isinstance(multiplier.value, float) else f"{multiplier.value!r}"
    share = float(now != 0.0) if optimizer._decoupled else rate * now
    return [
        getattr(variable, "path", variable.name),
        "×".join(map(str, variable.shape)) or "scalar",
        "frozen" if multiplier.is_frozen else text,
        f"{rate * now:.6g}",
        f"{_decay(optimizer, variable, counter) * share:.6g}",
    ]


def _decay(optimizer: Any, variable: Any, counter: int) -> float:
    """The weight decay of a variable."""
    is_adam = getattr(optimizer, "_should_use_adamw", None)  # Muon's variables of the other kind
    name = "adam_weight_decay" if is_adam is not None and is_adam(variable) else "weight_decay"
    rate = optimizer._scheduled.get(name)
    decay = getattr(optimizer, name) if rate is None else rate(counter)
    if decay is None or not optimizer._use_weight_decay(variable):
        return 0.0
    return _number(decay)


def _title(optimizer: Any, update: int, rate: float) -> str:
    factor = _number(optimizer.factor)
    times = "" if factor == 1.0 else f" (the factor {factor:.6g} in it)"
    return f"{type(optimizer).__name__}: update {update}, learning rate {rate:.6g}{times}"


def _number(value: Any) -> float:
    return float(concrete(tensor_of(value)))  # type: ignore[arg-type]
