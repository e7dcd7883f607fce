"""Applies a comparison to the old graph: what comes out must be the new one.

Of the new graph only those elements are used that the changes and consequences name. Whatever nothing names is made of
the old graph.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from graphviz_torch.diff.result import Comparison
from graphviz_torch.diff.spelling import COMMUTATIVE
from graphviz_torch.ir.graph import Graph, Module, Node
from graphviz_torch.ir.walks import GraphIndex

ModuleRow = tuple[object, ...]
OPERATIONS = ("call", "module")


@dataclass(frozen=True, slots=True)
class Named:
    """What the changes name of one side: elements by id, modules by path, and whether the root is another one."""

    ids: frozenset[str]
    modules: frozenset[str]
    moved: frozenset[str]
    replaced: bool

    def elsewhere(self, path: str) -> bool:
        """Whether a module, or one around it, moved."""
        return path in self.moved or any(path.startswith(f"{moved}.") for moved in self.moved)

    def module(self, path: str) -> bool:
        return path in self.modules

    def above(self, path: str) -> bool:
        """Whether a module or one around it is named."""
        return self.replaced or path in self.modules or any(path.startswith(f"{named}.") for named in self.modules)


def named(found: Comparison, graph: Graph, *, new: bool) -> Named:
    """What all changes together name of one side."""
    nodes = {node.id for node in graph.nodes}
    ids: set[str] = set()
    modules: set[str] = set()
    moved: set[str] = set()
    replaced = False
    for change in found.changes:
        for place in change.places:
            its = place.new_ids if new else place.old_ids
            path = place.new_path if new else place.old_path
            ids.update(its)
            if change.kind == "moved" and path is not None:
                moved.add(path)
            replaced = replaced or (change.kind == "replaced" and path == "" and not nodes.intersection(its))
            if path is not None and change.kind not in ("rewired", "interface") and not nodes.intersection(its):
                modules.add(path)
    return Named(frozenset(ids), frozenset(modules), frozenset(moved), replaced)


def row(module: Module, path: str) -> ModuleRow:
    """What a comparison tells of a module."""
    tensors = tuple((tensor.name, tensor.meta.shape) for tensor in (*module.parameters, *module.buffers))
    return path, module.type, module.arguments, tensors


class Patched:
    """The old graph with a comparison applied."""

    def __init__(self, old: Graph, new: Graph, found: Comparison) -> None:
        self._old, self._new, self._found = old, new, found
        self._before, self._after = named(found, old, new=False), named(found, new, new=True)
        self._one, self._other = GraphIndex(old), GraphIndex(new)
        self._to_new = dict(found.operations)
        self._to_old = {other: one for one, other in found.operations}

    def modules(self) -> Iterator[ModuleRow]:
        """The modules: mapped ones as they were unless named, others where a change brings them."""
        partner = {pair.old_path: pair.new_path for pair in self._found.mapping}
        follow = {consequence.place.new_path for consequence in self._found.consequences}
        taken = set(partner.values())
        for module in self._old.modules:
            if module.path not in partner:
                assert self._before.above(module.path), f"nothing tells that {module.path} went"
                continue
            path = partner[module.path]
            told = self._after.module(path) or path in follow
            yield row(self._other.modules[path] if told else module, path)
        for module in self._new.modules:
            if module.path not in taken:
                assert self._after.above(module.path), f"nothing tells that {module.path} came"
                yield row(module, module.path)

    def operations(self) -> Iterator[tuple[object, ...]]:
        """The nodes, as `operation` tells them; those that no change names are made of the old ones."""
        for node in self._old.nodes:
            if node.id not in self._to_new and node.kind in OPERATIONS:
                assert self._covered(self._one, self._before, node), f"nothing tells that {node.id} went"
        types = {name for found in self._found.consequences for name in found.place.new_ids}
        for node in self._new.nodes:
            if node.id not in self._to_old:
                if node.kind in OPERATIONS:
                    assert self._covered(self._other, self._after, node), f"nothing tells that {node.id} came"
                yield operation(node, self._other)
            elif self._covered(self._other, self._after, node):
                yield operation(node, self._other)
            else:
                yield self._unnamed(self._one.nodes[self._to_old[node.id]], node, node.id in types)

    def _unnamed(self, before: Node, node: Node, typed: bool) -> tuple[object, ...]:
        _, name, attributes, _, types = operation(before, self._one)
        assert self._reads(before, node), f"nothing tells that {node.id} reads something else"
        if typed or node.kind not in OPERATIONS:
            types = operation(node, self._other)[-1]
        return node.id, name if node.kind in OPERATIONS else node.name, attributes, len(node.operands), types

    def _covered(self, index: GraphIndex, found: Named, node: Node) -> bool:
        """Whether a change names an operation, or what it ran in."""
        calls = list(index.ancestors(node.module_call))
        inside = index.calls[calls[0]].path if calls else ""
        return (
            node.id in found.ids
            or found.ids.intersection(calls[:1]) != set()
            or found.module(inside)
            or any(
                call in found.ids and call not in (self._to_old if index is self._other else self._to_new)
                for call in calls
            )
            or any(found.above(index.calls[call].path) for call in calls if self._lost(index, index.calls[call].path))
        )

    def _lost(self, index: GraphIndex, path: str) -> bool:
        """Whether a module is on one side only, or of another type there."""
        for pair in self._found.mapping:
            if path == (pair.new_path if index is self._other else pair.old_path):
                return self._one.modules[pair.old_path].type != self._other.modules[pair.new_path].type
        return True

    def _reads(self, before: Node, node: Node) -> bool:
        """Whether an operation reads what it read, looking through what changes name as come, gone or moved."""
        if self._told(self._other, self._after, node):
            return True
        ones = [self._sources(self._one, value) for value in before.operands]
        others = [self._sources(self._other, value) for value in node.operands]
        if len(ones) != len(others):
            return any("?" in part for part in (*ones, *others))
        rows = zip(ones, others, strict=True)
        if all(one & other for one, other in rows):
            return True
        return node.name.strip("_") in COMMUTATIVE and all(any(one & other for other in others) for one in ones)

    def _told(self, index: GraphIndex, found: Named, node: Node) -> bool:
        """Whether a change is about a call around an operation."""
        calls = [index.calls[call] for call in index.ancestors(node.module_call)]
        return any(call.id in found.ids or found.elsewhere(call.path) for call in calls)

    def _sources(self, index: GraphIndex, value: str) -> set[object]:
        """The values behind a value, as the new graph calls them; `?` for what has no partner."""
        partner, found = (self._to_new, self._before) if index is self._one else (self._to_old, self._after)
        sources: set[object] = set()
        todo, seen = [value], {value}
        while todo:
            made = index.values[todo.pop()]
            producer = index.nodes[made.producer]
            if producer.id in partner:
                new = partner[producer.id] if index is self._one else producer.id
                sources.add((new, made.index))
            if producer.id not in partner or self._told(index, found, producer):
                sources |= {"?"} if producer.id not in partner else set()
                todo += [operand for operand in producer.operands if operand not in seen]
                seen.update(producer.operands)
        return sources


def operation(node: Node, index: GraphIndex) -> tuple[object, ...]:
    """What a comparison tells of a node."""
    metas = [index.values[result].meta for result in node.results]
    types = tuple((meta.shape, meta.dtype, meta.device) for meta in metas)
    return node.id, node.name, node.attributes, len(node.operands), types
