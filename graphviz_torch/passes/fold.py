"""Fold: equal consecutive blocks are drawn once, with a count.

1. A block is a window of up to 16 calls and operations in a row inside one call, equal in signature and in how they
   are linked among each other and to the window before.
2. A row of windows that feed one another folds from three on, or from two where a window has four operations.
   Windows side by side (experts, heads) fold from four on, so that query, key and value stay apart.
   In a loop that counts (`x[0]`, `x[1]` ...) the numbers may differ if the windows feed one another.
3. The first window stays. A window of several items gets a call of kind `repeat` around it; a single item is marked
   itself. The mark says how often, and whether the weights are distinct or the same.
4. Links from or to the other windows move to the first one: what they read from elsewhere becomes an extra operand,
   what was read of them is read of the first. Links between neighbours are what the count means.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from graphviz_torch.ir.graph import Annotation, Graph, Json, ModuleCall, Node
from graphviz_torch.passes.rewrite import Change, rebuild
from graphviz_torch.passes.signature import Signatures, sign

LONGEST_PERIOD = 16
IN_A_ROW = 3
LARGE = 4
SIDE_BY_SIDE = 4
LEAVES = ("parameter", "buffer", "constant")


@dataclass(frozen=True, slots=True)
class Run:
    """A row of equal windows.

    Attributes:
        parent: the call around them.
        windows: ids of the items of each window.
        first: place of the first operation; size: operations in one window.
    """

    parent: str | None
    windows: tuple[tuple[str, ...], ...]
    first: int
    size: int


def fold(graph: Graph) -> Graph:
    """The graph with every repetition drawn once, and repetitions of repetitions too."""
    while True:
        signatures = sign(graph)
        runs = _runs(signatures)
        if not runs:
            return graph
        graph = _Folding(signatures, runs).graph()


def _runs(signatures: Signatures) -> list[Run]:
    """The runs to fold, outer ones first; none inside a window that another run takes out."""
    found: list[Run] = []
    gone: set[str] = set()
    for call in (None, *signatures.tree):
        if call is not None and (call in gone or signatures.tree[call].call.parent in gone):
            gone.add(call)
            continue
        for run in _runs_inside(signatures, call):
            found.append(run)
            gone.update(item for window in run.windows[1:] for item in window)
    return found


def _runs_inside(signatures: Signatures, call: str | None) -> Iterator[Run]:
    items = signatures.items.get(call, [])
    labels = [signatures.loose.get(item, signatures.labels[item]) for item in items]
    repeats = _Repeats(labels)
    at = 0
    while at < len(items):
        run = None
        for start, period, times in repeats.at(at):
            start = _best_start(signatures, items, start, repeats.slack(start, period, times))
            run = _linked_alike(signatures, call, items, start, period, times)
            if run is not None:
                at = start + period * len(run.windows)
                yield run
                break
        if run is None:
            at += 1


class _Repeats:
    """Finds where a list of labels repeats itself with a period."""

    def __init__(self, labels: list[int]) -> None:
        self._ends: dict[int, list[tuple[int, int]]] = {}
        for period in range(1, min(LONGEST_PERIOD, len(labels) // 2) + 1):
            for start, end in _equal_stretches(labels, period):
                self._ends.setdefault(start, []).append((period, end))
        self._open: dict[int, int] = {}
        self._seen = 0

    def at(self, place: int) -> list[tuple[int, int, int]]:
        """(start, period, times) of the repetitions that begin here, the one that covers most first."""
        while self._seen <= place:
            self._open.update(self._ends.get(self._seen, ()))
            self._seen += 1
        if not self._open:
            return []
        self._open = {period: end for period, end in self._open.items() if end - place >= period}
        found = [(place, period, 1 + (end - place) // period) for period, end in self._open.items()]
        return sorted(found, key=lambda run: (-run[1] * run[2], run[1]))

    def slack(self, start: int, period: int, times: int) -> int:
        """How much later the row could begin and still be as long."""
        return self._open[period] + period - start - period * times


def _equal_stretches(labels: list[int], period: int) -> Iterator[tuple[int, int]]:
    """Stretches (start, end) of at least a period in which every label equals the one a period later."""
    start = -1
    for place, (one, other) in enumerate(zip(labels, labels[period:], strict=False)):
        if one == other:
            if start < 0:
                start = place
        elif start >= 0:
            if place - start >= period:
                yield start, place
            start = -1
    if start >= 0 and len(labels) - period - start >= period:
        yield start, len(labels) - period


def _best_start(signatures: Signatures, items: list[str], start: int, slack: int) -> int:
    """Of the places where an equally long row could begin, the first that begins with a call with most inside."""
    return max(range(start, start + slack + 1), key=lambda place: (_weight(signatures, items[place]), -place))


def _weight(signatures: Signatures, item: str) -> tuple[bool, int]:
    region = signatures.tree.get(item)
    if region is None:
        return False, 0
    module = signatures.index.modules.get(region.call.path)
    return bool(module and module.parameters) or region.size > 1, region.size


def _linked_alike(
    signatures: Signatures, call: str | None, items: list[str], start: int, period: int, times: int
) -> Run | None:
    """The run, as far as its windows are linked alike; `None` where too little is left to fold."""

    def window(number: int) -> tuple[str, ...]:
        return tuple(items[start + period * number : start + period * (number + 1)])

    first = signatures.span(items[start])[0]
    size = sum(signatures.span(item)[1] for item in window(0))
    if signatures.span(items[start + period])[0] != first + size:
        return None
    pattern = _links(signatures, window(1), first + size, size, first)
    if not _could_begin(_links(signatures, window(0), first, size, first), pattern):
        return None
    chained = any(link[0] == "before" for link in pattern)
    if not chained and any(item in signatures.loose for item in window(0)):
        return None
    alike = 2
    while alike < times:
        at = first + size * alike
        if signatures.span(items[start + period * alike])[0] != at:
            break
        if _links(signatures, window(alike), at, size, first) != pattern:
            break
        alike += 1
    if not _worth(alike, size, any(item in signatures.tree for item in window(0)), chained):
        return None
    return Run(call, tuple(map(window, range(alike))), first, size)


def _worth(times: int, size: int, has_calls: bool, chained: bool) -> bool:
    if not chained:
        return times >= SIDE_BY_SIDE
    return times >= IN_A_ROW or (has_calls and size >= LARGE)


def _links(signatures: Signatures, window: tuple[str, ...], at: int, size: int, row: int) -> list[tuple[str, int, int]]:
    """Where each operand of a window comes from: this window, the one before, one earlier in the row, or outside."""
    outside: dict[str, int] = {}
    found = []
    for item in window:
        for operand in signatures.read(item):
            value = signatures.index.values[operand]
            place = signatures.places.get(value.producer, -1)
            if at <= place < at + size:
                found.append(("here", place - at, value.index))
            elif place < row or place >= at:
                found.append(("outside", outside.setdefault(operand, len(outside)), 0))
            elif place >= at - size:
                found.append(("before", place - at, value.index))
            else:
                found.append(("earlier", place - at, value.index))
    return found


def _could_begin(first: list[tuple[str, int, int]], second: list[tuple[str, int, int]]) -> bool:
    """Whether a first window is linked as a second, but for what the second has from it."""
    if len(first) != len(second):
        return False
    return all(
        one == other or (one[0] != "here" and other[0] != "here") for one, other in zip(first, second, strict=True)
    )


class _Folding:
    """Carries out the runs of one graph."""

    def __init__(self, signatures: Signatures, runs: list[Run]) -> None:
        self._signatures = signatures
        self._index = signatures.index
        self._runs = runs
        self._stands = self._stand_ins()
        self._values: dict[str, str] = {}
        self._targets: dict[str, str] = {}
        self._extra: dict[str, dict[str, None]] = {}
        self._around: dict[str, str] = {}
        self._repeats: dict[str, ModuleCall] = {}

    def graph(self) -> Graph:
        for place, stand_in in self._stands.items():
            self._replace(self._signatures.operations[place], self._signatures.operations[stand_in])
        for run in self._runs:
            self._move_reads(run)
        marks = [self._mark(run) for run in self._runs]
        change = Change(self._nodes(), self._calls(), self._values, self._targets, marks)
        return rebuild(self._index.graph, change)

    def _stand_ins(self) -> dict[int, int]:
        """The place that stands for each place that is taken out."""
        stands: dict[int, int] = {}
        for run in self._runs:
            for place in range(run.first + run.size, run.first + run.size * len(run.windows)):
                stands[place] = run.first + (place - run.first) % run.size
        for place in sorted(stands):
            stands[place] = stands.get(stands[place], stands[place])
        return stands

    def _replace(self, node: Node, stand_in: Node) -> None:
        self._targets[node.id] = stand_in.id
        self._values.update(zip(node.results, stand_in.results, strict=True))

    def _move_reads(self, run: Run) -> None:
        """What the windows that go read from outside the row, the first window reads."""
        signatures = self._signatures
        end = run.first + run.size * len(run.windows)
        for place in range(run.first + run.size, end):
            node = signatures.operations[place]
            kept = signatures.operations[self._stands[place]]
            for number, operand in enumerate(node.operands):
                producer = self._index.values[operand].producer
                if run.first <= signatures.places.get(producer, -1) < end:
                    continue
                same = kept.operands[number] if number < len(kept.operands) else ""
                if operand != same and not self._paired(operand, same):
                    self._extra.setdefault(kept.id, {})[operand] = None
        for window in run.windows[1:]:
            self._pair_calls(run.windows[0], window)

    def _paired(self, leaf: str, kept: str) -> bool:
        """Whether a leaf is private to windows that go, as `kept` is to the first: then that one stands for it."""
        if leaf in self._values:
            return True
        values, nodes = self._index.values, self._index.nodes
        if not kept or nodes[values[leaf].producer].kind not in LEAVES:
            return False
        ours, theirs = nodes[values[leaf].producer], nodes[values[kept].producer]
        readers = self._index.consumers[leaf]
        if theirs.kind != ours.kind or not all(self._gone(reader) for reader in readers):
            return False
        self._replace(ours, theirs)
        return True

    def _gone(self, node: str) -> bool:
        return self._signatures.places.get(node, -1) in self._stands

    def _pair_calls(self, kept: tuple[str, ...], gone: tuple[str, ...]) -> None:
        tree = self._signatures.tree
        for stand_in, item in zip(kept, gone, strict=True):
            if item in tree:
                ours, theirs = [stand_in], [item]
                for one, other in zip(ours, theirs, strict=False):
                    self._targets[other] = one
                    ours.extend(tree[one].children)
                    theirs.extend(tree[other].children)

    def _mark(self, run: Run) -> Annotation:
        tree = self._signatures.tree
        kept = run.windows[0]
        paths = [tree[window[0]].call.path if window[0] in tree else window[0] for window in run.windows]
        calls = [[tree[item].call.path for item in window if item in tree] for window in run.windows]
        shared = bool(calls[0]) and all(paths_of == calls[0] for paths_of in calls)
        target = kept[0]
        if len(kept) > 1 or "fold" in self._index.annotations.get(target, {}):
            target = self._surround(run)
        kind = "shared" if shared else "distinct"
        payload: dict[str, Json] = {"count": len(run.windows), "kind": kind, "paths": tuple(dict.fromkeys(paths))}
        return Annotation(target, "fold", payload)

    def _surround(self, run: Run) -> str:
        """Puts a call of kind `repeat` around the first window."""
        parent = self._index.calls[run.parent] if run.parent is not None else None
        number = 0
        name = f"{run.parent or ''}:repeat.0"
        while name in self._repeats or name in self._index.calls or name in self._index.nodes:
            number += 1
            name = f"{run.parent or ''}:repeat.{number}"
        path = parent.path if parent else ""
        index = parent.call_index if parent else 0
        self._repeats[name] = ModuleCall(name, path, index, run.parent, "repeat", "repeat")
        self._around.update(dict.fromkeys(run.windows[0], name))
        return name

    def _nodes(self) -> list[Node]:
        found = []
        for node in self._index.graph.nodes:
            if node.id in self._targets:
                continue
            if node.id in self._extra:
                known = {self._values.get(operand, operand) for operand in node.operands}
                extra = dict.fromkeys(self._values.get(operand, operand) for operand in self._extra[node.id])
                own = {*node.results, *known}
                node = replace(node, operands=(*node.operands, *(more for more in extra if more not in own)))
            if node.id in self._around:
                node = replace(node, module_call=self._around[node.id])
            found.append(node)
        return found

    def _calls(self) -> list[ModuleCall]:
        """The calls that stay, each repeat before the first call it surrounds."""
        gone: set[str] = set()
        found: list[ModuleCall] = []
        late = dict(self._repeats)
        for call in self._index.graph.calls:
            if call.id in self._targets or call.parent in gone:
                gone.add(call.id)
                continue
            around = self._around.get(call.id)
            if around in late:
                found.append(late.pop(around))
            found.append(call if around is None else replace(call, parent=around))
        return [*found, *late.values()]
