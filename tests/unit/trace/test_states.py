"""Modules and tensors hold the very objects they held before, under the same names and in the same order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn

from graphviz_torch.trace.guard import Guard
from graphviz_torch.trace.statics import Statics
from graphviz_torch.trace.tensor_states import TensorStates


class Usual(nn.Linear):
    """Has attributes of its own."""

    def __init__(self) -> None:
        super().__init__(2, 2)
        self.own = 1
        self.late = [torch.ones(2)]


class Early(Usual):
    """Has one from before `nn.Module` gave it what every module has."""

    def __init__(self) -> None:
        self.__dict__["early"] = 1
        super().__init__()


CHANGES: dict[str, Callable[[nn.Module], Any]] = {
    "given": lambda module: module.register_forward_hook(print),
    "set": lambda module: module._non_persistent_buffers_set.add("weight"),
    "table": lambda module: setattr(module, "_forward_hooks", {}),
    "equal": lambda module: setattr(module, "late", list(module.late)),
    "weight": lambda module: setattr(module, "weight", nn.Parameter(torch.ones(2, 2))),
    "more": lambda module: module.register_buffer("other", torch.ones(1)),
    "renamed": lambda module: setattr(module, "latest", vars(module).pop("late")),
    "gone": lambda module: delattr(module, "own"),
}


@pytest.mark.parametrize("kind", [Usual, Early])
@pytest.mark.parametrize("name", CHANGES)
def test_modules_are_as_they_were(name: str, kind: type[nn.Module]) -> None:
    module = kind()
    tables = {name: value for name, value in vars(module).items() if isinstance(value, (dict, set))}
    before, inside = list(vars(module).items()), {name: list(table) for name, table in tables.items()}
    weights = dict(module.named_parameters())
    guard = Guard(Statics(module))
    CHANGES[name](module)
    guard.restore()
    assert [(name, id(value)) for name, value in vars(module).items()] == [(name, id(value)) for name, value in before]
    assert {name: list(table) for name, table in tables.items()} == inside
    assert all(found is weights[name] for name, found in module.named_parameters())


def replaced(tensor: torch.Tensor) -> None:
    tensor.__dict__ = {"note": torch.zeros(2)}


TENSOR_CHANGES: dict[str, Callable[[torch.Tensor], Any]] = {
    "attribute": lambda tensor: setattr(tensor, "note", torch.zeros(2)),
    "replaced": replaced,
    "hook": lambda tensor: tensor.register_hook(lambda grad: grad),
    "after": lambda tensor: tensor.register_post_accumulate_grad_hook(lambda tensor: None),
    "gradients": lambda tensor: tensor.requires_grad_(False),
    "gradient": lambda tensor: setattr(tensor, "grad", torch.ones(2)),
}


@pytest.mark.parametrize("noted", [False, True])
@pytest.mark.parametrize("name", TENSOR_CHANGES)
def test_tensors_are_as_they_were(name: str, noted: bool) -> None:
    tensor, other = nn.Parameter(torch.ones(2)), nn.Parameter(torch.ones(2))
    if noted:
        tensor.note = torch.ones(2)  # type: ignore[attr-defined]
        tensor.register_hook(lambda grad: 2 * grad)
    before = dict(vars(tensor))
    states = TensorStates()
    assert states.keep([tensor, other]) == []
    TENSOR_CHANGES[name](tensor)
    states.restore()
    assert [(name, id(value)) for name, value in vars(tensor).items()] == [
        (n, id(value)) for n, value in before.items()
    ]
    assert tensor.requires_grad
    assert tensor.grad is None
    tensor.sum().backward()
    assert tensor.grad.tolist() == [2.0 if noted else 1.0] * 2
