"""Tensors in the structures that models take and return."""

from __future__ import annotations

from typing import Any

import torch
from torch.nn.parameter import Parameter
from torch.utils._pytree import SUPPORTED_NODES

Tensor = torch.Tensor
SCALARS: frozenset[type] = frozenset(
    {
        *(int, float, bool, str, bytes, complex, slice, type(None), type(Ellipsis)),
        *(torch.dtype, torch.device, torch.layout, torch.memory_format, torch.Size),
    }
)
DEEPEST_STRUCTURE = 12
DEEPEST_OBJECT = 4


def tensors_of(value: Any) -> list[Tensor]:
    """The tensors in a structure, in order: lists, tuples, dicts, sets and dataclasses, and shallowly other objects."""
    if type(value) is Tensor:  # nearly always
        return [value]
    found: list[Tensor] = []
    _collect(value, found, 0)
    return found


def _collect(value: Any, found: list[Tensor], depth: int) -> None:
    kind = type(value)
    if kind is Tensor or kind is Parameter:
        found.append(value)
    elif kind in SCALARS or depth > DEEPEST_STRUCTURE:
        return
    elif kind is tuple or kind is list:
        for item in value:
            if type(item) is Tensor:
                found.append(item)
            else:
                _collect(item, found, depth + 1)
    elif kind is dict:
        for item in value.values():
            _collect(item, found, depth + 1)
    elif isinstance(value, Tensor):
        found.append(value)
    elif not isinstance(value, torch.nn.Module):
        for _, item in items_of(value, "", depth):
            _collect(item, found, depth + 1)


def named_tensors(value: Any, name: str, depth: int = 0) -> list[tuple[str, Tensor]]:
    """The tensors in a structure with the path to each: `batch['ids'][0]`, `out.logits`."""
    if isinstance(value, Tensor):
        return [(name, value)]
    if type(value) in SCALARS or depth > DEEPEST_STRUCTURE or isinstance(value, torch.nn.Module):
        return []
    return [pair for key, item in items_of(value, name, depth) for pair in named_tensors(item, key, depth + 1)]


def items_of(value: Any, name: str, depth: int) -> list[tuple[str, Any]]:
    """The parts of a container with the path to each."""
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return [(f"{name}.{field}" if name else field, getattr(value, field)) for field in value._fields]
    if isinstance(value, (list, tuple)):
        return [(f"{name}[{place}]", item) for place, item in enumerate(value)]
    fields = getattr(type(value), "__dataclass_fields__", None)  # an instance may answer to any name
    if fields is not None and not isinstance(value, type):
        return [(f"{name}.{field}" if name else field, getattr(value, field, None)) for field in fields]
    if hasattr(type(value), "items") and hasattr(type(value), "keys"):
        return [(f"{name}[{key!r}]" if name or not isinstance(key, str) else key, item) for key, item in value.items()]
    if isinstance(value, (set, frozenset)):
        return [(f"{name}{{}}", item) for item in value]
    if depth < DEEPEST_OBJECT and not isinstance(value, type) and not callable(value):
        return _attributes(value, name) or _registered(value, name)
    return []


def _attributes(value: Any, name: str) -> list[tuple[str, Any]]:
    """The public attributes of an object, with those in slots."""
    held = getattr(value, "__dict__", {})
    slots = [slot for kind in type(value).__mro__ for slot in _names(kind.__dict__.get("__slots__", ()))]
    found = {**{slot: getattr(value, slot) for slot in slots if hasattr(value, slot)}, **held}
    return [(f"{name}.{key}" if name else key, item) for key, item in found.items() if key[:1] != "_"]


def _names(slots: Any) -> tuple[str, ...]:
    return (slots,) if isinstance(slots, str) else tuple(slots)


def _registered(value: Any, name: str) -> list[tuple[str, Any]]:
    """The parts of an object whose class tells torch how to take it apart."""
    node = SUPPORTED_NODES.get(type(value))
    parts = [] if node is None else node.flatten_fn(value)[0]
    return [(f"{name}[{place}]", part) for place, part in enumerate(parts)]
