"""What a run left behind beside its results: values that modules, or containers among the arguments, hold."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Any

import torch
from torch import nn

from graphviz_torch.trace.runtime.recording import Recorder
from graphviz_torch.trace.runtime.records import Held
from graphviz_torch.trace.runtime.structures import tensors_of
from graphviz_torch.trace.statics import Statics

HOLDERS = (list, tuple, dict, set, deque)
LONGEST = 1000  # longer containers are tables of plain data
REGISTERED = frozenset(("_parameters", "_modules", "_non_persistent_buffers_set"))


def kept(statics: Statics, recorder: Recorder, given: Any) -> frozenset[str]:
    """Ids of the values that operations of the run made and that something still holds.

    Args:
        given: the arguments of the run; a model can put results into a list or dict that it is handed.
    """
    seen: set[int] = set()
    inside = (tensor for _, module in statics.modules for tensor in _held(module.__dict__, seen))
    found = (_made(recorder, tensor) for tensor in (*tensors_of(given), *inside))
    return frozenset(held.id for held in found if held is not None and held.id is not None)


def _held(attributes: dict[str, Any], seen: set[int], deep: bool = True) -> Iterator[torch.Tensor]:
    """Tensors in the attributes of a module, in containers there, and in objects that are no modules."""
    for name, value in attributes.items():
        if isinstance(value, torch.Tensor):
            yield value
        elif isinstance(value, HOLDERS):
            if value and name not in REGISTERED and len(value) <= LONGEST:
                yield from tensors_of(value)
        elif deep and id(value) not in seen and _is_object(value):
            seen.add(id(value))  # a configuration is that of many modules
            yield from _held(vars(value), seen, deep=False)


def _is_object(value: Any) -> bool:
    return hasattr(value, "__dict__") and not isinstance(value, (nn.Module, type)) and not callable(value)


def _made(recorder: Recorder, tensor: torch.Tensor) -> Held | None:
    """The value of a tensor, if an operation of the run made it."""
    held = recorder.known(tensor)
    while held is not None and held.source == "same":
        held = held.previous
    return held if held is not None and held.op is not None else None
