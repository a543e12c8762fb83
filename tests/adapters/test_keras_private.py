"""The private names of Keras that lrkit relies on: all of them, each with what it must do.

Keras may change them in any release. Then a test here fails and says which one, instead of a rate
being wrong in silence. tests/integration runs this file on the oldest Keras supported.
"""

import ast
import builtins
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

import lrkit.keras
from tests.adapters.keras_finder_private import OF_THE_FINDER
from tests.adapters.keras_training import BACKEND, network, regression

SOURCES = Path(lrkit.keras.__file__).parent
ONES = np.ones((2, 2), "float32")


def number(value: Any) -> float:
    return float(keras.ops.convert_to_numpy(keras.ops.convert_to_tensor(value)))


def variable() -> keras.Variable:
    return keras.Variable(ONES, name="kernel")


def built(optimizer: Any, *variables: Any) -> Any:
    optimizer.build(list(variables) or [variable()])
    return optimizer


def apply(optimizer: Any, v: Any) -> None:
    optimizer.apply([keras.ops.convert_to_tensor(ONES)], [v])


def spied(kind: type, name: str) -> tuple[Any, list[tuple[Any, ...]]]:
    """An optimizer of a class, and the arguments with which Keras calls one of its methods."""
    base = type(kind.__new__(kind))
    calls: list[tuple[Any, ...]] = []

    def spy(self: Any, *arguments: Any) -> Any:
        calls.append(arguments)
        return getattr(super(made, self), name)(*arguments)

    made = type("Spied", (base,), {name: spy})
    return made(learning_rate=0.5, weight_decay=0.1), calls


def _iterations() -> None:
    """The raw counter of batches, which a schedule of Keras is called with."""
    v, optimizer = variable(), keras.optimizers.SGD(0.5, gradient_accumulation_steps=2)
    built(optimizer, v)
    for batches in range(3):
        assert number(optimizer._iterations) == batches
        apply(optimizer, v)
    assert number(optimizer.iterations) == 1


def _learning_rate() -> None:
    """What the rate was given as: the schedule itself, or a variable."""
    rate = lrkit.keras.LearningRate("cosine(9)")
    assert keras.optimizers.SGD(rate)._learning_rate is rate
    assert isinstance(keras.optimizers.SGD(0.5)._learning_rate, keras.Variable)


def _get_current_learning_rate() -> None:
    """What an update and its weight decay ask for the rate, and nothing else."""
    optimizer, calls = spied(keras.optimizers.AdamW, "_get_current_learning_rate")
    v = variable()
    built(optimizer, v)
    apply(optimizer, v)
    assert 2 <= len(calls) <= 3
    assert number(optimizer._get_current_learning_rate()) == 0.5


def _apply_weight_decay() -> None:
    """Called with the variables, once per update; multiplies by 1 - rate * decay."""
    optimizer, calls = spied(keras.optimizers.AdamW, "_apply_weight_decay")
    v = variable()
    built(optimizer, v)
    apply(optimizer, v)
    assert len(calls) == 1
    v.assign(ONES)
    optimizer._apply_weight_decay([v])
    np.testing.assert_allclose(keras.ops.convert_to_numpy(v), 0.95 * ONES, rtol=1e-6)


def _use_weight_decay() -> None:
    """Whether a variable was excluded."""
    v, optimizer = variable(), keras.optimizers.AdamW()
    optimizer.exclude_from_weight_decay(var_names=["kernel"])
    assert not optimizer._use_weight_decay(v)
    assert keras.optimizers.AdamW()._use_weight_decay(v)


def _clip_gradients() -> None:
    """Called with the gradients, returns them clipped."""
    optimizer = keras.optimizers.SGD(clipvalue=0.25)
    (clipped,) = optimizer._clip_gradients([keras.ops.convert_to_tensor(ONES)])
    np.testing.assert_array_equal(keras.ops.convert_to_numpy(clipped), 0.25 * ONES)


def _clip_by_norm() -> None:
    """One gradient, clipped to the norm `self.clipnorm`."""
    optimizer = keras.optimizers.SGD(clipnorm=1.0)
    clipped = optimizer._clip_by_norm(keras.ops.convert_to_tensor(ONES))
    np.testing.assert_allclose(keras.ops.convert_to_numpy(clipped), 0.5 * ONES, rtol=1e-6)


def _var_key() -> None:
    """The same for a variable of Keras and for what the backend hands to `update_step`."""
    one, other, optimizer = variable(), variable(), keras.optimizers.SGD()
    assert optimizer._var_key(one) == optimizer._var_key(one)
    assert optimizer._var_key(one) != optimizer._var_key(other)
    if BACKEND == "tensorflow":
        assert optimizer._var_key(one.value) == optimizer._var_key(one)


