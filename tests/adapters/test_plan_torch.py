"""A plan of a DataLoader and of TrainingArguments, against what torch and Transformers count."""

import pytest
import torch
from torch.utils.data import DataLoader, DistributedSampler, IterableDataset, TensorDataset
from transformers import Trainer, TrainingArguments

from lrkit import Plan

DATA = TensorDataset(torch.ones(50, 2), torch.ones(50, 1))


class Stream(IterableDataset):
    def __iter__(self):
        return iter(torch.ones(50, 2))


class Counted(Stream):
    def __len__(self):
        return 50


@pytest.mark.parametrize("drop_last", [False, True])
@pytest.mark.parametrize("data", [DATA, Counted()], ids=["map", "iterable with a length"])
def test_the_batches_of_a_loader(data, drop_last):
    loader = DataLoader(data, batch_size=8, drop_last=drop_last)
    plan = Plan.of(loader, epochs=3)
    assert plan == Plan(epochs=3, examples=50, batch_size=8, drop_last=drop_last)
    assert plan.updates == 3 * len(loader) == 3 * sum(1 for _ in loader)


@pytest.mark.parametrize("drop_last", [False, True])
def test_a_distributed_sampler_says_how_many_replicas_there_are(drop_last):
    sampler = DistributedSampler(DATA, num_replicas=4, rank=0, shuffle=False)
    loader = DataLoader(DATA, batch_size=5, sampler=sampler, drop_last=drop_last)
    plan = Plan.of(loader, epochs=3)
    assert plan.replicas == 4
    assert plan.batches_per_epoch == len(loader)
    assert plan.examples == 52  # the sampler repeats two, so that all replicas have as many
    with pytest.raises(ValueError, match="`replicas` must be what the data says, 4, got rep"):
        Plan.of(loader, epochs=3, replicas=2)


def test_a_loader_of_another_replica_is_told():
    plan = Plan.of(DataLoader(DATA, batch_size=5), epochs=2, replicas=3, accumulation=2)
    assert (plan.batches_per_epoch, plan.updates, plan.examples_at()) == (10, 10, 300)


def test_batches_that_a_sampler_makes():
    sampler = [[0, 1, 2], [3], [4, 5]]
    plan = Plan.of(DataLoader(DATA, batch_sampler=sampler), epochs=2)
    assert (plan.batches, plan.batch_size, plan.updates) == (3, None, 6)
    one_by_one = Plan.of(DataLoader(DATA, batch_size=None), epochs=2)
    assert (one_by_one.batches, one_by_one.updates) == (50, 100)


def test_what_cannot_be_known_is_asked_for():
    loader = DataLoader(Stream(), batch_size=8)
    with pytest.raises(ValueError, match="a DataLoader over an iterable has cannot be known"):
        Plan.of(loader, epochs=3)
    assert Plan.of(loader, epochs=3, batches=7).updates == 21
    assert Plan.of(DataLoader(DATA, batch_size=8), epochs=3, batches=5).updates == 15


@pytest.mark.parametrize("accumulation", [1, 4])
@pytest.mark.parametrize("drop_last", [False, True])
@pytest.mark.parametrize(
    "length", [{"num_train_epochs": 3}, {"num_train_epochs": 2.4}, {"max_steps": 11}]
)
def test_the_steps_of_a_trainer(tmp_path, length, drop_last, accumulation):
    arguments = TrainingArguments(
        output_dir=str(tmp_path),
        per_device_train_batch_size=8,
        gradient_accumulation_steps=accumulation,
        dataloader_drop_last=drop_last,
        use_cpu=True,
        report_to=[],
        **length,
    )
    trainer = Trainer(torch.nn.Linear(2, 1), arguments, train_dataset=DATA)
    counted = trainer.set_initial_training_values(arguments, trainer.get_train_dataloader())
    plan = Plan.of(arguments, examples=50)
    assert plan.updates == counted[-1]
    assert plan.updates_per_epoch == counted[1]
    assert (plan.batch_size, plan.accumulation) == (8, accumulation)


def test_arguments_need_the_examples(tmp_path):
    arguments = TrainingArguments(output_dir=str(tmp_path), use_cpu=True, report_to=[])
    with pytest.raises(ValueError, match=r"do not say how many examples.*len\(train_dataset\)"):
        Plan.of(arguments)
    assert Plan.of(arguments, batches=7).updates == 21
    with pytest.raises(ValueError, match="`epochs` must be what the data says, 3, got epochs=5"):
        Plan.of(arguments, examples=50, epochs=5)
    only_steps = TrainingArguments(
        output_dir=str(tmp_path), max_steps=9, use_cpu=True, report_to=[]
    )
    assert Plan.of(only_steps).examples_at() == 72
