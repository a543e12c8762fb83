"""Groups with multiples of the rate: by pattern, by layer, saved with the optimizer."""

import torch

from lrkit import cosine, linear, warmup
from lrkit.torch import Scheduler, parameter_groups

LR = warmup(4) >> cosine(12)


def network():
    torch.manual_seed(0)
    layers = {
        "embedding": torch.nn.Linear(3, 4),
        "block_0": torch.nn.Sequential(torch.nn.Linear(4, 4), torch.nn.LayerNorm(4)),
        "block_1": torch.nn.Sequential(torch.nn.Linear(4, 4), torch.nn.LayerNorm(4)),
        "head": torch.nn.Linear(4, 1),
    }
    return torch.nn.ModuleDict(layers)


def scales(model, **arguments):
    """The multiple of each parameter by its name."""
    names = {id(parameter): name for name, parameter in model.named_parameters()}
    groups = parameter_groups(model, **arguments)
    return {names[id(p)]: group["lr_scale"] for group in groups for p in group["params"]}


def test_layerwise_decay_by_module_name():
    found = scales(network(), layerwise_decay=0.5)
    assert found["head.weight"] == found["head.bias"] == 1.0
    assert found["block_1.0.weight"] == found["block_1.1.bias"] == 0.5
    assert found["block_0.1.weight"] == 0.25
    assert found["embedding.bias"] == 0.125


def test_layers_by_pattern():
    found = scales(network(), layerwise_decay=0.1, layers=["embedding", "block", "head"])
    assert found["embedding.bias"] == 0.1**2
    assert found["block_0.0.weight"] == found["block_1.0.weight"] == 0.1


def test_multipliers_by_pattern_multiply():
    multipliers = {"bias": 2.0, r"^head\.": 10.0, "embedding": 0.0}
    found = scales(network(), multipliers=multipliers, layerwise_decay=0.5)
    assert found["head.weight"] == 10.0
    assert found["head.bias"] == 20.0
    assert found["block_1.0.bias"] == 1.0
    assert found["embedding.weight"] == found["embedding.bias"] == 0.0


def test_weight_decay_and_parameters_without():
    groups = parameter_groups(network(), weight_decay=0.1, no_weight_decay=["bias", r"\.1\."])
    assert [group["weight_decay"] for group in groups] == [0.1, 0.0]
    assert [len(group["params"]) for group in groups] == [4, 8]
    assert [group["name"] for group in groups] == ["embedding.weight", "embedding.bias"]


def test_what_is_not_trained_is_left_out():
    model = network()
    model["embedding"].requires_grad_(False)
    assert "embedding.weight" not in scales(model)


def test_each_parameter_moves_by_its_own_rate():
    """With SGD and gradients of 1, against the product written by hand."""
    model = network()
    multipliers = {"head": linear(10, start=1.0, stop=2.0), "embedding": 0.0}
    groups = parameter_groups(model, layerwise_decay=0.5, multipliers=multipliers)
    optimizer = torch.optim.SGD(groups, lr=1.0)
    scheduler = Scheduler(optimizer, LR)
    for k in range(16):
        for parameter in model.parameters():
            parameter.data.zero_()
            parameter.grad = torch.ones_like(parameter)
        optimizer.step()
        wanted = {"head": 1.0 + min(k, 10) / 10, "block_1": 0.5, "block_0": 0.25, "embedding": 0.0}
        for name, parameter in model.named_parameters():
            rate = LR(k) * wanted[name.split(".")[0]]
            assert torch.all((parameter.data + rate).abs() <= 1e-6), (k, name)
        scheduler.step()


def test_a_frozen_group_does_not_move_at_all():
    model = network()
    before = model["embedding"].weight.detach().clone()
    groups = parameter_groups(model, multipliers={"embedding": 0.0}, weight_decay=0.5)
    optimizer = torch.optim.AdamW(groups, lr=0.1)
    scheduler = Scheduler(optimizer, LR)
    for _ in range(8):
        for parameter in model.parameters():
            parameter.grad = torch.ones_like(parameter)
        optimizer.step()
        scheduler.step()
    assert torch.equal(model["embedding"].weight, before)
    assert not torch.equal(model["head"].weight, network()["head"].weight)


def test_multiples_are_saved_with_the_optimizer():
    """A scale that is a schedule too: as its text, so that the state is plain data."""
    multipliers = {"head": linear(10, start=1.0, stop=2.0)}
    optimizer = torch.optim.SGD(parameter_groups(network(), multipliers=multipliers), lr=1.0)
    written = optimizer.state_dict()["param_groups"]
    assert [group["lr_scale"] for group in written] == [1.0, "linear(10, stop=2.0)"]
