"""The data flow of a graph as short text, to be compared with what is right."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from torch import nn

from graphviz_torch.ir.checker import check
from graphviz_torch.ir.graph import Graph, ModuleCall, Node
from graphviz_torch.trace.options import TraceOptions
from graphviz_torch.trace.runtime.tracer import trace


def traced(model: nn.Module, *args: Any, level: str = "function", **kwargs: Any) -> Graph:
    """The graph of one run, in the mode that the model is in, checked."""
    graph = trace(model, args, kwargs, TraceOptions(level=level))
    check(graph)
    return graph


def edges(graph: Graph, hidden: Iterable[str] = ("param:", "buffer:")) -> list[str]:
    """One line for each operation and output, in order: `node <- the values it reads`.

    Args:
        hidden: operands whose ids start so are left out.
    """
    hidden = tuple(hidden)
    return [_line(node, hidden) for node in graph.nodes if node.kind in ("call", "output")]


def _line(node: Node, hidden: tuple[str, ...]) -> str:
    return " ".join([node.id, "<-", *(operand for operand in node.operands if not operand.startswith(hidden))])


def node(graph: Graph, node_id: str) -> Node:
    """The node of this id."""
    return next(found for found in graph.nodes if found.id == node_id)


def call(graph: Graph, call_id: str) -> ModuleCall:
    """The call of this id."""
    return next(found for found in graph.calls if found.id == call_id)


def calls(graph: Graph) -> list[str]:
    """One line for each call: id, kind unless it is a module, operands and results."""
    return [
        f"{found.id}{'' if found.kind == 'module' else ' ' + found.kind}: "
        f"{' '.join(found.operands)} -> {' '.join(found.results)}"
        for found in graph.calls
    ]


def notes(graph: Graph) -> list[tuple[str, str | None]]:
    """Code and target of each diagnostic."""
    return [(note.code, note.target) for note in graph.diagnostics]


def marks(graph: Graph, key: str) -> dict[str, Any]:
    """Payload of each annotation of one key, by target."""
    return {mark.target: mark.payload for mark in graph.annotations if mark.key == key}
