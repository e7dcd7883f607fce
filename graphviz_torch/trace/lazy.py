"""Parameters and buffers that wait for their first input to get a shape: a run would give it to the user's own."""

from __future__ import annotations

import copy

import torch
from torch import nn
from torch.nn.parameter import UninitializedBuffer, UninitializedParameter

from graphviz_torch.trace.statics import Statics

UNINITIALIZED = frozenset((UninitializedParameter, UninitializedBuffer))


def lazy(tensor: torch.Tensor) -> bool:
    """Whether a parameter or buffer waits for its first input to get a shape."""
    return type(tensor) in UNINITIALIZED


def to_run(model: nn.Module, statics: Statics) -> tuple[nn.Module, Statics]:
    """The model itself, or a copy where a run would give the user's weights their shapes."""
    tensors = statics.tensors()
    if UNINITIALIZED.isdisjoint(map(type, tensors)):
        return model, statics
    waiting = filter(lazy, tensors)
    model = copy.deepcopy(model, {id(tensor): _fresh(tensor) for tensor in waiting})
    return model, Statics(model)


def _fresh(tensor: torch.Tensor) -> torch.Tensor:
    """Another one of the kind; buffers cannot be copied while they wait."""
    fresh = type(tensor)(tensor.requires_grad, tensor.device, tensor.dtype)
    fresh.__dict__.update(tensor.__dict__)
    return fresh
