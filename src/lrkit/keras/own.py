"""`learning_rate`: a user's own function or class as a `LearningRate`."""

import functools
import inspect
from collections.abc import Callable
from difflib import get_close_matches
from typing import Any

import keras
import numpy as np

from lrkit import Schedule
from lrkit.core.table import checked_length
from lrkit.keras.asked import Failure, ask
from lrkit.keras.rate import LearningRate
from lrkit.keras.tabulate import tabulated

_WHO = "learning_rate"
_Base = keras.optimizers.schedules.LearningRateSchedule


def learning_rate(
    length: int | str | None = None, *, gradient_accumulation_steps: int = 1
) -> Callable[[Any], Any]:
    """A decorator that makes your own schedule, a function or a class, safe for Keras.

        rate(k) = function(k) for 0 <= k < length, then the last value

    The function is asked for all its values when the object is made, and never again. So it may use
    `if`, `math`, NumPy or the backend's tensors, works in every graph, and is saved as data: the
    model loads where your code is not. What is wrong with it is said at once, with the step.

    A decorated function is a `LearningRate`. A decorated class, with `__call__(self, step)` and
    derived from Keras's `LearningRateSchedule` or not, makes one whenever it is called.

    Args:
        length: The updates that it describes, a whole number of 1 to 10,000,000; for a class also
            the name of the argument of its constructor that says so. It has to be given.
        gradient_accumulation_steps: The optimizer's own number, from 1, as for `LearningRate`.

    Raises:
        TypeError: What is decorated cannot be called, `length` is no number and no name, or a value
            is no number.
        ValueError: `length` is out of range or no argument of the class; or the function raised,
            gave a value that is negative or not finite, or another value when asked again.

    Source: the contract of `keras.optimizers.schedules.LearningRateSchedule`.

    >>> @learning_rate(length=90)
    ... def stairs(step):
    ...     return 0.1 if step < 30 else 0.01
    >>> stairs
    LearningRate("table([[30, 0.1], [60, 0.01]], label='stairs')")
    >>> @learning_rate(length="decay_steps")
    ... class Halving:
    ...     def __init__(self, first, decay_steps):
    ...         self.first = first
    ...     def __call__(self, step):
    ...         return self.first * 0.5 ** (step // 2)
    >>> Halving(0.5, 4).schedule
    table([[2, 0.5], [2, 0.25]], label='Halving')
    """
    if length is None or callable(length):
        name = "length=None" if length is None else getattr(length, "__name__", "function")
        raise TypeError(
            f"{_WHO}: `length` must be given, got only {name}. Write "
            "@lrkit.keras.learning_rate(length=1000) above your function or class."
        )
    if not isinstance(length, str):
        length = checked_length(_WHO, length)
    every = gradient_accumulation_steps
    LearningRate("hold()", gradient_accumulation_steps=every)  # refuses a wrong number at once

    def decorate(target: Any) -> Any:
        if isinstance(target, type):
            return _makes_rates(target, length, every)
        if isinstance(length, str):
            raise TypeError(
                f"{_WHO}: `length` must be a whole number for a function, got length={length!r}. "
                "The name of an argument is for a class, which has a constructor."
            )
        _refuse_rates(target)
        return _named(_rate(target, length, every), target)

    return decorate


def _refuse_rates(target: Any) -> None:
    if isinstance(target, LearningRate | Schedule):
        raise TypeError(
            f"{_WHO}: `function` must be your own function or class, got function={target!r}. "
            "It needs no decorator: the optimizer takes a LearningRate as it is."
        )


def _rate(function: Any, length: Any, every: int) -> LearningRate:
    rate = LearningRate(tabulated(_WHO, function, length), gradient_accumulation_steps=every)
    if isinstance(function, _Base):
        _refuse_whole_numbers(function, rate.schedule)
    return rate


def _named(rate: LearningRate, function: Any) -> LearningRate:
    """With the function's name and docstring, as `help` shows them."""
    names = ("__module__", "__name__", "__qualname__", "__doc__")
    functools.update_wrapper(rate, function, assigned=names, updated=())
    del rate.__dict__["__wrapped__"]  # or the function would have to be pickled with the rate
    return rate


