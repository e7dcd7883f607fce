"""The builder: grows a graph in execution order and gives every element its stable id."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

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
        self._values: list[Value] = []
        self._inputs: list[str] = []
        self._outputs: list[str] = []
        # How many results a node was added with where that is not one, and what it was given afterwards.
        self._results: dict[str, int] = {}
        self._late: dict[str, list[Value]] = {}
        self._calls: dict[str, ModuleCall] = {}
        self._modules: tuple[Module, ...] = ()
        self._annotations: list[Annotation] = []
        self._diagnostics: list[Diagnostic] = []
        self._ordinals: dict[str, int] = {}
        self._taken: set[str] = set()
        self._failure: Failure | None = None

    def leaf(self, kind: NodeKind, name: str, meta: TensorMeta, *, source: SourceLocation | None = None) -> str:
        """Adds an input, parameter, buffer or constant; returns the id of its value."""
        node_id = unused(PREFIX[kind] + name, self._taken)
        self._values.append(make_value(node_id, node_id, 0, meta, None, 0))
        self._nodes.append(make_node(node_id, kind, name, "", (), (node_id,), (), None, source, ()))
        if kind == "input":
            self._inputs.append(node_id)
        return node_id

    def output(self, name: str, value: str) -> str:
        """Adds an output that reads `value`; returns the node's id."""
        node_id = unused(PREFIX["output"] + name, self._taken)
        self._results[node_id] = 0
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
            self._values.append(make_value(node_id, node_id, 0, metas[0], view_of, version))
            results: tuple[str, ...] = (node_id,)
        else:
            results = self._made(node_id, metas, views)
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
        late = self._late.setdefault(node, [])
        index = self._results.get(node, 1) + len(late)
        late.append(make_value(value_id(node, index), node, index, meta, view_of, version))
        return late[-1].id

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
        self._calls[call_id] = make_call(
            call_id, path, call_index, parent, kind, name, operands, (), source, op, attributes
        )
        return call_id

    def leave(self, call: str, results: tuple[str, ...]) -> None:
        """Closes a call."""
        object.__setattr__(self._calls[call], "results", results)  # until `finish` nobody else has it

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
        nodes, values = self._nodes, self._values
        if self._late:
            nodes, values = [self._grown(node) for node in nodes], list(self._in_order())
        return Graph(
            name=self._name,
            inputs=tuple(self._inputs),
            outputs=tuple(self._outputs),
            nodes=tuple(nodes),
            values=tuple(values),
            calls=tuple(self._calls.values()),
            modules=self._modules,
            origin=self._origin,
            annotations=tuple(self._annotations),
            diagnostics=tuple(self._diagnostics),
            failure=self._failure,
        )

    def _grown(self, node: Node) -> Node:
        """The node with the results that it was given after it was added."""
        late = self._late.get(node.id)
        return node if late is None else replace(node, results=(*node.results, *[value.id for value in late]))

    def _in_order(self) -> Iterator[Value]:
        """All values, also those that were added late, beside the others of their nodes."""
        values = iter(self._values)
        for node in self._nodes:
            yield from islice(values, len(node.results))
            yield from self._late.get(node.id, ())

    def _made(
        self, node_id: str, metas: tuple[TensorMeta, ...], views: tuple[tuple[str | None, int], ...]
    ) -> tuple[str, ...]:
        """Makes the values of a new node; returns their ids."""
        self._results[node_id] = len(metas)
        ids = tuple([value_id(node_id, index) for index in range(len(metas))])
        for index, (found, meta) in enumerate(zip(ids, metas, strict=True)):
            view_of, version = views[index] if index < len(views) else (None, 0)
            self._values.append(make_value(found, node_id, index, meta, view_of, version))
        return ids
