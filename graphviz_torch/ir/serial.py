"""Graphs as JSON: what `graph.schema.json` describes, one node a line so that files compare line by line."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any, NoReturn, TypeVar

from graphviz_torch.errors import GraphError, GraphFormatError
from graphviz_torch.ir import decode, encode
from graphviz_torch.ir.checker import Names, check
from graphviz_torch.ir.collector import collector_paused
from graphviz_torch.ir.graph import Graph, SourceLocation, TensorMeta
from graphviz_torch.ir.readers import MalformedError, listed
from graphviz_torch.ir.readers import text as text_of

FORMAT = "torchviz-graph"
MAJOR, MINOR = 1, 0

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
    with collector_paused():
        return _checked(text)


def _checked(text: str | bytes) -> Graph:
    """Reads and checks; the plain data behind the graph is gone before the collector looks again."""
    graph, names = _graph(_parsed(text))
    try:
        check(graph, names)
    except GraphError as error:
        wrong = f"the saved graph contradicts itself: {error.message}"
        raise GraphFormatError(wrong, details=error.details) from error
    return graph


def _graph(document: dict[str, Any]) -> tuple[Graph, Names | None]:
    _refuse_other_formats(document)
    try:
        return _read(document)
    except MalformedError as error:
        _refuse(f"`{error.place}` {error.wrong}" if error.path else f"the graph {error.wrong}")


def _read(document: dict[str, Any]) -> tuple[Graph, Names | None]:
    sources: tuple[SourceLocation, ...] = _part(document, "sources", listed(decode.source))
    metas: tuple[TensorMeta, ...] = _part(document, "metas", listed(decode.meta))
    nodes, values, names = _part(document, "nodes", lambda items: decode.nodes(items, metas, sources), required=True)
    failure = document.get("failure")
    graph = Graph(
        name=_part(document, "name", text_of, required=True),
        inputs=tuple([node.id for node in nodes if node.kind == "input"]),
        outputs=tuple([node.id for node in nodes if node.kind == "output"]),
        nodes=nodes,
        values=values,
        calls=_part(document, "calls", lambda items: decode.calls(items, sources)),
        modules=_part(document, "modules", lambda items: decode.modules(items, metas, sources)),
        origin=decode.origin({}) if "origin" not in document else _part(document, "origin", decode.origin),
        annotations=_part(document, "annotations", listed(decode.annotation)),
        diagnostics=_part(document, "diagnostics", listed(decode.diagnostic)),
        failure=None if failure is None else _part(document, "failure", lambda item: decode.failure(item, sources)),
    )
    return graph, names


def _part(document: dict[str, Any], name: str, read: Callable[[Any], Any], *, required: bool = False) -> Any:
    if name not in document and required:
        raise MalformedError(f"has no `{name}`")
    try:
        return read(document.get(name, []))
    except MalformedError as error:
        raise error.within(f".{name}") from None


def _parsed(text: str | bytes) -> dict[str, Any]:
    try:
        document = json.loads(text, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        end = len(text.rstrip()) <= error.pos or error.msg.startswith("Unterminated string")
        wrong = "it ends too early" if end else f"{error.msg}, line {error.lineno}, column {error.colno}"
        _refuse(f"it is no complete JSON: {wrong}")
    except UnicodeDecodeError:
        _refuse("it is not UTF-8 text")
    except RecursionError:
        _refuse("it is nested too deeply")
    except ValueError as error:
        _refuse(f"it is no JSON: {error}")
    if not isinstance(document, dict):
        _refuse("it is JSON, but no object")
    return document


def _refuse_other_formats(document: dict[str, Any]) -> None:
    if document.get("format") != FORMAT:
        _refuse(f'it does not say `"format": "{FORMAT}"`')
    version = document.get("version")
    version = version if isinstance(version, str) else ""
    major = version.partition(".")[0]
    if not major.isascii() or not major.isdigit():
        _refuse("`version` should be a string such as `1.0`")
    if major != str(MAJOR):
        older = len(major) < len(str(MAJOR)) or (len(major) == len(str(MAJOR)) and major < str(MAJOR))
        raise GraphFormatError(
            f"the graph was saved in format {version[:20]}, this version reads {MAJOR}.x",
            hint="save the graph again with this version" if older else "upgrade: pip install -U torchviz-cli",
        )


def _refuse(wrong: str) -> NoReturn:
    raise GraphFormatError(f"not a saved graph: {wrong}", hint="torchviz-cli render TARGET -o graph.json writes one")


def _no_constant(word: str) -> NoReturn:
    raise ValueError(f"{word} is no JSON number")


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
