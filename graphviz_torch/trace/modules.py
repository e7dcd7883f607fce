"""The static tree of modules, as plain data."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Any

import torch
from torch import nn

from graphviz_torch.ir.drafts import make_module, make_tensor
from graphviz_torch.ir.graph import Hook, Module, SourceLocation, Tensor
from graphviz_torch.trace.metadata import Key, Metas, key_of
from graphviz_torch.trace.source import Sources
from graphviz_torch.trace.statics import Statics, of_class

# The name of a class, whether its modules say nothing of their arguments, and where its forward is.
_Kind = tuple[str, bool, SourceLocation | None]
HOOKS = (
    ("forward_pre", "_forward_pre_hooks"),
    ("forward", "_forward_hooks"),
    ("backward_pre", "_backward_pre_hooks"),
    ("backward", "_backward_hooks"),
)


def module_tree(statics: Statics, sources: Sources, metas: Metas | None = None) -> tuple[Module, ...]:
    """Every module in registration order, each instance once, the root first."""
    tree = _Tree(statics, sources, metas or Metas())
    return tuple([tree.module(path, module) for path, module in statics.modules])


class _Tree:
    """Describes modules one after the other; what is the same for all of a class, and equal tensors, are made once."""

    def __init__(self, statics: Statics, sources: Sources, metas: Metas) -> None:
        self._statics = statics
        self._paths = statics.paths
        self._shared = statics.shared
        self._sources = sources
        self._metas = metas
        self._kinds: dict[type, _Kind] = {}
        self._made: dict[tuple[str, Key], Tensor] = {}
        self._hooked = {id(module) for _, module in statics.hooked()}

    def module(self, path: str, module: nn.Module) -> Module:
        kind = type(module)
        name, silent, source = self._kinds.get(kind) or self._meet(kind)
        paths = self._paths[id(module)]
        parameters, buffers = module._parameters, module._buffers
        return make_module(
            path,
            name,
            "" if silent else _arguments(module),
            tuple(paths[1:]) if len(paths) > 1 else (),
            self._tensors(path, parameters, ()) if parameters else (),
            self._tensors(path, buffers, module._non_persistent_buffers_set) if buffers else (),
            bool(module.training),
            _hooks(module, self._sources) if id(module) in self._hooked else (),
            source,
        )

    def _meet(self, kind: type[nn.Module]) -> _Kind:
        silent = kind.extra_repr is nn.Module.extra_repr
        known = self._kinds[kind] = f"{kind.__module__}.{kind.__qualname__}", silent, _class_source(kind, self._sources)
        return known

    def _tensors(self, path: str, table: Mapping[str, Any], hidden: Container[str]) -> tuple[Tensor, ...]:
        found = []
        for name, tensor in table.items():
            if tensor is None:
                continue
            if name in hidden or id(tensor) in self._shared:
                found.append(self._special(path, name, tensor, name not in hidden))
                continue
            key = key_of(tensor)
            try:
                made = self._made.get((name, key))
                if made is None:
                    made = self._made[name, key] = make_tensor(name, self._metas.of(key), None, True)
            except TypeError:  # symbolic sizes cannot be looked up
                made = make_tensor(name, self._metas.of(key), None, True)
            found.append(made)
        return tuple(found)

    def _special(self, path: str, name: str, tensor: torch.Tensor, persistent: bool) -> Tensor:
        """A tensor that is in no state dict, or has more than one path."""
        first = self._statics.leaves[id(tensor)][2]
        alias = None if first == (f"{path}.{name}" if path else name) else first
        return make_tensor(name, self._metas.describe(tensor), alias, persistent)


def _arguments(module: nn.Module) -> str:
    try:
        return str(module.extra_repr())
    except Exception:  # noqa: BLE001 - the user's own method
        return ""


def _hooks(module: nn.Module, sources: Sources) -> tuple[Hook, ...]:
    attributes = module.__dict__
    found = [(kind, attributes[table]) for kind, table in HOOKS if attributes.get(table)]
    return tuple([_hook(kind, function, sources) for kind, table in found for function in table.values()])


def _hook(kind: str, function: Any, sources: Sources) -> Hook:
    code = getattr(function, "__code__", None)
    place = sources.first_line(code) if code is not None else None
    return Hook(kind, getattr(function, "__qualname__", type(function).__name__), None, place)


def _class_source(kind: type, sources: Sources) -> SourceLocation | None:
    if kind.__module__.startswith("torch."):
        return None
    forward = of_class(kind, "forward")
    code = getattr(forward, "__code__", None)
    return sources.first_line(code) if code is not None else None
