"""Facts about the elements of one graph that faces, titles and labels are made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from itertools import groupby
from math import prod

from graphviz_torch.ir.graph import Json, Module, ModuleCall, Node
from graphviz_torch.layout.changes import tooltip
from graphviz_torch.layout.findings import Pins
from graphviz_torch.layout.measures import Measures
from graphviz_torch.layout.names import near_place, short_type
from graphviz_torch.layout.repeats import Repeats
from graphviz_torch.layout.text_width import elide
from graphviz_torch.layout.tree import Item, Tree
from graphviz_torch.layout.words import meta_words

LABEL_LIMIT = 150.0
MOST_RUNS = 4
_NONE: Mapping[str, Json] = {}
LEAVING = {
    "numpy": "data leaves the graph: numpy",
    "item": "data leaves the graph: item",
    "bool": "data leaves the graph: bool",
    "tolist": "data leaves the graph: tolist",
    "opaque": "the tracer cannot see inside",
}
MARKS = LEAVING | {
    "external": "data from outside the graph",
    "thread": "perhaps from another thread",
    "numpy_write": "NumPy wrote into it",
    "unseen_write": "written by something unseen",
    "unwritten": "made without contents",
    "untraced": "not recorded",
}


def mark_words(node: Node, codes: Iterable[str]) -> list[str]:
    """What notes with these codes say on a card: `data leaves the graph: item`, without what the card says itself."""
    found = [(code, MARKS[code]) for code in codes if code in MARKS]
    return [words.partition(":")[0] if code == node.name else words for code, words in found]


class Facts:
    """Look-ups over one tree, each built when first asked for."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.index = tree.index
        self.graph = tree.index.graph
        self.many_devices = len({value.meta.device for value in self.graph.values if value.meta.device}) > 1
        self._labels: dict[str, str] = {}

    @cached_property
    def messages(self) -> dict[str, dict[str, str]]:
        """Code and message of the diagnostics of each element."""
        table: dict[str, dict[str, str]] = {}
        for diagnostic in self.graph.diagnostics:
            if diagnostic.target is not None:
                table.setdefault(diagnostic.target, {}).setdefault(diagnostic.code, diagnostic.message)
        return table

    @cached_property
    def pins(self) -> Pins:
        """What a check found."""
        return Pins(self.graph)

    @cached_property
    def measures(self) -> Measures:
        """What was measured of values and times."""
        return Measures(self.graph)

    @cached_property
    def repeats(self) -> Repeats:
        """Which modules run several times."""
        return Repeats(self.index, self.totals)

    @cached_property
    def modules(self) -> dict[str, Module]:
        """Module by each of its paths."""
        table = {alias: module for module in self.graph.modules for alias in module.aliases}
        return table | {module.path: module for module in self.graph.modules}

    @cached_property
    def totals(self) -> dict[str, int]:
        """Elements of all parameters at and below each module path, shared ones once."""
        table: dict[str, int] = {}
        for module in self.graph.modules:
            sizes = [t.meta.shape for t in module.parameters if t.alias_of is None and t.meta.shape is not None]
            own = sum(prod(size) for size in sizes)
            path = module.path
            table[path] = table.get(path, 0) + own
            while own and path:
                path = path.rpartition(".")[0]
                table[path] = table.get(path, 0) + own
        return table

    @cached_property
    def metas(self) -> dict[str, str]:
        """Shape and type of each value."""
        words: dict[int, str] = {}
        for value in self.graph.values:
            if id(value.meta) not in words:
                words[id(value.meta)] = meta_words(value.meta, device=self.many_devices)
        return {value.id: words[id(value.meta)] for value in self.graph.values}

    def notes(self, target: str) -> Mapping[str, Json]:
        """The annotations of an element, by key."""
        return self.index.annotations.get(target, _NONE)

    def module_of(self, item: Item) -> Module | None:
        """The module that a card stands for, if it stands for one."""
        if item.node is not None and item.node.kind == "module":
            return self.modules.get(item.node.name)
        if item.call is not None and item.call.kind == "module":
            return self.modules.get(item.call.path)
        return None

    def type_of(self, call: ModuleCall | None) -> str:
        """The class of the module that is called; empty where the call is of none."""
        module = self.modules.get(call.path) if call is not None and call.kind == "module" else None
        return "" if module is None else module.type

    def inside(self, node: Node) -> int:
        """How many operations a closed module holds; 0 for anything else."""
        if node.kind != "module":
            return 0
        payload = self.notes(node.id).get("inside")
        count = payload.get("operations") if isinstance(payload, Mapping) else None
        return count if isinstance(count, int) else 0

    def parameters(self, node: Node, module: Module | None) -> int:
        """How many elements the parameters of a card have."""
        noted = self.notes(node.id).get("parameters") if node.kind == "module" else None
        if isinstance(noted, int):
            return noted
        return self.totals.get(module.path, 0) if module is not None else 0

    def marks(self, node: Node) -> list[str]:
        """What is said about data that comes or goes unseen."""
        if node.id not in self.messages:
            return []
        return mark_words(node, self.messages[node.id])

    def leaves(self, node: Node) -> bool:
        """Whether data leaves the graph at a node."""
        return node.id in self.messages and not LEAVING.keys().isdisjoint(self.messages[node.id])

    def meta(self, value_id: str) -> str:
        """Shape and type of a value; empty where unknown."""
        return self.metas.get(value_id, "")

    def label(self, key: str) -> str:
        """What flows along the edges of one key."""
        found = self._labels.get(key)
        if found is None:
            values = self.tree.groups.get(key, ())
            found = self.meta(self.tree.value_of(key))
            if len(values) > 1:
                words = {self.meta(value) for value in values}
                found = f"{len(values)} tensors {found if len(words) == 1 else ''}".rstrip()
            found = self._labels[key] = elide(found, "l", LABEL_LIMIT)
        return found

    def tooltip(self, item: Item, node: Node) -> str:
        """What it is, what flows through it, where it is in the code, and what is to be known of it."""
        change = tooltip(self.notes(node.id).get("change"))
        measured = self.measures.tooltip(node)
        lines = [self._heading(item, node), change, self._flow(node), measured, near_place(node.source)]
        if node.id in self.messages:
            lines.extend(self.messages[node.id].values())
        return "\n".join(filter(None, lines))

    def _heading(self, item: Item, node: Node) -> str:
        if node.kind == "module":
            return f"{node.name} · {short_type(node.op)}"
        call: ModuleCall | None = item.call
        if call is not None:
            module = self.module_of(item)
            type_name = short_type(module.type) if module is not None else call.name
            return " · ".join(word for word in (call.path, type_name) if word)
        around = self.index.calls.get(node.module_call or "")
        name = node.op or node.name
        return f"{name} in {around.path}" if around is not None and around.path else name

    def _flow(self, node: Node) -> str:
        """What goes in and what comes out."""
        read, made = self._metas_of(node.operands), self._metas_of(node.results)
        return f"{read} → {made}" if read and made else read or made

    def _metas_of(self, values: tuple[str, ...]) -> str:
        if len(values) == 1:
            return self.metas.get(values[0], "")
        runs = [(words, len(list(run))) for words, run in groupby(filter(None, map(self.meta, values)))]
        told = [words if count == 1 else f"{count} of {words}" for words, count in runs]
        return ", ".join([*told[:MOST_RUNS], *(["…"] if len(told) > MOST_RUNS else [])])
