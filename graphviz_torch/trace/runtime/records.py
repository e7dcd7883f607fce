"""What the recorder notes down: tensors at one moment, operations and calls, as bare slots."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import CodeType
from typing import TYPE_CHECKING, Any

import torch

from graphviz_torch.ir.graph import CallKind, SourceLocation
from graphviz_torch.trace.metadata import Key
from graphviz_torch.trace.runtime.operations import Operation

if TYPE_CHECKING:
    from graphviz_torch.trace.runtime.places import Method

Place = tuple[CodeType, int]


class Held:
    """A tensor at one moment.

    Attributes:
        source: `input`, `parameter`, `buffer`, `constant`, `external`; `op` (returned by `op`), `written` (in place by
            `op`), `parts` (by several, `op` the last) or `same` (another object for `previous`).
        id: the id of its value in the graph, once assembled.
        storage: a key of its memory; 0 where it has none that is known.
        version: how often the memory was written in place; -1 for inference tensors.
        first: the same when the value was made, where writes to other views have been counted since.
        key: what its metadata are made of.
        ref: the tensor, as long as somebody else holds it.
        begins: whether it is the first value that was seen in its memory.
        memory: the storage, as long as somebody else holds it; only where the value is the first in it.
        parts: only where several operations wrote parts of a tensor, apart from each other: the value after each.
        partial: only where `op` wrote no more than a part of it.
    """

    __slots__ = (
        "begins", "first", "id", "key", "memory", "name", "op", "partial", "parts", "previous", "ref", "source",
        "storage", "version",
    )  # fmt: skip
    source: str
    op: Op | None
    name: str
    previous: Held | None
    id: str | None
    key: Key
    storage: int
    version: int
    ref: weakref.ref[torch.Tensor]
    memory: weakref.ref[torch.UntypedStorage]
    parts: list[Held]
    partial: bool
    begins: bool
    first: int | None

    @property
    def shape(self) -> Sequence[int] | None:
        """Its sizes; `None` where it had none yet."""
        return self.key[0][0]

    @property
    def dtype(self) -> torch.dtype:
        """The type of its elements."""
        return self.key[0][1]

    @property
    def device(self) -> torch.device:
        """Where it lies."""
        return self.key[0][2]

    @property
    def grad(self) -> bool:
        """Whether it needs gradients."""
        return self.key[0][3]

    def settled(self, tensor: torch.Tensor) -> None:
        """Autograd has had its say: whether gradients are needed, and what counts as a write."""
        (shape, dtype, device, _), stride = self.key
        self.key = (shape, dtype, device, tensor.requires_grad), stride
        try:
            self.version = tensor._version
        except RuntimeError:  # inference tensors do not count
            self.version = -1


class HookRun:
    """A forward hook of a module.

    Attributes:
        module: the path of the module; empty for the root and for hooks of the whole process.
        kind: `forward_pre` or `forward`.
        name: the qualified name of the function.
        changed: whether it changed the value; `None` while it did not run.
    """

    __slots__ = ("changed", "kind", "module", "name")

    def __init__(self, module: str, kind: str, name: str) -> None:
        self.module, self.kind, self.name = module, kind, name
        self.changed: bool | None = None


class OperandAt:
    """The place of a tensor in a template of arguments."""

    __slots__ = ("index",)

    def __init__(self, index: int) -> None:
        self.index = index


class Op:
    """One operation that ran; `args` and `kwargs` have `OperandAt` where the tensors were.

    Attributes:
        results: what it returned; written: what it wrote in place beside.
        inference: whether inference mode was on; only where gradients were not.
        seq0, seq1: the next autograd sequence number before and after.
    """

    __slots__ = (
        "args", "call", "error", "function", "grad_mode", "hook", "id", "inference", "info", "kwargs", "name",
        "operands", "place", "results", "seq0", "seq1", "written",
    )  # fmt: skip
    id: int
    name: str
    info: Operation | None
    function: Callable[..., Any] | None
    args: Sequence[Any]
    kwargs: dict[str, Any]
    operands: list[Held]
    results: Sequence[Held]
    written: Sequence[Held]
    call: Call | None
    place: Place | None
    grad_mode: bool
    inference: bool
    hook: HookRun | None
    seq0: int
    seq1: int
    error: tuple[str, str] | None


class Call:
    """One module call, or another region.

    Attributes:
        in_torch: whether the code that runs is torch's own, so that the call site stands for it.
        forward: ids of the code objects of the module's `forward`.
        method: what runs, where a method was called and not the module.
        source: where it is called, in the graph, once assembled.
        seq: the autograd sequence number at its beginning; of a custom function alone.
    """

    __slots__ = (
        "count", "error", "first", "forward", "id", "in_torch", "kind", "last", "method", "module", "name", "operands",
        "parent", "path", "place", "rebound", "results", "seq", "source",
    )  # fmt: skip
    id: str
    kind: CallKind
    module: Any
    name: str
    path: str
    count: int
    parent: Call | None
    operands: list[Held]
    results: list[Held]
    in_torch: bool
    forward: frozenset[int]
    method: Method | None
    rebound: list[tuple[int, Held]]
    place: Place | None
    source: SourceLocation | None
    first: int
    last: int
    seq: int
    error: tuple[str, str] | None


class Leave:
    """The end of a call."""

    __slots__ = ("call",)

    def __init__(self, call: Call) -> None:
        self.call = call


@dataclass(frozen=True, slots=True)
class Outside:
    """Who can write memory from outside of torch: the code of the note, and who is named in it."""

    code: str
    who: str


@dataclass(slots=True, eq=False)
class Array:
    """Memory that may be written from outside of torch.

    Attributes:
        what: what a note on it is about; held: the value in it.
        before: what was in it when `since` operations had run.
    """

    what: Op | Held
    held: Held
    tensor: torch.Tensor
    before: torch.Tensor
    who: Outside
    since: int
