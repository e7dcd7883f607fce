"""Backward passes inside a run: which gradients they leave, so that who reads `.grad` is linked to them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch

from graphviz_torch.trace.runtime.records import Held, Op
from graphviz_torch.trace.runtime.storages import version

if TYPE_CHECKING:
    from graphviz_torch.trace.runtime.recording import Recorder

Tensor = torch.Tensor
Gradients = list[tuple[Tensor, Tensor | None, int]]
PASSES = frozenset(("torch.autograd.backward", "torch.Tensor.backward"))
UNSEEN = "autograd runs here; its own operations are not shown at this level"


def gradients(recorder: Recorder) -> Gradients:
    """The tensors of a run that can be given gradients, with what they have now.

    The graph of autograd is not walked: nodes that Python has looked at are freed by recursion.
    """
    tensors = {id(tensor): tensor for tensor in (*recorder.weights(), *recorder.alive())}
    taking = [t for t in tensors.values() if t.requires_grad and (t.is_leaf or t.retains_grad)]
    return [(tensor, tensor.grad, -1 if tensor.grad is None else version(tensor.grad)) for tensor in taking]


def left(recorder: Recorder) -> list[tuple[Tensor, Tensor]]:
    """What the last backward pass has given gradients, and the gradients that it has made or added to."""
    found = []
    for tensor, old, count in recorder.before_backward:
        grad = tensor.grad
        if grad is not None and (grad is not old or version(grad) != count):
            found.append((tensor, grad))
    return found


def note(recorder: Recorder, op: Op) -> None:
    """The gradients are the results of the operation that the backward pass is."""
    made: list[Held] = []
    for tensor, grad in left(recorder):
        made.append(recorder.hold(grad, "op", op))
        recorder.gradients[id(tensor)] = made[-1]
    op.results = made


def read(recorder: Recorder, op: Op, tensors: Sequence[Tensor]) -> None:
    """Links a read of `.grad` to the backward pass that left it there."""
    known = recorder.gradients.get(id(tensors[0]))
    found = op.results[0] if op.results else None
    if known is None or found is None or known.ref() is None or known.ref() is not found.ref():
        return
    grad = known.ref()
    assert grad is not None, "it was just returned"
    op.operands = [*op.operands, recorder.earlier(grad, known)]
