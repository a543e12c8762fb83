"""What is known of a run from its data: datasets and loaders of other libraries, and arguments.

A library whose object is given has been imported by its owner, so it is looked up in `sys.modules`
and never imported here.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

from lrkit.plan.counts import batches_of

Facts = dict[str, Any]


def facts_of(data: Any, told: Facts) -> Facts:
    """The arguments of a plan that the data knows, beside those that are told.

    Args:
        data: A `tf.data.Dataset`, a torch `DataLoader`, a Keras `PyDataset`, or the
            `TrainingArguments` of Transformers.
        told: What the caller says. Where the data says otherwise it is refused, but for `batches`,
            the `steps_per_epoch` of a loop that stops earlier or later than the data.

    Raises:
        TypeError: The data is none of these, or its examples are not in batches.
        ValueError: How many batches there are cannot be known, or what is told is not so.
    """
    for module, name, read in _KINDS:
        kind = _looked_up(module, name)
        if kind is not None and isinstance(data, kind):
            facts = read(data, told)
            break
    else:
        raise TypeError(
            "Plan.of: `data` must be a tf.data.Dataset, a torch DataLoader, a Keras PyDataset or "
            f"Transformers' TrainingArguments, got a {type(data).__name__}. For other data write "
            "Plan(epochs=..., examples=..., batch_size=...)."
        )
    facts = {name: value for name, value in facts.items() if value is not None}
    for name, value in facts.items():
        if told.get(name, value) != value and name != "batches":
            raise ValueError(
                f"Plan.of: `{name}` must be what the data says, {value}, got {name}={told[name]!r}."
                " Leave it out."
            )
    return _settled(facts | told, told)


def _settled(both: Facts, told: Facts) -> Facts:
    """Of examples and batches, where both are known, the one that the other follows from."""
    if not {"examples", "batches"} <= set(both):
        return both
    if "batches" in told and "examples" not in told:
        return {name: value for name, value in both.items() if name != "examples"}
    if "batch_size" not in both:
        raise ValueError(
            f"Plan.of: `examples` needs `batch_size`, got examples={both['examples']!r} alone. "
            f"Give both; the data has {both['batches']} batches."
        )
    together = both["batch_size"] * both.get("replicas", 1)
    batches = batches_of(both["examples"], together, both.get("drop_last", False))
    if batches != both["batches"]:
        raise ValueError(
            f"Plan.of: `examples` must fill the batches of the data, {both['batches']}, got "
            f"examples={both['examples']} for {batches} of {together}. Leave `examples` out."
        )
    return {name: value for name, value in both.items() if name != "batches"}


def _looked_up(module: str, name: str) -> Any:
    """The class of this dotted name if its module has been imported."""
    found: Any = sys.modules.get(module)
    for part in name.split("."):
        found = getattr(found, part, None)
    return found


def _counted(what: str, batches: int | None, told: Facts) -> int:
    """The batches of an epoch, from the data or as told."""
    known = told.get("batches", batches)
    if known is None:
        raise ValueError(
            f"Plan.of: how many batches {what} has cannot be known. Give `batches`, those of an "
            "epoch (the steps_per_epoch of fit)."
        )
    if known < 1:
        raise ValueError(f"Plan.of: {what} must have a batch, got none.")
    return int(known)


def _share(batch: int | None, told: Facts) -> int | None:
    """The batch of one replica, of a batch that is shared out among them."""
    replicas = told.get("replicas", 1)
    if batch is None or replicas == 1:
        return batch
    if batch % replicas:
        raise ValueError(
            f"Plan.of: `replicas` must share a batch of {batch} evenly, got replicas={replicas}. "
            "Keras shares out each batch of the data; make it a multiple of the replicas."
        )
    return int(batch // replicas)


def _of_dataset(data: Any, told: Facts) -> Facts:
    """A tf.data.Dataset of batches, as `fit` takes it."""
    shapes = [spec.shape for spec in _specs(data.element_spec) if hasattr(spec, "shape")]
    if any(shape.rank == 0 for shape in shapes):
        raise TypeError(
            "Plan.of: `data` must give batches, got a tf.data.Dataset of single examples. Give "
            "dataset.batch(batch_size), as fit takes it."
        )
    count = int(data.cardinality())
    what = "a tf.data.Dataset that never ends" if count == -1 else "this tf.data.Dataset"
    sizes = {shape[0] for shape in shapes if shape.rank}
    size = sizes.pop() if len(sizes) == 1 else None
    batches = _counted(what, count if count >= 0 else None, told)
    return {"batches": batches, "batch_size": _share(size, told)}


def _specs(spec: Any) -> Iterator[Any]:
    """The leaves of a dataset's element."""
    if isinstance(spec, dict):
        spec = tuple(spec.values())
    if isinstance(spec, tuple | list):
        for part in spec:
            yield from _specs(part)
    else:
        yield spec


def _of_loader(data: Any, told: Facts) -> Facts:
    """A DataLoader; each replica has one of its own."""
    facts: Facts = {"batches": _counted("a DataLoader over an iterable", _length(data), told)}
    facts["replicas"] = getattr(data.sampler, "num_replicas", None)  # of a DistributedSampler
    if data.batch_size is None:
        return facts
    facts |= {"batch_size": data.batch_size, "drop_last": data.drop_last}
    own = _length(data.sampler) or _length(data.dataset) or 0
    if own and batches_of(own, data.batch_size, data.drop_last) == _length(data):
        facts["examples"] = own * (facts["replicas"] or told.get("replicas", 1))
    return facts


def _length(data: Any) -> int | None:
    try:
        return len(data)
    except (TypeError, NotImplementedError):  # torch and Keras say so where there is none
        return None


def _of_py_dataset(data: Any, told: Facts) -> Facts:
    """A Keras PyDataset, whose items are batches."""
    try:
        batches = data.num_batches
    except NotImplementedError:
        batches = None
    return {"batches": _counted("this PyDataset", batches, told)}


def _of_arguments(data: Any, told: Facts) -> Facts:
    """The TrainingArguments of Transformers, whose Trainer makes the batches."""
    epochs, steps = data.num_train_epochs, data.max_steps
    facts: Facts = {
        "batch_size": data.per_device_train_batch_size,
        "accumulation": data.gradient_accumulation_steps,
        "replicas": data.world_size * max(1, data.n_gpu),
        "drop_last": data.dataloader_drop_last,
        "remainder": "flush",
    }
    if steps > 0:
        return facts | {"updates": steps}
    if "examples" not in told and "batches" not in told:
        raise ValueError(
            "Plan.of: TrainingArguments do not say how many examples there are. Give "
            "`examples`, such as examples=len(train_dataset)."
        )
    if float(epochs).is_integer():
        return facts | {"epochs": int(epochs)}
    return facts | {"updates": _updates_of_part(epochs, facts | told)}


def _updates_of_part(epochs: float, facts: Facts) -> int:
    """The updates of a run that stops within an epoch, as the Trainer rounds them."""
    batches = facts.get("batches")
    if batches is None:
        together = facts["batch_size"] * facts["replicas"]
        batches = batches_of(facts["examples"], together, facts["drop_last"])
    return math.ceil(epochs * math.ceil(Fraction(batches, facts["accumulation"])))


_KINDS: tuple[tuple[str, str, Callable[[Any, Facts], Facts]], ...] = (
    ("tensorflow", "data.Dataset", _of_dataset),
    ("torch.utils.data", "DataLoader", _of_loader),
    ("keras", "utils.PyDataset", _of_py_dataset),
    ("transformers.training_args", "TrainingArguments", _of_arguments),
)
