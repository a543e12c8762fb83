"""Asking a user's function for the rate at a step, in whatever form of the step it understands.

A function written for plain Python, for NumPy, or for tensors of one backend expects different
things of its step: `table[step]` an int, `tf.cos(step)` a float, `step.numpy()` a tensor. Each form
here is the same step; the one that a function understands is found by trying.
"""

import math
from array import array
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from numbers import Real
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

Function = Callable[[Any], Any]
Values = npt.NDArray[np.float64]


class NoNumber(TypeError):
    """What the function gave is not one number."""


class NotFinite(ArithmeticError):
    """What the function gave is NaN or infinite."""


class _Scalar(np.int64):
    """A step that answers `.numpy()`, `.dtype` and `.astype()` as tensors do, only faster."""

    def numpy(self) -> np.int64:
        return self


def _int_tensor(step: Any) -> Any:
    return keras.ops.convert_to_tensor(step, dtype="int32")


def _float_tensor(step: Any) -> Any:
    return keras.ops.convert_to_tensor(step, dtype="float32")


#: The forms of one step, the plainest and most exact first.
FORMS: tuple[Function, ...] = (int, float, _Scalar, _int_tensor, _float_tensor)


@dataclass
class Answers:
    """Rates, and what they tell about the function.

    Args:
        values: The rates, all finite.
        are_exact: Whether all were computed in 64 bits.
        are_tensors: Whether one is a tensor of the backend: then each call takes long.
    """

    values: "array[float]" = field(default_factory=lambda: array("d"))
    are_exact: bool = True
    are_tensors: bool = False

    def add(self, result: Any) -> None:
        """One more that the function returned.

        Raises:
            NoNumber: It is something else: None, a text, more or less than one number.
            NotFinite: It is NaN or infinite.
        """
        if type(result) is float:  # the usual one, a million times in a row
            value = result
        elif isinstance(result, int) and not isinstance(result, bool):
            value = _float(result)
        else:
            value = self._other(result)
        if not math.isfinite(value):
            raise NotFinite(repr(value))
        self.values.append(value)

    def _other(self, result: Any) -> float:
        numbers = array_of(result)
        if numbers.shape != ():
            raise NoNumber(f"an array of shape {numbers.shape}")
        self.are_exact &= numbers.dtype.itemsize >= 8
        self.are_tensors |= _is_tensor(result)
        return _float(numbers.item())


def name_of(function: Function) -> str:
    """What messages call a function, or an object that can be called."""
    name = getattr(function, "__name__", f"{type(function).__name__}.__call__")
    return "function" if name == "<lambda>" else str(name)


def _is_tensor(result: Any) -> bool:
    return isinstance(result, keras.Variable) or bool(keras.ops.is_tensor(result))


def array_of(result: Any) -> npt.NDArray[Any]:
    """What a function returned as a NumPy array of numbers.

    Raises:
        NoNumber: It holds something else.
    """
    if isinstance(result, Real) and not isinstance(result, bool | np.generic):
        return np.asarray(_float(result))  # a Fraction
    numbers = np.asarray(keras.ops.convert_to_numpy(result) if _is_tensor(result) else result)
    if numbers.dtype.name == "bfloat16":  # which NumPy itself does not count among the floats
        numbers = numbers.astype(np.float32)
    if numbers.dtype.kind not in "iuf":
        told = repr(result)
        raise NoNumber(told if len(told) <= 80 else f"{told[:77]}...")
    return numbers


def _float(number: Any) -> float:
    try:
        return float(number)
    except OverflowError:  # an int of hundreds of digits
        return float("inf")


@dataclass(frozen=True)
class Failure:
    """Where a function failed, and how."""

    step: int
    error: Exception

    def refusal(self, who: str, function: Function) -> Exception:
        """The error that a user sees, as a TypeError where a type is wrong."""
        name = name_of(function)
        rule, way_out = "one number", "Mend the function there, or give a smaller length."
        got = f"{name}({self.step})={self.error}"
        if isinstance(self.error, NotFinite):
            rule = "finite"
        elif not isinstance(self.error, NoNumber):
            got = f"{type(self.error).__name__} for {name}({self.step}): {self.error}".rstrip(". ")
        elif str(self.error) == "None":
            way_out = "Does it end without a `return` there?"
        kind = TypeError if isinstance(self.error, TypeError) else ValueError
        return kind(f"{who}: `{name}(step)` must be {rule}, got {got}. {way_out}")


