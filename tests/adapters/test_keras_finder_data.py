"""What `find_lr` trains on: in all forms, from the beginning, and left as it was."""

import itertools
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import keras
import numpy as np
import pytest

from lrkit.keras import find_lr
from tests.adapters.keras_finder import SHORT
from tests.adapters.keras_training import BACKEND, visible

SGD = keras.optimizers.SGD
TARGETS = np.arange(40, dtype="float32")[:, None]
ONES = np.ones_like(TARGETS)


def mean_of_targets(y_true: Any, y_pred: Any) -> Any:
    return keras.ops.mean(y_true) + 0.0 * keras.ops.mean(y_pred)


def losses(data: Any, y: Any = None, **options: Any) -> list[float]:
    """The mean target of each batch, of which the sweep has 13."""
    model = visible(SGD(0.5))
    model.compile(model.optimizer, loss=mean_of_targets)
    seen = find_lr(model, data, y, **{**SHORT, **options})
    assert len(seen.losses) == 13
    return [float(loss) for loss in seen.losses]


def means(batches: Any) -> list[float]:
    return [float(np.asarray(batch[1]).mean()) for batch in batches]


BATCHES = [(ONES[i : i + 4], TARGETS[i : i + 4]) for i in range(0, 38, 4)]
IN_ORDER = [*means(BATCHES), *means(BATCHES)][:13]


class Dataset(keras.utils.PyDataset):
    """Batches with noise of its own, and an order that it shuffles."""

    def __init__(self) -> None:
        super().__init__()
        self.rng = np.random.default_rng(0)
        self.order = np.arange(10)

    def __len__(self) -> int:
        return 10

    def __getitem__(self, index: int) -> Any:
        x, y = BATCHES[self.order[index]]
        return x + self.rng.normal(size=x.shape), y

    def on_epoch_end(self) -> None:
        self.rng.shuffle(self.order)


class Loop:
    """A loop of one's own, which shuffles in place each time."""

    def __init__(self) -> None:
        self.order = list(range(10))
        self.random = np.random.RandomState(0)

    def __iter__(self) -> Iterator[Any]:
        self.random.shuffle(self.order)
        return iter([BATCHES[place] for place in self.order])


def test_batches_come_in_their_order_and_begin_again() -> None:
    assert losses(BATCHES) == IN_ORDER
    assert losses(iter(BATCHES), buffer=[]) == IN_ORDER


def test_another_seed_has_another_order() -> None:
    for data in (BATCHES, Loop(), Dataset()):
        one, other = losses(data, seed=1), losses(data, seed=2)
        assert one != other
        assert one == losses(data, seed=1)
        assert sorted(one[:10]) == sorted(means(BATCHES))


def test_a_smaller_last_batch_is_left_out() -> None:
    small = [*BATCHES[:4], (ONES[:2], TARGETS[:2] + 100)]
    assert max(losses(small)) < 40
    assert max(losses(small, seed=3)) < 40
    assert len(set(losses(ONES[:1], TARGETS[:1], batch_size=32))) == 1


def test_arrays() -> None:
    x, y, weights = ONES, TARGETS, np.full(40, 2.0)
    seen = losses(x, y, batch_size=4)
    assert sorted({round(4 * loss) for loss in seen[:10]}) != sorted(means(BATCHES))
    assert sum(seen[:10]) == pytest.approx(TARGETS.mean() * 10)
    assert losses((x, y), batch_size=4) == seen
    assert losses((x.tolist() and x, y.astype("float64")), batch_size=4) == seen
    doubled = losses((x, y, weights), batch_size=4)
    np.testing.assert_allclose(doubled, 2 * np.array(seen), rtol=1e-6)
    assert losses(x, y, sample_weight=weights, batch_size=4) == doubled
    tensors = [keras.ops.convert_to_tensor(part) for part in (x, y)]
    assert losses(*tensors, batch_size=4) == seen


def test_weights_of_classes() -> None:
    model = visible(SGD(0.5))
    model.compile(model.optimizer, loss="mse")
    y = np.tile([[0.0], [1.0]], (16, 1)).astype("float32")
    found = find_lr(model, y * 0, y, class_weight={0: 1.0, 1: 3.0}, **SHORT)
    np.testing.assert_allclose(found.losses, 1.5, rtol=1e-6)  # of 32: 16 with 0, 16 with 1 · 3


