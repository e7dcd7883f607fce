"""What is left to be noted when some operations have run: what neither their arguments nor their results tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from graphviz_torch.trace.runtime import backward
from graphviz_torch.trace.runtime.operations import Operation
from graphviz_torch.trace.runtime.records import Held, Op, OperandAt
from graphviz_torch.trace.runtime.storages import TAKING, UNCOUNTED

if TYPE_CHECKING:
    from graphviz_torch.trace.runtime.recording import Recorder

# Places of the running mean and the running variance, of functions and of aten operations, and of aten's `training`.
STATISTICS = (1, 2)
STATISTICS_BELOW = (3, 4)
TRAINING_BELOW = 5
# Of an array that is compared with what it was.
MOST_BYTES = 2**20


def note(recorder: Recorder, op: Op, info: Operation, tensors: list[torch.Tensor]) -> None:
    """Notes it for one operation that has just run."""
    if info.below:
        if op.name.endswith("batch_norm") and not info.writes and op.args[TRAINING_BELOW:][:1] == [True]:
            _statistics(recorder, op, tensors, STATISTICS_BELOW)
        elif op.name == "set_" and op.results:
            _memory_set(recorder, op, tensors[0])
        for held in (*op.results, *op.written):
            held.version = UNCOUNTED
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


def watch(recorder: Recorder, what: Op | Held, held: Held, tensor: torch.Tensor) -> None:
    """Somebody outside of torch has a tensor's memory; whether it is written there shows in the end, if it is small."""
    plain = type(tensor) in (torch.Tensor, torch.nn.Parameter) and tensor.layout is torch.strided
    if plain and tensor.device.type == "cpu" and tensor.nbytes <= MOST_BYTES:
        recorder.arrays.append((what, held, tensor.data, tensor.data.clone()))


def written_by_numpy(recorder: Recorder) -> None:
    """Notes which arrays were written; not where operations wrote the same memory too."""
    for what, held, tensor, before in recorder.arrays:
        since = what.id if isinstance(what, Op) else -1
        writes = recorder.writes_to(held)
        if (not writes or writes[-1].op.id < since) and not torch.equal(tensor, before):
            text = "NumPy has written into this memory; what reads it later is not linked to that"
            recorder.notes.append(("numpy_write", what, text))
    recorder.arrays.clear()


def _memory_given(recorder: Recorder, op: Op, tensors: list[torch.Tensor]) -> None:
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
    if len(op.operands) == 1 and recorder.current is None:  # otherwise the function around it tells
        recorder.notes.append(("unseen_write", op, "given memory that no recorded operation made"))


def _memory_taken(recorder: Recorder, op: Op) -> None:
    """A result that lies in memory that is known, though its maker was handed no tensor of it, reads what is there."""
    for held in op.results:
        tensor = held.ref()
        if tensor is not None and all(operand.storage != held.storage for operand in op.operands):
            source = recorder.behind(tensor)
            op.operands = [*op.operands, source] if source is not None else op.operands


def _statistics(recorder: Recorder, op: Op, tensors: list[torch.Tensor], places: tuple[int, int]) -> None:
    """Normalisation in training writes its running statistics without counting it."""
    for place in places:
        found = op.args[place] if place < len(op.args) else None
        if isinstance(found, OperandAt):
            held, tensor = op.operands[found.index], tensors[found.index]
            recorder.wrote(held, tensor, op)
            op.written = [*op.written, recorder.hold(tensor, "written", op, held.name, held)]
