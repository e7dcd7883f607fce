"""Collapse: draws calls as one node each; what crosses their border becomes their operands and results.

1. A call below the depth is closed, with all that ran inside.
2. A call with a single operation (a closed function is one) is one node at any depth, and a call with nothing but one
   such node in it is that node: no box is ever drawn around a single box.
3. A call whose operations are mixed with others' in time stays open, so that the graph keeps an order.
4. Marks, notes and the failure inside a closed call move to its node. Counts of repeats do not: `inside` counts them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from graphviz_torch.ir.graph import Annotation, Graph, Json, ModuleCall, Node
from graphviz_torch.ir.literals import Literal
from graphviz_torch.ir.walks import GraphIndex
from graphviz_torch.ir.weights import elements_below
from graphviz_torch.passes.regions import OPERATIONS, Region, regions
from graphviz_torch.passes.rewrite import Change, absorbed, rebuild, without_operands

HIDDEN = frozenset(("fold", "inside", "parameters"))


def collapse(graph: Graph, depth: int | None = None) -> Graph:
    """The graph with the calls closed that lie `depth` levels deep; `None` leaves all open but the single ones."""
    tree = regions(graph)
    closed = {call for call, region in tree.items() if depth is not None and region.level >= depth}
    return close(graph, closed, tree)


def close(graph: Graph, calls: Collection[str], tree: Mapping[str, Region]) -> Graph:
    """The graph with these calls closed, and those of rule 2; `tree` are its regions."""
    if not tree:
        return graph
    index = GraphIndex(graph)
    heads = _heads(index, tree, calls)
    spliced = _spliced(index, tree, heads)
    empty = {call for call, region in tree.items() if not region.size}
    if not heads and not spliced and not empty:
        return graph
    return _closed(index, tree, heads, spliced | empty)


def _heads(index: GraphIndex, tree: Mapping[str, Region], wanted: Collection[str]) -> dict[str, str]:
    """The outermost closed call of every call that is inside one (or is one itself)."""
    heads: dict[str, str] = {}
    for call, region in tree.items():
        outer = heads.get(region.call.parent) if region.call.parent is not None else None
        if outer is not None:
            heads[call] = outer
        elif _closable(region) and (call in wanted or _single(index, tree, region, wanted)):
            heads[call] = call
    return heads


def _closable(region: Region) -> bool:
    return region.size > 0 and region.whole and region.call.kind != "repeat"


def _single(index: GraphIndex, tree: Mapping[str, Region], region: Region, wanted: Collection[str]) -> bool:
    if len(region.own) + len(region.children) != 1:
        return False
    if region.children:
        child = tree[region.children[0]]
        closed = child.call.id in wanted or _single(index, tree, child, wanted)
        return _is_function(child.call) and closed and "fold" not in index.annotations.get(child.call.id, {})
    only = index.nodes[region.own[0]]
    return only.kind == "call" and "fold" not in index.annotations.get(only.id, {})


def _is_function(call: ModuleCall) -> bool:
    """Whether a region is a function with what it consists of."""
    return call.kind == "operation" and call.op != ""


def _spliced(index: GraphIndex, tree: Mapping[str, Region], heads: dict[str, str]) -> set[str]:
    """Calls with nothing in them but one closed call (or one node that is no plain operation): it stands for them.

    A wrapper that carries marks of its own is closed itself instead, so that they stay.
    """
    plain: dict[str, str] = {}
    spliced = set()
    for call in reversed(list(tree)):
        region = tree[call]
        if heads.get(call) == call:
            plain[call] = call
        elif call in heads or region.call.kind == "repeat" or len(region.own) + len(region.children) != 1:
            continue
        elif region.children and region.children[0] in plain and region.whole:
            inner = plain[region.children[0]]
            if call in index.annotations:
                # Calls without operations are in no list of children; they follow the call that they are in.
                empty = [inside for inside, head in heads.items() if head == inner]
                heads.update(dict.fromkeys((*empty, *_below(tree, call)), call))
                plain[call] = call
            else:
                spliced.add(call)
                plain[call] = inner
        elif region.own and index.nodes[region.own[0]].kind == "module" and call not in index.annotations:
            spliced.add(call)
    return spliced


def _below(tree: Mapping[str, Region], call: str) -> list[str]:
    found = [call]
    for inside in found:
        found.extend(tree[inside].children)
    return found


def _closed(index: GraphIndex, tree: Mapping[str, Region], heads: dict[str, str], gone: set[str]) -> Graph:
    graph = index.graph
    groups: dict[str, list[Node]] = {head: [] for head in dict.fromkeys(heads.values())}
    head_of = {node.id: heads.get(node.module_call or "") for node in graph.nodes if node.kind in OPERATIONS}
    for node in graph.nodes:
        head = head_of.get(node.id)
        if head is not None:
            groups[head].append(node)
    around = _Surroundings(tree, gone)
    inside = _inside_leaves(index, head_of, tree)
    closed = _Closed(index, tree, inside, around, _asked(tree, groups))
    made = {head: closed.node(head, nodes) for head, nodes in groups.items()}
    nodes = []
    for node in graph.nodes:
        head = head_of.get(node.id)
        if head is None and node.id not in inside:
            nodes.append(around.inside(node))
        elif head is not None and node is groups[head][0]:
            nodes.append(made[head])
    targets = {node.id: head for head, group in groups.items() for node in group}
    targets |= heads | inside | {call: around.stand_in(call, heads) for call in gone if call not in heads}
    calls = [
        call if call.parent not in gone else replace(call, parent=around.nearest(call.parent))
        for call in graph.calls
        if call.id not in heads and call.id not in gone
    ]
    marks = _marks(index, tree, groups)
    return rebuild(graph, Change(nodes, calls, targets=targets, marks=marks, hidden=HIDDEN))


class _Surroundings:
    """Finds the nearest call around that is still drawn."""

    def __init__(self, tree: Mapping[str, Region], gone: set[str]) -> None:
        self._tree = tree
        self._gone = gone

    def nearest(self, call: str | None) -> str | None:
        while call is not None and call in self._gone:
            call = self._tree[call].call.parent
        return call

    def inside(self, node: Node) -> Node:
        """The node in that call."""
        return node if node.module_call not in self._gone else replace(node, module_call=self.nearest(node.module_call))

    def stand_in(self, call: str, heads: Mapping[str, str]) -> str:
        """What a mark on a call that is gone moves to: the node inside it, or else the call around it."""
        region = self._tree[call]
        while call in self._gone and region.size:
            if region.own:
                return region.own[0]
            call = region.children[0]
            region = self._tree[call]
        return heads.get(call) or self.nearest(call) or call


def _inside_leaves(index: GraphIndex, head_of: Mapping[str, str | None], tree: Mapping[str, Region]) -> dict[str, str]:
    """Leaves that only closed calls read which own them (constants: any one closed call), with the first of these."""
    inside = {}
    for node in index.graph.nodes:
        if node.kind not in ("parameter", "buffer", "constant"):
            continue
        readers = [head_of.get(reader) for reader in index.consumers.get(node.id, ())]
        if not readers or any(reader is None for reader in readers):
            continue
        heads = [reader for reader in dict.fromkeys(readers) if reader is not None]
        owned = node.kind != "constant" and all(_owns(tree[head].call.path, node.name) for head in heads)
        if owned or (node.kind == "constant" and len(heads) == 1):
            inside[node.id] = heads[0]
    return inside


def _owns(path: str, name: str) -> bool:
    return not path or name.startswith(path + ".")


def _asked(tree: Mapping[str, Region], heads: Collection[str]) -> set[str]:
    """What functions that become nodes were given, which need not be what they consist of reads."""
    found: set[str] = set()
    for head in heads:
        region = tree[head]
        if len(region.own) + len(region.children) == 1 and region.children:
            region = tree[region.children[0]]
        if _is_function(region.call):
            found.update(region.call.operands)
    return found


@dataclass(frozen=True, slots=True)
class _Closed:
    """Makes the nodes that stand for calls.

    Attributes:
        inside: leaves that are drawn inside of a closed call, with that.
        asked: what functions that become nodes were given.
    """

    index: GraphIndex
    tree: Mapping[str, Region]
    inside: Mapping[str, str]
    around: _Surroundings
    asked: Collection[str]

    def node(self, head: str, group: list[Node]) -> Node:
        """The node that stands for a call; a function is what it is where only functions are recorded."""
        region = self.tree[head]
        if _is_function(region.call):
            return self._function(region.call, group, self.inside, self.around.nearest(region.call.parent))
        if len(region.own) + len(region.children) == 1 and region.children:
            child = self.tree[region.children[0]].call
            if _is_function(child):
                group = [self._function(child, group, {}, head)]
        return self._module(region.call, group, self.around.nearest(region.call.parent))

    def _module(self, call: ModuleCall, group: list[Node], parent: str | None) -> Node:
        """The node that stands for a call; where it is a single operation, it keeps that one's arguments and place."""
        module = self.index.modules.get(call.path) if call.kind == "module" else None
        name = call.path if call.kind == "module" else call.name
        op = module.type if module else call.kind
        if len(group) > 1:
            read, made = _read(group, self.inside), self._crossing(call, group)
            return Node(call.id, "module", name, op, read, made, (), parent, call.source)
        only = without_operands(group[0], _absorbed(self.index, group[0], self.inside))
        source = only.source or call.source
        return Node(
            call.id, "module", name, op, only.operands, only.results, only.attributes, parent, source, only.grad_fn
        )

    def _function(self, call: ModuleCall, group: list[Node], inside: Mapping[str, str], parent: str | None) -> Node:
        """A function without what it consists of; what that reads beside the arguments comes behind them."""
        more = [operand for operand in _read(group, {}) if operand not in call.operands]
        operands, results = (*call.operands, *more), self._crossing(call, group)
        whole = Node(call.id, "call", call.name, call.op, operands, results, call.attributes, parent, call.source)
        return without_operands(whole, _absorbed(self.index, whole, inside))

    def _crossing(self, call: ModuleCall, group: list[Node]) -> tuple[str, ...]:
        """What the call returned, then whatever else is read outside."""
        members = {node.id for node in group}
        made = {result: None for node in group for result in node.results}
        found = {result: None for result in call.results if result in made}
        for result in made:
            readers = self.index.consumers.get(result, ())
            if result in self.asked or any(reader not in members for reader in readers):
                found[result] = None
        return tuple(found)


