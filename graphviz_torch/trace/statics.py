"""What a model is made of before it runs, found in one walk over its modules."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from itertools import chain
from operator import itemgetter
from typing import Any

import torch
from torch import nn

Leaf = tuple[str, torch.Tensor, str]
LONGEST = 1000
DEEPEST = 3
TENSOR: Callable[[Leaf], torch.Tensor] = itemgetter(1)
HOOKS = itemgetter("_forward_pre_hooks", "_forward_hooks", "_backward_pre_hooks", "_backward_hooks")


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
            entry = path, module = todo.pop()
            known = self.paths.get(id(module))
            if known is not None:  # a shared module is walked once, under its first path
                known.append(path)
                continue
            self.paths[id(module)] = [path]
            self.modules.append(entry)
            if module._modules:
                below = f"{path}." if path else ""
                children = [(below + name, child) for name, child in module._modules.items() if child is not None]
                todo += children[::-1]

    @cached_property
    def leaves(self) -> dict[int, Leaf]:
        """Kind, tensor and first path of every parameter and buffer, by the tensor's `id`."""
        return self._found[0]

    @property
    def shared(self) -> set[int]:
        """The `id` of each tensor that has more paths than one."""
        return self._found[1]

    @cached_property
    def _found(self) -> tuple[dict[int, Leaf], set[int]]:
        leaves: dict[int, Leaf] = {}
        shared: set[int] = set()
        for path, module in self.modules:
            if module._parameters:
                _add("parameter", path, module._parameters, leaves, shared)
            if module._buffers:
                _add("buffer", path, module._buffers, leaves, shared)
        return leaves, shared

    def hooked(self) -> list[tuple[str, nn.Module]]:
        """The modules that have hooks, with their paths."""
        if not self._any_hooked():
            return []
        return [(path, module) for path, module in self.modules if _hooked(module)]

    def _any_hooked(self) -> bool:
        """Whether it is worth looking at each: few models have hooks at all."""
        try:
            return any(chain.from_iterable([HOOKS(module.__dict__) for _, module in self.modules]))
        except KeyError:  # one is no module like others
            return True

    def tensors(self) -> list[torch.Tensor]:
        """Every parameter and buffer, each once."""
        return list(map(TENSOR, self.leaves.values()))

    def attribute_path(self, tensor: torch.Tensor) -> str:
        """The path of the attribute that holds a tensor that is registered nowhere; empty where there is none."""
        for path, module in self.modules:
            for name, value in module.__dict__.items():
                if name[:1] != "_":
                    for below, held in _shallow(name, value):
                        if held is tensor:
                            return _below(path, below)
        return ""


def of_class(kind: type, name: str) -> Any:
    """What a class has under a name, from itself or another, without asking for it; `None` where it has nothing."""
    return next((vars(base)[name] for base in kind.__mro__ if name in vars(base)), None)


def _add(
    kind: str, path: str, table: Mapping[str, torch.Tensor | None], leaves: dict[int, Leaf], shared: set[int]
) -> None:
    """Adds the tensors of a module, and tells which are known from an earlier one."""
    below = f"{path}." if path else ""
    for name, tensor in table.items():
        if tensor is not None:
            key = id(tensor)
            if key in leaves:
                shared.add(key)
            else:
                leaves[key] = kind, tensor, below + name


def _hooked(module: nn.Module) -> bool:
    try:
        return any(HOOKS(module.__dict__))
    except KeyError:  # it is no module like others
        return True


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _shallow(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, torch.Tensor):
        yield name, value
    else:
        for path, item in held_in(name, value):
            yield path, item
            if isinstance(item, nn.Module):  # registered nowhere: what it holds
                yield from ((_below(path, below), tensor) for below, tensor in item.named_parameters())
                yield from ((_below(path, below), tensor) for below, tensor in item.named_buffers())


def held_in(name: str, value: Any, depth: int = 0) -> Iterator[tuple[str, Any]]:
    """The parts of lists, tuples and dicts, and of those inside of them, each with its path: `blocks[0]['norm']`.

    Long ones are tables of plain data, and left alone.
    """
    items: Iterable[tuple[Any, Any]] = ()
    if isinstance(value, (list, tuple)) and len(value) <= LONGEST:
        items = enumerate(value)
    elif isinstance(value, dict) and len(value) <= LONGEST:
        items = value.items()
    for key, item in items:
        path = f"{name}[{key!r}]"
        if not isinstance(item, (list, tuple, dict)):
            yield path, item
        elif depth < DEEPEST:
            yield from held_in(path, item, depth + 1)