def tensorflow_data() -> Any:
    tf = pytest.importorskip("tensorflow")
    data = tf.data.Dataset.from_tensor_slices((ONES, TARGETS)).shuffle(40, seed=1)
    return data.map(lambda x, y: (x, y)).batch(4).prefetch(2)


def torch_data() -> Any:
    torch = pytest.importorskip("torch")
    pairs = torch.utils.data.TensorDataset(torch.from_numpy(ONES), torch.from_numpy(TARGETS))
    generator = torch.Generator().manual_seed(1)
    return torch.utils.data.DataLoader(pairs, batch_size=4, shuffle=True, generator=generator)


def split_torch_data() -> Any:
    torch = pytest.importorskip("torch")

    class Noisy(torch.utils.data.Dataset):
        def __init__(self) -> None:
            self.transforms = [Noise()]

        def __len__(self) -> int:
            return 40

        def __getitem__(self, index: int) -> Any:
            return self.transforms[0](ONES[index]), TARGETS[index]

    generator = torch.Generator().manual_seed(1)
    train, _ = torch.utils.data.random_split(Noisy(), [40, 0], generator=generator)
    both = torch.utils.data.ConcatDataset([train])
    return torch.utils.data.DataLoader(both, batch_size=4, shuffle=True, generator=generator)


class Noise:
    """A transform with a generator and a counter."""

    def __init__(self) -> None:
        self.rng, self.state = np.random.default_rng(0), {"calls": [0]}

    def __call__(self, x: Any) -> Any:
        self.state["calls"][0] += 1
        return (x + self.rng.normal() + self.state["calls"][0]).astype("float32")


