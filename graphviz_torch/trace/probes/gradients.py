"""The backward probe: which parameters get a gradient, how large it is, and what was written that backward needs.

Nothing is added to the `.grad` of anything: gradients are returned, not accumulated. A model that checkpoints in the
old, reentrant way knows only accumulation; there they are read off and put back with everything else.
"""

from __future__ import annotations

import inspect
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import torch

from graphviz_torch.trace.frames import places
from graphviz_torch.trace.probes.records import Backward, Conflict, Gradient, Raised
from graphviz_torch.trace.runtime.intercept import intercepted
from graphviz_torch.trace.runtime.recording import Recorder
from graphviz_torch.trace.runtime.structures import tensors_of
from graphviz_torch.trace.runtime.tracer import Finished
from graphviz_torch.trace.source import Sources

Tensor = torch.Tensor
Loss = Callable[..., Any]
WEIGHTED = "the sum of the outputs, each element with a fixed weight"


class Look:
    """Runs backward at the end of a run.

    Args:
        loss: from what the model returned to a scalar; it gets the model's arguments too where it takes more than one.
        given: the arguments of the model.

    Attributes:
        seen: what backward gave, or why it could not be run.
    """

    def __init__(self, loss: Loss | None, given: tuple[Any, ...], sources: Sources) -> None:
        self._loss = loss
        self._given = given
        self._sources = sources
        self.seen = Backward(skipped="the run was not seen")

    def __call__(self, finished: Finished[Recorder]) -> None:
        """Runs backward."""
        self.seen = self._backward(finished)

    def _backward(self, finished: Finished[Recorder]) -> Backward:
        words = WEIGHTED if self._loss is None else getattr(self._loss, "__qualname__", type(self._loss).__name__)
        try:
            with intercepted(finished.recorder, "function"):  # so that the guard learns of what is written
                loss = self._scalar(finished.out)
        except Exception as error:  # noqa: BLE001 - the user's loss
            raised = self._raised(error)
            return Backward(words, raised=raised, in_loss=True, skipped=f"the loss raised {_said(raised)}")
        if isinstance(loss, str):
            return Backward(words, skipped=loss)
        broken = tuple(conflicts([loss], finished))
        wanted = [(name, leaf) for kind, leaf, name in finished.statics.leaves.values() if _wants(kind, leaf)]
        try:
            with intercepted(finished.recorder, "function"):
                found = _gradients(loss, [leaf for _, leaf in wanted], finished.recorder)
        except Exception as error:  # noqa: BLE001 - what the user's functions and hooks raise
            raised = self._raised(error)
            why = "" if broken else f"the backward pass raised {_said(raised)}"
            return Backward(words, conflicts=broken, raised=raised, skipped=why)
        pairs = zip(wanted, found, strict=True)
        with torch.no_grad():
            return Backward(words, tuple(_told(name, leaf, grad) for (name, leaf), grad in pairs), broken)

    def _scalar(self, out: Any) -> Tensor | str:
        """What backward begins at; in words, why there is nothing to begin at."""
        if self._loss is None:
            return _weighted(out)
        loss = self._loss(out, *self._given) if _takes_more(self._loss) else self._loss(out)
        if not isinstance(loss, Tensor):
            return f"the loss is {type(loss).__name__}, no tensor"
        if loss.numel() != 1:
            return f"the loss is no scalar, but {'×'.join(map(str, loss.shape))}"
        return loss if loss.requires_grad else "the loss has no gradient: the way to the parameters is cut"

    def _raised(self, error: BaseException) -> Raised:
        return Raised(type(error).__name__, str(error), places(error, self._sources))


def _said(raised: Raised) -> str:
    """What was raised, and where in the user's code."""
    first = raised.message.strip().partition("\n")[0]
    at = f" at {raised.frames[0].file}:{raised.frames[0].line}" if raised.frames else ""
    return f"{raised.exception}: {first}{at}" if first else f"{raised.exception}{at}"


