"""The builder: grows a graph in execution order and gives every element its stable id."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain

from graphviz_torch.ir.drafts import make_call, make_node, make_value
from graphviz_torch.ir.graph import (
    Annotation,
    CallKind,
    Diagnostic,
    Failure,
    Graph,
    Json,
    Module,
    ModuleCall,
    Node,
    NodeKind,
    Origin,
    Severity,
    SourceLocation,
    TensorMeta,
    Value,
    value_id,
)
from graphviz_torch.ir.literals import Literal
from graphviz_torch.ir.naming import unused

_Attributes = tuple[tuple[str, Literal], ...]
_Call = tuple[str, int, str | None, CallKind, str, tuple[str, ...], SourceLocation | None, str, _Attributes]
PREFIX = {"input": "in:", "parameter": "param:", "buffer": "buffer:", "constant": "const:", "output": "out:"}


class GraphBuilder:
    """Collects nodes, values and calls; `finish` freezes them.

    Ids follow `path#call:op.k`: the module call, the operation's name, and which operation of that name it is within
    that call. They depend on nothing outside the call, so one inserted layer changes only its own ids.
    """

    def __init__(self, name: str, origin: Origin) -> None:
        self._name = name
        self._origin = origin
        self._nodes: list[Node] = []
        self._values: dict[str, list[Value]] = {}
        self._inputs: list[str] = []
        self._outputs: list[str] = []
        # Nodes that were given results after they were added.
        self._grown: set[str] = set()
        # A call without its id and results, and the results.
        self._calls: dict[str, _Call] = {}
        self._returned: dict[str, tuple[str, ...]] = {}
        self._modules: tuple[Module, ...] = ()
        self._annotations: list[Annotation] = []
        self._diagnostics: list[Diagnostic] = []
        self._ordinals: dict[str, int] = {}
        self._taken: set[str] = set()
        self._failure: Failure | None = None

    def leaf(self, kind: NodeKind, name: str, meta: TensorMeta, *, source: SourceLocation | None = None) -> str:
        """Adds an input, parameter, buffer or constant; returns the id of its value."""
        node_id = unused(PREFIX[kind] + name, self._taken)
        self._values[node_id] = [make_value(node_id, node_id, 0, meta, None, 0)]
        self._nodes.append(make_node(node_id, kind, name, "", (), (node_id,), (), None, source, ()))
        if kind == "input":
            self._inputs.append(node_id)
        return node_id

    def output(self, name: str, value: str) -> str:
        """Adds an output that reads `value`; returns the node's id."""
        node_id = unused(PREFIX["output"] + name, self._taken)
        self._values[node_id] = []
        self._nodes.append(make_node(node_id, "output", name, "", (value,), (), (), None, None, ()))
        self._outputs.append(node_id)
        return node_id

    def operation(
        self,
        name: str,
        op: str,
        operands: tuple[str, ...] = (),
        metas: tuple[TensorMeta, ...] = (),
        views: tuple[tuple[str | None, int], ...] = (),
        attributes: tuple[tuple[str, Literal], ...] = (),
        call: str | None = None,
        source: SourceLocation | None = None,
        grad_fn: tuple[str, ...] = (),
        word: str = "",
    ) -> Node:
        """Adds an operation.

        Args:
            metas: one a result.
            views: (`view_of`, version) of each result, where it is not `(None, 0)`.
            word: what the id is made of where it is not the name.
        """
        node_id = self.next_id(call, word or name)
        if len(metas) == 1:  # nearly all of them
            view_of, version = views[0] if views else (None, 0)
            self._values[node_id] = [make_value(node_id, node_id, 0, metas[0], view_of, version)]
            results: tuple[str, ...] = (node_id,)
        else:
            results = self._results(node_id, metas, views)
        node = make_node(node_id, "call", name, op, operands, results, attributes, call, source, grad_fn)
        self._nodes.append(node)
        return node

    def next_id(self, call: str | None, name: str) -> str:
        """The id that the next operation of this name in this call gets."""
        stem = f"{call or ''}:{name}."
        ordinal = self._ordinals.get(stem, 0)
        self._ordinals[stem] = ordinal + 1
        wanted = f"{stem}{ordinal}"
        if wanted in self._taken:
            return unused(wanted, self._taken)
        self._taken.add(wanted)
        return wanted

    def written(self, node: str, meta: TensorMeta, view_of: str, version: int) -> str:
        """Adds a result to a node that wrote `view_of` in place; returns the id of the new value."""
        return self._result(node, meta, view_of, version)

    def enter(
        self,
        path: str,
        call_index: int,
        parent: str | None,
        *,
        kind: CallKind = "module",
        name: str = "",
        operands: tuple[str, ...] = (),
        source: SourceLocation | None = None,
        op: str = "",
        attributes: tuple[tuple[str, Literal], ...] = (),
    ) -> str:
        """Opens a call and returns its id; a region that is no module gets an id below its parent's."""
        call_id = unused(f"{path}#{call_index}", self._taken) if kind == "module" else self.next_id(parent, name)
        self._calls[call_id] = path, call_index, parent, kind, name, operands, source, op, attributes
        return call_id

    def leave(self, call: str, results: tuple[str, ...]) -> None:
        """Closes a call."""
        self._returned[call] = results

    def set_modules(self, modules: tuple[Module, ...]) -> None:
        """Gives the static tree."""
        self._modules = modules

    def annotate(self, target: str, key: str, payload: Json) -> None:
        """Adds an annotation."""
        self._annotations.append(Annotation(target, key, payload))

    def diagnose(self, code: str, severity: Severity, target: str | None, message: str) -> None:
        """Adds a diagnostic."""
        self._diagnostics.append(Diagnostic(code, severity, target, message))

    def fail(self, failure: Failure) -> None:
        """Records the exception that ended the run."""
        self._failure = failure

    def finish(self) -> Graph:
        """The frozen graph."""
        nodes = self._nodes
        if self._grown:
            nodes = [self._finished(node) if node.id in self._grown else node for node in nodes]
        return Graph(
            name=self._name,
            inputs=tuple(self._inputs),
            outputs=tuple(self._outputs),
            nodes=tuple(nodes),
            values=tuple(chain.from_iterable(self._values.values())),  # each node was added with its values
            calls=tuple([self._closed(call_id, call) for call_id, call in self._calls.items()]),
            modules=self._modules,
            origin=self._origin,
            annotations=tuple(self._annotations),
            diagnostics=tuple(self._diagnostics),
            failure=self._failure,
        )

    def _closed(self, call_id: str, call: _Call) -> ModuleCall:
        return make_call(call_id, *call[:6], self._returned.get(call_id, ()), *call[6:])

    def _finished(self, node: Node) -> Node:
        """The node with the results that were added after it."""
        return replace(node, results=tuple(value.id for value in self._values[node.id]))

    def _results(
        self, node_id: str, metas: tuple[TensorMeta, ...], views: tuple[tuple[str | None, int], ...]
    ) -> tuple[str, ...]:
        """Makes the values of a new node; returns their ids."""
        self._values[node_id] = values = []
        for index, meta in enumerate(metas):
            view_of, version = views[index] if index < len(views) else (None, 0)
            values.append(make_value(value_id(node_id, index), node_id, index, meta, view_of, version))
        return tuple([value.id for value in values])

    def _result(self, node: str, meta: TensorMeta, view_of: str | None, version: int) -> str:
        values = self._values[node]
        self._grown.add(node)
        found = value_id(node, len(values))
        values.append(make_value(found, node, len(values), meta, view_of, version))
        return found
