"""The guard: puts the user's model and process back as they were, whatever happened in between."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn
from torch.nn.parameter import UninitializedTensorMixin


@contextmanager
def unchanged(model: nn.Module, training: bool | None, seed: int | None) -> Iterator[None]:
    """Runs the block with the model in one mode and a seeded random state, and undoes every change to both."""
    modules = list(model.modules())
    modes = [module.training for module in modules]
    tables = [_tables(module) for module in modules]
    tensors = [_TensorState(tensor) for tensor in _tensors(model)]
    grad = torch.is_grad_enabled()
    with torch.random.fork_rng(devices=_devices(model)):
        try:
            if training is not None:
                model.train(training)
            if seed is not None:
                torch.manual_seed(seed)
            yield
        finally:
            torch.set_grad_enabled(grad)
            for module, mode, table in zip(modules, modes, tables, strict=True):
                _restore(module, table)
                module.__dict__["training"] = mode
            for state in tensors:
                state.restore()


def _devices(model: nn.Module) -> list[int]:
    found = {t.device.index or 0 for t in _tensors(model) if t.device.type == "cuda"}
    return sorted(found)


def _tensors(model: nn.Module) -> list[torch.Tensor]:
    return [*model.parameters(), *model.buffers()]


def _tables(module: nn.Module) -> dict[str, Any]:
    """The attributes of a module, with copies of the containers that a forward may change."""
    return {key: dict(value) if type(value) is dict else value for key, value in module.__dict__.items()}


def _restore(module: nn.Module, table: dict[str, Any]) -> None:
    for key in [key for key in module.__dict__ if key not in table]:
        del module.__dict__[key]
    for key, value in table.items():
        present = module.__dict__.get(key)
        if type(value) is dict and type(present) is dict:
            if present != value if not key.startswith(("_parameters", "_buffers")) else True:
                present.clear()
                present.update(value)
        elif present is not value:
            module.__dict__[key] = value


class _TensorState:
    """What a run may change of one parameter or buffer."""

    def __init__(self, tensor: torch.Tensor) -> None:
        self._tensor = tensor
        self._grad = tensor.grad
        self._requires_grad = tensor.requires_grad
        self._copy = None
        if not isinstance(tensor, nn.Parameter) and not isinstance(tensor, UninitializedTensorMixin):
            self._copy = tensor.detach().clone()

    def restore(self) -> None:
        tensor = self._tensor
        if self._copy is not None and tensor.device.type != "meta":
            with torch.no_grad():
                tensor.data.copy_(self._copy)
        if tensor.requires_grad is not self._requires_grad:
            tensor.requires_grad_(self._requires_grad)
        if tensor.grad is not self._grad:
            tensor.grad = self._grad
