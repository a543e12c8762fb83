"""A `tf.data.Dataset` that can be gone through without moving the one it was made from.

A data set that shuffles keeps, in a resource of its own, how often it was gone through: the next
order depends on it, and no interface tells or sets it. So a copy is gone through, whose graph is
the same but has shuffles and caches of its own.
"""

from typing import Any

#: Each operation that shares its state through a resource, its last input; and the older form of
#: the same operation that keeps that state to itself.
_OWN_STATE = {"ShuffleDatasetV3": "ShuffleDataset", "CacheDatasetV2": "CacheDataset"}


def private_copy(dataset: Any) -> Any:
    """The same data, shuffled with the same seeds from their beginning, cached in memory.

    Args:
        dataset: A `tf.data.Dataset`.

    Raises:
        ValueError: TensorFlow cannot write its graph down.
    """
    import tensorflow as tf

    try:
        written = tf.raw_ops.DatasetToGraphV2(
            input_dataset=tf.data.experimental.to_variant(dataset),
            external_state_policy=1,  # state outside of it, as a Python generator has, is shared
            strip_device_assignment=True,
        )
        graph = tf.compat.v1.GraphDef.FromString(written.numpy())
        for node in list(graph.node):
            _own(graph, node)
        variant = tf.raw_ops.DatasetFromGraph(graph_def=graph.SerializeToString())
        return tf.data.experimental.from_variant(variant, dataset.element_spec)
    except tf.errors.OpError as error:
        raise ValueError(
            "find_lr: `data` must be a tf.data.Dataset that can be copied, so that its own shuffle "
            f"stays where it is, got {error}. Give batches of it: list(dataset.take(300))."
        ) from error


def _own(graph: Any, node: Any) -> None:
    own = _OWN_STATE.get(node.op)
    if own is None:
        return
    node.op = own
    del node.input[-1]
    if own == "CacheDataset":  # in memory: a file would be the user's
        name = graph.node.add(name=f"{node.name}/memory", op="Const")
        name.attr["dtype"].type = 7  # a string
        name.attr["value"].tensor.dtype = 7
        name.attr["value"].tensor.tensor_shape.SetInParent()
        name.attr["value"].tensor.string_val.append(b"")
        node.input[1] = name.name