def _absorbed(index: GraphIndex, node: Node, inside: Mapping[str, str]) -> dict[int, Literal]:
    gone: dict[int, Literal] = {}
    for place, operand in enumerate(node.operands):
        if operand in inside:
            leaf = index.nodes[operand]
            gone[place] = absorbed(leaf.kind, leaf.name)
    return gone


def _read(group: list[Node], inside: Mapping[str, str]) -> tuple[str, ...]:
    made = {result for node in group for result in node.results}
    read = dict.fromkeys(operand for node in group for operand in node.operands)
    return tuple(operand for operand in read if operand not in made and operand not in inside)


def _marks(index: GraphIndex, tree: Mapping[str, Region], groups: Mapping[str, list[Node]]) -> list[Annotation]:
    weights = elements_below(index.graph.modules, {tree[head].call.path for head in groups})
    counts = _Counts(index, tree)
    marks = []
    for head, group in groups.items():
        call = tree[head].call
        count = counts.inside(head, group)
        only = _only(index, tree, head, group) if count == 1 else {}
        marks.append(Annotation(head, "inside", {"operations": count} | only))
        if call.kind == "module" and weights.get(call.path):
            marks.append(Annotation(head, "parameters", weights[call.path]))
    return marks


def _only(index: GraphIndex, tree: Mapping[str, Region], head: str, group: list[Node]) -> dict[str, Json]:
    """The name of the single operation of a module, where the module's type is the user's own and does not say it."""
    region = tree[head]
    module = index.modules.get(region.call.path) if region.call.kind == "module" else None
    if module is None or module.of_torch:
        return {}
    if len(group) == 1:
        return {"operation": group[0].name} if group[0].kind == "call" else {}
    functions = [tree[child].call for child in region.children if not region.own and _is_function(tree[child].call)]
    return {"operation": functions[0].name} if len(functions) == len(region.children) == 1 else {}


class _Counts:
    """How many operations a closed call really ran, with every repeat that the fold pass took out."""

    def __init__(self, index: GraphIndex, tree: Mapping[str, Region]) -> None:
        self._marks = index.annotations
        self._functions = {call for call, region in tree.items() if _is_function(region.call)}
        self._times: dict[str | None, int] = {None: 1}
        for call, region in tree.items():
            self._times[call] = self._times[region.call.parent] * self._count(call)

    def inside(self, head: str, group: list[Node]) -> int:
        """A function counts as one, whatever it consists of."""
        counted = {node.module_call if node.module_call in self._functions else node.id: node for node in group}
        total = sum(self._times[node.module_call] * self._count(node.id) * self._own(node) for node in counted.values())
        return total // self._times[head]

    def _count(self, target: str) -> int:
        fold = self._marks.get(target, {}).get("fold")
        count = fold.get("count") if isinstance(fold, dict) else None
        return count if isinstance(count, int) else 1

    def _own(self, node: Node) -> int:
        inside = self._marks.get(node.id, {}).get("inside")
        count = inside.get("operations") if isinstance(inside, dict) else None
        return count if isinstance(count, int) else 1
