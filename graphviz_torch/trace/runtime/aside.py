"""What is left to be noted when some operations have run: what neither their arguments nor their results tell."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import torch

from graphviz_torch.trace.runtime import backward
from graphviz_torch.trace.runtime.operations import Operation
from graphviz_torch.trace.runtime.records import Array, Held, Op, OperandAt, Outside
from graphviz_torch.trace.runtime.storages import TAKING, UNCOUNTED

if TYPE_CHECKING:
    from graphviz_torch.trace.runtime.recording import Recorder

# Places of the running mean and the running variance, of functions and of aten operations, and of aten's `training`.
STATISTICS = (1, 2)
STATISTICS_BELOW = (3, 4)
TRAINING_BELOW = 5
# Of memory that is compared with what was in it.
MOST_BYTES = 2**20


NUMPY = Outside("numpy_write", "NumPy has written into this memory")
POINTER = Outside("unseen_write", "somebody who asked for its address has written into this memory")


def note(recorder: Recorder, op: Op, info: Operation, tensors: Sequence[torch.Tensor]) -> None:
    """Notes it for one operation that has just run."""
    if info.below:
        _note_below(recorder, op, info, tensors)
    elif op.name == "numpy":
        watch(recorder, op, op.operands[0], tensors[0])
    elif op.name == "backward":
        backward.note(recorder, op)
    elif op.name == "grad":
        backward.read(recorder, op, tensors)
    elif op.name == "set_data":
        _memory_given(recorder, op, tensors)
    elif op.name in TAKING:
        _memory_taken(recorder, op)
    elif op.name == "deepcopy":  # the second argument is what was copied before
        op.operands, op.args = op.operands[:1], [op.args[0], {}]
    elif op.kwargs.get("training") or op.kwargs.get("use_input_stats"):
        _statistics(recorder, op, tensors, STATISTICS)


def _note_below(recorder: Recorder, op: Op, info: Operation, tensors: Sequence[torch.Tensor]) -> None:
    """The same for an operation below autograd."""
    if op.name.endswith("batch_norm") and not info.writes and list(op.args[TRAINING_BELOW:][:1]) == [True]:
        _statistics(recorder, op, tensors, STATISTICS_BELOW)
    elif op.name == "set_" and op.results:
        _memory_set(recorder, op, tensors[0])
    if info.writes or not info.fresh:  # the count is raised when it has run
        for held in (*op.results, *op.written):
            held.version = UNCOUNTED


def watch(recorder: Recorder, what: Op | Held, held: Held, tensor: torch.Tensor, who: Outside = NUMPY) -> None:
    """Somebody outside of torch has a tensor's memory; whether it is written there shows later, if it is small."""
    plain = type(tensor) in (torch.Tensor, torch.nn.Parameter) and tensor.layout is torch.strided
    special = tensor.is_nested or tensor.is_quantized  # these are not to be had as bytes
    if not plain or special or tensor.device.type != "cpu" or tensor.nbytes > MOST_BYTES:
        return
    if who is POINTER and any(array.held.storage == held.storage for array in recorder.arrays):
        return  # addresses are asked for often
    recorder.arrays.append(Array(what, held, tensor.data, _bytes(tensor.data).clone(), who, len(recorder.ops)))


def about_to_write(recorder: Recorder, tensors: Sequence[torch.Tensor]) -> None:
    """An operation is about to write: what was written from outside until now shows now."""
    memory = {held.storage for held in map(recorder.known, tensors) if held is not None}
    written_outside(recorder, [array for array in recorder.arrays if array.held.storage in memory])


def written_outside(recorder: Recorder, arrays: list[Array]) -> None:
    """Notes what was written from outside; not where operations wrote the same memory too."""
    for array in arrays:
        writes = recorder.writes_to(array.held)
        if (not writes or writes[-1].op.id < array.since) and not torch.equal(_bytes(array.tensor), array.before):
            text = f"{array.who.who}; what reads it later is not linked to that"
            recorder.notes.append((array.who.code, array.what, text))
        recorder.arrays.remove(array)


def _bytes(tensor: torch.Tensor) -> torch.Tensor:
    """What is in a tensor, such that no element differs from itself as NaN does."""
    return tensor.resolve_conj().resolve_neg().contiguous().reshape(-1).view(torch.uint8)


def _memory_given(recorder: Recorder, op: Op, tensors: Sequence[torch.Tensor]) -> None:
    """`x.data = y` gives a tensor other memory; what shared the old one keeps its value."""
    held = op.operands[0]
    recorder.abandoned(held)
    op.written = [recorder.hold(tensors[0], "written", op, held.name, held)]
    recorder.abandoned(op.written[0])


def _memory_set(recorder: Recorder, op: Op, tensor: torch.Tensor) -> None:
    """The same below autograd, also with a storage, which is no operand."""
    for held in (op.operands[0], *op.results):
        recorder.abandoned(held)
    _memory_taken(recorder, op)
    if len(op.operands) > 1:
        _leave_behind(op)
    elif recorder.current is None:  # otherwise the function around it tells
        recorder.notes.append(("unseen_write", op, "given memory that no recorded operation made"))


def _leave_behind(op: Op) -> None:
    """What a tensor was before it was given other memory is in nothing that is read of it later."""
    given = op.args[1]
    of_storage = not isinstance(given, OperandAt)
    op.operands, op.args = op.operands[1:], [OperandAt(0), *op.args[2:]]
    op.function = partial(_placed, op.results[0].dtype, of_storage)


def _placed(dtype: torch.dtype, of_storage: bool, source: torch.Tensor, *place: Any) -> torch.Tensor:
    """Another tensor in the same memory."""
    tensor = torch.empty(0, dtype=dtype, device=source.device)
    given: Any = source.untyped_storage() if of_storage else source
    return tensor.set_(given, *place)


def _memory_taken(recorder: Recorder, op: Op) -> None:
    """A result that lies in memory that is known, though its maker was handed no tensor of it, reads what is there."""
    for held in op.results:
        tensor = held.ref()
        if tensor is not None and all(operand.storage != held.storage for operand in op.operands):
            source = recorder.behind(tensor)
            op.operands = [*op.operands, source] if source is not None else op.operands


def _statistics(recorder: Recorder, op: Op, tensors: Sequence[torch.Tensor], places: tuple[int, int]) -> None:
    """Normalisation in training writes its running statistics without counting it."""
    for place in places:
        found = op.args[place] if place < len(op.args) else None
        if isinstance(found, OperandAt):
            held, tensor = op.operands[found.index], tensors[found.index]
            recorder.wrote(held, tensor, op)
            op.written = [*op.written, recorder.hold(tensor, "written", op, held.name, held)]
