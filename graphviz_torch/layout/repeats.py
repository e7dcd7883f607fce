"""Says of a module that runs several times with the same weights which of its runs a drawing is."""

from __future__ import annotations

from collections.abc import Mapping

from graphviz_torch.ir.walks import GraphIndex
from graphviz_torch.layout.tree import Item


class Repeats:
    """The runs of each module that has parameters, in order; what is inside a repeated module goes without saying."""

    def __init__(self, index: GraphIndex, totals: Mapping[str, int]) -> None:
        self._runs: dict[str, dict[str, int]] = {}
        self._parents: dict[str, str | None] = {}
        folded = {note.target for note in index.graph.annotations if note.key == "fold"}
        for call in index.graph.calls:
            if call.kind == "module" and totals.get(call.path) and call.id not in folded:
                self._add(call.path, call.id)
                self._parents[call.id] = call.parent
        for node in index.graph.nodes:
            if node.kind == "module" and totals.get(node.name) and node.id not in folded:
                self._add(node.name, node.id)
                self._parents[node.id] = node.module_call
        self._paths = {run: path for path, runs in self._runs.items() for run in runs}

    def _add(self, path: str, run: str) -> None:
        runs = self._runs.setdefault(path, {})
        runs[run] = len(runs) + 1

    def badge(self, item: Item) -> str:
        """`↻ 2/3` for the second of three runs; empty for a card of something else."""
        if item.call is not None:
            return self.of(item.call.id)
        return self.of(item.node.id) if item.node is not None else ""

    def of(self, run: str) -> str:
        """The same for a call, or the node of a closed one, by its id."""
        count = self._count(run)
        parent = self._parents.get(run)
        if count < 2 or (parent is not None and self._count(parent) == count):
            return ""
        return f"↻ {self._runs[self._paths[run]][run]}/{count}"

    def _count(self, run: str) -> int:
        return len(self._runs.get(self._paths.get(run, ""), ()) if run in self._paths else ())
