"""Which variable gets which multiple of the rate."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from lrkit import cosine, linear
from lrkit.keras import scheduled
from lrkit.multipliers import depths_of_paths
from tests.adapters.keras_reference import UPDATES, branched, fit
from tests.adapters.keras_training import network, regression

SGD = keras.optimizers.SGD


def multipliers_of(optimizer: Any) -> dict[str, float]:
    """By the path of the variable, at update 0."""
    return {
        variable.path: float(optimizer._groups.of(optimizer._var_key(variable)).now(0))
        for variable in optimizer._trainable_variables
    }


def built(model: keras.Model, **arguments: Any) -> dict[str, float]:
    optimizer = scheduled(keras.optimizers.Adam, 0.1, **arguments)
    optimizer.build(model.trainable_variables)
    return multipliers_of(optimizer)


def backbone() -> keras.Model:
    """A functional model with a nested one and a head."""
    inner = keras.Sequential(name="inner")
    for i in range(3):
        inner.add(keras.layers.Dense(2, name=f"block_{i}"))
    inputs = keras.Input((2,))
    return keras.Model(inputs, keras.layers.Dense(1, name="head")(inner(inputs)))


def test_patterns_and_layers() -> None:
    model = backbone()
    found = built(model, multipliers={"bias": 2, "block_1": 0.5, model.get_layer("head"): 0.25})
    assert found == {
        "inner/block_0/kernel": 1.0,
        "inner/block_0/bias": 2.0,
        "inner/block_1/kernel": 0.5,
        "inner/block_1/bias": 1.0,  # the product
        "inner/block_2/kernel": 1.0,
        "inner/block_2/bias": 2.0,
        "head/kernel": 0.25,
        "head/bias": 0.5,
    }


def test_a_model_is_a_layer() -> None:
    model = backbone()
    found = built(model, multipliers={model.get_layer("inner"): 0.1})
    assert {path: m for path, m in found.items() if m == 1.0} == {"head/kernel": 1, "head/bias": 1}


def test_a_pattern_that_matches_nothing_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"must match a variable each, got 'bloc_'.*inner/block_0"):
        built(backbone(), multipliers={"bloc_": 1})


def test_layerwise_decay_opens_what_holds_most() -> None:
    found = built(backbone(), layerwise_decay=0.5)
    assert [found[f"{layer}/kernel"] for layer in ("inner/block_0", "inner/block_1")] == [
        0.125,
        0.25,
    ]
    assert [found[f"{layer}/bias"] for layer in ("inner/block_2", "head")] == [0.5, 1.0]


def test_layers_by_hand() -> None:
    found = built(backbone(), layerwise_decay=0.5, layers=["block_0|block_1", "block_2", "head"])
    assert [found[f"inner/block_{i}/kernel"] for i in range(3)] == [0.25, 0.25, 0.5]
    with pytest.raises(ValueError, match="no pattern for 'inner/block_1/kernel' and 3 more"):
        built(backbone(), layerwise_decay=0.5, layers=["block_0", "head"])
    with pytest.raises(ValueError, match="matched by 'inner' and by 'block_0'"):
        built(backbone(), layerwise_decay=0.5, layers=["inner", "block_0", "head"])


@pytest.mark.parametrize(
    ("paths", "depths"),
    [
        (["kernel"], [0]),
        (["dense/kernel", "dense/bias"], [0, 0]),
        (["a/kernel", "b/kernel"], [0, 1]),
        (["m/a/kernel", "m/a/bias", "m/b/kernel", "m/b/bias"], [0, 0, 1, 1]),
        # A transformer: embedding, blocks of many layers, a norm, a head.
        (
            ["vit/embed/w", "vit/cls"]
            + [f"vit/enc/block_{i}/{part}/w" for i in range(3) for part in "qkvo"]
            + ["vit/norm/gamma", "head/kernel"],
            [0, 1, *[2] * 4, *[3] * 4, *[4] * 4, 5, 6],
        ),
    ],
)
def test_depths(paths: list[str], depths: list[int]) -> None:
    assert depths_of_paths(paths) == depths


@pytest.mark.parametrize("way", ["load", "clone"])
def test_a_copy_has_the_same_multipliers_under_other_paths(way: str, tmp_path: Path) -> None:
    """Keras names the variables of a loaded `Sequential` without the name of the model."""
    layers = [keras.layers.Dense(2, name="below"), keras.layers.Dense(1, name="top")]
    model = keras.Sequential([keras.Input((2,)), *layers], name="net")
    optimizer = scheduled(SGD, 0.1, multipliers={"^net/below": 0.5, layers[1]: cosine(9)})
    model.compile(optimizer, loss="mse")
    model.fit(np.ones((4, 2)), np.ones((4, 1)), verbose=0)
    if way == "load":
        model.save(tmp_path / "model.keras")
        copy = keras.saving.load_model(tmp_path / "model.keras")
    else:
        copy = keras.models.clone_model(model)
        copy.compile_from_config(model.get_compile_config())
        copy.optimizer.build(copy.trainable_variables)
    assert list(multipliers_of(copy.optimizer).values()) == [0.5, 0.5, 1.0, 1.0]
    assert copy.optimizer.get_config()["multipliers"] == optimizer.get_config()["multipliers"]


def test_layers_of_equal_paths_are_told_apart() -> None:
    def tower(name: str) -> keras.Model:
        inputs = keras.Input((4,))
        return keras.Model(inputs, keras.layers.Dense(4, name="same")(inputs), name=name)

    one, two = tower("one"), tower("two")
    inputs = keras.Input((4,))
    model = keras.Model(inputs, two(one(inputs)))
    optimizer = scheduled(SGD, 0.1, multipliers={one: 0.5})
    optimizer.build(model.trainable_variables)
    found = [optimizer._groups.of(optimizer._var_key(v)).value for v in model.trainable_variables]
    assert found == [0.5, 0.5, 1.0, 1.0]


def test_a_layer_that_is_not_trained_is_named() -> None:
    model = backbone()
    model.get_layer("head").trainable = False
    optimizer = scheduled(SGD, 0.1, multipliers={model.get_layer("head"): 0.5})
    with pytest.raises(ValueError, match=r"got 'head', none of whose variables .*trainable=False"):
        optimizer.build(model.trainable_variables)


def test_a_changed_config_counts() -> None:
    first = scheduled(SGD, 0.1, multipliers={"a": 0.5})
    variables = [keras.Variable(np.ones(2), name="a")]
    first.build(variables)
    second = type(first).from_config(first.get_config() | {"multipliers": {"a": 5.0}})
    second.build(variables)
    assert multipliers_of(second) == {"a": 5.0}


@pytest.mark.parametrize("zero", [0.0, linear(1, start=0.0, stop=0.0)], ids=["number", "schedule"])
def test_a_constraint_does_not_move_what_is_frozen(zero: Any) -> None:
    unit = keras.constraints.UnitNorm(axis=0)
    names = ("still", "moving")
    layers = [keras.layers.Dense(3, kernel_constraint=unit, name=name) for name in names]
    model = keras.Sequential([keras.Input((4,)), *layers])
    model.compile(scheduled(SGD, 0.1, multipliers={"still": zero}), loss="mse")
    before = [layer.get_weights()[0] for layer in layers]
    model.fit(np.ones((8, 4)), np.ones((8, 3)), batch_size=4, verbose=0)
    np.testing.assert_array_equal(layers[0].get_weights()[0], before[0])
    norms = np.linalg.norm(layers[1].get_weights()[0], axis=0)
    np.testing.assert_allclose(norms, 1.0, rtol=1e-5)


def test_all_frozen_still_counts() -> None:
    model = network(optimizer := scheduled(SGD, 0.1, multipliers={"": 0}))
    before = model.get_weights()
    model.fit(*regression(), batch_size=4, verbose=0)
    assert optimizer.updates == 4
    assert all(map(np.array_equal, before, model.get_weights()))


def test_many_layers_that_hardly_move_are_said() -> None:
    layers = [keras.layers.Dense(1) for _ in range(45)]
    model = keras.Sequential([keras.Input((1,)), *layers])
    optimizer = scheduled(SGD, 0.1, layerwise_decay=0.75)
    with pytest.warns(UserWarning, match="45 layers the lowest has the multiplier 3e-06"):
        optimizer.build(model.trainable_variables)


def test_another_model_is_matched_anew() -> None:
    first = scheduled(SGD, 0.1, multipliers={"a": 0.5})
    first.build([keras.Variable(np.ones(2), name="a"), keras.Variable(np.ones(2), name="b")])
    second = type(first).from_config(first.get_config())
    second.build([keras.Variable(np.ones(2), name="b"), keras.Variable(np.ones(2), name="a")])
    assert multipliers_of(second) == {"b": 1.0, "a": 0.5}


@pytest.mark.parametrize("kind", [SGD, keras.optimizers.AdamW], ids=["SGD", "AdamW"])
def test_a_scheduled_multiplier_follows_the_updates(kind: Any) -> None:
    """Halfway it is 0: momentum and decay must not move what is frozen."""
    thaw = linear(4, start=1.0, stop=0.0)  # 0 from update 4 on
    extra = {"momentum": 0.9} if kind is SGD else {"weight_decay": 0.5}
    optimizer = scheduled(kind, 0.1 * cosine(20), multipliers={"half": thaw}, **extra)
    applied = fit(branched(optimizer), UPDATES)
    half, whole = applied["half"], applied["whole"]
    assert all(np.array_equal(half[k], half[4]) for k in range(4, UPDATES + 1))
    assert all(not np.array_equal(half[k], half[k + 1]) for k in range(4))
    np.testing.assert_array_equal(half[1], whole[1])
    assert not np.array_equal(whole[4], whole[5])


def test_describe_prints_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    optimizer = scheduled(
        keras.optimizers.AdamW,
        0.1 * cosine(100),
        weight_decay=0.5,
        multipliers={"bias": 0.5, "dense_1": 0},
    )
    with pytest.raises(ValueError, match=r"Call optimizer.build"):
        optimizer.describe()
    keras.backend.clear_session()
    model = network(optimizer)
    x, y = regression()
    model.fit(x, y, batch_size=4, verbose=0)
    optimizer.set_factor(0.5)
    optimizer.describe()
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert " ".join(lines[0]) == (
        "ScheduledAdamW: update 4, learning rate 0.0498029 (the factor 0.5 in it)"
    )
    optimizer.describe(update=0)
    assert "update 0, learning rate 0.05 (the factor 0.5 in it)" in capsys.readouterr().out
    table = {line[0].split("/", 1)[1]: line[1:] for line in lines[2:]}
    assert table["dense/kernel"] == ["3×4", "1", "0.0498029", "0.0249014"]
    assert table["dense/bias"] == ["4", "0.5", "0.0249014", "0.0124507"]
    assert table["dense_1/kernel"] == ["4×1", "frozen", "0", "0"]
