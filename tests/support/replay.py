"""Replay: runs the operations of a captured graph again, fed from the graph's own edges, and compares the outputs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from graphviz_torch.ir.graph import Graph, Node
from graphviz_torch.ir.walks import GraphIndex
from graphviz_torch.trace.options import TraceOptions
from graphviz_torch.trace.runtime.records import Op, OperandAt
from graphviz_torch.trace.runtime.structures import tensors_of
from graphviz_torch.trace.runtime.tracer import Recording, trace_with_recording

SEED = 20


@dataclass(slots=True)
class Replay:
    """What became of a replay.

    Attributes:
        operations: how many ran again.
        opaque: values that were taken as they were, because the graph says that their making cannot be seen.
        stale: operands whose memory was written after the value that the graph names.
        error: why the replay stopped; empty where it came to the end.
        different: paths of outputs that are not the same bit for bit.
    """

    operations: int = 0
    opaque: int = 0
    stale: list[str] = field(default_factory=list)
    error: str = ""
    different: list[str] = field(default_factory=list)

    @property
    def same(self) -> bool:
        """Whether every output came out again, bit for bit."""
        return not self.error and not self.different and not self.stale

    @property
    def cause(self) -> str:
        """One line on what went wrong."""
        if self.error:
            return self.error
        parts = [f"different: {', '.join(self.different[:4])}"] if self.different else []
        parts += [f"stale: {', '.join(self.stale[:4])}"] if self.stale else []
        return "; ".join(parts)


def trace_and_replay(
    model: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any], level: str = "function"
) -> tuple[Graph, Replay]:
    """Traces one run and replays it from the same random state."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(SEED)
        graph, recording = trace_with_recording(model, args, kwargs, TraceOptions(level=level))
        torch.manual_seed(SEED)
        return graph, replay(graph, recording)


def replay(graph: Graph, recording: Recording) -> Replay:
    """Runs every operation again, in order, from the present random state."""
    return _Machine(graph, recording).run()


class _Machine:
    """The tensors of all values so far."""

    def __init__(self, graph: Graph, recording: Recording) -> None:
        self._graph = graph
        self._index = GraphIndex(graph)
        self._recording = recording
        self._tensors: dict[str, Tensor] = {}
        self._copies: dict[str, Tensor] = {}
        self._opaque = {note.target for note in graph.diagnostics if note.code == "opaque"}
        self.report = Replay()

    def run(self) -> Replay:
        for node in self._graph.nodes:
            try:
                self._node(node)
            except Exception as error:  # noqa: BLE001 - whatever an operation raises is the finding
                first = str(error).strip().partition("\n")[0]
                self.report.error = f"{node.id}: {type(error).__name__}: {first}"[:240]
                return self.report
        self._compare()
        return self.report

    def _node(self, node: Node) -> None:
        if node.kind == "output":
            return
        if node.kind != "call":
            self._keep(node.results[0], self._recording.kept[node.results[0]])
            return
        if node.name == "join":  # the parts are in one tensor, each with the bits of the last write to it
            self._keep(node.results[0], self._tensors[node.operands[-1]])
            return
        op = self._recording.operations[node.id]
        if op.error is not None:
            return
        operands = [self._tensors[value] for value in node.operands]
        self._look_for_stale(node, op)
        results = self._results(node, op, operands)
        for value, tensor in zip(node.results, results, strict=False):
            self._keep(value, tensor)
        for value in node.results[len(results) :]:
            earlier = self._index.values[value].view_of
            assert earlier is not None, f"{value} is neither returned nor written"
            self._keep(value, self._tensors[earlier])

    def _results(self, node: Node, op: Op, operands: list[Tensor]) -> list[Tensor]:
        """What the operation returns; what was kept of it where it cannot run alone."""
        if op.function is None and node.name == "passthrough":
            return operands[:1]
        kept = [self._recording.kept.get(value) for value in node.results]
        if op.function is None or (kept and all(tensor is not None for tensor in kept)):
            self.report.opaque += 1
            return [tensor for tensor in kept if tensor is not None]
        self.report.operations += 1
        results = tensors_of(self._call(op.function, op, operands))
        if len(results) != len(op.results):
            raise ValueError(f"{len(results)} results, the graph has {len(op.results)}")
        return results

    def _call(self, function: Callable[..., Any], op: Op, operands: list[Tensor]) -> Any:
        args = [_filled(item, operands) for item in op.args]
        kwargs = {key: _filled(item, operands) for key, item in op.kwargs.items()}
        with torch.set_grad_enabled(op.grad_mode):
            return function(*args, **kwargs)

    def _keep(self, value: str, tensor: Tensor) -> None:
        if value in self._recording.marked:
            tensor.requires_grad_()
        self._tensors[value] = tensor
        if not tensor.is_nested:
            self._copies[value] = tensor.detach().clone()

    def _look_for_stale(self, node: Node, op: Op) -> None:
        """Notes operands that are not what they were when the value was made.

        What a view shows of a tensor, or an index writes in it, need not be what was written since.
        """
        shown = {self._index.values[result].view_of for result in node.results}
        for place, value in enumerate(node.operands):
            if value not in shown and not (place == 0 and op.name == "setitem"):
                self._read(node, value)

    def _read(self, node: Node, value: str) -> Tensor:
        tensor = self._tensors[value]
        if value in self._copies and not same_bits(tensor, self._copies[value]):
            self.report.stale.append(f"{node.id} reads {value}")
        return tensor

    def _compare(self) -> None:
        outputs = [self._index.nodes[output] for output in self._graph.outputs]
        for node, expected in zip(outputs, self._recording.outputs, strict=True):
            if not same_bits(self._read(node, node.operands[0]), expected):
                self.report.different.append(node.id)


def _filled(item: Any, operands: list[Tensor]) -> Any:
    """A template of arguments with the operands in their places."""
    if isinstance(item, OperandAt):
        return operands[item.index]
    if type(item) in (list, tuple):
        return type(item)(_filled(part, operands) for part in item)
    if type(item) is dict:
        return {key: _filled(part, operands) for key, part in item.items()}
    return item


def same_bits(left: Tensor, right: Tensor) -> bool:
    """Whether two tensors are the same in type, shape and every bit; any NaN equals any other."""
    if left.dtype != right.dtype or left.layout != right.layout:
        return False
    with torch.no_grad():
        if left.is_nested:
            pairs = zip(left.unbind(), right.unbind(), strict=True)
            return len(left.unbind()) == len(right.unbind()) and all(same_bits(a, b) for a, b in pairs)
        if left.layout is not torch.strided:
            left, right = left.coalesce(), right.coalesce()
            return same_bits(left.indices(), right.indices()) and same_bits(left.values(), right.values())
        if left.shape != right.shape:
            return False
        if left.device.type == "meta":
            return True
        return _same_numbers(left.detach().resolve_conj().resolve_neg(), right.detach().resolve_conj().resolve_neg())


def _same_numbers(left: Tensor, right: Tensor) -> bool:
    if left.is_complex():
        return _same_numbers(torch.view_as_real(left), torch.view_as_real(right))
    equal = left == right
    if left.is_floating_point():
        # Both zeros compare equal, and no NaN equals itself.
        equal = (equal & (torch.signbit(left) == torch.signbit(right))) | (left.isnan() & right.isnan())
    return bool(equal.all())
