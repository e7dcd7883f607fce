"""Taint: which outputs depend on which inputs, as the graph says and as a real forward shows."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Iterable
from types import GeneratorType
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode

from graphviz_torch.ir.graph import Graph
from graphviz_torch.trace import compat
from graphviz_torch.trace.runtime.structures import named_tensors, tensors_of

Dependence = dict[str, frozenset[str]]
SEED = 20


def claimed(graph: Graph) -> Dependence:
    """By path of an output, the names of the inputs that reach it along the edges of the graph."""
    producer = {value.id: value.producer for value in graph.values}
    reached: dict[str, frozenset[str]] = {}
    for node in graph.nodes:
        own = frozenset({node.name}) if node.kind == "input" else frozenset()
        reached[node.id] = own.union(*(reached[producer[operand]] for operand in node.operands))
    return {node.name: reached[node.id] for node in graph.nodes if node.kind == "output"}


def real(model: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Dependence:
    """The same, from a forward in which every aten operation hands on what its arguments' memory came from."""
    args, kwargs = _apart(args, kwargs)
    watch = _Watch()
    for name, tensor in _named_inputs(model, args, kwargs):
        watch.mark(tensor, name)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(SEED)
        with compat.eager_stance(), watch:
            out = model(*args, **kwargs)
            out = tuple(out) if isinstance(out, GeneratorType) else out
    return {name: watch.of(tensor) for name, tensor in named_tensors(out, "")}


def differences(says: Dependence, shows: Dependence) -> tuple[str, ...]:
    """One line for each output that the graph links to other inputs than the forward does."""
    found = []
    for output in dict.fromkeys((*says, *shows)):
        if output not in says or output not in shows:
            found.append(f"output `{output}` is {'in' if output in says else 'not in'} the graph")
            continue
        missing, extra = shows[output] - says[output], says[output] - shows[output]
        words = [f"misses {', '.join(sorted(missing))}"] if missing else []
        words += [f"has {', '.join(sorted(extra))} beyond the truth"] if extra else []
        if words:
            found.append(f"output `{output}` {' and '.join(words)}")
    return tuple(found)


def _apart(args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """The same inputs in memory of their own, so that each can be told from the others."""
    memo = {id(tensor): _copy(tensor) for tensor in tensors_of((args, kwargs))}
    try:
        return copy.deepcopy((args, kwargs), memo)
    except (TypeError, RuntimeError):  # an object that cannot be copied is used as it is
        return args, kwargs


def _copy(tensor: Tensor) -> Tensor:
    with torch.no_grad():
        return tensor.detach().clone().requires_grad_(tensor.requires_grad)


def _named_inputs(model: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[tuple[str, Tensor]]:
    """Each input once, under the name of the parameter that it is passed for."""
    try:
        bound = inspect.signature(model.forward).bind(*args, **kwargs).arguments
    except (TypeError, ValueError):
        bound = {"args": args, **kwargs}
    found: dict[int, tuple[str, Tensor]] = {}
    for name, value in bound.items():
        for path, tensor in named_tensors(value, name):
            found.setdefault(id(tensor), (path, tensor))
    return list(found.values())


class _Watch(TorchDispatchMode):
    """What each byte of memory came from."""

    supports_higher_order_operators = True

    def __init__(self) -> None:
        super().__init__()
        self._names: list[str] = []
        # A bit for each input, by the byte of a piece of memory; for tensors without memory, one number each.
        self._bytes: dict[tuple[str, int], Tensor] = {}
        self._alive: list[object] = []

    def mark(self, tensor: Tensor, name: str) -> None:
        """Notes that this memory is an input."""
        self._names.append(name)
        self._add(tensor, 1 << (len(self._names) - 1))

    def of(self, tensor: Tensor) -> frozenset[str]:
        """The inputs that this tensor came from."""
        bits = self._bits(tensor)
        return frozenset(name for place, name in enumerate(self._names) if bits >> place & 1)

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        out = func(*args, **kwargs)
        read, written = tensors_of((args, kwargs)), _written(func, args, kwargs)
        bits = 0
        for tensor in read:
            bits |= self._bits(tensor)
        memory = {self._key(tensor) for tensor in read}
        for tensor in (*written, *(made for made in tensors_of(out) if self._key(made) not in memory)):
            self._add(tensor, bits)
        return out

    def _bits(self, tensor: Tensor) -> int:
        if self._key(tensor) not in self._bytes:  # weights, which may be large
            return 0
        whole, places = self._part(tensor)
        found = 0
        for number in whole[places].unique().tolist():
            found |= number
        return found

    def _add(self, tensor: Tensor, bits: int) -> None:
        if not bits and self._key(tensor) not in self._bytes:
            return
        whole, places = self._part(tensor)
        whole[places] = whole[places] | bits

    def _key(self, tensor: Tensor) -> tuple[str, int]:
        """The memory of a tensor: its address or its storage; for sparse and nested ones the tensor itself."""
        try:
            storage = tensor.untyped_storage()
            int(storage.nbytes())
        except (RuntimeError, NotImplementedError):
            self._alive.append(tensor)
            return "tensor", id(tensor)
        self._alive.append(storage)  # an address is taken again once its memory is freed
        try:
            address = storage.data_ptr() if tensor.device.type == "cpu" else 0
        except RuntimeError:  # wrappers of transforms have none
            address = 0
        return ("address", address) if address else ("storage", storage._cdata)

    def _part(self, tensor: Tensor) -> tuple[Tensor, Tensor]:
        """The bits of a piece of memory, and which of its bytes a tensor is."""
        key = self._key(tensor)
        if key[0] != "address":
            return self._bytes.setdefault(key, torch.zeros(1, dtype=torch.int64)), torch.zeros(1, dtype=torch.int64)
        count = tensor.untyped_storage().nbytes()
        whole = self._bytes.setdefault(key, torch.zeros(count, dtype=torch.int64))
        if whole.numel() < count:  # `resize_` made it longer
            whole = self._bytes[key] = torch.cat([whole, whole.new_zeros(count - whole.numel())])
        size = tensor.element_size()
        steps = (*(stride * size for stride in tensor.stride()), 1)
        places = torch.arange(count).as_strided((*tensor.shape, size), steps, tensor.storage_offset() * size)
        return whole, places.reshape(-1)


def _written(func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Iterable[Tensor]:
    """The arguments that an aten operation writes."""
    schema = getattr(func, "_schema", None)
    if schema is None or not schema.is_mutable:
        return []
    named = dict(zip((argument.name for argument in schema.arguments), args, strict=False)) | kwargs
    marked = [a.name for a in schema.arguments if a.alias_info is not None and a.alias_info.is_write]
    return tensors_of([named.get(name) for name in marked])