def _parallel_update_step() -> None:
    """On torch: all variables at once, for Keras's own classes."""
    if BACKEND != "torch":
        assert not hasattr(keras.optimizers.SGD(), "_parallel_update_step")
        return
    optimizer, calls = spied(keras.optimizers.SGD, "_parallel_update_step")
    v = variable()
    built(optimizer, v)
    apply(optimizer, v)
    ((gradients, variables, rate),) = calls
    assert len(gradients) == 1
    assert variables[0] is v
    assert number(rate) == 0.5


def _trainable_variables() -> None:
    """The variables that the optimizer was built for, in their order."""
    v = variable()
    assert built(keras.optimizers.SGD(), v)._trainable_variables[0] is v


def _model_variables_moving_average() -> None:
    """The averages, one for each variable."""
    optimizer = built(keras.optimizers.SGD(use_ema=True))
    (average,) = optimizer._model_variables_moving_average
    assert average.shape == (2, 2)


def _update_model_variables_moving_average() -> None:
    """Called with the variables, once per update."""
    optimizer = keras.optimizers.SGD(use_ema=True, ema_momentum=0.5)
    v = variable()
    built(optimizer, v)
    optimizer._update_model_variables_moving_average([v])
    (average,) = optimizer._model_variables_moving_average
    np.testing.assert_array_equal(keras.ops.convert_to_numpy(average), ONES)


def _accumulated_gradients() -> None:
    """The sums of the gradients since the last update."""
    optimizer = built(keras.optimizers.SGD(gradient_accumulation_steps=2))
    (total,) = optimizer._accumulated_gradients
    assert total.shape == (2, 2)


def _u_product() -> None:
    """Of Nadam: one number for all variables, advanced once per update."""
    assert number(built(keras.optimizers.Nadam())._u_product) == 1.0
    assert not hasattr(built(keras.optimizers.Adam()), "_u_product")


def _should_use_adamw() -> None:
    """Of Muon: whether a variable is left to its Adam."""
    muon = keras.optimizers.Muon()
    assert muon._should_use_adamw(keras.Variable(np.ones(3, "float32")))
    assert not muon._should_use_adamw(variable())


def _direction() -> None:
    """Of a metric: whether up or down is better."""
    assert keras.metrics.Accuracy()._direction == "up"


CONTRACTS: dict[str, Callable[[], None]] = {
    check.__name__: check
    for check in (
        _iterations,
        _learning_rate,
        _get_current_learning_rate,
        _apply_weight_decay,
        _use_weight_decay,
        _clip_gradients,
        _clip_by_norm,
        _var_key,
        _parallel_update_step,
        _trainable_variables,
        _model_variables_moving_average,
        _update_model_variables_moving_average,
        _accumulated_gradients,
        _u_product,
        _should_use_adamw,
        _direction,
        *OF_THE_FINDER,
    )
}


@pytest.mark.parametrize("name", CONTRACTS)
def test_contract(name: str) -> None:
    CONTRACTS[name]()


def test_the_train_function_is_kept_and_made_anew() -> None:
    """Public, but what the advice after a change of a schedule counts on."""
    model = network(keras.optimizers.SGD(0.5))
    model.fit(*regression(), verbose=0)
    before = model.train_function
    model.fit(*regression(), verbose=0)
    assert model.train_function is before
    model.make_train_function(force=True)
    assert model.train_function is not before


class _Names(ast.NodeVisitor):
    """Private names that a file reads, and those that are its own."""

    def __init__(self) -> None:
        self.read: set[str] = set()
        self.own: set[str] = set()

    def visit_Attribute(self, node: ast.Attribute) -> None:
        is_own = isinstance(node.ctx, ast.Store)
        (self.own if is_own else self.read).add(node.attr)
        self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self.own.add(node.name)
        # An override of a private method asks Keras's own by the same name.
        calls = [n.func for n in ast.walk(node) if isinstance(n, ast.Call)]
        supers = {f.attr for f in calls if isinstance(f, ast.Attribute) and _is_super(f.value)}
        self.overrides = getattr(self, "overrides", set()) | (supers & {node.name})
        self.generic_visit(node)

    def visit_keyword(self, node: ast.keyword) -> None:
        self.own.add(node.arg or "")
        self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if isinstance(node.target, ast.Name):
            self.own.add(node.target.id)
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str) and node.value.isidentifier():
            self.read.add(node.value)


def _is_super(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == builtins.super.__name__
    )


def test_every_private_name_has_a_contract() -> None:
    names = _Names()
    names.overrides = set()
    for path in SOURCES.rglob("*.py"):
        names.visit(ast.parse(path.read_text(encoding="utf-8")))
    of_keras = (names.read - names.own) | names.overrides | {"_learning_rate"}
    private = {name for name in of_keras if name.startswith("_") and not name.startswith("__")}
    assert private - {"_getframe"} == set(CONTRACTS)
