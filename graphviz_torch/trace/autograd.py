"""The autograd tracer: the backward graph, from the gradients of the outputs to those of the parameters.

After one forward run the graph of `grad_fn` nodes is walked, without recursion. A node's results are the gradients it
hands on, one for each of its next functions; its operands are the gradients that reach it, which autograd adds up.
What each node keeps for the backward pass is listed by shape, dtype and bytes.
"""

from __future__ import annotations

import heapq
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from graphviz_torch.errors import TorchvizError, UnsupportedModelError
from graphviz_torch.ir.builder import GraphBuilder
from graphviz_torch.ir.graph import Graph, Json, Origin, TensorMeta
from graphviz_torch.ir.literals import Literal, Symbol
from graphviz_torch.trace.compat import functorch_base
from graphviz_torch.trace.contents import address
from graphviz_torch.trace.guard import unchanged
from graphviz_torch.trace.lazy import to_run
from graphviz_torch.trace.metadata import Metas, describe
from graphviz_torch.trace.modules import module_tree
from graphviz_torch.trace.options import TraceOptions
from graphviz_torch.trace.runtime import tracer as runtime
from graphviz_torch.trace.runtime.autograd_link import UNNUMBERED, GradNodes
from graphviz_torch.trace.runtime.intercept import intercepted
from graphviz_torch.trace.runtime.recording import Recorder
from graphviz_torch.trace.runtime.records import Call, Op
from graphviz_torch.trace.runtime.structures import named_tensors
from graphviz_torch.trace.source import Sources
from graphviz_torch.trace.statics import Statics

ACCUMULATE = "AccumulateGrad"


@dataclass(frozen=True, slots=True)
class Saved:
    """A tensor that a node keeps for the backward pass."""

    name: str
    meta: TensorMeta
    memory: int


def trace(model: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any], options: TraceOptions) -> Graph:
    """Runs the model once and returns its backward graph.

    Raises:
        UnsupportedModelError: no output has a gradient; the message says why.
        TraceError: the model raised.
    """
    try:
        return _traced(model, args, kwargs, options)
    except TorchvizError:
        raise
    except Exception:
        runtime.trace(model, args, kwargs, options)  # raises what happened, with the partial graph
        raise


def _traced(model: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any], options: TraceOptions) -> Graph:
    model, statics = to_run(model, Statics(model))
    sources = Sources(options.roots)
    builder = GraphBuilder(type(model).__name__, _origin(model, options))
    builder.set_modules(module_tree(statics, sources))
    with unchanged(statics, options.training, options.seed, (args, kwargs)) as guard:
        recorder = Recorder(statics, guard.about_to_write)
        inputs = runtime.inputs_of(model, args, kwargs)
        with intercepted(recorder, "function"):
            out = model(*args, **kwargs)
        outputs = [(name, tensor) for name, tensor in named_tensors(out, "") if tensor.requires_grad]
        if not outputs:
            raise _without_gradient(model, named_tensors(out, ""))
        names = {id(tensor): name for name, tensor in inputs}
        names |= {key: leaf[2] for key, leaf in statics.leaves.items()}
        roots = [tensor.grad_fn for _, tensor in outputs if tensor.grad_fn is not None]
        nodes = GradNodes(roots)
        weights = {address(tensor) for tensor in model.parameters()}
        ends = [(name, describe(tensor.detach()), tensor.grad_fn, id(tensor)) for name, tensor in outputs]
        _Backward(builder, recorder, sources, names, weights).build(ends, roots)
        out, outputs, ends, roots = None, [], [], []
    nodes.release()
    return builder.finish()


