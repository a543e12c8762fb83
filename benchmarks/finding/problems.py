"""What the cases of the finder's benchmark train: data without network, small networks, losses."""

import functools
import itertools
import pydoc_data.topics
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from lrkit.tasks.images import load

_TRAIN, _VALIDATION = 8000, 2000
_CONTEXT, _LETTERS = 16, 64


@dataclass(frozen=True, eq=False)
class Problem:
    """Examples to train on, others to judge by, and the loss between output and target."""

    x: torch.Tensor
    y: torch.Tensor
    x_held: torch.Tensor
    y_held: torch.Tensor
    loss: Callable[[torch.Tensor, torch.Tensor], torch.Tensor]


def _split(x: torch.Tensor, y: torch.Tensor, loss: Any) -> Problem:
    held = slice(_TRAIN, _TRAIN + _VALIDATION)
    return Problem(x[:_TRAIN], y[:_TRAIN], x[held], y[held], loss)


@functools.cache
def mnist() -> Problem:
    """The embedded 28 x 28 images; 8,000 to train on and 2,000 held out."""
    images = load()
    x = torch.from_numpy(images.x_train.astype(np.float32) / 255 - 0.13)[:, None] / 0.31
    return _split(x, torch.from_numpy(images.y_train.astype(np.int64)), functional.cross_entropy)


@functools.cache
def digits() -> Problem:
    """The same images averaged down to 8 x 8, after a border of two pixels is put on."""
    whole = mnist()
    shrink = functools.partial(functional.adaptive_avg_pool2d, output_size=8)
    x, held = shrink(whole.x), shrink(whole.x_held)
    return Problem(x, whole.y, held, whole.y_held, whole.loss)


@functools.cache
def digits_with_wrong_labels() -> Problem:
    """The 8 x 8 images where a fifth of the labels to train on is drawn at random."""
    clean = digits()
    generator = torch.Generator().manual_seed(7)
    wrong = torch.rand(len(clean.y), generator=generator) < 0.2
    drawn = torch.randint(0, 10, clean.y.shape, generator=generator)
    return Problem(
        clean.x, torch.where(wrong, drawn, clean.y), clean.x_held, clean.y_held, clean.loss
    )


@functools.cache
def text() -> Problem:
    """Windows of 16 letters of Python's own help text; every next letter is to be told."""
    whole = "".join(value for _, value in sorted(pydoc_data.topics.topics.items()))
    counts = {letter: whole.count(letter) for letter in set(whole)}
    common = sorted(counts, key=lambda letter: (-counts[letter], letter))[: _LETTERS - 1]
    code = {letter: number + 1 for number, letter in enumerate(common)}
    letters = torch.tensor([code.get(letter, 0) for letter in whole])
    windows = letters[: len(letters) // (_CONTEXT + 1) * (_CONTEXT + 1)].view(-1, _CONTEXT + 1)
    windows = windows[torch.randperm(len(windows), generator=torch.Generator().manual_seed(5))]
    x, y = windows[:, :-1], windows[:, 1:]
    return Problem(x[500:], y[500:], x[:500], y[:500], _letters)


def _letters(output: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    return functional.cross_entropy(output.reshape(-1, _LETTERS), target.reshape(-1))


def _teacher(loss: Any, spread: float) -> Problem:
    """Ten inputs through a fixed random network, with noise that grows with the first input."""
    generator = torch.Generator().manual_seed(3)
    x = torch.randn(_TRAIN + _VALIDATION, 10, generator=generator)
    first = torch.randn(10, 24, generator=generator) / 10**0.5
    second = torch.randn(24, 1, generator=generator) / 24**0.5
    noise = spread * torch.randn(len(x), 1, generator=generator) * torch.exp(0.5 * x[:, :1])
    return _split(x, torch.sin(2 * x @ first) @ second * 2 + noise, loss)


@functools.cache
def regression() -> Problem:
    """The teacher's numbers under the squared error."""
    return _teacher(functional.mse_loss, 0.3)


@functools.cache
def likelihood() -> Problem:
    """The teacher's numbers, a fifth as large, under a Gaussian of told mean and width."""
    plain = _teacher(_gaussian, 0.3)
    return Problem(plain.x, plain.y / 5, plain.x_held, plain.y_held / 5, _gaussian)


def _gaussian(output: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    mean, log_width = output[:, :1], output[:, 1:]
    return (log_width + 0.5 * ((target - mean) * torch.exp(-log_width)) ** 2).mean()


def dense(sizes: tuple[int, ...], *, drop: float = 0.0, norm: bool = False) -> nn.Module:
    """A network of dense layers; `drop` and `norm` act behind every hidden one."""
    layers: list[nn.Module] = [nn.Flatten()]
    for inputs, outputs in itertools.pairwise(sizes[:-1]):
        layers += [nn.Linear(inputs, outputs)]
        layers += [nn.BatchNorm1d(outputs)] if norm else []
        layers += [nn.ReLU()] + ([nn.Dropout(drop)] if drop else [])
    return nn.Sequential(*layers, nn.Linear(sizes[-2], sizes[-1]))


def convolutions(side: int, *, norm: bool = False) -> nn.Module:
    """Two convolutions that halve the side each, then one dense layer."""
    layers: list[nn.Module] = []
    for inputs, outputs in ((1, 8), (8, 16)):
        layers += [nn.Conv2d(inputs, outputs, 3, stride=2, padding=1)]
        layers += ([nn.BatchNorm2d(outputs)] if norm else []) + [nn.ReLU()]
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(16 * (side // 4) ** 2, 10))


class _Block(nn.Module):
    def __init__(self, width: int, drop: float) -> None:
        super().__init__()
        self.before, self.between = nn.LayerNorm(width), nn.LayerNorm(width)
        self.gather, self.mix = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.inner, self.outer = nn.Linear(width, 2 * width), nn.Linear(2 * width, width)
        self.drop = nn.Dropout(drop)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        parts = self.gather(self.before(x)).unflatten(-1, (3, 4, -1)).permute(2, 0, 3, 1, 4)
        seen = functional.scaled_dot_product_attention(*parts, is_causal=True)
        x = x + self.drop(self.mix(seen.transpose(1, 2).flatten(2)))
        return x + self.drop(self.outer(functional.gelu(self.inner(self.between(x)))))


class _Letters(nn.Module):
    def __init__(self, width: int, drop: float) -> None:
        super().__init__()
        self.letter = nn.Embedding(_LETTERS, width)
        self.place = nn.Parameter(0.02 * torch.randn(_CONTEXT, width))
        self.blocks = nn.Sequential(_Block(width, drop), _Block(width, drop))
        self.last = nn.Sequential(nn.LayerNorm(width), nn.Linear(width, _LETTERS))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.last(self.blocks(self.letter(x) + self.place))


def transformer(width: int, *, drop: float = 0.0) -> nn.Module:
    """Two blocks of four heads that look backwards only, on letters."""
    return _Letters(width, drop)
