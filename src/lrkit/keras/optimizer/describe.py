"""The table of an optimizer's variables and their rates."""

from typing import Any

from lrkit.keras.steps import concrete, tensor_of


def print_table(optimizer: Any) -> None:
    """Prints path, shape, multiplier, rate and decay of each variable at the next update."""
    from rich.console import Console
    from rich.table import Table

    if not optimizer.built:
        raise ValueError(
            f"{type(optimizer).__name__}: describe needs an optimizer that is built, got one "
            "without variables. Call optimizer.build(model.trainable_variables) first."
        )
    rate = _number(optimizer.learning_rate)
    table = Table(title=_title(optimizer, rate), title_justify="left", box=None)
    for heading in ("variable", "shape", "multiplier", "learning rate", "decay per update"):
        table.add_column(heading, justify="left" if heading in ("variable", "shape") else "right")
    for variable in optimizer._trainable_variables:
        table.add_row(*_row(optimizer, variable, rate))
    console = Console(width=1000)  # paths are not cut, whatever the window
    with console.capture() as text:
        console.print(table)
    for line in text.get().splitlines():
        print(line.rstrip())  # without the spaces with which rich fills a line


def _row(optimizer: Any, variable: Any, rate: float) -> list[str]:
    multiplier = optimizer._groups.of(optimizer._var_key(variable))
    now = _number(multiplier.now(optimizer._iterations))
    text = f"{now:.6g}" if isinstance(multiplier.value, float) else f"{multiplier.value!r}"
    return [
        getattr(variable, "path", variable.name),
        "×".join(map(str, variable.shape)) or "scalar",
        "frozen" if multiplier.is_frozen else text,
        f"{rate * now:.6g}",
        f"{_decay(optimizer, variable, rate, now):.6g}",
    ]


def _decay(optimizer: Any, variable: Any, rate: float, now: float) -> float:
    """The share of the variable that its weight decay takes away."""
    decay = optimizer.weight_decay
    is_adam = getattr(optimizer, "_should_use_adamw", None)  # Muon's variables of the other kind
    if is_adam is not None and is_adam(variable):
        decay = optimizer.adam_weight_decay
    if decay is None or not optimizer._use_weight_decay(variable):
        return 0.0
    share = float(now != 0.0) if optimizer._decoupled else rate * now
    return _number(decay) * share


def _title(optimizer: Any, rate: float) -> str:
    factor = _number(optimizer.factor)
    times = "" if factor == 1.0 else f" (the factor {factor:.6g} in it)"
    return (
        f"{type(optimizer).__name__}: update {optimizer.updates}, learning rate {rate:.6g}{times}"
    )


def _number(value: Any) -> float:
    return float(concrete(tensor_of(value)))  # type: ignore[arg-type]
