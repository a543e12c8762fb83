"""A plan of a tf.data.Dataset, against what `fit` makes of it."""

import numpy as np
import pytest
import tensorflow as tf

from lrkit import Plan
from tests.adapters.test_plan_keras import updates_of_fit

EXAMPLES = tf.data.Dataset.from_tensor_slices(
    (np.ones((50, 2), "float32"), np.ones((50, 1), "float32"))
)


@pytest.mark.parametrize("accumulation", [None, 3])
@pytest.mark.parametrize("drop", [False, True])
def test_the_updates_of_fit(drop, accumulation):
    data = EXAMPLES.shuffle(50).batch(8, drop_remainder=drop)
    plan = Plan.of(data, epochs=4, accumulation=accumulation or 1)
    assert plan.batches_per_epoch == (6 if drop else 7)
    assert plan.updates == updates_of_fit(data, accumulation, epochs=4)


def test_the_batch_is_known_where_all_are_alike():
    assert Plan.of(EXAMPLES.batch(8, drop_remainder=True), epochs=4).examples_at() == 192
    assert Plan.of(EXAMPLES.batch(8), epochs=4).batch_size is None
    told = Plan.of(EXAMPLES.batch(8), epochs=4, examples=50, batch_size=8)
    assert (told.updates, told.examples_at()) == (28, 200)
    named = EXAMPLES.map(lambda x, y: {"x": x, "y": (y, y)}).batch(5, drop_remainder=True)
    assert Plan.of(named, epochs=1).batch_size == 5


def test_a_batch_is_shared_out_among_replicas():
    data = EXAMPLES.batch(8, drop_remainder=True)
    plan = Plan.of(data, epochs=4, replicas=2)
    assert (plan.updates, plan.batch_size, plan.examples_at()) == (24, 4, 192)
    with pytest.raises(ValueError, match="`replicas` must share a batch of 8 evenly, got rep"):
        Plan.of(data, epochs=4, replicas=3)


def test_what_cannot_be_known_is_asked_for():
    with pytest.raises(ValueError, match=r"that never ends has cannot be known. Give `batches`"):
        Plan.of(EXAMPLES.batch(8).repeat(), epochs=4)
    filtered = EXAMPLES.filter(lambda x, y: x[0] > 0).batch(8)
    with pytest.raises(ValueError, match=r"this tf.data.Dataset has cannot be known"):
        Plan.of(filtered, epochs=4)
    assert Plan.of(filtered, epochs=4, batches=7).updates == 28
    with pytest.raises(TypeError, match=r"must give batches, .*Give dataset.batch\(batch_size\)"):
        Plan.of(tf.data.Dataset.range(50), epochs=4)
    with pytest.raises(ValueError, match="must have a batch, got none"):
        Plan.of(EXAMPLES.take(0).batch(8), epochs=4)
    with pytest.raises(ValueError, match="`batch_size` must be what the data says, 8, got"):
        Plan.of(EXAMPLES.batch(8, drop_remainder=True), epochs=4, batch_size=16)
