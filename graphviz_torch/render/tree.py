"""The tree of module calls for the terminal: a line a call, with what it is, makes and holds; then the totals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from graphviz_torch.ir.graph import Graph, Module, ModuleCall, Node
from graphviz_torch.ir.walks import GraphIndex
from graphviz_torch.ir.weights import elements_below
from graphviz_torch.layout.arguments import operation_words, single_words
from graphviz_torch.layout.repeats import Repeats
from graphviz_torch.layout.rolled import rolled
from graphviz_torch.layout.words import humanised, meta_words, module_words, shape_words
from graphviz_torch.render.captions import badge, fold_badge, last_copy
from graphviz_torch.render.elide import one_line
from graphviz_torch.render.totals import summary

NARROWEST = 40
SHORTEST_NAME = 10
GAP = "  "
SHOWN_RESULTS = 2
RAISED = "✗ raised"
STYLES = {"name": "1", "quiet": "2", "shape": "36", "count": "33", "bad": "1;31", "warn": "33"}
BYTES = ("B", "kB", "MB", "GB", "TB")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the tree: branches, name, arguments, output, parameters."""

    branches: str
    name: str
    words: str
    shape: str
    count: str
    style: str = "name"


def render_tree(
    graph: Graph,
    width: int = 100,
    color: bool = False,
    *,
    operations: bool = False,
    totals: Mapping[str, Any] | None = None,
) -> str:
    """The tree and the totals.

    Args:
        graph: best with repeats folded; then each is one line with its count.
        width: of the terminal, in characters.
        color: whether to use ANSI colours.
        operations: whether to list the operations between the layers too.
        totals: what `summary` says of the whole graph, where `graph` is a view of it.
    """
    index = GraphIndex(graph)
    totals = totals or summary(graph)
    paint = _Paint(color)
    lines = list(_table(list(_rows(index, operations)), max(width, NARROWEST), paint))
    lines += ["", *_footer(totals, max(width, NARROWEST), paint)]
    return "\n".join(line.rstrip() for line in lines) + "\n"


class _Paint:
    """Puts ANSI colours around words, or not."""

    def __init__(self, color: bool) -> None:
        self._color = color

    def __call__(self, text: str, style: str) -> str:
        return f"\x1b[{STYLES[style]}m{text}\x1b[0m" if self._color and text.strip() else text


def _rows(index: GraphIndex, operations: bool) -> Iterator[Row]:
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


def _table(rows: list[Row], width: int, paint: _Paint) -> Iterator[str]:
    """Columns as wide as they need, within the width: the names give way first, then the arguments."""
    counts = max((len(row.count) for row in rows), default=0)
    shapes = min(max((len(row.shape) for row in rows), default=0), width // 4)
    words = min(max((len(row.words) for row in rows), default=0), width // 4)
    names = max((len(row.branches) + len(row.name) for row in rows), default=0)
    names = min(names, width - counts - shapes - words - 3 * len(GAP))
    for row in rows:
        fits = len(row.branches) + len(row.name) <= names
        branches = row.branches if fits else _shortened(row.branches, names - SHORTEST_NAME)
        room = names - len(branches)
        name = one_line(row.name, room)
        cells = (
            paint(branches, "quiet") + paint(name, row.style) + " " * (room - len(name)),
            paint(one_line(row.words, words).ljust(words) if words else "", "quiet"),
            paint(one_line(row.shape, shapes).ljust(shapes) if shapes else "", "shape"),
            paint(row.count.rjust(counts), "count"),
        )
        yield GAP.join(cells)


def _shortened(branches: str, room: int) -> str:
    """The branches of a deep row, without the outer levels that have no room."""
    return branches if len(branches) <= room else "… " + branches[len(branches) - max(room - 2, 3) :]


def _footer(totals: Mapping[str, Any], width: int, paint: _Paint) -> Iterator[str]:
    """Totals, what never ran, what the reader should know, and the failure."""
    size = _size(totals["parameter_bytes"] + totals["buffer_bytes"])
    buffers = f" · {humanised(totals['buffers'])} in buffers" if totals["buffers"] else ""
    facts = [
        ("parameters", f"{humanised(totals['parameters'])}{_trainable(totals)}{buffers} · {size}"),
        ("ran", f"{_counted(totals['operations'], 'operation')} in {_counted(totals['module_calls'], 'module call')}"),
        ("inputs", _ends(totals["inputs"])),
        ("outputs", _ends(totals["outputs"])),
        ("never called" if totals["failure"] is None else "not reached", rolled(totals["uncalled"])),
    ]
    for label, fact in facts:
        if fact:
            yield paint(f"{label:<12}", "quiet") + GAP + one_line(fact, width - 12 - len(GAP))
    for note in totals["diagnostics"]:
        yield paint(f"{note['severity']:<12}", "warn") + GAP + one_line(_noted(note), width - 12 - len(GAP))
    if totals["failure"] is not None:
        failure = totals["failure"]
        where = failure["node"] or failure["module_call"] or ""
        yield paint(f"{'failed at':<12}", "bad") + GAP + one_line(where, width - 12 - len(GAP))
        yield " " * 12 + GAP + one_line(f"{failure['exception']}: {failure['message']}", width - 12 - len(GAP))
        hint = f"help: {failure['hint']}" if failure["hint"] else ""
        for line in filter(None, (failure["reason"], *failure["notes"], hint)):
            yield " " * 12 + GAP + one_line(line, width - 12 - len(GAP))


def _noted(note: Mapping[str, Any]) -> str:
    """What is to be known, and of what."""
    return f"{note['message']} · {note['target']}" if note["target"] else str(note["message"])


def _trainable(totals: Mapping[str, Any]) -> str:
    if totals["trainable"] == totals["parameters"]:
        return ""
    return f" ({humanised(totals['trainable'])} trainable)"


def _counted(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"


def _ends(ends: list[dict[str, Any]]) -> str:
    return ", ".join(" ".join(filter(None, (end["name"], _end_type(end)))) for end in ends)


def _end_type(end: Mapping[str, Any]) -> str:
    shape = shape_words(None if end["shape"] is None else tuple(end["shape"]))
    return " ".join(filter(None, (shape, "" if end["dtype"] == "float32" else end["dtype"])))


def _size(count: int) -> str:
    size = float(count)
    for unit in BYTES:
        if size < 1000 or unit == BYTES[-1]:
            return f"{size:.3g} {unit}" if size < 1000 else f"{size:.0f} {unit}"
        size /= 1000
    raise AssertionError("unreachable")
