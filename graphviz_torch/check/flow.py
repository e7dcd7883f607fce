"""How far gradients flow: which values they reach from what a model gave back, and where the way of the others ends.

1. They begin at the outputs that want one, and at what the run left on modules: losses are often kept there.
2. Through an operation they go from the results that want a gradient to the operands that do.
3. What goes in steps, or draws numbers, has a gradient of zeros: nothing comes through.
4. Custom autograd functions, scripts and aten operations do not tell inside: there they go from any result to any
   operand, and from what a region returned to what it was given.
5. Through a version of a value that was written in place they go to the earlier versions as well.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from graphviz_torch.ir.graph import Graph, ModuleCall, Node, Value
from graphviz_torch.ir.walks import GraphIndex, reachable
from graphviz_torch.trace.probes.records import Run

ATEN = "torch.ops.aten."
FLOATING = ("float", "bfloat", "complex")
OPAQUE = ("autograd_function", "script")
# Their gradient is zero everywhere. `normal` with tensors is no reparametrisation: it draws, and hands on zeros.
STEPS = frozenset(("round", "floor", "ceil", "trunc", "fix", "sign", "sgn", "normal", "bernoulli", "poisson"))
# They read the type of a tensor, and none of its elements.
LIKE = frozenset(("type_as", "expand_as", "view_as", "reshape_as", "is_same_size", "to", "size", "numel", "dim"))


@dataclass(frozen=True, slots=True)
class End:
    """Where a gradient would have to come from, and does not.

    Attributes:
        node: the operation whose result wants no gradient though an operand does, or whose result nobody reads.
        value: that operand, or that result.
        dropped: whether it is a result that nobody reads.
    """

    node: Node
    value: str
    dropped: bool = False


class Flow:
    """The gradients of one run."""

    def __init__(self, run: Run, index: GraphIndex | None = None) -> None:
        self.graph: Graph = run.graph
        self.index = index if index is not None else GraphIndex(run.graph)
        self._kept = run.kept

    @cached_property
    def starts(self) -> frozenset[str]:
        """Ids of the values at which gradients begin."""
        given = [operand for node in self.graph.nodes if node.kind == "output" for operand in node.operands]
        return frozenset(value for value in (*given, *self._kept) if self.wants(value))

    def wants(self, value: str) -> bool:
        """Whether autograd tracks a value; aten operations run below autograd, where no result says so."""
        meta = self.index.values[value].meta
        return meta.requires_grad or (meta.dtype.startswith(FLOATING) and self._below(value))

    def _below(self, value: str) -> bool:
        return self.index.nodes[self.index.values[value].producer].op.startswith(ATEN)

    @cached_property
    def reached(self) -> frozenset[str]:
        """Ids of the values that a gradient reaches."""
        live = set(self.starts)
        for node in reversed(self.graph.nodes):
            found = [value for value in node.results if value in live]
            if not found or node.kind != "call":
                continue
            opaque = self._opaque(node)
            if self._passes(node, opaque):
                live.update(value for value in node.operands if opaque or self.wants(value))
            for value in found:
                live.update(self._earlier(self.index.values[value]))
                live.update(operand for region in self._regions.get(value, ()) for operand in region.operands)
        return frozenset(live)

    def _passes(self, node: Node, opaque: bool) -> bool:
        """Whether anything but zeros comes through an operation; what is opaque says nothing of its inside."""
        return opaque or node.name not in STEPS

    @cached_property
    def _regions(self) -> dict[str, list[ModuleCall]]:
        """The regions that do not tell what happens inside, by what they returned."""
        found: dict[str, list[ModuleCall]] = defaultdict(list)
        for call in self.graph.calls:
            if call.kind in OPAQUE:
                for value in call.results:
                    found[value].append(call)
        return found

    def _opaque(self, node: Node) -> bool:
        return node.op.startswith(ATEN) or any(
            self.index.calls[call].kind in OPAQUE for call in self._ancestors(node.module_call)
        )

    @cached_property
    def _around(self) -> dict[str, tuple[str, ...]]:
        return {}

    def _ancestors(self, call: str | None) -> tuple[str, ...]:
        if call is None:
            return ()
        if call not in self._around:
            self._around[call] = tuple(self.index.ancestors(call))
        return self._around[call]

    def _earlier(self, value: Value) -> Iterator[str]:
        """What a value was before it was written in place."""
        while value.version and value.view_of is not None:
            value = self.index.values[value.view_of]
            if value.meta.requires_grad:
                yield value.id

    # ---- parameters

    @cached_property
    def parameters(self) -> dict[str, str]:
        """The values of the parameters that were read and want a gradient, by their name."""
        return {
            node.name: node.results[0]
            for node in self.graph.nodes
            if node.kind == "parameter" and self.wants(node.results[0])
        }

    @cached_property
    def written(self) -> frozenset[str]:
        """Names of the parameters that the run itself writes, as a moving average does."""
        found = set()
        for value in self.graph.values:
            if value.version:
                node = self.index.nodes[self._base(value).producer]
                if node.kind == "parameter":
                    found.add(node.name)
        return frozenset(found)

    def _base(self, value: Value) -> Value:
        while value.view_of is not None:
            value = self.index.values[value.view_of]
        return value

    def ends(self, value: str) -> list[End]:
        """Where the ways onward from a value that no gradient reaches end, in execution order."""
        found: dict[End, None] = {}
        seen = {value}
        todo = [value]
        while todo:
            current = todo.pop()
            readers = [self.index.nodes[name] for name in self.index.consumers.get(current, ())]
            if not readers and self.index.nodes[self.index.values[current].producer].kind == "call":
                found[End(self.index.nodes[self.index.values[current].producer], current, dropped=True)] = None
            for node in readers:
                opaque = self._opaque(node)
                passes = self._passes(node, opaque)
                onward = [result for result in node.results if passes and (opaque or self.wants(result))]
                if not onward and node.kind == "call" and not _like(node, current):
                    found[End(node, current)] = None
                todo.extend(result for result in onward if result not in seen)
                seen.update(onward)
        return sorted(found, key=lambda end: self.order[end.node.id])

    @cached_property
    def order(self) -> dict[str, int]:
        """When each node ran."""
        return {node.id: place for place, node in enumerate(self.graph.nodes)}

    @cached_property
    def needed(self) -> set[str]:
        """Ids of the nodes whose data reaches what the model gave back."""
        before: dict[str, tuple[str, ...]] = {
            node.id: tuple(self.index.values[operand].producer for operand in node.operands)
            for node in self.graph.nodes
        }
        return reachable(self.graph.outputs, before)


def _like(node: Node, value: str) -> bool:
    """Whether an operation only looks at the type of a value."""
    name = node.name.strip("_")
    if name.startswith("new_") or name.endswith("_like"):
        return True
    return name in LIKE and value not in node.operands[:1]


def names_of(paths: Iterable[str], most: int = 4) -> str:
    """Some names, and how many there are besides."""
    listed = list(paths)
    more = len(listed) - most
    return ", ".join(listed[:most]) + (f" and {more} more" if more > 0 else "")
