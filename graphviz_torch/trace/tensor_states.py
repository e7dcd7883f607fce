"""What tensors carry beside their contents, as it was: gradients, hooks, attributes, the need of gradients."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from itertools import chain
from operator import attrgetter, is_, itemgetter
from typing import Any

import torch

from graphviz_torch.trace.containers import put_back, refill

HOOKS = ("_backward_hooks", "_post_accumulate_grad_hooks")
READ = attrgetter("is_leaf", "requires_grad", *HOOKS, "__dict__")
# Nearly every tensor carries this.
NOTHING: tuple[Any, ...] = (None, None, {})
ATTRIBUTES = itemgetter(4)


class TensorStates:
    """Keeps tensors for one run; all are compared in one go, as hardly any of them ever changes."""

    def __init__(self) -> None:
        self._tensors: list[torch.Tensor] = []
        self._states: list[tuple[Any, ...]] = []
        self._grads: list[torch.Tensor | None] = []
        # By place, copies of the tables of hooks and of the attributes where there are any.
        self._held: dict[int, list[Any]] = {}

    def keep(self, tensors: Iterable[torch.Tensor]) -> list[torch.Tensor]:
        """Keeps tensors, and returns their gradients."""
        first = len(self._tensors)
        self._tensors += tensors
        added = self._tensors[first:]
        states = list(map(READ, added))
        grads = _grads(added)
        self._states += states
        self._grads += grads
        for place, state in enumerate(states, first):
            if state[2:] != NOTHING:
                self._held[place] = [dict(table) if table else {} for table in state[2:]]
        return [grad for grad in grads if grad is not None]

    def restore(self) -> None:
        """Puts back what differs."""
        if not self._unchanged():
            for place in range(len(self._tensors)):
                self._restore(place)

    def _unchanged(self) -> bool:
        if self._held or not all(map(is_, _grads(self._tensors), self._grads)):
            return False
        now = list(map(READ, self._tensors))
        flat = chain.from_iterable
        return not any(map(ATTRIBUTES, now)) and all(map(is_, flat(now), flat(self._states)))

    def _restore(self, place: int) -> None:
        tensor, (leaf, requires_grad, *tables, _), grad = self._tensors[place], self._states[place], self._grads[place]
        if leaf and not tensor.is_leaf:
            with suppress(RuntimeError):  # a view of what autograd follows
                tensor.detach_()
        *before, attributes = self._held.get(place, ({}, {}, {}))
        for name, table, copy in zip(HOOKS, tables, before, strict=True):
            _restore_hooks(tensor, name, table, copy)
        if tensor.is_leaf:
            if tensor.requires_grad is not requires_grad:
                tensor.requires_grad_(requires_grad)
            if tensor.grad is not grad:
                tensor.grad = grad
        if tensor.__dict__ or attributes:
            put_back(tensor.__dict__, attributes)


def _grads(tensors: list[torch.Tensor]) -> list[torch.Tensor | None]:
    return [tensor.grad if tensor.is_leaf else None for tensor in tensors]


def _restore_hooks(tensor: torch.Tensor, name: str, earlier: Any, before: dict[int, Any]) -> None:
    table = getattr(tensor, name)
    if table is not earlier:
        if table:
            table.clear()  # autograd holds it too
        setattr(tensor, name, earlier)
    if earlier is not None:
        refill(earlier, before)
