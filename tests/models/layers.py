"""Layers and operations that tracers stumble over."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tests.models.control import Case


class Attention(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.attention = nn.MultiheadAttention(8, 2, batch_first=True)

    def forward(self, x: Tensor) -> Tensor:
        mixed, weights = self.attention(x, x, x)
        return mixed * weights.sum()


class Products(nn.Module):
    """einsum, outer products, operators that are reflected, and reductions over several axes."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(4, 4, 3))

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        z = torch.einsum("bi,ijk,bj->bk", x, self.weight, y)
        z = 1 / (2 - z) + torch.outer(x[0], y[0]).mean((0, 1))
        return z**2 @ z.T


class Scatter(nn.Module):
    """Message passing by hand."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(4, 4)

    def forward(self, x: Tensor, edges: Tensor) -> Tensor:
        source, target = edges
        index = target[:, None].expand(-1, 4)
        received = torch.zeros(5, 4).scatter_add_(0, index, self.fc(x)[source])
        return received.gather(0, index)


class Random(nn.Module):
    """Dropout in training and noise of several kinds."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(4, 4)
        self.drop = nn.Dropout(0.5)

    def forward(self, x: Tensor) -> Tensor:
        x = self.drop(self.fc(x)) + torch.randn_like(x)
        return x * torch.bernoulli(torch.rand(4)) + torch.empty(4).normal_()


class Fourier(nn.Module):
    """Complex numbers and a filter."""

    def __init__(self) -> None:
        super().__init__()
        self.filter = nn.Parameter(torch.randn(5, dtype=torch.complex64))

    def forward(self, x: Tensor) -> Tensor:
        spectrum = torch.fft.rfft(x) * self.filter
        return torch.fft.irfft(spectrum, n=x.shape[-1]) + spectrum.real.sum()


class Sparse(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(3, 3)

    def forward(self, graph: Tensor, x: Tensor) -> Tensor:
        return self.fc(graph @ x) + graph.to_dense().sum()


class Mixed(nn.Module):
    """Integers, booleans, comparisons and constants."""

    def __init__(self) -> None:
        super().__init__()
        self.emb = nn.Embedding(10, 3)

    def forward(self, x: Tensor) -> Tensor:
        ids = x.abs().long().clamp(max=9)
        rare = (x > 0) & ~(x > 1) | torch.tensor([True, False, False, True])
        return torch.where(rare, self.emb(ids).sum(-1), x)


class Windows(nn.Module):
    """Convolutions, pools with indices, interpolation, padding and folding."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3, padding="same")
        self.up = nn.ConvTranspose2d(4, 3, 2, stride=2)

    def forward(self, x: Tensor) -> Tensor:
        y, where = F.max_pool2d(self.conv(x), 2, return_indices=True)
        y = F.max_unpool2d(y, where, 2)
        y = F.interpolate(self.up(F.avg_pool2d(y, 2)), size=x.shape[-2:], mode="bilinear")
        return F.fold(F.unfold(F.pad(y, (1, 1, 1, 1), mode="reflect"), 3), x.shape[-2:], 3, padding=1)


def attention() -> Case:
    return Attention().eval(), (torch.randn(2, 5, 8),), {}


def lstm() -> Case:
    return nn.LSTM(4, 6, 2, batch_first=True, bidirectional=True), (torch.randn(2, 5, 4),), {}


def encoder() -> Case:
    layer = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)
    return nn.TransformerEncoder(layer, 2, enable_nested_tensor=False).eval(), (torch.randn(2, 5, 8),), {}


def products() -> Case:
    return Products(), (torch.randn(2, 4), torch.randn(2, 4)), {}


def scatter() -> Case:
    return Scatter(), (torch.randn(5, 4), torch.tensor([[0, 1, 2, 3], [1, 1, 0, 4]])), {}


def random() -> Case:
    return Random().train(), (torch.randn(2, 4),), {}


def fourier() -> Case:
    return Fourier(), (torch.randn(2, 8),), {}


def sparse() -> Case:
    return Sparse(), (torch.eye(3).to_sparse(), torch.randn(3, 3)), {}


def mixed() -> Case:
    return Mixed(), (torch.randn(2, 4),), {}


def windows() -> Case:
    return Windows(), (torch.randn(1, 3, 8, 8),), {}
