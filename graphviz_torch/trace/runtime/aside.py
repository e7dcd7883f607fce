"""What is left to be noted when some operations have run: what neither their arguments nor their results tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from graphviz_torch.trace.runtime import backward
from graphviz_torch.trace.runtime.operations import Operation
from graphviz_torch.trace.runtime.records import Op, OperandAt
from graphviz_torch.trace.runtime.values import UNCOUNTED

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
        for held in (*op.results, *op.written):
            held.version = UNCOUNTED
    elif op.name == "numpy":
        _shared_with_numpy(recorder, op, tensors[0])
    elif op.name == "backward":
        backward.note(recorder, op)
    elif op.name == "grad":
        backward.read(recorder, op, tensors)
    elif op.name == "set_data":
        _memory_given(recorder, op, tensors)
    elif op.name == "deepcopy":  # the second argument is what was copied before
        op.operands, op.args = op.operands[:1], [op.args[0], {}]
    elif op.kwargs.get("training") or op.kwargs.get("use_input_stats"):
        _statistics(recorder, op, tensors, STATISTICS)


def _shared_with_numpy(recorder: Recorder, op: Op, tensor: torch.Tensor) -> None:
    """An array has the tensor's memory; whether it is written there shows in the end, where it is not too large."""
    if tensor.device.type == "cpu" and tensor.layout is torch.strided and tensor.nbytes <= MOST_BYTES:
        plain = tensor.data
        recorder.arrays.append((op, plain, plain.clone()))


def written_by_numpy(recorder: Recorder) -> None:
    """Notes which arrays were written; not where operations wrote the same memory too."""
    for op, tensor, before in recorder.arrays:
        writes = recorder.writes_to(op.operands[0])
        if (not writes or writes[-1].op.id < op.id) and not torch.equal(tensor, before):
            text = "NumPy has written into this memory; what reads it later is not linked to that"
            recorder.notes.append(("numpy_write", op, text))
    recorder.arrays.clear()


def _memory_given(recorder: Recorder, op: Op, tensors: list[torch.Tensor]) -> None:
    """`x.data = y` gives a tensor other memory; what shared the old one keeps its value."""
    held = op.operands[0]
    op.written = [recorder.hold(tensors[0], "written", op, held.name, held)]


def _statistics(recorder: Recorder, op: Op, tensors: list[torch.Tensor], places: tuple[int, int]) -> None:
    """Normalisation in training writes its running statistics without counting it."""
    for place in places:
        found = op.args[place] if place < len(op.args) else None
        if isinstance(found, OperandAt):
            held, tensor = op.operands[found.index], tensors[found.index]
            recorder.wrote(held, tensor, op)
            op.written = [*op.written, recorder.hold(tensor, "written", op, held.name, held)]