def _makes_rates(cls: type, length: int | str, every: int) -> type:
    """The same class, whose call gives a `LearningRate` in place of an object of its own.

    The class itself is changed, not wrapped: so its name, its docstring and the `super(Name, self)`
    of older code mean what they meant. Keras loads what it saved under the class's own name.
    """
    _check_class(cls, length)
    construct: Any = getattr(cls.__new__, "construct", cls.__new__)  # of a decorated base class

    @functools.wraps(cls.__init__)  # type: ignore[misc]
    def __new__(kind: Any, /, *args: Any, **kwargs: Any) -> Any:
        taken = ((), {}) if construct is object.__new__ else (args, kwargs)
        made = construct(kind, *taken[0], **taken[1])
        if isinstance(made, kind):
            type(made).__init__(made, *args, **kwargs)
        n = length if isinstance(length, int) else _length_named(length, kind, args, kwargs)
        return _rate(made, n, every)

    __new__.construct = construct  # type: ignore[attr-defined]
    cls.__new__ = __new__  # type: ignore[method-assign]
    return cls


def _check_class(cls: type, length: int | str) -> None:
    of_keras = cls.__module__.partition(".")[0] in {"keras", "builtins"}
    if of_keras or issubclass(cls, LearningRate | Schedule):
        raise TypeError(
            f"{_WHO}: `class` must be your own, got class={cls.__qualname__} of {cls.__module__}. "
            "Decorate a class derived from it, or an object: "
            f"learning_rate(length=1000)({cls.__name__}(...))."
        )
    callers = [base for base in cls.__mro__ if "__call__" in vars(base)]
    if not callers or callers[0] is _Base:
        raise TypeError(
            f"{_WHO}: `class` must have a method __call__(self, step), "
            f"got class={cls.__qualname__}, which has none."
        )
    if isinstance(length, str):
        _check_argument(length, cls)


def _check_argument(name: str, cls: type) -> None:
    """Raise unless `name` can be an argument of the constructor."""
    constructor: Any = cls.__init__  # type: ignore[misc]
    parameters = dict(list(inspect.signature(constructor).parameters.items())[1:])
    if name in parameters or any(p.kind is p.VAR_KEYWORD for p in parameters.values()):
        return
    near = get_close_matches(name, parameters, n=1)
    hint = f"Did you mean {near[0]!r}?" if near else "Or give a whole number."
    raise ValueError(
        f"{_WHO}: `length` must be the name of an argument of {cls.__qualname__}, one of "
        f"{', '.join(parameters) or 'none'}, got length={name!r}. {hint}"
    )


def _length_named(name: str, kind: type, args: Any, kwargs: Any) -> int:
    """What the constructor was given as `name`, or its default."""
    constructor: Any = kind.__init__  # type: ignore[misc]
    bound = inspect.signature(constructor).bind(None, *args, **kwargs)
    bound.apply_defaults()
    given = dict(bound.arguments)
    for parameter in bound.signature.parameters.values():
        if parameter.kind is parameter.VAR_KEYWORD:
            given |= given.pop(parameter.name)
    if name not in given:
        raise ValueError(
            f"{_WHO}: `length` must be the name of an argument that {kind.__qualname__} was given, "
            f"got length={name!r}. Write {kind.__qualname__}(..., {name}=1000)."
        )
    return checked_length(_WHO, given[name], name)


def _refuse_whole_numbers(made: Any, schedule: Schedule) -> None:
    """Raise where an int among the attributes rounds the rates.

    Keras's own classes compute in the dtype of their first rate: 1 in place of 1.0 makes an
    `ExponentialDecay` 1, 0, 0, … . The same object with the float in its place tells.
    """
    n = int(schedule.length)
    steps = np.unique(np.append(np.geomspace(1, max(n - 1, 1), 9).astype(np.int64), 0))
    rates = schedule(steps)
    for name, value in vars(made).items():
        if type(value) is not int:
            continue
        twin = object.__new__(type(made))
        vars(twin).update(vars(made) | {name: float(value)})
        answers = ask(twin, steps.tolist())
        if isinstance(answers, Failure):
            continue  # a float does not do in its place, as in `range(self.period)`
        floats = np.asarray(answers.values)
        if (np.abs(floats - rates) > 1e-6 * np.abs(floats).max()).any():
            step = int(steps[np.abs(floats - rates).argmax()])
            raise ValueError(
                f"{_WHO}: `{name}` must be a float, got {name}={value!r}, with which "
                f"{type(made).__name__} rounds its rates to whole numbers on the way: "
                f"{float(rates[steps == step][0])!r} at step {step}, not "
                f"{float(floats[steps == step][0])!r}. Write {float(value)!r}."
            )
