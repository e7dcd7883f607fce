"""How operations, modules, operands and places are called in findings."""

from __future__ import annotations

from collections.abc import Sequence

from graphviz_torch.check.finding import Operand
from graphviz_torch.ir.graph import Module, Node, SourceLocation, Value
from graphviz_torch.ir.literals import Operand as OperandPlace
from graphviz_torch.ir.literals import format_literal
from graphviz_torch.ir.walks import GraphIndex
from graphviz_torch.trace.explain import words
from graphviz_torch.trace.explain.case import owner

LONGEST_ARGUMENT = 24
MOST_OPERANDS = 8
BYTES = ("B", "KiB", "MiB", "GiB", "TiB")
# Arguments that are mostly written one after the other, and those that are written without their names.
SEVERAL = frozenset(("size", "shape", "dims"))
# What functions that choose between two others pass on, whether anybody wrote it or not.
USUAL = frozenset(
    (
        *(("padding", 0), ("dilation", 1), ("groups", 1), ("_stacklevel", 3)),
        *(("ignore_index", -100), ("reduction", "mean"), ("label_smoothing", 0.0)),
    )
)
UNNAMED = SEVERAL | {"start_dim", "key"}


def sizes(shape: Sequence[int] | None) -> str:
    """`4×32`; `scalar` for no dimensions."""
    return words.sizes(shape)


def scaled(number: float, step: int, units: tuple[str, ...]) -> str:
    """A number with the unit that leaves it short: `1.54 MFLOP`."""
    place = 0
    while number >= 999.5 and place < len(units) - 1:
        number /= step
        place += 1
    return f"{number:.3g} {units[place]}"


def bytes_words(count: int) -> str:
    """`48 B`, `1.25 MiB`."""
    return scaled(count, 1024, BYTES)


def place_words(place: SourceLocation) -> str:
    """`model.py:17`."""
    return f"{place.file}:{place.line}"


def built(module: Module) -> str:
    """The call that builds a module: `Linear(512, 10)`; the class alone where it does not tell."""
    made = words.constructed(module)
    return module.type_name if made.endswith("()") and not module.type.startswith("torch.") else made


def module_at(index: GraphIndex, call: str | None) -> Module | None:
    """The module of the innermost module call around something."""
    for found in index.ancestors(call):
        if index.calls[found].kind in ("module", "inferred"):
            return index.modules.get(index.calls[found].path)
    return index.modules.get("")


def operation_words(index: GraphIndex, node: Node) -> str:
    """`layer1` for the operation of a layer, `flatten(1)` for another, `input x` and the like for the ends."""
    if node.kind != "call":
        return f"{node.kind} {node.name}".rstrip()
    layer = owner(index, node.module_call)
    if layer is not None:
        return layer.path or layer.type_name
    return f"{node.name}({', '.join(_arguments(node))})"


def _arguments(node: Node) -> list[str]:
    """The arguments that are no tensors, as far as they are short."""
    told = []
    for name, literal in node.attributes:
        if isinstance(literal, OperandPlace) or (isinstance(literal, tuple) and _has_operand(literal)):
            continue
        if literal is None or literal is False or (name, literal) in USUAL:
            continue
        text = format_literal(literal)
        if name in SEVERAL and isinstance(literal, tuple):
            text = text[1:-1].rstrip(",")
        if len(text) <= LONGEST_ARGUMENT:
            told.append(text if name in UNNAMED else f"{name}={text}")
    return told


def _has_operand(literal: tuple[object, ...]) -> bool:
    return any(isinstance(item, OperandPlace) for item in literal)


def operands(index: GraphIndex, node: Node) -> tuple[Operand, ...]:
    """What an operation read."""
    return tuple(operand(index, index.values[found]) for found in node.operands[:MOST_OPERANDS])


def operand(index: GraphIndex, value: Value) -> Operand:
    """One tensor, with what made it."""
    meta, node = value.meta, index.nodes[value.producer]
    return Operand(meta.shape, meta.dtype, meta.device, operation_words(index, node), value.id)
