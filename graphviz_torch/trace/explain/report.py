"""The failure as lines for people: the operation, its operands and who made them, the place, the reason."""

from __future__ import annotations

from collections.abc import Iterator

from graphviz_torch.ir.graph import Failure, Graph, Node, Value
from graphviz_torch.ir.walks import GraphIndex
from graphviz_torch.trace.explain import words
from graphviz_torch.trace.explain.case import owner

LONGEST = 8


def describe(graph: Graph) -> tuple[str, ...]:
    """One fact a line; empty where nothing failed.

    Example:
        >>> describe(graph)                                          # doctest: +SKIP
        ('operation `linear` in module layer2 (Linear 32 → 8)',
         '  operand 0: 4×16:float32@cpu <- relu in act (ReLU)',
         '  operand 1: 8×32:float32@cpu <- parameter layer2.weight',
         '  at model.py:17 in MLP.forward: x = self.layer2(x)',
         '  why: layer2 (Linear 32 → 8) needs 4×32, got 4×16',
         '  16 was made by layer1 (Linear 32 → 16)')
    """
    failure = graph.failure
    if failure is None:
        return ()
    index = GraphIndex(graph)
    return tuple(_lines(index, failure))


def _lines(index: GraphIndex, failure: Failure) -> Iterator[str]:
    node = index.nodes.get(failure.node or "")
    inside = _module(index, failure.module_call if node is None else node.module_call)
    if node is None:
        yield f"between two operations{inside}"
    else:
        yield f"operation `{node.name}`{inside}"
        yield from _operands(index, node)
    for frame in failure.frames[:3]:
        yield f"  at {words.place(frame)}" + (f": {frame.code}" if frame.code else "")
    if failure.reason:
        yield f"  why: {failure.reason}"
    yield from (f"  {note}" for note in failure.notes)


def _module(index: GraphIndex, call: str | None) -> str:
    """The module path of the innermost module call."""
    for found in index.ancestors(call):
        if index.calls[found].kind == "module":
            module = index.modules.get(index.calls[found].path)
            return f" in module {words.called(module)}" if module is not None else f" in module {found}"
    return ""


def _operands(index: GraphIndex, node: Node) -> Iterator[str]:
    for place, operand in enumerate(node.operands[:LONGEST]):
        value = index.values[operand]
        yield f"  operand {place}: {words.typed(value.meta)} <- {_producer(index, value)}"
    if len(node.operands) > LONGEST:
        yield f"  and {len(node.operands) - LONGEST} more operands"


def _producer(index: GraphIndex, value: Value) -> str:
    node = index.nodes[value.producer]
    if node.kind != "call":
        return f"{node.kind} {node.name}".rstrip()
    module = owner(index, node.module_call)
    if module is not None:
        return f"{node.name} in {words.called(module)}"
    return f"{node.name} at {words.place(node.source)}" if node.source is not None else node.name
