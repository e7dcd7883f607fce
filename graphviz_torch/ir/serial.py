"""Graphs as JSON: what `graph.schema.json` describes, one node a line so that files compare line by line."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from graphviz_torch.errors import GraphFormatError
from graphviz_torch.ir import encode
from graphviz_torch.ir.graph import Graph, SourceLocation, TensorMeta
from graphviz_torch.ir.reading import FORMAT, MAJOR, Reader

MINOR = 0

Item = TypeVar("Item")

_ENCODER = json.JSONEncoder(ensure_ascii=True, allow_nan=False, separators=(", ", ": "))


def schema() -> dict[str, Any]:
    """The published JSON schema."""
    from importlib.resources import files

    text = files("graphviz_torch.ir").joinpath("graph.schema.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def dumps(graph: Graph) -> str:
    """The graph as JSON text: pure ASCII, the same bytes for equal graphs.

    Raises:
        GraphFormatError: an argument or a payload has no place in JSON.
    """
    metas: encode.Table[TensorMeta] = encode.Table()
    sources: encode.Table[SourceLocation] = encode.Table()
    values = {value.id: value for value in graph.values}
    rows: dict[str, Any] = {
        "nodes": _rows(graph.nodes, lambda node: encode.node(node, values, metas, sources), "nodes"),
        "calls": _rows(graph.calls, lambda call: encode.call(call, sources), "calls"),
        "modules": _rows(graph.modules, lambda module: encode.module(module, metas, sources), "modules"),
        "annotations": _rows(graph.annotations, _annotation, "annotations"),
        "diagnostics": _rows(graph.diagnostics, _diagnostic, "diagnostics"),
    }
    if graph.failure is not None:
        rows["failure"] = _line(encode.failure(graph.failure, sources), "failure")
    head = {
        "format": _line(FORMAT, "format"),
        "version": _line(f"{MAJOR}.{MINOR}", "version"),
        "name": _line(graph.name, "name"),
        "origin": _line(_origin(graph), "origin"),
        "sources": _rows(sources.items, encode.source, "sources"),
        "metas": _rows(metas.items, encode.meta, "metas"),
    }
    return "{\n" + ",\n".join(f'"{name}": {row}' for name, row in {**head, **rows}.items()) + "\n}\n"


def loads(text: str | bytes) -> Graph:
    """The graph that `dumps` wrote.

    Raises:
        GraphFormatError: the text is truncated, malformed, of another schema, or breaks a rule of the data model.
    """
    return Reader().loads(text)


def _line(item: Any, place: str, row: Callable[[Any], Any] | None = None) -> str:
    try:
        return _ENCODER.encode(row(item) if row else item)
    except (TypeError, ValueError, RecursionError) as error:
        raise GraphFormatError(f"the graph cannot be saved: `{place}` {error}") from error


def _rows(items: Iterable[Item], row: Callable[[Item], Any], name: str) -> str:
    inner = ",\n".join([_line(item, f"{name}[{index}]", row) for index, item in enumerate(items)])
    return f"[\n{inner}\n]" if inner else "[]"


def _origin(graph: Graph) -> dict[str, Any]:
    origin = graph.origin
    return {
        "tracer": origin.tracer,
        "level": origin.level,
        "target": origin.target,
        "training": origin.training,
        "grad_enabled": origin.grad_enabled,
        "torch": origin.torch,
    }


def _annotation(item: Any) -> dict[str, Any]:
    return {"target": item.target, "key": item.key, "payload": encode.payload(item.payload)}


def _diagnostic(item: Any) -> dict[str, Any]:
    return {"code": item.code, "severity": item.severity, "target": item.target, "message": item.message}
