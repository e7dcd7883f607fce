"""Writes in place, views, and tensors that modules keep."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from tests.models.control import Case


class SliceWrites(nn.Module):
    """Halves of a fresh tensor are written through slices."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(4, 4)

    def forward(self, x: Tensor) -> Tensor:
        y = torch.zeros(x.shape[0], 8)
        y[:, :4] = self.fc(x)
        y[:, 4:].add_(x)
        return y.mul_(2)


class ViewWrites(nn.Module):
    """A tensor is changed through its view, and a view through its base."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(4, 4)

    def forward(self, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        h = self.fc(x).clone()
        flat = h.view(-1)
        flat[:4] = y
        first = h[0]
        h.mul_(3)
        return h + 1, first


class OutArgument(nn.Module):
    """Results are written into a tensor that was passed as `out`."""

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        result = torch.empty(2, 4)
        with torch.no_grad():
            torch.add(x, y, out=result)
            torch.mul(result, 2, out=result)
        return result


class DataWrites(nn.Module):
    """Writes past autograd, through `.data`, `set_` and `copy_`."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(4, 4)

    def forward(self, x: Tensor) -> Tensor:
        h = self.fc(x)
        h.data.mul_(2)
        kept = torch.empty_like(h)
        kept.copy_(h)
        kept.data = kept.data + 1
        return kept


class IndexPut(nn.Module):
    """Rows are written and read by indices and by masks."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(4, 4)

    def forward(self, x: Tensor, ids: Tensor) -> Tensor:
        y = self.fc(x).clone()
        y.index_put_((ids,), torch.zeros(4))
        y[y > 0.5] = 0.25
        y.masked_fill_(y < -0.5, -0.25)
        return y.scatter(1, ids[:, None].expand(2, 4) % 4, 1.0)


class Counters(nn.Module):
    """Buffers change on each call; batch norm trains."""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("calls", torch.zeros(()))
        self.fc = nn.Linear(4, 4)
        self.norm = nn.BatchNorm1d(4)

    def forward(self, x: Tensor) -> Tensor:
        self.calls += 1
        return self.norm(self.fc(x)) / self.calls


class Cached(nn.Module):
    """Keeps tensors in plain attributes, one made at construction and one in the first call."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(4, 4)
        self.scale = torch.full((4,), 0.5)
        self.cache: Tensor | None = None

    def forward(self, x: Tensor) -> Tensor:
        if self.cache is None:
            self.cache = torch.arange(4.0)
        return self.fc(x) * self.scale + self.cache


class KeyValueCache(nn.Module):
    """Two calls of one attention layer; the second reads what the first left in a list."""

    def __init__(self) -> None:
        super().__init__()
        self.qkv = nn.Linear(4, 12)

    def attend(self, x: Tensor, past: list[tuple[Tensor, Tensor]]) -> Tensor:
        query, key, value = self.qkv(x).chunk(3, -1)
        past.append((key, value))
        keys, values = (torch.cat(parts, 1) for parts in zip(*past, strict=True))
        return torch.softmax(query @ keys.transpose(1, 2), -1) @ values

    def forward(self, x: Tensor) -> Tensor:
        past: list[tuple[Tensor, Tensor]] = []
        first = self.attend(x[:, :2], past)
        return torch.cat([first, self.attend(x[:, 2:], past)], 1)


def slice_writes() -> Case:
    return SliceWrites(), (torch.randn(2, 4),), {}


def view_writes() -> Case:
    return ViewWrites(), (torch.randn(2, 4), torch.randn(4)), {}


def out_argument() -> Case:
    return OutArgument(), (torch.randn(2, 4), torch.randn(2, 4)), {}


def data_writes() -> Case:
    return DataWrites(), (torch.randn(2, 4),), {}


def index_put() -> Case:
    return IndexPut(), (torch.randn(5, 4), torch.tensor([0, 2])), {}


def counters() -> Case:
    return Counters().train(), (torch.randn(3, 4),), {}


def cached() -> Case:
    return Cached(), (torch.randn(2, 4),), {}


def key_value_cache() -> Case:
    return KeyValueCache(), (torch.randn(1, 4, 4),), {}