class Wrapped(Dataset):
    """A data set in another one, with a layer that draws."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = SimpleNamespace(data=SimpleNamespace(noise=Noise()))
        self.layer = keras.layers.GaussianNoise(0.1, seed=1)

    def __getitem__(self, index: int) -> Any:
        x, y = super().__getitem__(index)
        x = self.layer(self.inner.data.noise(x), training=True)
        return keras.ops.convert_to_numpy(x), y


KINDS: dict[str, list[Callable[[], Any]]] = {
    "tensorflow": [tensorflow_data],
    "jax": [],
    "torch": [torch_data, split_torch_data],
}


@pytest.mark.parametrize("make", [Dataset, Loop, Wrapped, *KINDS[BACKEND]])
def test_the_next_pass_is_that_of_data_which_was_not_searched_on(make: Any) -> None:
    def passes(data: Any) -> list[Any]:
        gone = data if not isinstance(data, Dataset) else [data[place] for place in range(10)]
        return [np.asarray(part).tolist() for batch in gone for part in batch]

    searched, twin = make(), make()
    assert passes(searched) == passes(twin)
    seen = losses(searched, repeats=2, validation_data=searched)
    assert len(set(seen)) > 5
    assert passes(searched) == passes(twin)
    assert passes(searched) == passes(twin)


@pytest.mark.skipif(BACKEND != "tensorflow", reason="TensorFlow's")
def test_a_cache_is_left_alone(tmp_path: Any) -> None:
    file = tmp_path / "cache"
    assert sorted(losses(tensorflow_data().cache(str(file)))[:10]) != []
    assert list(tmp_path.iterdir()) == []


def test_an_iterator_is_kept_for_its_user() -> None:
    kept: list[Any] = []
    stream = (batch for batch in BATCHES)
    seen = losses(stream, lr_min=1e-3, lr_max=1.0, buffer=kept)
    assert seen == IN_ORDER
    assert means(itertools.chain(kept, stream)) == means(BATCHES)
    kept = []
    stream = itertools.cycle(BATCHES)
    assert losses(stream, repeats=2, buffer=kept) == IN_ORDER
    assert means(itertools.islice(itertools.chain(kept, stream), 60)) == means(BATCHES) * 6


def test_the_score_is_that_of_evaluate() -> None:
    from lrkit.keras.finding.probe import KerasProbe
    from lrkit.keras.finding.source import batches_of

    x = np.random.default_rng(0).normal(size=(10, 1)).astype("float32")
    model = visible(SGD(0.5))
    model.compile(model.optimizer, loss="mse", metrics=["mae"])
    expected = model.evaluate(x, x, batch_size=4, verbose=0)[0]
    batches = batches_of(x, x, batch_size=4)
    with KerasProbe(model, batches, batches) as probe:
        assert probe.score() == pytest.approx(expected, rel=1e-6)
    with KerasProbe(model, batches) as probe:
        assert probe.score() is None


class Exhausted:
    """It gives its batches once, in silence."""

    def __init__(self) -> None:
        self.iterator = iter(BATCHES)

    def __iter__(self) -> Any:
        return self.iterator


@pytest.mark.parametrize(
    ("data", "options", "error", "match"),
    [
        (iter(BATCHES), {}, TypeError, r"`data` must be .* more than once.*kept = \[\]"),
        (iter(BATCHES), {"buffer": True}, TypeError, "got data of type list_iterator and buffer=T"),
        (lambda: BATCHES, {}, TypeError, "of type function. Call it"),
        (3, {}, TypeError, "`data` must be arrays, or batches"),
        ([], {}, ValueError, "`data` must have at least one batch"),
        (Exhausted(), {}, ValueError, "must begin anew each time.*no batch in pass 2"),
        (BATCHES, {"y": TARGETS}, ValueError, "`y` must be left out"),
        (BATCHES, {"sample_weight": TARGETS}, ValueError, "`sample_weight` must be left out"),
        (ONES, {"y": TARGETS[:3]}, ValueError, "same number of examples.*got 40, 3"),
        ([(1, 2, 3, 4)], {}, ValueError, "a batch of `data` must be .*got 4 parts"),
    ],
)
def test_refused_data(data: Any, options: Any, error: Any, match: str) -> None:
    with pytest.raises(error, match=match):
        losses(data, **options)


def test_a_validation_that_can_be_gone_through_once_is_refused() -> None:
    with pytest.raises(TypeError, match="`validation_data` must be something that can be gone"):
        losses(BATCHES, validation_data=iter(BATCHES))


@pytest.mark.parametrize(
    ("options", "error", "match"),
    [
        ({"batch_size": 0}, ValueError, "`batch_size` must be"),
        ({"seed": -1}, ValueError, "`seed` must be a whole number of 0 or more, got seed=-1"),
        ({"seed": 0.5}, TypeError, "`seed` must be a whole number"),
        ({"lr_max": 1e-9}, ValueError, "`lr_max` must be above"),
        (
            {"class_weight": {0: 1}, "sample_weight": ONES},
            ValueError,
            "`class_weight` must be left",
        ),
        ({"effort": "confirm"}, TypeError, "`updates` must say how long"),
    ],
)
def test_refused_numbers(options: Any, error: Any, match: str) -> None:
    with pytest.raises(error, match=match):
        losses(ONES, TARGETS, **options)


def test_refused_models() -> None:
    with pytest.raises(TypeError, match=r"`model` must be a Keras model, got .* type int"):
        find_lr(3, ONES, TARGETS)
    layers = [keras.layers.Input((1,)), keras.layers.Dense(1)]
    with pytest.raises(TypeError, match=r"`model` must be compiled.*Call model\.compile"):
        find_lr(keras.Sequential(layers), ONES, TARGETS)
    if hasattr(keras.optimizers, "MultiOptimizer"):
        inner = keras.optimizers.OptimizerMap(SGD(0.5), {".*/bias": SGD(0.1)})
        model = visible(keras.optimizers.MultiOptimizer(inner))
        with pytest.raises(TypeError, match=r"must be one optimizer, got a MultiOptimizer\. Comp"):
            find_lr(model, ONES, TARGETS)


def test_a_step_that_does_not_tell_its_loss() -> None:
    class Silent(keras.Sequential):
        def train_step(self, *arguments: Any) -> Any:
            told = super().train_step(*arguments)
            if isinstance(told, tuple):
                return {}, told[1]
            return {}

    model = Silent(visible(SGD(0.5)).layers)
    model.build((None, 1))
    model.compile(SGD(0.5), loss="mse")
    with pytest.raises(ValueError, match=r"`model.train_step` must return the loss.*got nothing"):
        find_lr(model, ONES, TARGETS, **SHORT)
