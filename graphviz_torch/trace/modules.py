"""The static tree of modules, as plain data."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

import torch
from torch import nn

from graphviz_torch.ir.graph import Hook, Module, SourceLocation, Tensor
from graphviz_torch.trace.metadata import describe
from graphviz_torch.trace.source import Sources
from graphviz_torch.trace.statics import Statics

HOOKS = (
    ("forward_pre", "_forward_pre_hooks"),
    ("forward", "_forward_hooks"),
    ("backward_pre", "_backward_pre_hooks"),
    ("backward", "_backward_hooks"),
)


def module_tree(statics: Statics, sources: Sources) -> tuple[Module, ...]:
    """Every module in registration order, each instance once, the root first."""
    tree = _Tree(sources)
    return tuple(tree.module(path, module, statics.paths[id(module)]) for path, module in statics.modules)


class _Tree:
    """Describes modules one after the other; what is the same for all of a class is found once."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._first_paths: dict[int, str] = {}
        self._places: dict[type, SourceLocation | None] = {}

    def module(self, path: str, module: nn.Module, paths: list[str]) -> Module:
        kind = type(module)
        if kind not in self._places:
            self._places[kind] = _class_source(kind, self._sources)
        return Module(
            path=path,
            type=f"{kind.__module__}.{kind.__qualname__}",
            arguments=_arguments(module),
            aliases=tuple(paths[1:]),
            parameters=tuple(self._tensors(path, module._parameters, frozenset())),
            buffers=tuple(self._tensors(path, module._buffers, module._non_persistent_buffers_set)),
            training=bool(module.training),
            hooks=tuple(_hooks(module, self._sources)),
            source=self._places[kind],
        )

    def _tensors(self, path: str, table: Any, hidden: Any) -> Iterator[Tensor]:
        for name, tensor in table.items():
            if isinstance(tensor, torch.Tensor):
                full = f"{path}.{name}" if path else name
                first = self._first_paths.setdefault(id(tensor), full)
                yield Tensor(name, describe(tensor), None if first == full else first, name not in hidden)


def _arguments(module: nn.Module) -> str:
    if type(module).extra_repr is nn.Module.extra_repr:
        return ""
    try:
        return str(module.extra_repr())
    except Exception:  # noqa: BLE001 - the user's own method
        return ""


def _hooks(module: nn.Module, sources: Sources) -> Iterator[Hook]:
    for kind, table in HOOKS:
        for function in (getattr(module, table, None) or {}).values():
            code = getattr(function, "__code__", None)
            place = sources.first_line(code) if code is not None else None
            yield Hook(kind, getattr(function, "__qualname__", type(function).__name__), None, place)


def _class_source(kind: type, sources: Sources) -> SourceLocation | None:
    if kind.__module__.startswith("torch."):
        return None
    forward = inspect.getattr_static(kind, "forward", None)
    code = getattr(forward, "__code__", None)
    return sources.first_line(code) if code is not None else None
