"""From a graph to plain lists and dicts that JSON can carry: the rows of a saved graph."""

from __future__ import annotations

import math
from collections.abc import Mapping as MappingType
from typing import Any, Generic, TypeVar

from graphviz_torch.ir.graph import (
    Failure,
    Hook,
    Json,
    Module,
    ModuleCall,
    Node,
    SourceLocation,
    Tensor,
    TensorMeta,
    Value,
)
from graphviz_torch.ir.literals import Literal, Mapping, Operand, Slice, Symbol

Row = dict[str, Any]
DEEPEST = 100
Item = TypeVar("Item", SourceLocation, TensorMeta)


class Table(Generic[Item]):
    """Numbers equal items alike, so that each is written once."""

    def __init__(self) -> None:
        self.items: dict[Item, int] = {}

    def number(self, item: Item | None) -> int | None:
        """The place of an item in the table; `None` for none."""
        return None if item is None else self.items.setdefault(item, len(self.items))


def sparse(**fields: Any) -> Row:
    """The fields that are not at their default."""
    return {
        name: field
        for name, field in fields.items()
        if not (field is None or field is False or field == "" or field == [])
    }


def literal(item: Literal, depth: int = 0) -> Any:
    """An argument tree; what JSON has no word for becomes an object with one key that says what it is."""
    if depth > DEEPEST:
        raise ValueError(f"is nested deeper than {DEEPEST} levels")
    if isinstance(item, float) and not math.isfinite(item):
        return {"float": repr(item)}
    if isinstance(item, complex):
        return {"complex": [literal(item.real, depth + 1), literal(item.imag, depth + 1)]}
    if isinstance(item, tuple):
        return [literal(part, depth + 1) for part in item]
    if isinstance(item, Operand):
        return {"operand": item.index}
    if isinstance(item, Symbol):
        return {"symbol": [item.kind, item.text]}
    if isinstance(item, Slice):
        return {"slice": [literal(part, depth + 1) for part in (item.start, item.stop, item.step)]}
    if isinstance(item, Mapping):
        return {"mapping": [[key, literal(part, depth + 1)] for key, part in item.items]}
    return item


def payload(item: Json, depth: int = 0) -> Any:
    """The payload of an annotation."""
    if depth > DEEPEST:
        raise ValueError(f"is nested deeper than {DEEPEST} levels")
    if isinstance(item, tuple | list):
        return [payload(part, depth + 1) for part in item]
    if isinstance(item, MappingType):
        return {key: payload(part, depth + 1) for key, part in item.items()}
    return item


def source(item: SourceLocation) -> Row:
    """A place in the user's code."""
    row = {"file": item.file, "line": item.line}
    rest = sparse(function=item.function, code=item.code)
    if item.column:
        row["column"] = item.column
    if item.end_column:
        row["end_column"] = item.end_column
    return {**row, **rest}


def meta(item: TensorMeta) -> Row:
    """What is known of a tensor; a shape of no sizes is a scalar and is written."""
    row = sparse(dtype=item.dtype, device=item.device, requires_grad=item.requires_grad, bytes=item.bytes)
    if item.shape is not None:
        row["shape"] = list(item.shape)
    if item.stride is not None:
        row["stride"] = list(item.stride)
    return row


def result(item: Value, metas: Table[TensorMeta]) -> list[Any]:
    """A value, among the results of its producer: `[id, meta]` or `[id, meta, view_of, version]`."""
    row = [item.id, metas.number(item.meta)]
    return [*row, item.view_of, item.version] if item.view_of is not None or item.version else row


def node(item: Node, values: MappingType[str, Value], metas: Table[TensorMeta], sources: Table[SourceLocation]) -> Row:
    """A node with the values it makes."""
    return {
        "id": item.id,
        "kind": item.kind,
        "name": item.name,
        **sparse(
            op=item.op,
            operands=list(item.operands),
            results=[result(values[found], metas) for found in item.results],
            attributes=[[name, literal(attribute)] for name, attribute in item.attributes],
            module_call=item.module_call,
            source=sources.number(item.source),
            grad_fn=list(item.grad_fn),
        ),
    }


def call(item: ModuleCall, sources: Table[SourceLocation]) -> Row:
    """A module call."""
    row: Row = {"id": item.id, "path": item.path}
    if item.call_index:
        row["call_index"] = item.call_index
    if item.kind != "module":
        row["kind"] = item.kind
    rest = sparse(
        parent=item.parent, name=item.name, operands=list(item.operands), results=list(item.results),
        source=sources.number(item.source), op=item.op,
        attributes=[[name, literal(attribute)] for name, attribute in item.attributes],
    )  # fmt: skip
    return {**row, **rest}


def module(item: Module, metas: Table[TensorMeta], sources: Table[SourceLocation]) -> Row:
    """A module of the static tree."""
    return {
        "path": item.path,
        "type": item.type,
        **sparse(
            arguments=item.arguments,
            aliases=list(item.aliases),
            parameters=[_tensor(tensor, metas) for tensor in item.parameters],
            buffers=[_tensor(tensor, metas) for tensor in item.buffers],
            training=item.training,
            hooks=[_hook(hook, sources) for hook in item.hooks],
            source=sources.number(item.source),
        ),
    }


def failure(item: Failure, sources: Table[SourceLocation]) -> Row:
    """The exception that ended the run."""
    row = {"exception": item.exception, "message": item.message}
    rest = sparse(
        node=item.node, module_call=item.module_call, frames=[sources.number(frame) for frame in item.frames],
        reason=item.reason, notes=list(item.notes), hint=item.hint,
    )  # fmt: skip
    return {**row, **rest}


def _tensor(item: Tensor, metas: Table[TensorMeta]) -> Row:
    row: Row = {"name": item.name, "meta": metas.number(item.meta), **sparse(alias_of=item.alias_of)}
    if not item.persistent:
        row["persistent"] = False
    return row


def _hook(item: Hook, sources: Table[SourceLocation]) -> Row:
    row: Row = {"kind": item.kind, "name": item.name, **sparse(source=sources.number(item.source))}
    if item.changed is not None:
        row["changed"] = item.changed
    return row
