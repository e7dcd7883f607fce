"""Autograd inside a forward: detached paths, custom functions, checkpoints, transforms."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from tests.models.control import Case


class Clamp(torch.autograd.Function):
    """Gradients pass a clamp unchanged."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, least: float) -> Tensor:
        ctx.save_for_backward(x)
        return x.clamp(min=least) * 1.5

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None]:
        return grad, None


class SameObject(torch.autograd.Function):
    """Its forward returns its input."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        return x

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Tensor:
        return -grad


class Custom(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(4, 4)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(SameObject.apply(Clamp.apply(self.fc(x), 0.1)))


class Detached(nn.Module):
    """A straight-through estimator, and a part without gradients."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(4, 4)

    def forward(self, x: Tensor) -> Tensor:
        h = self.fc(x)
        h = h + (h.round() - h).detach()
        with torch.no_grad():
            scale = h.abs().amax()
        return h / scale


class Checkpointed(nn.Module):
    def __init__(self, use_reentrant: bool) -> None:
        super().__init__()
        self.use_reentrant = use_reentrant
        self.body = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 4))

    def forward(self, x: Tensor) -> Tensor:
        return checkpoint(self.body, x, use_reentrant=self.use_reentrant) + x


class InnerGradient(nn.Module):
    """An energy model: its output is the gradient of its energy."""

    def __init__(self) -> None:
        super().__init__()
        self.energy = nn.Linear(4, 1)

    def forward(self, x: Tensor) -> Tensor:
        with torch.enable_grad():
            x = x.detach().requires_grad_()
            energy = self.energy(x).pow(2).sum()
            (gradient,) = torch.autograd.grad(energy, x)
        return gradient * 0.5


class Batched(nn.Module):
    """`vmap` over a function that calls a layer."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(4, 4)

    def forward(self, x: Tensor) -> Tensor:
        return torch.vmap(lambda row: self.fc(row).tanh() * row.sum())(x)


class FunctionalCall(nn.Module):
    """A layer runs with weights that were computed."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(4, 4)

    def forward(self, x: Tensor) -> Tensor:
        weights = {"weight": self.fc.weight * 2, "bias": self.fc.bias}
        return torch.func.functional_call(self.fc, weights, (x,))


class Curvature(nn.Module):
    """Second derivatives, forward over backward; torch fills the directions in place through a diagonal."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(4, 4)

    def forward(self, x: Tensor) -> Tensor:
        return torch.func.hessian(lambda y: self.fc(y).pow(2).sum())(x) @ x


def custom() -> Case:
    return Custom(), (torch.randn(2, 4),), {}


def detached() -> Case:
    return Detached(), (torch.randn(2, 4),), {}


def checkpointed() -> Case:
    return Checkpointed(False), (torch.randn(2, 4).requires_grad_(),), {}


def checkpointed_reentrant() -> Case:
    return Checkpointed(True), (torch.randn(2, 4).requires_grad_(),), {}


def inner_gradient() -> Case:
    return InnerGradient(), (torch.randn(2, 4),), {}


def batched() -> Case:
    return Batched(), (torch.randn(3, 4),), {}


def functional_call() -> Case:
    return FunctionalCall(), (torch.randn(2, 4),), {}


def curvature() -> Case:
    return Curvature(), (torch.randn(4),), {}
