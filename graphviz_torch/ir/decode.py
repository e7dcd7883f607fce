"""From plain lists and dicts back to a graph; whatever is malformed is named with its place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from graphviz_torch.ir.checker import Names
from graphviz_torch.ir.drafts import make_call, make_module, make_tensor
from graphviz_torch.ir.encode import DEEPEST
from graphviz_torch.ir.gathered import DoubtError
from graphviz_torch.ir.graph import (
    Annotation,
    Diagnostic,
    Failure,
    Hook,
    Json,
    Module,
    ModuleCall,
    Node,
    Origin,
    SourceLocation,
    TensorMeta,
    Value,
)
from graphviz_torch.ir.literals import Literal, Mapping, Operand, Slice, Symbol
from graphviz_torch.ir.readers import (
    MalformedError,
    choice,
    count,
    flag,
    listed,
    maybe,
    maybe_count,
    maybe_flag,
    maybe_text,
    named,
    place_in,
    record,
    row,
    text,
    texts,
)
from graphviz_torch.ir.wellformed import NodeReader

NODE_KINDS = frozenset(("input", "parameter", "buffer", "constant", "call", "module", "output"))
CALL_KINDS = frozenset(("module", "autograd_function", "script", "operation", "inferred", "repeat"))
COMMON = 16
_OPERANDS = tuple(map(Operand, range(COMMON)))
SEVERITIES = frozenset(("info", "warning", "error"))


def literal(item: Any, depth: int = 0) -> Literal:
    """An argument tree."""
    if item is None or type(item) in (bool, int, float, str):
        plain: Literal = item
        return plain
    if depth > DEEPEST:
        raise MalformedError(f"is nested deeper than {DEEPEST} levels")
    if type(item) is list:
        return tuple([literal(part, depth + 1) for part in item])
    if type(item) is dict and len(item) == 1:
        ((word, inner),) = item.items()
        if word in _TAGGED:
            return _TAGGED[word](inner, depth + 1)
    raise MalformedError(f"should be an argument, not {named(item)}")


def payload(item: Any, depth: int = 0) -> Json:
    """The payload of an annotation."""
    if depth > DEEPEST:
        raise MalformedError(f"is nested deeper than {DEEPEST} levels")
    if type(item) is list:
        return tuple([payload(part, depth + 1) for part in item])
    if type(item) is dict:
        return {key: payload(part, depth + 1) for key, part in item.items()}
    plain: Json = item
    return plain


def attribute(item: Any) -> tuple[str, Literal]:
    """The name and the tree of one argument."""
    name, tree = row(item, 2)
    if type(tree) is dict and len(tree) == 1 and type(place := tree.get("operand")) is int and 0 <= place < COMMON:
        return text(name), _OPERANDS[place]
    return text(name), literal(tree)


source = record(
    SourceLocation,
    (("file", text), ("line", count), ("column", count, 0), ("end_column", count, 0), ("function", text, ""),
     ("code", text, "")),
)  # fmt: skip

meta = record(
    TensorMeta,
    (("shape", maybe(listed(count)), None), ("dtype", text, ""), ("device", text, ""), ("requires_grad", flag, False),
     ("stride", maybe(listed(count)), None), ("bytes", maybe_count, None)),
)  # fmt: skip

origin = record(
    Origin,
    (("tracer", text, "runtime"), ("level", text, "function"), ("target", text, ""), ("training", flag, False),
     ("grad_enabled", flag, True), ("torch", text, "")),
)  # fmt: skip

annotation = record(Annotation, (("target", text), ("key", text), ("payload", payload)))

diagnostic = record(
    Diagnostic,
    (("code", text), ("severity", choice(SEVERITIES)), ("target", maybe_text, None), ("message", text)),
)


def nodes(
    items: Any, metas: Sequence[TensorMeta], sources: Sequence[SourceLocation]
) -> tuple[tuple[Node, ...], tuple[Value, ...], Names | None]:
    """The nodes, the values they make, and the ids in use where these are known to keep the rules of the checker."""
    if type(items) is list:
        try:
            return reader(metas, sources).read(items)
        except (DoubtError, MalformedError):
            pass  # read again, for what is wrong and where
    return *nodes_with_care(items, metas, sources), None


def reader(metas: Sequence[TensorMeta], sources: Sequence[SourceLocation]) -> NodeReader:
    """What reads nodes that are as they should be."""
    return NodeReader(metas, sources, NODE_KINDS, listed(attribute))


def nodes_with_care(
    items: Any, metas: Sequence[TensorMeta], sources: Sequence[SourceLocation]
) -> tuple[tuple[Node, ...], tuple[Value, ...]]:
    """The same, row by row: slower, but says what is wrong."""
    read = record(
        _fields,
        (("id", text), ("kind", choice(NODE_KINDS)), ("name", text), ("op", text, ""),
         ("operands", texts, ()), ("results", listed(_result(metas)), ()),
         ("attributes", listed(attribute), ()), ("module_call", maybe_text, None),
         ("source", maybe(place_in(sources)), None), ("grad_fn", texts, ())),
    )  # fmt: skip
    found = []
    values: list[Value] = []
    for name, kind, label, op, operands, made, *rest in listed(read)(items):
        results = tuple([result[0] for result in made])
        found.append(Node(name, kind, label, op, operands, results, *rest))
        for index, (result, meta_of_it, view_of, version) in enumerate(made):
            values.append(Value(result, name, index, meta_of_it, view_of, version))
    return tuple(found), tuple(values)


def calls(items: Any, sources: Sequence[SourceLocation]) -> tuple[ModuleCall, ...]:
    """The tree of module calls."""
    read = record(
        make_call,
        (("id", text), ("path", text), ("call_index", count, 0), ("parent", maybe_text, None),
         ("kind", choice(CALL_KINDS), "module"), ("name", text, ""), ("operands", texts, ()),
         ("results", texts, ()), ("source", maybe(place_in(sources)), None), ("op", text, ""),
         ("attributes", listed(attribute), ())),
    )  # fmt: skip
    return listed(read)(items)


def modules(items: Any, metas: Sequence[TensorMeta], sources: Sequence[SourceLocation]) -> tuple[Module, ...]:
    """The static tree."""
    tensor = record(
        make_tensor,
        (("name", text), ("meta", place_in(metas)), ("alias_of", maybe_text, None), ("persistent", flag, True)),
    )
    where = maybe(place_in(sources))
    hook = record(Hook, (("kind", text), ("name", text), ("changed", maybe_flag, None), ("source", where, None)))
    read = record(
        make_module,
        (("path", text), ("type", text), ("arguments", text, ""), ("aliases", texts, ()),
         ("parameters", listed(tensor), ()), ("buffers", listed(tensor), ()), ("training", flag, False),
         ("hooks", listed(hook), ()), ("source", where, None)),
    )  # fmt: skip
    return listed(read)(items)


def failure(item: Any, sources: Sequence[SourceLocation]) -> Failure:
    """The exception that ended the run."""
    read = record(
        Failure,
        (("node", maybe_text, None), ("module_call", maybe_text, None), ("exception", text), ("message", text),
         ("frames", listed(place_in(sources)), ()), ("reason", text, ""), ("notes", texts, ()),
         ("hint", text, "")),
    )  # fmt: skip
    return read(item)


def _fields(*fields: Any) -> tuple[Any, ...]:
    return fields


def _result(metas: Sequence[TensorMeta]) -> Callable[[Any], tuple[str, TensorMeta, str | None, int]]:
    read_meta = place_in(metas)

    def read(item: Any) -> tuple[str, TensorMeta, str | None, int]:
        if type(item) is not list or len(item) < 2:
            raise MalformedError("should be [id, meta] or [id, meta, view_of, version]")
        if len(item) < 4:
            return text(item[0]), read_meta(item[1]), None, 0
        return text(item[0]), read_meta(item[1]), maybe_text(item[2]), count(item[3])

    return read


def _float(item: Any, _: int) -> float:
    if item not in ("inf", "-inf", "nan"):
        raise MalformedError(f"should be inf, -inf or nan, not {named(item)}")
    return float(item)


def _complex(item: Any, depth: int) -> complex:
    real, imaginary = (literal(part, depth) for part in row(item, 2))
    if not isinstance(real, float) or not isinstance(imaginary, float):
        raise MalformedError("should be two floats")
    return complex(real, imaginary)


def _symbol(item: Any, _: int) -> Symbol:
    kind, name = row(item, 2)
    return Symbol(text(kind), text(name))


def _slice(item: Any, depth: int) -> Slice:
    start, stop, step = (literal(part, depth) for part in row(item, 3))
    return Slice(start, stop, step)


def _mapping(item: Any, depth: int) -> Mapping:
    if type(item) is not list:
        raise MalformedError(f"should be a list, not {named(item)}")
    pairs = [row(pair, 2) for pair in item]
    return Mapping(tuple((text(key), literal(part, depth)) for key, part in pairs))


_TAGGED: dict[str, Callable[[Any, int], Literal]] = {
    "float": _float,
    "complex": _complex,
    "operand": lambda item, _: Operand(count(item)),
    "symbol": _symbol,
    "slice": _slice,
    "mapping": _mapping,
}
