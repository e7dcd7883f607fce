"""What a model holds without having registered it: modules and tensors as plain attributes, in lists and in dicts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import torch
from torch import nn

from graphviz_torch.trace.metadata import describe
from graphviz_torch.trace.probes.records import Loose
from graphviz_torch.trace.statics import Statics, held_in


def found(model: nn.Module) -> tuple[Loose, ...]:
    """Every such thing, in the order of the modules that hold them; not what is registered elsewhere too."""
    statics = Statics(model)
    known = {*statics.paths, *statics.leaves}
    return tuple(item for path, module in statics.modules for item in _of_module(path, module, known))


def _of_module(path: str, module: nn.Module, known: set[int]) -> Iterator[Loose]:
    for name, value in module.__dict__.items():
        if name.startswith("_"):
            continue
        full = f"{path}.{name}" if path else name
        yield from _looked_at(full, path, value, "", known)
        for inner, item in held_in(full, value):
            yield from _looked_at(inner, path, item, _word(value), known)


def _word(container: Any) -> str:
    return next(kind.__name__ for kind in (dict, tuple, list) if isinstance(container, kind))


def _looked_at(path: str, owner: str, value: Any, container: str, known: set[int]) -> Iterator[Loose]:
    if id(value) in known:
        return
    if isinstance(value, nn.Module):
        yield Loose(path, owner, "module", container, type(value).__name__)
    elif isinstance(value, torch.Tensor):
        kind: Literal["parameter", "tensor"] = "parameter" if isinstance(value, nn.Parameter) else "tensor"
        yield Loose(path, owner, kind, container, "", describe(value))
