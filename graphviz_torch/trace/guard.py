"""The guard: puts the user's model, inputs and process back as they were, whatever happened in between.

Weights can be large, so none is copied unless something is about to write it: the recorder says so through
`Guard.about_to_write`. Buffers are copied at the start, since native kernels (batch norm) write them unannounced.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict, deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from operator import is_
from types import FunctionType, MethodType
from typing import Any

import torch
from torch import nn

from graphviz_torch.trace.contents import Contents
from graphviz_torch.trace.lazy import lazy
from graphviz_torch.trace.objects import BASES, Objects, parts_of
from graphviz_torch.trace.random_state import random_state
from graphviz_torch.trace.settings import Surroundings, settings_kept
from graphviz_torch.trace.statics import Statics

CONTAINERS = frozenset((dict, OrderedDict, defaultdict, list, set, deque))
# Longer containers are tables of plain data; what is inside of their parts is not looked at.
LONGEST = 1000
PLAIN = frozenset((bool, int, float, str, type(None)))
REGISTERED = frozenset(("_parameters", "_buffers", "_modules"))
TENSOR_HOOKS = ("_backward_hooks", "_post_accumulate_grad_hooks")
NO_HOOKS = (None, None)
ABSENT: list[tuple[Any, dict[int, Any]]] = [(None, {}), (None, {})]
NOTHING: dict[str, Any] = {}


class Guard:
    """Knows how a model and its inputs were, and puts them back.

    Args:
        given: the arguments of the run.
    """

    def __init__(self, statics: Statics, given: Any = ()) -> None:
        self._modules: list[tuple[nn.Module, dict[str, Any]]] = []
        self._containers: list[tuple[Any, Any]] = []
        self._empty: list[Any] = []  # containers too: a module has a dozen tables, nearly all of them empty
        self._tensors: list[_Tensor] = []
        self._contents = Contents()
        self.about_to_write = self._contents.about_to_write
        self.about_to_write_at = self._contents.about_to_write_at
        self.keep_places = self._contents.keep_places
        self._seen: set[int] = set()
        self._kinds: dict[type, bool] = {}
        self._objects = Objects(self._look_into)
        self._model(statics)
        self._objects.classes({type(module) for _, module in statics.modules})
        self.changed_objects = self._objects.changed_objects
        self._look_into(given)
        self._surroundings = Surroundings()

    def changed_globals(self) -> list[str]:
        """Which globals, of the user's and of the interpreter, are others now, or hold something else."""
        return [*self._objects.changed_globals(), *self._surroundings.changed()]

    def restore(self) -> None:
        """Puts everything back that differs."""
        for module, attributes in self._modules:
            _put_back(module.__dict__, attributes)
        for container, before in self._containers:
            _refill(container, before)
        for container in self._empty:
            if container:
                container.clear()
        self._objects.restore()
        self._contents.restore()
        for tensor in self._tensors:
            tensor.restore()

    def _model(self, statics: Statics) -> None:
        self._seen.update(statics.paths, statics.leaves)
        for _, module in statics.modules:
            attributes = module.__dict__
            self._modules.append((module, attributes.copy()))
            for name, value in attributes.items():
                kind = type(value)
                if kind in CONTAINERS:
                    if not value:
                        self._empty.append(value)
                    elif name in REGISTERED or name.endswith("_hooks"):
                        self._containers.append((value, value.copy()))
                    else:
                        self._look_into(value)
                elif kind not in PLAIN and not self._passive(kind):
                    self._look_into(value)
        for role, tensor, _ in statics.leaves.values():
            if not lazy(tensor):  # has no memory yet
                self._tensor(tensor, role == "buffer")

    def _tensor(self, tensor: torch.Tensor, unannounced: bool) -> None:
        self._tensors.append(_Tensor(tensor))
        if unannounced:
            self._contents.save(tensor)
        else:
            self._contents.watch(tensor)
        if tensor.is_leaf and tensor.grad is not None:
            self._contents.watch(tensor.grad)

    def _passive(self, kind: type) -> bool:
        """Whether values of a type hold nothing that could be put back."""
        known = self._kinds.get(kind)
        if known is None:
            held = (*BASES, tuple, torch.Tensor, nn.Module, FunctionType, MethodType)
            known = self._kinds[kind] = kind in PLAIN or not (issubclass(kind, held) or self._objects.holds(kind))
        return known

    def _look_into(self, value: Any) -> None:
        """Keeps what an object holds, also of the objects in it, and the modules that are registered nowhere."""
        if self._passive(type(value)) or id(value) in self._seen:
            return
        if isinstance(value, torch.Tensor):
            self._seen.add(id(value))
            if not lazy(value):
                self._tensor(value, False)
        elif isinstance(value, nn.Module):
            self._model(Statics(value))
        elif isinstance(value, tuple):
            self._look_into_parts(value)
        else:
            self._seen.add(id(value))
            found = parts_of(value)
            if found is not None:
                self._containers.append((value, found[1]))
                self._look_into_parts(value)
            self._objects.keep(value)

    def _look_into_parts(self, container: Any) -> None:
        if container and len(container) <= LONGEST:
            for item in _parts(container):
                if not self._passive(type(item)):
                    self._look_into(item)


