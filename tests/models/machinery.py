"""What modules can do beside `forward`: hooks, scripts, lazy weights, threads, other array libraries."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils._pytree import tree_map_only

from tests.models.control import Case


class Tagged(torch.Tensor):
    """A subclass that changes nothing."""


class Subclass(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(4, 4)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(x) + x.as_subclass(Tagged).relu().as_subclass(torch.Tensor)


class Wrapped(torch.Tensor):
    """A subclass around a tensor, whose own memory is nowhere."""

    held: Tensor

    @staticmethod
    def __new__(cls, held: Tensor) -> Wrapped:
        made: Wrapped = torch.Tensor._make_wrapper_subclass(cls, held.shape, dtype=held.dtype)
        made.held = held
        return made

    @classmethod
    def __torch_dispatch__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        given, named = tree_map_only(cls, lambda one: one.held, (args, kwargs or {}))
        return tree_map_only(Tensor, cls, func(*given, **named))


class Wrapper(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        y = Wrapped(x * 2)
        return (y.sin() + y).held * 3


class ThroughNumpy(nn.Module):
    """Data leaves torch and comes back as a copy."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(4, 4)

    def forward(self, x: Tensor) -> Tensor:
        outside = torch.from_numpy(x.detach().numpy() * 2)
        return self.fc(outside) * x.mean().item()


class Threads(nn.Module):
    """One half runs in another thread."""

    def __init__(self) -> None:
        super().__init__()
        self.near = nn.Linear(4, 4)
        self.far = nn.Linear(4, 4)

    def forward(self, x: Tensor) -> Tensor:
        with ThreadPoolExecutor(1) as pool:
            there = pool.submit(self.far, x)
            here = self.near(x)
            return here + there.result()


class Containers(nn.Module):
    """Modules in lists and dicts, one of them never called, one through another method."""

    def __init__(self) -> None:
        super().__init__()
        self.table = nn.ModuleDict({"p": nn.Linear(4, 4), "q": nn.Sequential(nn.Linear(4, 4), nn.GELU())})
        self.weights = nn.ParameterList([torch.randn(4), torch.randn(4)])
        self.idle = nn.Linear(9, 9)

    def forward(self, x: Tensor) -> Tensor:
        total = sum((part(x) for part in self.table.values()), start=self.weights[0])
        return self.table["p"].forward(total) * self.weights[1]


def hooks() -> Case:
    model = nn.Sequential(nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 2))
    model[0].register_forward_hook(lambda module, inputs, output: output * 2 + 1)
    model[2].register_forward_pre_hook(lambda module, inputs: (inputs[0].abs(),))
    return model, (torch.randn(2, 4),), {}


def script() -> Case:
    inner = torch.jit.script(nn.Sequential(nn.Linear(4, 4), nn.ReLU()))
    return nn.Sequential(nn.Linear(4, 4), inner, nn.Linear(4, 2)), (torch.randn(2, 4),), {}


def lazy() -> Case:
    model = nn.Sequential(nn.LazyConv2d(4, 3), nn.LazyBatchNorm2d(), nn.ReLU(), nn.Flatten(), nn.LazyLinear(3)).eval()
    return model, (torch.randn(1, 2, 6, 6),), {}


def parametrized() -> Case:
    layer = nn.utils.parametrizations.weight_norm(nn.Linear(4, 4))
    return (
        nn.Sequential(layer, nn.utils.parametrizations.spectral_norm(nn.Linear(4, 4))).eval(),
        (torch.randn(2, 4),),
        {},
    )


def subclass() -> Case:
    return Subclass(), (torch.randn(2, 4).as_subclass(Tagged),), {}


def wrapper() -> Case:
    return Wrapper(), (torch.randn(2, 4),), {}


def through_numpy() -> Case:
    return ThroughNumpy(), (torch.randn(2, 4),), {}


def threads() -> Case:
    return Threads(), (torch.randn(2, 4),), {}


def containers() -> Case:
    return Containers(), (torch.randn(2, 4),), {}


def graph_module() -> Case:
    return torch.fx.symbolic_trace(nn.Sequential(nn.Linear(4, 4), nn.ReLU())), (torch.randn(2, 4),), {}