def ask(function: Function, steps: Iterable[int]) -> Answers | Failure:
    """The answers at `steps`, asked one by one in one form that works at all of them.

    Args:
        function: Of the step.
        steps: They are gone through once for each form, so no iterator.

    Returns:
        The answers; or the failure of the form that got furthest. Of equals it is the plainest; of
        forms that fail at the first step, one whose answer was a number, though not a finite one.
    """
    furthest: Failure | None = None
    most, left = -1, set(FORMS)
    for form in FORMS:
        if form not in left:
            continue
        answers = Answers()
        add = answers.add
        for step in steps:
            try:
                add(function(form(step)))
            except Exception as error:  # whatever the function raises, it does not know this form
                far = len(answers.values)
                better = far > most or (most == 0 and isinstance(error, NotFinite))
                if furthest is None or better:
                    furthest, most = Failure(step, error), far
                if isinstance(error, NotFinite):
                    return furthest
                if isinstance(error, ArithmeticError):
                    # Where Python says so, whole numbers of 64 bits are silently wrong: of the
                    # forms that are left only a float can tell, as in min(step ** -0.5, ...).
                    left.intersection_update({_float_tensor})
                break
        else:
            return answers
    assert furthest is not None  # else one form has answered
    return furthest


def _maps(function: Function) -> list[Function]:
    """The function of all steps at once, as a map of it inside a graph: side by side, or in turn.

    In turn is slower, but computes each value as a single call does, to the last bit.
    """

    def one(step: Any) -> Any:
        return keras.ops.convert_to_tensor(function(step), dtype="float32")

    def side_by_side(steps: Any) -> Any:
        return keras.ops.vectorized_map(one, steps)

    def in_turn(steps: Any) -> Any:
        return keras.ops.map(one, steps)

    backend = keras.backend.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        return [side_by_side, tf.function(in_turn, autograph=False), _branching(function)]
    return [side_by_side, in_turn] if backend == "jax" else [side_by_side]


def _branching(function: Function) -> Function:
    """A map inside a graph that TensorFlow also makes of Python's `if` and `while`."""
    import tensorflow as tf

    def one(step: Any) -> Any:
        return tf.cast(function(step), tf.float32)

    @tf.function(autograph=True)
    def in_turn(steps: Any) -> Any:
        return tf.map_fn(one, steps, fn_output_signature=tf.float32)

    def quietly(steps: Any) -> Any:
        logger = tf.get_logger()  # it tells of each function that it cannot read
        level = logger.level
        logger.setLevel("ERROR")
        try:
            return in_turn(steps)
        finally:
            logger.setLevel(level)

    return quietly


def _floats(steps: Any) -> Any:
    return steps.astype(np.float64)


def ask_at_once(function: Function, steps: npt.NDArray[np.int64]) -> Iterable[tuple[Values, bool]]:
    """Answers to all steps in one call, one after another in each form that works.

    They are to be checked: a function written for one step may do something else with many.

    Yields:
        The values, all finite, and whether they were computed in 64 bits.
    """
    forms: list[Function] = [np.asarray, _floats, _int_tensor, _float_tensor]
    ways = [(function, form) for form in forms]
    probe = ask(function, [0])
    if isinstance(probe, Answers) and probe.are_tensors:
        ways += [(way, form) for way in _maps(function) for form in (_int_tensor, _float_tensor)]
    for way, form in ways:
        try:
            with np.errstate(all="ignore"):
                numbers = array_of(way(form(steps)))
        except Exception:  # it does not take this form; the next may work
            continue
        if numbers.shape == steps.shape and np.isfinite(numbers).all():
            yield numbers.astype(np.float64), numbers.dtype.itemsize >= 8
