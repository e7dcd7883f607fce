"""One side of a comparison: its graph, its tree, and look-ups that the steps share."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from functools import cached_property
from operator import attrgetter

from graphviz_torch.diff.blocks import Block, Blocks, blocks
from graphviz_torch.diff.numbers import Numbers
from graphviz_torch.diff.spelling import Spelled, Spelling
from graphviz_torch.diff.tree import Branch, Tree, grow
from graphviz_torch.diff.types import Types
from graphviz_torch.ir.graph import Graph, ModuleCall, Node, Tensor, Value
from graphviz_torch.ir.walks import GraphIndex

NOISE = frozenset(("detach", "alias"))


class Side:
    """One graph with its look-ups.

    Operations that dispatch adds on its own (`detach`, `alias` in graphs of aten operations) are looked through: they
    are in no list, and what reads them reads what they read.
    """

    def __init__(self, graph: Graph, numbers: Numbers, spelling: Spelling, types: Types) -> None:
        self.graph = graph
        self.index = GraphIndex(graph)
        self.tree: Tree = grow(graph, numbers)
        self._noisy = graph.origin.level != "function"
        self._spelling, self.types = spelling, types

    def noise(self, node: Node) -> bool:
        """Whether an operation is not the user's."""
        return self._noisy and node.kind == "call" and node.name in NOISE and len(node.operands) == 1

    def spelled(self, node: Node) -> Spelled:
        """The operation in the one spelling that is compared."""
        return self._spelling.of(node)

    @cached_property
    def blocks(self) -> Blocks:
        """The nodes in blocks, without the operations that are looked through."""
        numbers = self.types.numbers(self.graph.values)
        return blocks(self.graph, numbers, self._spelling.of, self.noise if self._noisy else None)

    def block(self, call: str | None) -> Block:
        """What ran directly inside a call."""
        return self.blocks.inside.get(call) or Block(0)

    def value(self, value: str) -> Value:
        """The value behind what is looked through."""
        found = self.index.values[value]
        if not self._noisy:
            return found
        producer = self.index.nodes[found.producer]
        while self.noise(producer):
            found = self.index.values[producer.operands[0]]
            producer = self.index.nodes[found.producer]
        return found

    def producer(self, value: Value) -> Node:
        """What made a value."""
        return self.index.nodes[value.producer]

    @cached_property
    def order(self) -> dict[str, int]:
        """The place of each node in the run."""
        return dict(zip(map(attrgetter("id"), self.graph.nodes), range(len(self.graph.nodes)), strict=True))

    @cached_property
    def calls_of(self) -> dict[str, list[ModuleCall]]:
        """The calls of each module, in order."""
        found: dict[str, list[ModuleCall]] = defaultdict(list)
        for call in self.graph.calls:
            if call.kind == "module":
                found[call.path].append(call)
        return found

    @cached_property
    def first(self) -> dict[str, int]:
        """The place of the first operation inside each call that has any."""
        found: dict[str, int] = {}
        for inside, block in self.blocks.inside.items():
            for call in self.index.ancestors(inside):
                if call in found:
                    break
                found[call] = block.start
        return found

    def items(self, call: str | None) -> list[Node | ModuleCall]:
        """Operations and calls directly inside a call, in order; calls without operations are left out."""
        block = self.block(call)
        items: list[Node | ModuleCall] = list(block.nodes)
        inner = [child for child in self.index.call_children.get(call, ()) if child in self.first]
        for child in sorted(inner, key=self.first.__getitem__, reverse=True):
            items.insert(bisect_left(block.places, self.first[child]), self.index.calls[child])
        return items

    @cached_property
    def holders(self) -> dict[str, tuple[Branch, Tensor]]:
        """The module and the tensor behind each parameter or buffer node, by the node's name."""
        found: dict[str, tuple[Branch, Tensor]] = {}
        for path, branch in self.tree.branches.items():
            for tensor in branch.tensors:
                found[f"{path}.{tensor.name}" if path else tensor.name] = (branch, tensor)
        return found

    @cached_property
    def _branches(self) -> dict[str, Branch]:
        return {call.id: self.tree.branches[call.path] for call in self.graph.calls}

    def branch_of(self, call: str | None) -> Branch:
        """The module that a call runs in."""
        return self.tree.root if call is None else self._branches[call]