def _weighted(out: Any) -> Tensor | str:
    """A sum of the outputs in which no element weighs as much as the next: a softmax that is summed has no gradient."""
    tensors = tensors_of(out)
    outputs = [tensor for tensor in tensors if tensor.requires_grad]
    if not outputs:
        if not any(tensor.is_floating_point() or tensor.is_complex() for tensor in tensors):
            return "no output is of floating point"
        return "no output has a gradient: the way to the parameters is cut, or there are none that learn"
    total = None
    for tensor in outputs:
        real = torch.view_as_real(tensor) if tensor.is_complex() else tensor
        place = torch.arange(real.numel(), device=real.device, dtype=torch.float32).reshape(real.shape)
        part = (real.float() * torch.cos(place)).sum().cpu()
        total = part if total is None else total + part
    return total if total is not None else ""


def _takes_more(loss: Loss) -> bool:
    try:
        parameters = inspect.signature(loss).parameters.values()
    except (TypeError, ValueError):
        return False
    needed = [p for p in parameters if p.default is p.empty and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    return len(needed) > 1


def _wants(kind: str, leaf: Tensor) -> bool:
    return kind == "parameter" and leaf.requires_grad and leaf.is_leaf


def _gradients(loss: Tensor, leaves: list[Tensor], recorder: Recorder) -> list[Tensor | None]:
    if not leaves:
        return []
    try:
        return list(torch.autograd.grad(loss, leaves, allow_unused=True, retain_graph=True))
    except RuntimeError as error:
        if "checkpoint" not in str(error).lower():
            raise
    recorder.about_to_add_gradients()
    before = [leaf.grad for leaf in leaves]
    for leaf in leaves:
        leaf.grad = None
    try:
        loss.backward()  # type: ignore[no-untyped-call]
        return [leaf.grad for leaf in leaves]
    finally:
        for leaf, grad in zip(leaves, before, strict=True):
            leaf.grad = grad


def _told(name: str, leaf: Tensor, grad: Tensor | None) -> Gradient:
    weight = _norm(leaf)
    if grad is None:
        return Gradient(name, None, weight)
    norm = _norm(grad)
    return Gradient(name, norm, weight, norm == norm and norm != float("inf"))


def _norm(tensor: Tensor) -> float:
    if tensor.device.type == "meta":
        return 0.0
    plain = tensor.detach()
    if plain.layout is not torch.strided:
        plain = plain.coalesce().values() if plain.layout is torch.sparse_coo else plain.to_dense()
    return float(torch.linalg.vector_norm(plain if plain.is_complex() else plain.double()))


# ---- what was kept for the backward pass, and written since


def conflicts(ends: Iterable[Tensor], finished: Finished[Recorder]) -> Iterator[Conflict]:
    """What a backward pass from some tensors would need and that was written since; no pass is run for it.

    Autograd refuses to hand out such a tensor: that is the error that backward would raise.
    """
    made = sorted((op.seq0, op.seq1, node) for node, op in finished.nodes.items() if op.seq1 > op.seq0)
    starts = [first for first, _, _ in made]
    for function in _functions(ends):
        number = function._sequence_nr()
        place = bisect_right(starts, number) - 1
        if place < 0 or number >= made[place][1]:
            continue
        for saved in _refused(function):
            yield Conflict(made[place][2], function.name(), saved)


def _functions(ends: Iterable[Tensor]) -> Iterator[Any]:
    seen = set()
    todo = [end.grad_fn for end in ends]
    while todo:
        function = todo.pop()
        if function is not None and function not in seen:
            seen.add(function)
            yield function
            todo.extend(following for following, _ in function.next_functions)


def _refused(function: Any) -> Iterator[str]:
    for name in dir(function):
        if name.startswith("_saved_"):
            try:
                getattr(function, name)
            except RuntimeError:
                yield name.removeprefix("_saved_")
    if isinstance(function, torch.autograd.function.BackwardCFunction):
        try:
            _ = function.saved_tensors
        except RuntimeError:
            yield "tensors"
