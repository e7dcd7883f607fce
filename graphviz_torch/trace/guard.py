"""The guard: puts the user's model and process back as they were, whatever happened in between.

Weights can be large, so none is copied unless something is about to write it: the recorder says so through
`Guard.about_to_write`. Buffers are copied at the start, since native kernels (batch norm) write them unannounced.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from operator import is_
from typing import Any

import torch
from torch import nn
from torch.nn.parameter import UninitializedBuffer, UninitializedParameter

from graphviz_torch.trace.random_state import random_state
from graphviz_torch.trace.statics import Statics

UNINITIALIZED = (UninitializedParameter, UninitializedBuffer)
CONTAINERS = frozenset((dict, OrderedDict, list, set))


class Guard:
    """Knows how a model was, and puts it back."""

    def __init__(self, statics: Statics) -> None:
        self._modules = [(module, dict(module.__dict__), _inner(module)) for _, module in statics.modules]
        self._tensors = [
            (tensor, tensor.requires_grad, tensor.grad) for tensor in statics.tensors() if not lazy(tensor)
        ]
        self._memory: dict[int, torch.Tensor] = {}
        self._copies: list[tuple[torch.Tensor, torch.Tensor]] = []
        for kind, tensor, _ in statics.leaves.values():
            if lazy(tensor):  # has no memory yet
                continue
            if kind == "buffer":
                self._save(tensor)
            else:
                self._memory[_address(tensor)] = tensor

    def about_to_write(self, tensor: torch.Tensor) -> None:
        """Copies the weight whose memory is about to be written, if it is one."""
        if self._memory:
            weight = self._memory.pop(_address(tensor), None)
            if weight is not None:
                self._save(weight)

    def restore(self) -> None:
        """Puts everything back that differs."""
        for module, attributes, inner in self._modules:
            _restore(module, attributes, inner)
        for tensor, copy in self._copies:
            if not torch.equal(tensor.detach(), copy):
                tensor.data.copy_(copy)
        for tensor, requires_grad, grad in self._tensors:
            if tensor.requires_grad is not requires_grad:
                tensor.requires_grad_(requires_grad)
            if tensor.grad is not grad:
                tensor.grad = grad

    def _save(self, tensor: torch.Tensor) -> None:
        if tensor.device.type != "meta":
            self._copies.append((tensor, tensor.detach().clone()))


def lazy(tensor: torch.Tensor) -> bool:
    """Whether a parameter or buffer waits for its first input to get a shape."""
    return isinstance(tensor, UNINITIALIZED)


@contextmanager
def unchanged(statics: Statics, training: bool | None, seed: int | None) -> Iterator[Guard]:
    """Runs the block with the model in one mode and a seeded random state, and undoes every change to both."""
    guard = Guard(statics)
    grad = torch.is_grad_enabled()
    root = statics.modules[0][1]
    with random_state(seed, _accelerators(statics)):
        try:
            if training is not None:
                root.train(training)
            yield guard
        finally:
            torch.set_grad_enabled(grad)
            with torch.no_grad():
                guard.restore()


def _accelerators(statics: Statics) -> list[torch.device]:
    devices = {tensor.device for tensor in statics.tensors()}
    return [device for device in devices if device.type not in ("cpu", "meta")]


def _address(tensor: torch.Tensor) -> int:
    try:
        return tensor.untyped_storage().data_ptr()
    except (RuntimeError, NotImplementedError):  # sparse, nested and wrapped tensors have no memory of their own
        return -1


def _inner(module: nn.Module) -> list[tuple[Any, Any]]:
    """The containers among the attributes, which a forward may change in place, each with a copy."""
    return [(value, value.copy()) for value in module.__dict__.values() if type(value) in CONTAINERS]


def _restore(module: nn.Module, attributes: dict[str, Any], inner: list[tuple[Any, Any]]) -> None:
    present = module.__dict__
    if len(present) != len(attributes) or not all(map(is_, present.values(), attributes.values())):
        present.clear()
        present.update(attributes)
    for container, before in inner:
        if (container or before) and not _same(container, before):
            container.clear()
            if isinstance(container, list):
                container.extend(before)
            else:
                container.update(before)


def _same(container: Any, before: Any) -> bool:
    """Whether a container holds the very same objects; tensors must not be compared, they answer with tensors."""
    if len(container) != len(before):
        return False
    if isinstance(container, dict):
        return all(map(is_, container, before)) and all(map(is_, container.values(), before.values()))
    return isinstance(container, set) or all(map(is_, container, before))
