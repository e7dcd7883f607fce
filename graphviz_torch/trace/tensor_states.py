"""What tensors carry beside their contents, as it was: gradients, hooks, attributes, the need of gradients."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from itertools import chain
from operator import attrgetter, is_, itemgetter
from typing import Any

import torch

from graphviz_torch.trace.tables import Tables

HOOKS = ("_backward_hooks", "_post_accumulate_grad_hooks")
State = tuple[Any, ...]
READ: Callable[[torch.Tensor], State] = attrgetter("is_leaf", "requires_grad", *HOOKS)
LEAF = itemgetter(0)
GRAD, ATTRIBUTES = attrgetter("grad"), attrgetter("__dict__")
# What nearly every tensor is.
PLAIN: tuple[State, ...] = tuple((True, requires_grad, None, None) for requires_grad in (True, False))
_flat = chain.from_iterable


class TensorStates:
    """Keeps tensors for one run; all are compared in one go, as hardly any of them ever changes."""

    def __init__(self) -> None:
        self._tensors: list[torch.Tensor] = []
        self._states: list[State] = []
        self._attributes: list[dict[str, Any]] = []
        self._grads: list[torch.Tensor | None] = []
        # The hooks and attributes of those that have any.
        self._tables = Tables()
        self._kept: set[int] = set()

    def keep(self, tensors: Iterable[torch.Tensor]) -> list[torch.Tensor]:
        """Keeps tensors, and returns their gradients."""
        added = list(tensors)
        states, attributes = list(map(READ, added)), list(map(ATTRIBUTES, added))
        grads = _grads(added, states)
        self._tensors += added
        self._states += states
        self._attributes += attributes
        self._grads += grads
        tables = list(filter(None, attributes))
        if sum(map(states.count, PLAIN)) < len(states):
            tables += [table for state in states for table in state[2:] if table is not None]
        if tables:
            self._tables.keep(tables)
            self._kept.update(map(id, tables))
        return [grad for grad in grads if grad is not None]

    def restore(self) -> None:
        """Puts back what differs."""
        if not self._unchanged():
            for parts in zip(self._tensors, self._states, self._attributes, self._grads, strict=True):
                _restore(*parts)
        self._tables.restore()
        for attributes in filter(None, self._attributes):
            if id(attributes) not in self._kept:
                attributes.clear()

    def _unchanged(self) -> bool:
        """Whether all are what they were and hold the very same tables."""
        now = list(map(READ, self._tensors))
        same = now == self._states if not self._kept else all(map(is_, _flat(now), _flat(self._states)))
        return (
            same
            and all(map(is_, map(ATTRIBUTES, self._tensors), self._attributes))
            and all(map(is_, _grads(self._tensors, now), self._grads))
        )


def _grads(tensors: list[torch.Tensor], states: list[State]) -> list[torch.Tensor | None]:
    """The gradients; that of a tensor which is no leaf is not to be asked for."""
    if all(map(LEAF, states)):
        return list(map(GRAD, tensors))
    return [tensor.grad if state[0] else None for tensor, state in zip(tensors, states, strict=True)]


def _restore(tensor: torch.Tensor, state: State, attributes: dict[str, Any], grad: torch.Tensor | None) -> None:
    leaf, requires_grad, *tables = state
    if leaf and not tensor.is_leaf:
        with suppress(RuntimeError):  # a view of what autograd follows
            tensor.detach_()
    for name, table in zip(HOOKS, tables, strict=True):
        _restore_hooks(tensor, name, table)
    if tensor.is_leaf:
        if tensor.requires_grad is not requires_grad:
            tensor.requires_grad_(requires_grad)
        if tensor.grad is not grad:
            tensor.grad = grad
    if tensor.__dict__ is not attributes:
        tensor.__dict__ = attributes


def _restore_hooks(tensor: torch.Tensor, name: str, earlier: Any) -> None:
    table = getattr(tensor, name)
    if table is not earlier:
        if table:
            table.clear()  # autograd holds it too
        setattr(tensor, name, earlier)
