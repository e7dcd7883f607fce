"""Assembly: from the record of a run to the graph, after the run, in one pass over the events."""

from __future__ import annotations

from graphviz_torch.ir.builder import GraphBuilder
from graphviz_torch.ir.graph import NodeKind, SourceLocation, TensorMeta
from graphviz_torch.ir.literals import Operand
from graphviz_torch.trace.metadata import Metas
from graphviz_torch.trace.runtime.arguments import attributes
from graphviz_torch.trace.runtime.autograd_link import GradNodes
from graphviz_torch.trace.runtime.backward import PASSES, UNSEEN
from graphviz_torch.trace.runtime.crossing import results_of_methods
from graphviz_torch.trace.runtime.fused import TEXT, fused
from graphviz_torch.trace.runtime.operations import Operation
from graphviz_torch.trace.runtime.recording import Recorder
from graphviz_torch.trace.runtime.records import Call, Held, Leave, Op, Place
from graphviz_torch.trace.runtime.versions import Versions, View
from graphviz_torch.trace.source import Sources

LEAVES: dict[str, NodeKind] = {"input": "input", "parameter": "parameter", "buffer": "buffer"}
JOIN = "join"
READ_WORDS = {"numpy": "data leaves the graph here, as a NumPy array"}


class Assembly:
    """Builds one graph from one record."""

    def __init__(
        self,
        recorder: Recorder,
        builder: GraphBuilder,
        sources: Sources,
        metas: Metas,
        grads: GradNodes,
        level: str,
    ) -> None:
        self._recorder = recorder
        self._builder = builder
        self._grads = grads
        self._level = level
        # The nodes of operations, by their places in the record.
        self._ids: list[str | None] = [None] * len(recorder.ops)
        # The call that reads now, and the nodes that join parts, by these.
        self._reading: str | None = None
        self._joins: dict[tuple[str, ...], str] = {}
        self._versions = Versions(recorder.wrote_memory, recorder.storages_apart)
        self._metas = metas
        self._sources = sources

    @property
    def nodes(self) -> dict[str, Op]:
        """The recorded operation behind each node."""
        return {node: op for op in self._recorder.ops if (node := self._ids[op.id]) is not None}

    def run(self) -> None:
        """Replays the events into the builder."""
        for event in self._recorder.events:
            if type(event) is Op:
                # `torch.device("cpu")` is not about tensors, nor is `x.type()`, which returns a name.
                if event.results or event.error or (event.operands and event.name != "type"):
                    self._operation(event)
            elif type(event) is Leave:
                self._leave(event.call)
            elif type(event) is Call:
                self._enter(event)
        if self._recorder.followed:
            for call, results in results_of_methods(self._recorder.events).items():
                self._builder.leave(call.id, tuple(dict.fromkeys(self.value(held) for held in results)))
        if self._level != "aten":
            for call in fused(self._recorder.kinds(), self._recorder.events, self._recorder.ops):
                self._builder.diagnose("fused", "info", call.id, TEXT)
        for code, what, text in self._recorder.notes:
            target = what.id if isinstance(what, Held) else self.id_of(what)
            self._builder.diagnose(code, "warning", target, text)

    def _leave(self, call: Call) -> None:
        self._reading = call.id
        self._builder.leave(call.id, self._read(call.results))
        if call.kind == "autograd_function":
            self._own_gradient(call)

    def _own_gradient(self, call: Call) -> None:
        """A custom function has its autograd node before it runs; what runs inside has none."""
        names = self._grads.names(call.seq, call.seq + 1)
        if names:
            self._builder.annotate(call.id, "grad_fn", names)

    def mark_handled(self, error: BaseException | None) -> None:
        """Marks the operations whose exception the user's code caught."""
        fatal = self._recorder.breaking(error)[0] if error is not None else None
        for _, op, _ in self._recorder.broken:
            if op is not None and op.error is not None and op is not fatal:
                handled = {"exception": op.error[0], "message": op.error[1]}
                self._builder.annotate(self._node(op), "handled", handled)

    def id_of(self, op: Op | None) -> str | None:
        """The node of an operation."""
        return None if op is None else self._ids[op.id]

    def _node(self, op: Op) -> str:
        """The node of an operation that has one already."""
        node = self._ids[op.id]
        assert node is not None, "it ran before"
        return node

    def value(self, held: Held) -> str:
        """The id of a value; leaves and late in-place results are added when they are first read."""
        if held.id is None:
            held.id = self._new_value(held)
        return held.id

    def _new_value(self, held: Held) -> str:
        kind = LEAVES.get(held.source)
        if kind is not None:
            self._versions.writes(held)
            return self._builder.leaf(kind, held.name or "external", self._metas.of(held.key))
        if held.previous is not None and held.source == "same":
            return self.value(held.previous)
        if held.source == "parts":
            return self._join(held)
        if held.previous is not None and held.op is not None:
            node, previous = self._node(held.op), self.value(held.previous)
            return self._builder.written(node, self._metas.of(held.key), previous, self._versions.writes(held))
        self._versions.writes(held)
        found = self._builder.leaf("constant", held.name or "external", self._metas.of(held.key))
        if held.source == "external":
            self._unknown(found)
        return found

    def _join(self, held: Held) -> str:
        """A node for what several operations wrote apart from each other, just before it is first read as a whole."""
        operands = tuple([self.value(part) for part in held.parts])
        if operands in self._joins:
            return self._joins[operands]
        views = ((operands[-1], self._versions.writes(held)),)
        attributes = tuple([(str(place), Operand(place)) for place in range(len(operands))])
        metas = (self._metas.of(held.key),)
        self._joins[operands] = self._builder.operation(
            JOIN, JOIN, operands, metas, views, attributes, self._reading
        ).id
        return self._joins[operands]

    def _unknown(self, value: str) -> None:
        if self._recorder.elsewhere:
            words = "no recorded operation made this; other threads ran modules too"
            self._builder.diagnose("thread", "warning", value, words)
        else:
            self._builder.diagnose("external", "warning", value, "a tensor that no recorded operation made")

    def _place(self, place: Place | None, call: Call | None) -> SourceLocation | None:
        """A place in the user's code; in code that is not his, where he calls that."""
        if place is not None:
            return self._sources.place(place[0], place[1])
        return call.source if call is not None else None

    def _enter(self, call: Call) -> None:
        parent = call.parent
        self._reading = around = parent.id if parent is not None else None
        call.source = source = self._place(call.place, parent)
        if call.kind == "operation":
            self._enter_function(call, call.module)
            return
        operands = self._read(call.operands)
        call.id = self._builder.enter(
            call.path, call.count, around, kind=call.kind, name=call.name, operands=operands, source=source
        )

    def _enter_function(self, region: Call, op: Op) -> None:
        """A function with what it consists of."""
        info, call = op.info, op.call
        self._ids[op.id] = region.id = self._builder.enter(
            region.path,
            region.count,
            call.id if call is not None else None,
            kind="operation",
            name=op.name,
            operands=self._read(op.operands),
            source=region.source,
            op=info.op if info is not None else op.name,
            attributes=attributes(op),
        )
        names = self._grads.names(op.seq0, op.seq1)
        if names:
            self._builder.annotate(region.id, "grad_fn", names)
        if info is not None:
            self._remarks(op, info, region.id)

    def _read(self, operands: list[Held]) -> tuple[str, ...]:
        """The values that are read."""
        if len(operands) == 1:  # without the frame of a comprehension
            return (operands[0].id or self.value(operands[0]),)
        return tuple([held.id or self.value(held) for held in operands])

    def _operation(self, op: Op) -> None:
        info, call, place, results = op.info, op.call, op.place, op.results
        self._reading = reading = call.id if call is not None else None
        operands = self._read(op.operands)
        if len(results) == 1:
            metas: tuple[TensorMeta, ...] = (self._metas.of(results[0].key),)
            views: tuple[View, ...] = (self._versions.view(results[0], op),)
        else:
            metas = tuple([self._metas.of(held.key) for held in results])
            views = tuple([self._versions.view(held, op) for held in results])
        node = self._builder.operation(
            op.name,
            info.op if info is not None else op.name,
            operands,
            metas,
            views,
            attributes(op),
            reading,
            self._place(place, call),
            () if op.seq1 == op.seq0 else self._grads.names(op.seq0, op.seq1),
            f"aten.{op.name}" if info is not None and info.loose else "",
        )
        self._ids[op.id] = node.id
        if len(results) == 1:
            results[0].id = node.id
        else:
            for held, result in zip(results, node.results, strict=True):
                held.id = result
        for held in op.written:
            self.value(held)
        if info is not None and (info.reads or info.aside or op.hook is not None or not op.grad_mode):
            self._remarks(op, info, node.id)
            if info.op in PASSES and self._level == "function":
                self._builder.diagnose("backward", "info", node.id, UNSEEN)

    def _remarks(self, op: Op, info: Operation, node: str) -> None:
        if info.reads:
            text = READ_WORDS.get(op.name, f"Python reads the value here (`{op.name}`)")
            self._builder.diagnose(op.name, "info", node, text)
        if not op.grad_mode and (op.grad_mode, op.inference) != self._recorder.ambient and not _custom(op.call):
            self._builder.annotate(node, "grad_mode", "inference" if op.inference else "no_grad")
        if op.hook is not None:
            hook = {"module": op.hook.module, "kind": op.hook.kind, "name": op.hook.name}
            self._builder.annotate(node, "hook", hook)


def _custom(call: Call | None) -> bool:
    """Whether a call is, or is inside, a custom autograd function: those run without gradients and have their own."""
    while call is not None:
        if call.kind == "autograd_function":
            return True
        call = call.parent
    return False
