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

HOOKS = (
    ("forward_pre", "_forward_pre_hooks"),
    ("forward", "_forward_hooks"),
    ("backward_pre", "_backward_pre_hooks"),
    ("backward", "_backward_hooks"),
)


def module_tree(model: nn.Module, sources: Sources) -> tuple[Module, ...]:
    """Every module in registration order, each instance once, the root first."""
    aliases: dict[int, list[str]] = {}
    for path, module in model.named_modules(remove_duplicate=False):
        aliases.setdefault(id(module), []).append(path)
    seen: dict[int, str] = {}
    return tuple(_module(path, module, aliases[id(module)], seen, sources) for path, module in model.named_modules())


def _module(path: str, module: nn.Module, paths: list[str], seen: dict[int, str], sources: Sources) -> Module:
    kind = type(module)
    return Module(
        path=path,
        type=f"{kind.__module__}.{kind.__qualname__}",
        arguments=_arguments(module),
        aliases=tuple(paths[1:]),
        parameters=tuple(_tensors(path, module._parameters, seen, frozenset())),
        buffers=tuple(_tensors(path, module._buffers, seen, module._non_persistent_buffers_set)),
        training=bool(module.training),
        hooks=tuple(_hooks(module, sources)),
        source=_class_source(kind, sources),
    )


def _arguments(module: nn.Module) -> str:
    try:
        return str(module.extra_repr())
    except Exception:  # noqa: BLE001 - the user's own method
        return ""


def _tensors(path: str, table: Any, seen: dict[int, str], hidden: Any) -> Iterator[Tensor]:
    for name, tensor in table.items():
        if isinstance(tensor, torch.Tensor):
            full = f"{path}.{name}" if path else name
            first = seen.setdefault(id(tensor), full)
            yield Tensor(name, describe(tensor), None if first == full else first, name not in hidden)


def _hooks(module: nn.Module, sources: Sources) -> Iterator[Hook]:
    for kind, table in HOOKS:
        for function in getattr(module, table, {}).values():
            code = getattr(function, "__code__", None)
            place = sources.first_line(code) if code is not None else None
            yield Hook(kind, getattr(function, "__qualname__", type(function).__name__), None, place)


def _class_source(kind: type, sources: Sources) -> SourceLocation | None:
    if kind.__module__.startswith("torch."):
        return None
    forward = inspect.getattr_static(kind, "forward", None)
    code = getattr(forward, "__code__", None)
    return sources.first_line(code) if code is not None else None
