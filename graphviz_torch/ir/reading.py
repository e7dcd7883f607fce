"""From JSON text to graphs: line by line where the text was laid out as we do it, else as a whole."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, NoReturn

from graphviz_torch.errors import GraphError, GraphFormatError, TorchvizError
from graphviz_torch.ir import decode, lines
from graphviz_torch.ir.checker import Names, check
from graphviz_torch.ir.collector import collector_paused
from graphviz_torch.ir.gathered import DoubtError
from graphviz_torch.ir.graph import Graph, Node, SourceLocation, TensorMeta, Value
from graphviz_torch.ir.readers import MalformedError, listed
from graphviz_torch.ir.readers import text as text_of
from graphviz_torch.ir.shared_lines import Read, SharedLines

FORMAT = "torchviz-graph"
MAJOR = 1


class Reader:
    """Reads saved graphs one after the other; nodes that one has in common with the one before are read once."""

    def __init__(self) -> None:
        self._before: Read | None = None

    def loads(self, text: str | bytes) -> Graph:
        """The graph that `dumps` wrote.

        Raises:
            GraphFormatError: the text is truncated, malformed, of another schema, or breaks a rule of the data model.
        """
        with collector_paused():
            try:
                return self._by_lines(text)
            except (DoubtError, MalformedError, TorchvizError, ValueError, RecursionError):
                return _checked(text)  # which says what is wrong

    def _by_lines(self, text: str | bytes) -> Graph:
        document, rows = lines.cut(text)
        _refuse_other_formats(document)
        metas, sources = _tables(document)
        shared = None if self._before is None else SharedLines(self._before, metas, sources)
        if shared is not None:
            metas, sources = shared.metas, shared.sources
        reader = decode.reader(metas, sources)
        lines.read(rows, reader, shared)
        nodes, values, names = reader.found.whole()
        graph = _read(document, nodes, values, metas, sources)
        check(graph, names)
        self._before = Read(rows, nodes, values, metas, sources, reader.found.plain)
        return graph


def _checked(text: str | bytes) -> Graph:
    """Reads and checks the text as a whole."""
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
        metas, sources = _tables(document)
        nodes, values, names = _part(
            document, "nodes", lambda items: decode.nodes(items, metas, sources), required=True
        )
        return _read(document, nodes, values, metas, sources), names
    except MalformedError as error:
        _refuse(f"`{error.place}` {error.wrong}" if error.path else f"the graph {error.wrong}")


def _tables(document: dict[str, Any]) -> tuple[tuple[TensorMeta, ...], tuple[SourceLocation, ...]]:
    sources = _part(document, "sources", listed(decode.source))
    return _part(document, "metas", listed(decode.meta)), sources


def _read(
    document: dict[str, Any],
    nodes: tuple[Node, ...],
    values: tuple[Value, ...],
    metas: tuple[TensorMeta, ...],
    sources: tuple[SourceLocation, ...],
) -> Graph:
    failure = document.get("failure")
    return Graph(
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


def _part(document: dict[str, Any], name: str, read: Callable[[Any], Any], *, required: bool = False) -> Any:
    if name not in document and required:
        raise MalformedError(f"has no `{name}`")
    try:
        return read(document.get(name, []))
    except MalformedError as error:
        raise error.within(f".{name}") from None


def _parsed(text: str | bytes) -> dict[str, Any]:
    try:
        document = json.loads(text, parse_constant=lines.no_constant)
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
