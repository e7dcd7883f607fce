"""A recorder that also keeps copies of the tensors that no operation made, so that a run can be replayed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from graphviz_torch.trace import compat
from graphviz_torch.trace.runtime.memory import Geometry
from graphviz_torch.trace.runtime.operations import Operation
from graphviz_torch.trace.runtime.recording import Recorder
from graphviz_torch.trace.runtime.records import Call, Held, Op
from graphviz_torch.trace.runtime.structures import tensors_of
from graphviz_torch.trace.statics import Statics

Tensor = torch.Tensor


class KeepingRecorder(Recorder):
    """Keeps inputs, weights, constants, and what came out of regions that cannot be run again from outside.

    Attributes:
        kept: each such value with a copy of its tensor as it was when it was first met.
        marked: values that autograd was told to track after they were made.
    """

    def __init__(self, statics: Statics, about_to_write: Callable[[Tensor], None]) -> None:
        super().__init__(statics, about_to_write)
        self.kept: list[tuple[Held, Tensor]] = []
        self.marked: list[Held] = []
        self._copies: dict[int, tuple[Any, Any]] = {}

    def hold(self, tensor: Tensor, source: str, op: Op | None, name: str = "", previous: Held | None = None) -> Held:
        """As for every recorder; a value without a producer is kept."""
        held = super().hold(tensor, source, op, name, previous)
        if op is None and source != "same":
            self._keep(held, tensor, shared=True)
        elif source == "written" and compat.functorch_base(tensor) is not tensor:
            self._keep(held, compat.functorch_base(tensor))
        return held

    def run(self, info: Operation, function: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        """As for every recorder; results inside vmap, grad and their like are kept: alone they cannot be made again."""
        place = len(self.ops)
        for tensor in tensors_of((args, kwargs)):
            held = self.known(tensor)
            if held is not None:
                self._marked(held, tensor)
        out = super().run(info, function, args, kwargs)
        results = self.ops[place].results if place < len(self.ops) else ()  # what could not be recorded is not there
        for held, tensor in zip(results, tensors_of(out), strict=False):
            if compat.functorch_base(tensor) is not tensor:
                self._keep(held, compat.functorch_base(tensor))
        return out

    def operand(self, tensor: Tensor, region: Geometry | None = None) -> Held:
        """As for every recorder."""
        return self._marked(super().operand(tensor, region), tensor)

    def _marked(self, held: Held, tensor: Tensor) -> Held:
        """`requires_grad_` is no operation, so what it did is noted where the tensor is read."""
        if tensor.requires_grad and not held.grad and tensor.is_leaf:
            self.marked.append(held)
        return held

    def _synthetic(self, call: Call | None, name: str, operands: list[Held], tensor: Tensor) -> Held:
        held = super()._synthetic(call, name, operands, tensor)
        if name in ("opaque", "alias"):
            self._keep(held, compat.functorch_base(tensor))
        return held

    def _keep(self, held: Held, tensor: Tensor, shared: bool = False) -> None:
        outer, self.current = self.current, self.current or Op()
        try:
            with compat.outside_transforms(), torch._C.DisableTorchFunction(), torch.no_grad():
                self.kept.append((held, self._copy(tensor) if shared else tensor.detach().clone()))
        finally:
            self.current = outer

    def _copy(self, tensor: Tensor) -> Tensor:
        """A copy with the same strides; tensors that share memory share that of their copies."""
        try:
            storage = tensor.untyped_storage()
        except (RuntimeError, NotImplementedError):  # sparse and nested tensors have none
            return tensor.detach().clone()
        if tensor.device.type == "meta" or type(tensor) not in (Tensor, torch.nn.Parameter):
            return tensor.detach().clone()
        owner, copied = self._copies.get(id(storage), (None, None))
        if owner is not storage:
            copied = storage.clone()  # type: ignore[no-untyped-call]
            self._copies[id(storage)] = (storage, copied)
        copy = torch.empty(0, dtype=tensor.dtype, device=tensor.device)
        copy.set_(copied, tensor.storage_offset(), tensor.size(), tensor.stride())
        if tensor.is_conj():
            copy = torch.conj(copy)
        return copy.requires_grad_(tensor.requires_grad)
