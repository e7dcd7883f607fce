"""Writes that no name with an underscore tells of, and tensors that are given the memory of others."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tests.models.control import Case


class OutParts(nn.Module):
    """Rows are written through `out`; the last reads the others, in the same memory."""

    def forward(self, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        kept = torch.zeros(3, 4)
        torch.add(x, 1, out=kept[0])
        torch.add(y, 1, out=kept[1])
        torch.add(kept[0], kept[1], out=kept[2])
        return kept[1] * 2, kept * 2


class ForeachParts(nn.Module):
    """One function writes several parts of a tensor, of which one is read."""

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        whole = x.repeat(2, 1)
        parts = list(whole.split(1))
        torch._foreach_mul_(parts, 2.0)
        torch._foreach_add_(parts[1:3], [x[:1], x[:1]])
        return whole[2:] + 1, parts[3] + 1


class MaxNorm(nn.Module):
    """A look-up that shortens the rows of its table first."""

    def __init__(self) -> None:
        super().__init__()
        self.table = nn.Embedding(5, 4, max_norm=0.5)

    def forward(self, ids: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        before = self.table.weight * 2
        return before, self.table(ids), self.table.weight * 2


class FirstInPlace(nn.Module):
    """Activations that write the input of the model, and a weight."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(4, 4)
        self.act = nn.ReLU(inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        y = self.act(x)
        F.hardtanh(self.fc.weight.detach(), -0.1, 0.1, True)
        return self.fc(x) + y


@torch.library.custom_op("tests::accumulate", mutates_args=("into",))
def accumulate(x: Tensor, into: Tensor) -> None:
    into.add_(x)


class Library(nn.Module):
    """An operator of a library writes a weight and an input."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(4, 4)

    def forward(self, x: Tensor) -> Tensor:
        accumulate(x[0], self.fc.bias.detach())
        accumulate(x * 2, x)
        return self.fc(x)


class SetAway(nn.Module):
    """A tensor leaves the memory that it was written in; its view stays."""

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        moving = torch.zeros(2, 4)
        view = moving.view(8)
        view.add_(1)
        moving.set_(x * 2)
        first = moving + 0
        view.mul_(3)
        moving.add_(1)
        return first, moving + 0, view + 0


class Swapped(nn.Module):
    """Two tensors, and a weight, are given other memory."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(4, 4)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        left, right = x * 1, x * 2
        row = left[0]
        left.data, right.data = right.data, left.data
        left.add_(10)
        self.fc.weight.data = self.fc.weight.data * 2
        return self.fc(left), right + 0, row + 0


class ComplexParts(nn.Module):
    """A part is written as real numbers, and read as complex ones."""

    def forward(self, x: Tensor) -> Tensor:
        whole = torch.view_as_complex(x.clone().view(4, 2))
        torch.view_as_real(whole)[2:].mul_(2)
        return (whole + 1).abs()


class SameAddress(nn.Module):
    """Two storages have one piece of memory."""

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        y = x * 2
        other = torch.from_dlpack(y)
        other.add_(1)
        y.mul_(2)
        return y + 1, torch.as_tensor(y.numpy()) + 1


class WrittenWeights(nn.Module):
    """A model that writes its own weights, past autograd too."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(4, 4)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        with torch.no_grad():
            self.fc.weight.mul_(0.5)
            self.fc.bias.copy_(x.mean(0))
            self.fc.weight[0] = 0
        first = self.fc(x)
        for weight in self.fc.parameters():
            weight.data.clamp_(-0.1, 0.1)
        return first, self.fc(x)


def out_parts() -> Case:
    return OutParts(), (torch.randn(4), torch.randn(4)), {}


def foreach_parts() -> Case:
    return ForeachParts(), (torch.randn(2, 4),), {}


def max_norm() -> Case:
    return MaxNorm(), (torch.tensor([0, 2, 2]),), {}


def first_in_place() -> Case:
    return FirstInPlace(), (torch.randn(2, 4),), {}


def library() -> Case:
    return Library(), (torch.randn(2, 4),), {}


def set_away() -> Case:
    return SetAway(), (torch.randn(2, 4),), {}


def swapped() -> Case:
    return Swapped(), (torch.randn(2, 4),), {}


def complex_parts() -> Case:
    return ComplexParts(), (torch.randn(2, 4),), {}


def same_address() -> Case:
    return SameAddress(), (torch.randn(2, 4),), {}


def written_weights() -> Case:
    return WrittenWeights(), (torch.randn(2, 4),), {}
