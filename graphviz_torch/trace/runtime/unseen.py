"""Entry points past the functions of torch, which no mode sees: writes to storages, swaps of tensors, addresses.

Each yields the owner, the name and the replacement of an attribute, for the time of a run.
"""

from __future__ import annotations

import gc
import sys
import weakref
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import torch

from graphviz_torch.trace.runtime import aside
from graphviz_torch.trace.runtime.operations import Operation
from graphviz_torch.trace.runtime.recording import Recorder
from graphviz_torch.trace.runtime.records import Held, Op, OperandAt, Outside

Tensor = torch.Tensor
Patch = tuple[Any, str, Any]
STORAGE_WRITES = ("fill_", "copy_", "__setitem__")


def patches(recorder: Recorder, foreign: Callable[[], bool], level: str) -> Iterator[Patch]:
    """All of them.

    Args:
        foreign: whether what happens now is not to be recorded.
    """
    for name in STORAGE_WRITES:
        yield torch.UntypedStorage, name, _storage_write(recorder, foreign, name)
    yield torch.utils, "swap_tensors", _swap(recorder, foreign)
    yield Tensor, "data_ptr", _watched(recorder, foreign, "data_ptr", aside.POINTER)
    if level == "aten":
        for name in ("numpy", "__array__"):
            yield Tensor, name, _watched(recorder, foreign, name, aside.NUMPY)
    symbolic = sys.modules.get("torch.fx._symbolic_trace")
    if symbolic is not None:
        yield symbolic.Tracer, "trace", _unrecorded(recorder, foreign, symbolic.Tracer.trace)


def _unrecorded(recorder: Recorder, foreign: Callable[[], bool], original: Callable[..., Any]) -> Callable[..., Any]:
    """What runs on stand-ins computes nothing."""

    def run_unrecorded(*args: Any, **kwargs: Any) -> Any:
        if foreign():
            return original(*args, **kwargs)
        recorder.current = Op()
        try:
            return original(*args, **kwargs)
        finally:
            recorder.current = None

    return run_unrecorded


def _watched(recorder: Recorder, foreign: Callable[[], bool], name: str, who: Outside) -> Callable[..., Any]:
    """Somebody is told where a tensor lies, and may write there."""
    original = getattr(Tensor, name)

    def told(tensor: Tensor, *args: Any, **kwargs: Any) -> Any:
        if not foreign():
            recorder.current = Op()
            try:
                with torch._C.DisableTorchFunction():
                    held = recorder.operand(tensor)
                    aside.watch(recorder, held, held, tensor, who)
            finally:
                recorder.current = None
        return original(tensor, *args, **kwargs)

    return told


# ---- storages


def _storage_write(recorder: Recorder, foreign: Callable[[], bool], name: str) -> Callable[..., Any]:
    original = getattr(torch.UntypedStorage, name)

    def storage_recorded(storage: torch.UntypedStorage, *args: Any, **kwargs: Any) -> Any:
        if foreign():
            return original(storage, *args, **kwargs)
        call, place = recorder._here(sys._getframe(1))
        recorder.current = Op()
        try:
            with torch._C.DisableTorchFunction():
                flat, before = _flat(recorder, storage)
                sources = [_flat(recorder, part)[1] for part in args if isinstance(part, torch.UntypedStorage)]
                recorder.about_to_write(flat)
                out = original(storage, *args, **kwargs)
                op = _write_op(recorder, name, args, [before, *sources], _bytes(storage))
                op.call, op.place = call, place
                recorder.wrote(before, flat, op)
        finally:
            recorder.current = None
        return out

    return storage_recorded


def _bytes(storage: torch.UntypedStorage) -> Tensor:
    return torch.empty(0, dtype=torch.uint8, device=storage.device).set_(storage)


def _flat(recorder: Recorder, storage: torch.UntypedStorage) -> tuple[Tensor, Held]:
    """All of a storage as a tensor, and the value of it."""
    flat = _bytes(storage)
    known = recorder.in_storage(storage)
    if known is None:
        return flat, recorder.hold(flat, "constant", None, "memory")
    recorder.hold(flat, "same", None, previous=known)
    return flat, recorder.operand(flat)


def _write_op(recorder: Recorder, name: str, args: Any, operands: list[Held], flat: Tensor) -> Op:
    """An operation that writes a storage."""
    word = "setitem" if name == "__setitem__" else name
    made = recorder.synthetic(word, operands, flat)
    op = made.op
    assert op is not None, "it was just made"
    places = iter(range(1, len(operands)))
    op.info = Operation(word, f"torch.UntypedStorage.{word}", False, True)
    op.function = partial(_write_again, name)
    op.args = [OperandAt(0), *(OperandAt(next(places)) if _is_storage(part) else part for part in args)]
    return op


def _is_storage(value: Any) -> bool:
    return isinstance(value, torch.UntypedStorage)


def _write_again(name: str, target: Tensor, *args: Any) -> Tensor:
    """The same write on tensors, for who runs the operation once more."""
    storage = target.untyped_storage()
    getattr(storage, name)(*(part.untyped_storage() if isinstance(part, Tensor) else part for part in args))
    return _bytes(storage)


# ---- swaps


def _swap(recorder: Recorder, foreign: Callable[[], bool]) -> Callable[..., Any]:
    """`torch.utils.swap_tensors` refuses tensors that somebody has a weak reference to, as the recorder has."""
    original: Callable[[Tensor, Tensor], None] = torch.utils.swap_tensors

    def swap_recorded(one: Tensor, other: Tensor) -> None:
        if foreign():
            return original(one, other)
        recorder.current = Op()
        try:
            with torch._C.DisableTorchFunction():
                first, second = recorder.operand(one), recorder.operand(other)
                for tensor in (one, other):
                    recorder.about_to_write(tensor)
                    _let_go(tensor)
                original(one, other)
                recorder.hold(one, "same", None, previous=second)
                recorder.hold(other, "same", None, previous=first)
        finally:
            recorder.current = None

    return swap_recorded


class _Gone:
    """What the references are to then: nothing."""


def _let_go(tensor: Tensor) -> None:
    """Makes the records forget which tensor they are of."""
    gone: Any = weakref.ref(_Gone())
    for reference in weakref.getweakrefs(tensor):
        for holder in gc.get_referrers(reference):
            if isinstance(holder, Held):
                holder.ref = gone