class _Tensor:
    """What a tensor carries beside its contents."""

    __slots__ = ("_attributes", "_grad", "_hooks", "_leaf", "_requires_grad", "_tensor")

    def __init__(self, tensor: torch.Tensor) -> None:
        self._tensor = tensor
        self._requires_grad = tensor.requires_grad
        self._leaf = tensor.is_leaf
        self._grad = tensor.grad if self._leaf else None
        attributes = tensor.__dict__
        self._attributes = dict(attributes) if attributes else NOTHING
        tables = _hooks(tensor)
        self._hooks = None if tables == NO_HOOKS else [(table, dict(table) if table else {}) for table in tables]

    def restore(self) -> None:
        tensor = self._tensor
        if self._leaf and not tensor.is_leaf:
            with suppress(RuntimeError):  # a view of what autograd follows
                tensor.detach_()
        tables = _hooks(tensor)
        if self._hooks is not None or tables != NO_HOOKS:
            self._restore_hooks(tables)
        if tensor.is_leaf:
            if tensor.requires_grad is not self._requires_grad:
                tensor.requires_grad_(self._requires_grad)
            if tensor.grad is not self._grad:
                tensor.grad = self._grad
        if tensor.__dict__ or self._attributes:
            _put_back(tensor.__dict__, self._attributes)

    def _restore_hooks(self, tables: tuple[Any, Any]) -> None:
        for name, table, (earlier, before) in zip(TENSOR_HOOKS, tables, self._hooks or ABSENT, strict=True):
            if table is not earlier:
                table.clear()  # autograd holds it too
                setattr(self._tensor, name, earlier)
            if earlier is not None:
                _refill(earlier, before)


def _set_mode(root: nn.Module, training: bool) -> None:
    """Sets the mode, unless the model has one for good, as programs of `torch.export` have."""
    with suppress(NotImplementedError):
        root.train(training)


@contextmanager
def unchanged(statics: Statics, training: bool | None, seed: int | None, given: Any = ()) -> Iterator[Guard]:
    """Runs the block with the model in one mode and a seeded random state, and undoes every change to both.

    Args:
        given: the arguments of the run; what the model writes into them is undone too.
    """
    unseen = torch._C.DisableTorchFunction  # a run around this one is not to see what the guard does
    with unseen():
        guard = Guard(statics, given)
    root = statics.modules[0][1]
    with random_state(seed, _accelerators(statics)):
        try:
            with settings_kept():
                if training is not None:
                    _set_mode(root, training)
                yield guard
        finally:
            with torch.no_grad(), unseen():
                guard.restore()


def _accelerators(statics: Statics) -> list[torch.device]:
    devices = {tensor.device for tensor in statics.tensors()}
    return [device for device in devices if device.type not in ("cpu", "meta")]


def _hooks(tensor: torch.Tensor) -> tuple[Any, Any]:
    return tensor._backward_hooks, tensor._post_accumulate_grad_hooks


def _parts(container: Any) -> Iterable[Any]:
    return container.values() if isinstance(container, dict) else container


def _put_back(present: dict[str, Any], before: dict[str, Any]) -> None:
    if len(present) != len(before) or not all(map(is_, present.values(), before.values())):
        present.clear()
        present.update(before)


def _refill(container: Any, before: Any) -> None:
    if (container or before) and not _same(container, before):
        base = next(kind for kind in BASES if isinstance(container, kind))
        base.clear(container)
        if base in (list, deque):
            base.extend(container, before)
        else:
            base.update(container, before)


def _same(container: Any, before: Any) -> bool:
    """Whether a container holds the very same objects; tensors must not be compared, they answer with tensors."""
    if len(container) != len(before):
        return False
    if isinstance(container, dict):
        return all(map(is_, container, before)) and all(map(is_, container.values(), before.values()))
    return isinstance(container, set) or all(map(is_, container, before))
