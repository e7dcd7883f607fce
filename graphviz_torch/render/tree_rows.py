"""The rows of the tree of module calls: what is listed, in which order, and the words for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from graphviz_torch.ir.graph import Module, ModuleCall, Node
from graphviz_torch.ir.walks import GraphIndex
from graphviz_torch.ir.weights import elements_below
from graphviz_torch.layout.arguments import operation_words, single_words
from graphviz_torch.layout.repeats import Repeats
from graphviz_torch.layout.words import humanised, meta_words, module_words
from graphviz_torch.render.captions import badge, fold_badge, last_copy

SHOWN_RESULTS = 2
RAISED = "✗ raised"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the tree: branches, name, arguments, output, parameters."""

    branches: str
    name: str
    words: str
    shape: str
    count: str
    style: str = "name"


def rows(index: GraphIndex, operations: bool) -> Iterator[Row]:
    """The rows in order of time; a stack in place of recursion."""
    items = _Items(index, operations)
    failed = _failed(index)
    todo = [(item, "", "") for item in reversed(items.inside(None))]
    while todo:
        item, lead, below = todo.pop()
        row = items.call_row(item, lead) if isinstance(item, ModuleCall) else items.node_row(item, lead)
        yield replace(row, shape=row.shape or RAISED, style="bad") if item.id in failed else row
        children = items.inside(item.id) if isinstance(item, ModuleCall) else []
        for place, child in reversed(list(enumerate(children))):
            last = place == len(children) - 1
            todo.append((child, below + ("└─ " if last else "├─ "), below + ("   " if last else "│  ")))


class _Items:
    """What is listed below a call, and the words for it."""

    def __init__(self, index: GraphIndex, operations: bool) -> None:
        self._index = index
        self._weights = elements_below(index.graph.modules, {call.path for call in index.graph.calls})
        # Modules without weights too: a line of the tree has room for it.
        self._repeats = Repeats(index, dict.fromkeys(index.modules, 1))
        self._children: dict[str | None, list[ModuleCall | Node]] = {}
        for item in _by_time(index, operations):
            parent = item.parent if isinstance(item, ModuleCall) else item.module_call
            self._children.setdefault(parent, []).append(item)

    def inside(self, call: str | None) -> list[ModuleCall | Node]:
        """The calls and operations directly inside; an only operation of a layer is the layer."""
        return [] if self._alone(call) else self._children.get(call, [])

    def _alone(self, call: str | None) -> Node | None:
        """The operation of a layer that has no other."""
        if call is None or call in self._index.call_children:
            return None
        found = [self._index.nodes[node] for node in self._index.call_nodes.get(call, ())]
        ran = [node for node in found if node.kind in ("call", "module")]
        alone = len(ran) == 1 and ran[0].kind == "call" and not fold_badge(self._index, ran[0].id)
        return ran[0] if alone else None

    def _words(self, module: Module | None, node: Node | None) -> str:
        """The arguments of a module, and its only operation where the type does not say it."""
        inside = self._index.annotations.get(node.id, {}).get("inside") if node else None
        only = single_words(module, node, inside) if node else ""
        return " · ".join(filter(None, (module_words(module) if module else "", only)))

    def call_row(self, call: ModuleCall, branches: str) -> Row:
        mark = badge(self._index, call.id, self._repeats)
        if call.kind == "repeat":
            return Row(branches, mark.strip(), "", "", "", "warn")
        module = self._index.modules.get(call.path) if call.kind == "module" else None
        name = self._relative(call.path, call.parent) if call.kind == "module" else call.name
        last = last_copy(self._index, call.id)
        name += f" … {last.rpartition('.')[2]}" if last else ""
        title = " · ".join(part for part in (name, module.type_name if module else "") if part)
        count = self._weights.get(call.path, 0) if call.kind == "module" else 0
        return Row(
            branches,
            (title or self._index.graph.name) + mark,
            self._words(module, self._alone(call.id)),
            self._types(call.results),
            humanised(count) if count else "",
        )

    def node_row(self, node: Node, branches: str) -> Row:
        if node.kind == "module":
            return self._closed_row(node, branches)
        title = node.name + badge(self._index, node.id, self._repeats)
        return Row(branches, title, operation_words(node), self._types(node.results), "", "quiet")

    def _closed_row(self, node: Node, branches: str) -> Row:
        """A call that a view has closed."""
        module = self._index.modules.get(node.name)
        name = self._relative(node.name, node.module_call) if module else node.name
        title = " · ".join(part for part in (name, module.type_name if module else "") if part)
        count = self._index.annotations.get(node.id, {}).get("parameters")
        return Row(
            branches,
            (title or self._index.graph.name) + badge(self._index, node.id, self._repeats),
            self._words(module, node),
            self._types(node.results),
            humanised(count) if isinstance(count, int) and count else "",
        )

    def _relative(self, path: str, around: str | None) -> str:
        parent = self._index.calls[around].path if around is not None else ""
        return path[len(parent) + 1 :] if parent and path.startswith(parent + ".") else path

    def _types(self, results: tuple[str, ...]) -> str:
        shown = [meta_words(self._index.values[result].meta) for result in results[:SHOWN_RESULTS]]
        more = f" +{len(results) - SHOWN_RESULTS}" if len(results) > SHOWN_RESULTS else ""
        return ", ".join(filter(None, shown)) + more


def _by_time(index: GraphIndex, operations: bool) -> Iterator[ModuleCall | Node]:
    """The calls, each before the first node inside it, and the operations between them where asked for."""
    place = {call.id: number for number, call in enumerate(index.graph.calls)}
    used = {call for node in index.graph.nodes for call in index.ancestors(node.module_call)}
    empty = [call for call in index.graph.calls if call.id not in used]  # these are where they were entered
    entered: set[str] = set()
    failed = index.graph.failure.node if index.graph.failure else None
    for node in index.graph.nodes:
        for call in reversed([call for call in index.ancestors(node.module_call) if call not in entered]):
            entered.add(call)
            while empty and place[empty[0].id] < place[call]:
                yield empty.pop(0)
            yield index.calls[call]
        if node.kind == "module" or (node.kind == "call" and (operations or node.id == failed)):
            yield node
    yield from empty


def _failed(index: GraphIndex) -> set[str]:
    failure = index.graph.failure
    return set() if failure is None else {name for name in (failure.node, failure.module_call) if name is not None}
