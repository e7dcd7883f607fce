"""The totals of a model run: what it holds, what ran, what went in and came out."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from typing import Any

from graphviz_torch.ir.graph import Graph, Node, TensorMeta
from graphviz_torch.ir.walks import GraphIndex


def summary(graph: Graph) -> dict[str, Any]:
    """The totals, as plain data: counts are of elements, sizes in bytes, and shared tensors count once."""
    index = GraphIndex(graph)
    parameters, buffers = list(_tensors(graph, "parameter")), list(_tensors(graph, "buffer"))
    return {
        "name": graph.name,
        "tracer": graph.origin.tracer,
        "level": graph.origin.level,
        "training": graph.origin.training,
        "parameters": _elements(parameters),
        "trainable": _elements([meta for meta in parameters if meta.requires_grad]),
        "parameter_bytes": _bytes(parameters),
        "buffers": _elements(buffers),
        "buffer_bytes": _bytes(buffers),
        "modules": len(graph.modules),
        "module_calls": sum(call.kind == "module" for call in graph.calls),
        "operations": sum(node.kind == "call" for node in graph.nodes),
        "inputs": [_end(index, node, node.results[0]) for node in graph.nodes if node.kind == "input"],
        "outputs": [_end(index, node, node.operands[0]) for node in graph.nodes if node.kind == "output"],
        "uncalled": uncalled(graph),
        "diagnostics": [
            {"code": note.code, "severity": note.severity, "target": note.target, "message": note.message}
            for note in graph.diagnostics
        ],
        "failure": _failure(graph),
    }


def uncalled(graph: Graph) -> list[str]:
    """Paths of modules of which nothing ran, neither they nor anything in them; the outermost of each."""
    ran: set[str] = set()
    for call in graph.calls:
        path = call.path
        while path and path not in ran:
            ran.add(path)
            path = path.rpartition(".")[0]
    found: set[str] = set()
    paths = []
    for module in graph.modules:
        if module.path and module.path not in ran and not ran.intersection(module.aliases):
            if module.path.rpartition(".")[0] not in found:
                paths.append(module.path)
            found.add(module.path)
    return paths


def _tensors(graph: Graph, kind: str) -> Iterator[TensorMeta]:
    """The distinct parameters or buffers of all modules; without modules, those that were read."""
    if not graph.modules:
        leaves = {node.id for node in graph.nodes if node.kind == kind}
        yield from (value.meta for value in graph.values if value.producer in leaves)
    for module in graph.modules:
        for tensor in module.parameters if kind == "parameter" else module.buffers:
            if tensor.alias_of is None:
                yield tensor.meta


def _elements(metas: list[TensorMeta]) -> int:
    return sum(prod(meta.shape) for meta in metas if meta.shape is not None)


def _bytes(metas: list[TensorMeta]) -> int:
    return sum(meta.bytes or 0 for meta in metas)


def _end(index: GraphIndex, node: Node, value: str) -> dict[str, Any]:
    meta = index.values[value].meta
    return {
        "name": node.name,
        "shape": None if meta.shape is None else list(meta.shape),
        "dtype": meta.dtype,
        "device": meta.device,
    }


def _failure(graph: Graph) -> dict[str, Any] | None:
    failure = graph.failure
    if failure is None:
        return None
    return {
        "node": failure.node,
        "module_call": failure.module_call,
        "exception": failure.exception,
        "message": failure.message,
        "reason": failure.reason,
        "notes": list(failure.notes),
        "hint": failure.hint,
    }