class _Backward:
    """Builds the backward graph of one run."""

    def __init__(
        self, builder: GraphBuilder, recorder: Recorder, sources: Sources, names: dict[int, str], weights: set[int]
    ) -> None:
        self._builder = builder
        self._sources = sources
        self._names = names
        self._weights = weights
        self._ops = sorted((op for op in recorder.ops if op.seq1 > op.seq0), key=lambda op: op.seq0)
        self._starts = [op.seq0 for op in self._ops]
        self._calls: dict[int, str] = {}
        self._arriving: dict[Any, list[str]] = {}
        self._kept: dict[int, int] = {}

    def build(self, ends: list[tuple[str, TensorMeta, Any, int]], roots: list[Any]) -> None:
        """Adds everything that the gradients of the outputs reach.

        Args:
            ends: name, type, autograd node and identity of each output.
        """
        for name, kind, node, identity in ends:
            value = self._builder.leaf("input", f"grad of {name or 'output'}", kind)
            if node is None:  # the model returned a leaf
                self._builder.output(self._leaf_name(identity), value)
            else:
                self._arriving.setdefault(node, []).append(value)
        for node in _in_order(roots):
            self._node(node)
        if self._kept:
            total = sum(self._kept.values())
            text = f"kept for the backward pass: {len(self._kept)} tensors, {total:,} bytes, parameters not counted"
            self._builder.diagnose("saved", "info", None, text)

    def _node(self, node: Any) -> None:
        name = node.name().removeprefix("torch::autograd::")
        operands = tuple(self._arriving.pop(node, ()))
        if name == ACCUMULATE:
            self._accumulate(node, operands)
            return
        edges = [(following, slot) for following, slot in node.next_functions if following is not None]
        op = self._op_of(node)
        saved, broken = _saved(node)
        made = self._builder.operation(
            name,
            f"torch.autograd.{name}",
            operands=operands,
            metas=tuple(_gradient(following, slot) for following, slot in edges),
            attributes=tuple(_attribute(item) for item in saved),
            call=self._call(op.call) if op is not None and op.call is not None else None,
            source=self._sources.place(*op.place) if op is not None and op.place is not None else None,
        )
        for (following, _), result in zip(edges, made.results, strict=True):
            self._arriving.setdefault(following, []).append(result)
        self._note_saved(made.id, saved, broken, name)

    def _accumulate(self, node: Any, operands: tuple[str, ...]) -> None:
        """The gradient of a leaf: an end of the graph; where several arrive, the node that adds them is drawn."""
        variable = node.variable
        name = self._leaf_name(id(variable))
        if len(operands) > 1:
            added = self._builder.operation(
                ACCUMULATE, f"torch.autograd.{ACCUMULATE}", operands=operands, metas=(describe(variable.detach()),)
            )
            operands = added.results
        for operand in operands:
            self._builder.output(name, operand)

    def _leaf_name(self, identity: int) -> str:
        return f"{self._names.get(identity, 'leaf')}.grad"

    def _note_saved(self, node: str, saved: list[Saved], broken: list[str], name: str) -> None:
        for text in broken:
            self._builder.diagnose("saved_modified", "error", node, f"{name}: {text}")
        if not saved:
            return
        tensors: list[Json] = [
            {"name": item.name, "shape": item.meta.shape, "dtype": item.meta.dtype, "bytes": item.meta.bytes}
            for item in saved
        ]
        total = sum(item.meta.bytes or 0 for item in saved)
        self._builder.annotate(node, "saved", {"tensors": tuple(tensors), "bytes": total})
        for item in saved:
            if item.memory and item.memory not in self._weights:
                self._kept[item.memory] = max(self._kept.get(item.memory, 0), item.meta.bytes or 0)

    def _op_of(self, node: Any) -> Op | None:
        """The operation whose range of sequence numbers holds the node's."""
        number = node._sequence_nr()
        place = bisect_right(self._starts, number) - 1
        return self._ops[place] if place >= 0 and number < self._ops[place].seq1 else None

    def _call(self, call: Call) -> str:
        todo = []
        step: Call | None = call
        while step is not None and id(step) not in self._calls:
            todo.append(step)
            step = step.parent
        for opened in reversed(todo):
            parent = self._calls[id(opened.parent)] if opened.parent is not None else None
            self._calls[id(opened)] = self._builder.enter(
                opened.path, opened.count, parent, kind=opened.kind, name=opened.name
            )
        return self._calls[id(call)]


