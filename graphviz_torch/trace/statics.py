"""What a model is made of before it runs, found in one walk over its modules."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

import torch
from torch import nn

Leaf = tuple[str, torch.Tensor, str]


class Statics:
    """The modules of a model and the tensors they hold.

    Attributes:
        modules: (path, module) in registration order, each instance once, the root first.
        paths: every path of each module, by the module's `id`.
    """

    def __init__(self, model: nn.Module) -> None:
        self.modules: list[tuple[str, nn.Module]] = []
        self.paths: dict[int, list[str]] = {}
        todo: list[tuple[str, nn.Module]] = [("", model)]
        while todo:
            path, module = todo.pop()
            known = self.paths.get(id(module))
            if known is not None:  # a shared module is walked once, under its first path
                known.append(path)
                continue
            self.paths[id(module)] = [path]
            self.modules.append((path, module))
            children = [(_below(path, name), child) for name, child in module._modules.items() if child is not None]
            todo.extend(reversed(children))

    @cached_property
    def leaves(self) -> dict[int, Leaf]:
        """Kind, tensor and first path of every parameter and buffer, by the tensor's `id`."""
        found: dict[int, Leaf] = {}
        for path, module in self.modules:
            for kind, table in (("parameter", module._parameters), ("buffer", module._buffers)):
                for name, tensor in table.items():
                    if tensor is not None:
                        found.setdefault(id(tensor), (kind, tensor, _below(path, name)))
        return found

    def tensors(self) -> list[torch.Tensor]:
        """Every parameter and buffer, each once."""
        return [tensor for _, tensor, _ in self.leaves.values()]

    def attribute_path(self, tensor: torch.Tensor) -> str:
        """The path of the attribute that holds a tensor that is registered nowhere; empty where there is none."""
        for path, module in self.modules:
            for name, value in module.__dict__.items():
                if name[:1] != "_":
                    for below, held in _shallow(name, value):
                        if held is tensor:
                            return _below(path, below)
        return ""


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _shallow(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, torch.Tensor):
        yield name, value
    elif isinstance(value, (list, tuple)):
        yield from (found for place, item in enumerate(value) for found in _held(f"{name}[{place}]", item))
    elif isinstance(value, dict):
        yield from (found for key, item in value.items() for found in _held(f"{name}[{key!r}]", item))


def _held(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    """A part of a container; of a module, which is registered nowhere, what it holds."""
    yield name, value
    if isinstance(value, nn.Module):
        yield from ((_below(name, path), tensor) for path, tensor in value.named_parameters())
        yield from ((_below(name, path), tensor) for path, tensor in value.named_buffers())
