"""Fold: equal consecutive blocks are drawn once, with a count.

1. A block is a window of up to 16 calls and operations in a row inside one call, equal in signature and in how they
   are linked among each other and to the window before.
2. A row of windows that feed one another folds from three on, or from two where a window has four operations.
   Windows side by side (experts, heads) fold from four on, so that query, key and value stay apart.
   In a loop that counts (`x[0]`, `x[1]` ...) the numbers may differ, and are drawn as `…`, unless the
   windows are nothing but `x[0]`, `x[1]`.
3. The first window stays. A window of several items gets a call of kind `repeat` around it; a single item is marked
   itself. The mark says how often, and whether the weights are distinct or the same.
4. Links from or to the other windows move to the first one: what they read from elsewhere becomes an extra operand,
   what was read of them is read of the first. Links between neighbours are what the count means.
"""

from __future__ import annotations

from dataclasses import replace

from graphviz_torch.ir.graph import Annotation, Graph, Json, ModuleCall, Node
from graphviz_torch.passes.counting import Attributes, blurred
from graphviz_torch.passes.functions import is_function
from graphviz_torch.passes.repeats import Run, find_runs
from graphviz_torch.passes.rewrite import Change, rebuild
from graphviz_torch.passes.signature import Signatures, sign

LEAVES = ("parameter", "buffer", "constant")


def fold(graph: Graph) -> Graph:
    """The graph with every repetition drawn once, and repetitions of repetitions too."""
    while True:
        signatures = sign(graph)
        runs = find_runs(signatures)
        if not runs:
            return graph
        graph = _Folding(signatures, runs).graph()


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
        # The arguments of those that a loop stands for, where its numbers count.
        self._others: dict[str, list[Attributes]] = {}
        self._around: dict[str, str] = {}
        self._repeats: dict[str, ModuleCall] = {}

    def graph(self) -> Graph:
        for place, stand_in in self._stands.items():
            self._replace(self._signatures.operations[place], self._signatures.operations[stand_in])
        for run in self._runs:
            self._move_reads(run)
        marks = [self._mark(run) for run in self._runs]
        change = Change(self._nodes(), self._calls(), self._values, self._targets, marks, copies=True)
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
        if node.id in self._signatures.loose and node.attributes != stand_in.attributes:
            self._others.setdefault(stand_in.id, []).append(node.attributes)
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
        calls = [
            [tree[item].call.path for item in window if item in tree and not is_function(tree[item].call)]
            for window in run.windows
        ]
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
            if node.id in self._others:
                node = replace(node, attributes=blurred(node.attributes, self._others[node.id]))
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
