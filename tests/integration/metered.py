"""A model whose weights tell the rate of each update, and the data that it is trained on.

The gradient of `meter` and `meter_bias` is 1, and plain gradient descent takes the rate from it.
`weights` learn from the data, and so tell whether the same batches came in the same order.
"""

import numpy as np
import torch
from torch import nn


class Metered(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        # float64, so that differences are exact to more digits than are asked for.
        self.meter = nn.Parameter(torch.zeros(1, dtype=torch.float64))
        self.meter_bias = nn.Parameter(torch.zeros(1, dtype=torch.float64))
        self.weights = nn.Parameter(torch.zeros(2, dtype=torch.float64))

    def forward(
        self, x: torch.Tensor, labels: torch.Tensor | None = None
    ) -> dict[str, torch.Tensor]:
        far = (self.weights - x).square().mean()
        return {
            "loss": self.meter.sum() + self.meter_bias.sum() + far,
            "logits": far.expand(len(x)),
        }


def data(examples: int) -> list[dict[str, torch.Tensor]]:
    made = torch.Generator().manual_seed(0)
    x = torch.randn(examples, 2, generator=made, dtype=torch.float64)
    return [{"x": row, "labels": row[0]} for row in x]


def readings(model: nn.Module) -> tuple[float, float]:
    """What the two meters say now."""
    inner = getattr(model, "module", model)  # within DistributedDataParallel
    return inner.meter.item(), inner.meter_bias.item()


def rates_of(read: list[tuple[float, float]], group: int = 0) -> np.ndarray:
    """The rate of each update, from the readings before the first and after each."""
    return -np.diff([pair[group] for pair in read])


def weights_of(model: nn.Module) -> np.ndarray:
    """All weights, to compare them to the last bit."""
    inner = getattr(model, "module", model)
    return torch.cat([parameter.detach().flatten() for parameter in inner.parameters()]).numpy()


def assert_planned(rates: np.ndarray, planned: np.ndarray, peak: float | None = None) -> None:
    """The applied rates are the planned ones, to a millionth of the highest."""
    assert len(rates) == len(planned)
    highest = max(planned) if peak is None else peak
    np.testing.assert_allclose(rates, planned, rtol=0.0, atol=1e-6 * highest)
