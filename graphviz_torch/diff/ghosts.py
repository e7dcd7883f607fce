"""Ghosts: what is gone from the old graph, put into the new one where it was."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace

from graphviz_torch.diff.former_reads import former_reads
from graphviz_torch.diff.marks import PREFIX
from graphviz_torch.diff.result import Comparison
from graphviz_torch.ir.graph import Graph, Module, ModuleCall, Node, Tensor, Value
from graphviz_torch.ir.walks import GraphIndex

LEAVES = frozenset(("parameter", "buffer", "constant"))


class Ghosts:
    """Names of old elements in the merged graph, and the merge itself."""

    def __init__(self, old: GraphIndex, new: GraphIndex, comparison: Comparison) -> None:
        self.old = old
        self.new = new
        self._nodes = dict(comparison.operations)
        self._paths = {pair.old_path: pair.new_path for pair in comparison.mapping}
        self._by_path = {(call.path, call.call_index): call.id for call in new.graph.calls if call.kind == "module"}
        self._gone: set[str] = set()
        self._calls: dict[str, ModuleCall] = {}

    def name(self, old: str) -> str:
        """The id of a ghost."""
        return PREFIX + old

    def exists(self, target: str) -> bool:
        """Whether the merged graph has an element of this id."""
        if target in self.new.nodes or target in self.new.calls:
            return True
        old = target.removeprefix(PREFIX)
        return target != old and (old in self._gone or old in self._calls)

    def is_gone(self, old: str) -> bool:
        """Whether an old node is a ghost."""
        return old in self._gone

    def value(self, old: str) -> str | None:
        """What an old value is in the merged graph; `None` where it is not drawn."""
        producer = self.old.values[old].producer
        if producer in self._gone:
            return self.name(old)
        new = self._nodes.get(producer)
        if new is None or new not in self.new.nodes:
            return None
        results, place = self.new.nodes[new].results, self.old.values[old].index
        return results[place] if place < len(results) else None

    def paired(self, old: str) -> ModuleCall | None:
        """The call of the new graph that is the same as an old one."""
        call = self.old.calls[old]
        found = self._by_path.get((self._paths.get(call.path, ""), call.call_index))
        return self.new.calls[found] if call.kind == "module" and call.path in self._paths and found else None

    def merge(self, gone: Iterable[str]) -> Graph:
        """The new graph with the ghosts of these nodes and calls, and of all that is in them."""
        wanted = set(gone)
        if not wanted:
            return self.new.graph
        self._gone = set(self._inside(wanted))
        self._gone = {node for node in self._gone if not self._hangs(node)}
        for node in self.old.graph.nodes:
            if node.id in self._gone and node.module_call is not None:
                self._call(node.module_call)
        nodes = self._placed()
        made = {value.id: value for value in self._values()}
        values = tuple(made.get(result) or self.new.values[result] for node in nodes for result in node.results)
        return replace(
            self.new.graph,
            inputs=tuple(node.id for node in nodes if node.kind == "input"),
            outputs=tuple(node.id for node in nodes if node.kind == "output"),
            nodes=tuple(nodes),
            values=values,
            calls=(*self.new.graph.calls, *self._calls.values()),
            modules=(*self.new.graph.modules, *self._modules()),
        )

    def _inside(self, wanted: set[str]) -> Iterator[str]:
        """The nodes, those in the calls, and the leaves that nothing else reads."""
        calls = {call for call in wanted if call in self.old.calls}
        for call in self.old.graph.calls:
            if call.parent in calls:
                calls.add(call.id)
        found = {node.id for node in self.old.graph.nodes if node.id in wanted or node.module_call in calls}
        yield from found
        for node in self.old.graph.nodes:
            if node.kind in LEAVES and node.id not in self._nodes:
                readers = self.old.consumers.get(node.results[0], ())
                if readers and found.issuperset(readers):
                    yield node.id

    def _hangs(self, old: str) -> bool:
        """Whether it is an output of something that is not drawn."""
        node = self.old.nodes[old]
        return node.kind == "output" and all(self.value(operand) is None for operand in node.operands)

    def _call(self, old: str) -> str | None:
        """The call of the merged graph that stands for an old one, made where there is none."""
        call, found = self.old.calls[old], self.paired(old)
        if found is not None:
            return found.id
        if old not in self._calls:
            parent = None if call.parent is None else self._call(call.parent)
            path = self._path(call.path)
            self._calls[old] = replace(
                call, id=self.name(old), parent=parent, path=path, operands=(), results=(), source=call.source
            )
        return self._calls[old].id

    def _path(self, path: str) -> str:
        """The path of a removed module, apart from another module that has its path now."""
        if path in self._paths or path not in self.new.modules:
            return self._paths.get(path, path)
        return f"{path} (old)"

    def _modules(self) -> Iterator[Module]:
        known = set(self.new.modules)
        for call in self._calls.values():
            module = self.old.modules.get(self.old.calls[call.id.removeprefix(PREFIX)].path)
            if module is not None and call.path not in known:
                known.add(call.path)
                parameters = tuple(_uncounted(tensor, call.path) for tensor in module.parameters)
                yield replace(module, path=call.path, aliases=(), parameters=parameters)

    def _values(self) -> Iterator[Value]:
        for node in self.old.graph.nodes:
            if node.id in self._gone:
                for index, result in enumerate(node.results):
                    meta = self.old.values[result].meta
                    yield Value(self.name(result), self.name(node.id), index, meta)

    def _placed(self) -> list[Node]:
        """All nodes in order."""
        nodes = list(self.new.graph.nodes)
        place = {node.id: float(number) for number, node in enumerate(nodes)}
        ends, once = self._ends(place), former_reads(self, self._nodes.items())
        behind: dict[float, list[Node]] = defaultdict(list)
        last: str | None = None
        for old in self.old.graph.nodes:
            if old.id not in self._gone:
                last = self._nodes.get(old.id, last)
                continue
            ghost = self._ghost(old)
            at = self._place(ghost, last, place, ends)
            place[ghost.id] = at
            behind[at].append(ghost)
            # A leaf stands where it is read first, in no call: what comes next follows the operation before it.
            last = last if ghost.kind in LEAVES else ghost.id
        merged = list(behind[-1.0])
        for number, node in enumerate(nodes):
            merged.append(self._reading_ghosts(node, float(number), place, once.get(node.id, ())))
            merged.extend(behind[float(number)])
        return merged

    def _ends(self, place: dict[str, float]) -> dict[str, float]:
        """Where the last node of each call stands."""
        ends: dict[str, float] = {}
        for node in self.new.graph.nodes:
            for call in self.new.ancestors(node.module_call):
                ends[call] = place[node.id]
        return ends

    def _place(self, ghost: Node, last: str | None, place: dict[str, float], ends: dict[str, float]) -> float:
        """Behind the operation before it, outside of calls it was not in, and behind what it reads."""
        at = place.get(last or "", -1.0)
        if ghost.kind in LEAVES:
            return at
        around = set(self._around(ghost.module_call))
        node = self.new.nodes.get(last or "")
        for call in self.new.ancestors(node.module_call if node is not None else None):
            if call not in around:
                at = max(at, ends[call])
        makers = [self._maker(operand) for operand in ghost.operands]
        return max([at, *(place[maker] for maker in makers if maker in place)])

    def _maker(self, value: str) -> str:
        found = self.new.values.get(value)
        return found.producer if found is not None else self.name(self.old.values[value.removeprefix(PREFIX)].producer)

    def _around(self, call: str | None) -> Iterator[str]:
        while call is not None:
            yield call
            made = self._calls.get(call.removeprefix(PREFIX)) if call.startswith(PREFIX) else None
            call = made.parent if made is not None else self.new.calls[call].parent

    def _ghost(self, old: Node) -> Node:
        operands = tuple(value for value in map(self.value, old.operands) if value is not None)
        return replace(
            old,
            id=self.name(old.id),
            name=self._leaf_name(old),
            operands=operands if old.kind != "output" else operands[:1],
            results=tuple(map(self.name, old.results)),
            attributes=old.attributes if len(operands) == len(old.operands) else (),
            module_call=None if old.module_call is None else self._call(old.module_call),
        )

    def _leaf_name(self, old: Node) -> str:
        """The name of a parameter, below the path that its module has in the merged graph."""
        if old.kind not in ("parameter", "buffer"):
            return old.name
        path, dot, name = old.name.rpartition(".")
        return f"{self._path(path)}{dot}{name}"

    def _reading_ghosts(self, node: Node, number: float, place: dict[str, float], once: Iterable[str]) -> Node:
        """A node of today with the ghosts that it once read, where they stand before it."""
        ghosts = [value for value in dict.fromkeys(once) if place[self._maker(value)] < number]
        if node.kind == "output" or not ghosts:
            return node
        return replace(node, operands=(*node.operands, *ghosts))


def _uncounted(tensor: Tensor, path: str) -> Tensor:
    """A tensor that no total counts, since the model no longer has it, under a name that nothing else has."""
    return replace(tensor, alias_of=f"{PREFIX}{tensor.alias_of or f'{path}.{tensor.name}'}")
