"""The guard: puts the user's model, inputs and process back as they were, whatever happened in between.

Weights can be large, so none is copied unless something is about to write it: the recorder says so through
`Guard.about_to_write`. Buffers are copied at the start, since native kernels (batch norm) write them unannounced.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import chain
from operator import attrgetter
from types import FunctionType, MethodType
from typing import Any

import torch
from torch import nn

from graphviz_torch.trace.containers import BASES, parts_of, refill
from graphviz_torch.trace.contents import Contents
from graphviz_torch.trace.lazy import lazy
from graphviz_torch.trace.module_states import ModuleStates
from graphviz_torch.trace.objects import Objects
from graphviz_torch.trace.random_state import random_state
from graphviz_torch.trace.settings import Surroundings, settings_kept
from graphviz_torch.trace.statics import Statics
from graphviz_torch.trace.tensor_states import TensorStates

# Longer containers are tables of plain data; what is inside of their parts is not looked at.
LONGEST = 1000
DEVICE: Callable[[torch.Tensor], torch.device] = attrgetter("device")
PLAIN = frozenset((bool, int, float, str, type(None)))


class Guard:
    """Knows how a model and its inputs were, and puts them back.

    Args:
        given: the arguments of the run.
    """

    def __init__(self, statics: Statics, given: Any = ()) -> None:
        self._modules = ModuleStates()
        self._tensors = TensorStates()
        self._contents = Contents()
        self._containers: list[tuple[Any, Any]] = []
        self.about_to_write = self._contents.about_to_write
        self.about_to_write_at = self._contents.about_to_write_at
        self.keep_places = self._contents.keep_places
        self._seen: set[int] = set()
        # What is in tensors is copied when they are written, and in buffers now.
        self._found: list[torch.Tensor] = []
        self._buffers: list[torch.Tensor] = []
        # Types whose values hold nothing that could be put back, and the others that were met.
        self._passive = set(PLAIN)
        self._active: set[type] = set()
        self._objects = Objects(self._look_into)
        self._model(statics)
        self._objects.classes({type(module) for _, module in statics.modules})
        self.changed_objects = self._objects.changed_objects
        self._look_into(given)
        self._keep_found()
        self._surroundings = Surroundings()

    def changed_globals(self) -> list[str]:
        """Which globals, of the user's and of the interpreter, are others now, or hold something else."""
        return [*self._objects.changed_globals(), *self._surroundings.changed()]

    def restore(self) -> None:
        """Puts everything back that differs."""
        self._modules.restore()
        for container, before in self._containers:
            refill(container, before)
        self._objects.restore()
        self._contents.restore()
        self._tensors.restore()

    def _model(self, statics: Statics) -> None:
        self._seen.update(statics.paths, statics.leaves)
        passive = self._passive
        own = self._modules.keep([module for _, module in statics.modules])
        for value in chain.from_iterable(own):
            kind = type(value)
            if kind not in passive and not (kind is tuple and passive.issuperset(map(type, value))):
                self._look_into(value)
        for role, tensor, _ in statics.leaves.values():
            if not lazy(tensor):
                (self._buffers if role == "buffer" else self._found).append(tensor)

    def _keep_found(self) -> None:
        """Keeps all tensors together, which takes less than one after the other."""
        self._contents.save(self._buffers)
        self._contents.watch(self._found)
        self._contents.watch(self._tensors.keep(self._found + self._buffers))

    def _holds_nothing(self, kind: type) -> bool:
        """Whether values of a type hold nothing that could be put back."""
        if kind in self._passive or kind in self._active:
            return kind in self._passive
        held = (*BASES, tuple, torch.Tensor, nn.Module, FunctionType, MethodType)
        found = self._active if issubclass(kind, held) or self._objects.holds(kind) else self._passive
        found.add(kind)
        return found is self._passive

    def _look_into(self, value: Any) -> None:
        """Keeps what an object holds, also of the objects in it, and the modules that are registered nowhere."""
        if self._holds_nothing(type(value)) or id(value) in self._seen:
            return
        if isinstance(value, torch.Tensor):
            self._seen.add(id(value))
            if not lazy(value):  # has no memory yet
                self._found.append(value)
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
                if type(item) not in self._passive:
                    self._look_into(item)


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
    devices = set(map(DEVICE, statics.tensors()))
    return [device for device in devices if device.type not in ("cpu", "meta")]


def _parts(container: Any) -> Iterable[Any]:
    return container.values() if isinstance(container, dict) else container
