"""The text form: one line a node, in execution order, below the calls it ran in. It is made to be read and compared.

    graph Net tracer=runtime level=function mode=eval grad=on
    in:x: float32[4,32] = input x
    call #0: Net(in:x) -> fc2#0:linear.0
      param:fc1.weight: float32[16,32] grad = parameter fc1.weight
      call fc1#0: Linear(in:x) -> fc1#0:linear.0
        fc1#0:linear.0: float32[4,16] grad = linear(in:x, param:fc1.weight) @ model.py:12
    out: = output(fc2#0:linear.0)

The grammar is in `docs/graph-format.md`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence

from graphviz_torch.ir.graph import Annotation, Graph, Json, ModuleCall, Node, TensorMeta, Value
from graphviz_torch.ir.literals import format_literal
from graphviz_torch.ir.walks import GraphIndex

_PLAIN = re.compile(r"[\w.:#/~\[\]<>-]+")
INDENT = "  "


def dumps(graph: Graph) -> str:
    """The graph as text."""
    return "\n".join(_lines(graph)) + "\n"


def word(name: str) -> str:
    """A name, quoted as in JSON where it holds anything but letters, digits and `.:#/~[]<>-_`."""
    return name if _PLAIN.fullmatch(name) else json.dumps(name, ensure_ascii=not name.isprintable())


def type_text(meta: TensorMeta) -> str:
    """`float32[4,16] cuda:0 grad`; the device is left out where it is the CPU, and `?` stands for what is unknown."""
    shape = "[?]" if meta.shape is None else f"[{','.join(map(str, meta.shape))}]"
    device = "" if meta.device in ("", "cpu") else f" {word(meta.device)}"
    return f"{word(meta.dtype) if meta.dtype else '?'}{shape}{device}{' grad' if meta.requires_grad else ''}"


def node_text(node: Node, values: Sequence[Value]) -> str:
    """The line of one node."""
    results = ", ".join(map(_result, values)) or f"{word(node.id)}:"
    if values and values[0].id != node.id:
        results = f"{word(node.id)} -> {results}"
    where = f" @ {_one_line(node.source.file)}:{node.source.line}" if node.source else ""
    autograd = f" ~ {','.join(map(word, node.grad_fn))}" if node.grad_fn else ""
    return f"{results} = {_right_side(node)}{autograd}{where}"


def call_text(call: ModuleCall, index: GraphIndex) -> str:
    """The line of one call."""
    module = index.modules.get(call.path)
    kind = word(module.type_name if module else "Module") if call.kind == "module" else f"{call.kind} {word(call.name)}"
    arguments = _arguments(call, list(map(word, call.operands)))
    return f"call {word(call.id)}: {kind}({arguments}) -> {', '.join(map(word, call.results)) or 'nothing'}"


def _lines(graph: Graph) -> Iterator[str]:
    index = GraphIndex(graph)
    origin = graph.origin
    mode, grad = "train" if origin.training else "eval", "on" if origin.grad_enabled else "off"
    yield f"graph {word(graph.name)} tracer={origin.tracer} level={origin.level} mode={mode} grad={grad}"
    yield from _body(graph, index)
    for annotation in graph.annotations:
        yield _mark(annotation)
    for note in graph.diagnostics:
        target = f" {word(note.target)}" if note.target is not None else ""
        yield f"note {note.severity} {word(note.code)}{target}: {_one_line(note.message)}"
    if graph.failure is not None:
        at = word(graph.failure.node or graph.failure.module_call or "")
        yield f"failure at {at}: {word(graph.failure.exception)}: {_one_line(graph.failure.message)}"


def _body(graph: Graph, index: GraphIndex) -> Iterator[str]:
    place = {call.id: number for number, call in enumerate(graph.calls)}
    depths = _depths(graph)
    opened = 0
    for node in graph.nodes:
        needed = 0 if node.module_call is None else place[node.module_call] + 1
        for call in graph.calls[opened:needed]:
            yield INDENT * depths[call.id] + call_text(call, index)
        opened = max(opened, needed)
        depth = 0 if node.module_call is None else depths[node.module_call] + 1
        yield INDENT * depth + node_text(node, [index.values[found] for found in node.results])
    for call in graph.calls[opened:]:
        yield INDENT * depths[call.id] + call_text(call, index)


def _depths(graph: Graph) -> dict[str, int]:
    depths: dict[str, int] = {}
    for call in graph.calls:
        depths[call.id] = 0 if call.parent is None else depths[call.parent] + 1
    return depths


def _result(value: Value) -> str:
    view = f" of {word(value.view_of)}" if value.view_of is not None else ""
    version = f" v{value.version}" if value.version else ""
    return f"{word(value.id)}: {type_text(value.meta)}{view}{version}"


def _right_side(node: Node) -> str:
    if node.kind in ("input", "parameter", "buffer", "constant"):
        return f"{node.kind} {word(node.name)}"
    operands = [word(operand) for operand in node.operands]
    if node.kind == "output":
        return f"output{' ' + word(node.name) if node.name else ''}({', '.join(operands)})"
    if node.kind == "module":
        return f"module {word(node.op)}({', '.join(operands)})"
    return f"{word(node.name)}({_arguments(node, operands)})"


def _arguments(node: Node | ModuleCall, operands: list[str]) -> str:
    if not node.attributes:
        return ", ".join(operands)
    shown = []
    for name, literal in node.attributes:
        text = _one_line(format_literal(literal, operands))
        shown.append(text if not name or name.isdigit() else f"{word(name)}={text}")
    return ", ".join(shown)


def _mark(annotation: Annotation) -> str:
    return f"mark {word(annotation.target)} {word(annotation.key)}: {_json(annotation.payload)}"


def _json(payload: Json) -> str:
    return json.dumps(payload, ensure_ascii=False, sort_keys=True, default=dict)


def _one_line(text: str) -> str:
    return text if text.isprintable() else json.dumps(text)[1:-1]
