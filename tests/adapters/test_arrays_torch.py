"""Schedules in PyTorch: eager, compiled, differentiated."""

import numpy as np
import pytest
import torch
from hypothesis import given

from lrkit import cosine, warmup
from tests.adapters.arrays import COMPOSED, LONG, assert_close, composed, steps_of
from tests.strategies import expressions


@pytest.mark.parametrize("dtype", [torch.int32, torch.int64])
@pytest.mark.parametrize("s", COMPOSED + LONG, ids=str)
def test_eager(s, dtype):
    steps = steps_of(s)
    got = s(torch.tensor(steps, dtype=dtype))
    assert got.dtype == torch.float32
    assert_close(got.numpy(), s, steps)
    one = s(torch.tensor(steps[5], dtype=dtype))
    assert one.shape == ()
    assert one == got[5]


@pytest.mark.filterwarnings("ignore:.*Dynamo")  # says where it leaves the graph for a table
@pytest.mark.parametrize("s", COMPOSED + LONG[:3], ids=str)
def test_compiled(s):
    torch.compiler.reset()
    steps = steps_of(s)
    # Stored times and values are constants that Dynamo cannot take from `array` by itself: there
    # it breaks the graph in two. Everything else is one graph.
    stored = any(word in repr(s) for word in ("points(", "table(", "stretch="))
    compiled = torch.compile(s.__call__, backend="eager", fullgraph=not stored)
    assert_close(compiled(torch.tensor(steps)).numpy(), s, steps)


@given(expressions())
def test_any_composed_schedule(text):
    s, steps, height = composed(text)
    assert_close(s(torch.tensor(steps)).numpy(), s, steps, height)


@pytest.mark.parametrize("s", COMPOSED + LONG, ids=str)
def test_float64_where_the_default_is_float64(s):
    steps = steps_of(s)
    torch.set_default_dtype(torch.float64)
    try:
        got = s(torch.tensor(steps))
    finally:
        torch.set_default_dtype(torch.float32)
    wanted = np.array([s(step) for step in steps])
    np.testing.assert_allclose(got.numpy(), wanted, rtol=0, atol=1e-12 * np.abs(wanted).max())


@pytest.mark.parametrize("dtype", [torch.uint8, torch.int8, torch.int16])
def test_other_counters(dtype):
    s = warmup(3) >> cosine(50)
    assert_close(s(torch.tensor([0, 1, 30, 99], dtype=dtype)).numpy(), s, [0, 1, 30, 99])


def test_shapes_devices_and_floats():
    s = warmup(3) >> cosine(50)
    assert s(torch.zeros([2, 0, 3], dtype=torch.int64)).shape == (2, 0, 3)
    assert s(torch.tensor([3.0, 1.5])).tolist() == [1.0, 0.5]
    assert s(torch.tensor([3.0], dtype=torch.bfloat16)).dtype == torch.float32
    assert s.at([0, 3], torch).tolist() == [0.0, 1.0]
    for schedule in COMPOSED:
        meta = schedule(torch.zeros([4], dtype=torch.int64, device="meta"))
        assert (meta.device.type, meta.shape) == ("meta", (4,))


def test_the_gradient_is_the_slope():
    step = torch.tensor(50.0, requires_grad=True)
    (2.0 * cosine(100))(step).backward()
    assert step.grad == pytest.approx(-np.pi / 100, rel=1e-5)


def test_what_holds_no_number_is_refused():
    with pytest.raises(TypeError, match="array of numbers"):
        cosine(10)(torch.tensor([True]))