def _in_order(roots: list[Any]) -> Iterator[Any]:
    """Every node once, none before a node that feeds it; among the ready ones the last that the forward made."""
    waiting: Counter[Any] = Counter()
    found: dict[Any, int] = {}
    todo = list(dict.fromkeys(roots))
    while todo:
        node = todo.pop()
        if node in found:
            continue
        found[node] = len(found)
        for following, _ in node.next_functions:
            if following is not None:
                waiting[following] += 1
                todo.append(following)
    ready = [(_rank(node), found[node], node) for node in dict.fromkeys(roots) if not waiting[node]]
    heapq.heapify(ready)
    while ready:
        _, _, node = heapq.heappop(ready)
        yield node
        for following, _ in node.next_functions:
            if following is not None:
                waiting[following] -= 1
                if not waiting[following]:
                    heapq.heappush(ready, (_rank(following), found[following], following))


def _rank(node: Any) -> int:
    number: int = node._sequence_nr()
    return -number if number < UNNUMBERED else -UNNUMBERED


def _gradient(node: Any, slot: int) -> TensorMeta:
    """The type of the gradient that a node takes in one of its slots."""
    slots = getattr(node, "_input_metadata", ())
    if slot >= len(slots):
        return TensorMeta()
    found = slots[slot]
    try:
        shape = found.shape
    except RuntimeError:  # of a nested tensor
        shape = None
    return Metas().of(((shape, found.dtype, found.device, False), None))


def _saved(node: Any) -> tuple[list[Saved], list[str]]:
    """What a node keeps, and what is wrong with what it keeps."""
    saved: list[Saved] = []
    broken: list[str] = []
    for name in dir(node):
        if name.startswith("_saved_"):
            try:
                value = getattr(node, name)
            except RuntimeError as error:  # changed in place since, so the backward pass would raise
                broken.append(str(error).partition(". Hint")[0])
                continue
            saved.extend(_kept(name.removeprefix("_saved_"), value))
    if isinstance(node, torch.autograd.function.BackwardCFunction):
        try:
            saved.extend(_kept("tensors", node.saved_tensors))
        except RuntimeError as error:
            broken.append(str(error).partition(". Hint")[0])
    return saved, broken


def _kept(name: str, value: Any) -> Iterable[Saved]:
    if isinstance(value, torch.Tensor):
        return [Saved(name, describe(value.detach()), max(address(functorch_base(value)), 0))]
    if isinstance(value, (tuple, list)):
        return [item for place, part in enumerate(value) for item in _kept(f"{name}[{place}]", part)]
    return []


def _attribute(saved: Saved) -> tuple[str, Literal]:
    shape = "×".join(str(size) for size in saved.meta.shape or ()) or "scalar"
    return f"saved {saved.name}", Symbol("object", f"{shape} {saved.meta.dtype}, {saved.meta.bytes} B")


def _without_gradient(model: nn.Module, outputs: list[tuple[str, torch.Tensor]]) -> UnsupportedModelError:
    parameters = list(model.parameters())
    if not outputs:
        reason, hint = "the model returned no tensor", "return the tensors whose gradients are asked for"
    elif not torch.is_grad_enabled():
        reason, hint = "gradients are switched off here (torch.no_grad or inference_mode)", "trace outside of it"
    elif parameters and not any(parameter.requires_grad for parameter in parameters):
        reason, hint = "every parameter is frozen (requires_grad=False)", "unfreeze what shall learn"
    elif not any(tensor.is_floating_point() or tensor.is_complex() for _, tensor in outputs):
        reason, hint = "the outputs are integers, which have no gradient", "return the scores before argmax"
    elif not parameters:
        reason, hint = "the model has no parameters and no input requires a gradient", "--tracer runtime"
    else:
        reason, hint = "the way from the parameters to the outputs is cut (detach, no_grad, NumPy)", "--tracer runtime"
    return UnsupportedModelError(f"there is no backward graph: {reason}", hint=hint)


def _origin(model: nn.Module, options: TraceOptions) -> Origin:
    training = model.training if options.training is None else options.training
    version = torch.__version__.partition("+")[0]
    return Origin("autograd", "function", options.target, training, torch.is_grad_enabled(), version)
