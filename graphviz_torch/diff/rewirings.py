"""Words for what reads something else: what moved past what, or who read what and reads what now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from graphviz_torch.diff.calls import CallPairs
from graphviz_torch.diff.edits import Edit
from graphviz_torch.diff.operations import Item, Operations
from graphviz_torch.diff.passing import Passing, passings
from graphviz_torch.diff.result import Place
from graphviz_torch.diff.rows import child_towards
from graphviz_torch.diff.side import Side
from graphviz_torch.diff.wiring import Rewired
from graphviz_torch.diff.words import listed
from graphviz_torch.ir.graph import Node
from graphviz_torch.layout.rolled import rolled

FEW = 3
WHY = "it reads something else, and nothing that came or went between explains it"


@dataclass(frozen=True, slots=True)
class _Reader:
    """One reader in words: its name on both sides, and the names of what it read and reads."""

    names: tuple[str, str]
    before: str
    after: str
    returned: bool

    def spelled(self, side: int) -> str:
        """`add(norm1)`, `returns norm1`."""
        read = (self.before, self.after)[side]
        return f"returns {read}" if self.returned else f"{self.names[side]}({read})"

    def card(self) -> str:
        """`reads norm1 → input`, as it stands on the reader itself."""
        verb = "returns" if self.returned else "reads"
        if self.before and self.after:
            return f"{verb} {self.before} → {self.after}"
        return f"now {verb} {self.after}" if self.after else f"no longer {verb} {self.before}"


class Rewirings:
    """Makes edits of readers that read something else."""

    def __init__(self, old: Side, new: Side, calls: CallPairs, operations: Operations) -> None:
        self._old, self._new, self._calls, self._operations = old, new, calls, operations

    def edit(self, found: Sequence[Rewired], old: str | None, new: str | None) -> Edit:
        """All readers inside one call that read something else, as one edit."""
        readers = [self._reader(item, old, new) for item in found]
        before, after = self._moved(found, old, new) or _listed(readers)
        details = listed([f"{reader.spelled(0)} → {reader.spelled(1)}" for reader in readers])
        why = f"{WHY}: {details}" if (before, after) != (readers[0].spelled(0), readers[0].spelled(1)) else WHY
        first = self._new.index.nodes.get(found[0].new)
        call = self._new.index.calls.get(found[0].new)
        order = self._new.order.get(found[0].new, self._new.first.get(found[0].new, 0))
        return Edit("rewired", "structural", self._place(found, readers, old, new), self._op(found[0].new), before,
                    after, why, (first.source if first else None) or (call.source if call else None),
                    (2, order, 0))  # fmt: skip

    def _place(self, found: Sequence[Rewired], readers: Sequence[_Reader], old: str | None, new: str | None) -> Place:
        words: dict[str, dict[str, None]] = {}
        for item, reader in zip(found, readers, strict=True):
            words.setdefault(item.new, {})[reader.card()] = None
        return Place(
            self._old.branch_of(old).path, self._new.branch_of(new).path,
            tuple(dict.fromkeys(item.old for item in found)), tuple(words),
            tuple(", ".join(said) for said in words.values()),
        )  # fmt: skip

    def _op(self, reader: str) -> str:
        node = self._new.index.nodes.get(reader)
        if node is not None:
            return self._new.spelled(node).name if node.kind == "call" else "output"
        return self._new.branch_of(reader).module.type_name

    def _reader(self, item: Rewired, old: str | None, new: str | None) -> _Reader:
        names = self._name(self._old, item.old), self._name(self._new, item.new)
        sides = (self._old, item.before, old), (self._new, item.after, new)
        before, after = ([_told(side, value, call) for value in values] for side, values, call in sides)
        if before == after:
            before, after = ([_numbered(side, value, call) for value in values] for side, values, call in sides)
        if len(set(before)) == len(set(after)) == 1:  # the same as query, key and value
            before, after = before[:1], after[:1]
        return _Reader(names, ", ".join(before), ", ".join(after), item.returned)

    def _name(self, side: Side, reader: str) -> str:
        node = side.index.nodes.get(reader)
        if node is None:
            return _short(side.index.calls[reader].path)
        return side.spelled(node).name if node.kind == "call" else f"output {node.name}".strip()

    def _moved(self, found: Sequence[Rewired], old: str | None, new: str | None) -> tuple[str, str] | None:
        """`norm1 before self_attn`, `norm1 after self_attn`, where such moves explain every reader."""
        there = {item.id: place for place, item in enumerate(self._new.items(new))}
        partners = {item.id: self._partner(item) or "" for item in self._old.items(old)}
        here = [item for item in self._old.items(old) if partners[item.id] in there]
        moves = passings(here, {item.id: there[partners[item.id]] for item in here}, self._weight)
        if not moves or not self._explained(found, moves, old, new):
            return None
        before, after = zip(*(self._passed(move) for move in moves), strict=True)
        return listed(before), listed(after)

    def _partner(self, item: Item) -> str | None:
        return self._operations.to_new.get(item.id) if isinstance(item, Node) else self._calls.to_new.get(item.id)

    def _weight(self, item: Item) -> tuple[bool, str]:
        """Less for what is rather said to have moved: a layer, not an operation that joins others."""
        return isinstance(item, Node), self._name(self._old, item.id)

    def _passed(self, move: Passing) -> tuple[str, str]:
        other = next((item for item in move.passed if not isinstance(item, Node)), move.passed[0])
        names = self._name(self._old, move.item.id), self._name(self._old, other.id)
        words = f"{names[0]} before {names[1]}", f"{names[0]} after {names[1]}"
        return words if move.later else (words[1], words[0])

    def _explained(self, found: Sequence[Rewired], moves: Sequence[Passing], old: str | None, new: str | None) -> bool:
        """Whether each reader moved itself or reads what moved, and each move is behind a reader."""
        used: set[str] = set()
        for item in found:
            touched = {
                item.old, *(_item_of(self._old, value, old) for value in item.before),
                *(self._back(_item_of(self._new, value, new)) for value in item.after),
            }  # fmt: skip
            mine = {move.item.id for move in moves} & touched
            if not mine:
                return False
            used |= mine
        return len(used) == len(moves)

    def _back(self, item: str) -> str:
        return self._operations.to_old.get(item) or self._calls.to_old.get(item) or ""


def _listed(readers: Sequence[_Reader]) -> tuple[str, str]:
    """The readers, those that read the same as one."""
    groups: dict[tuple[str, str, bool], list[_Reader]] = {}
    for reader in readers:
        groups.setdefault((reader.before, reader.after, reader.returned), []).append(reader)
    told = [_together(group) for group in groups.values()]
    more = f" … {len(told) - FEW} more" if len(told) > FEW else ""
    before, after = (listed([line.spelled(side) for line in told[:FEW]]) for side in (0, 1))
    return before + more, after + more


def _together(group: Sequence[_Reader]) -> _Reader:
    names = rolled([reader.names[0] for reader in group]), rolled([reader.names[1] for reader in group])
    return _Reader(names, group[0].before, group[0].after, group[0].returned)


def _item_of(side: Side, value: str, call: str | None) -> str:
    """The operation or call directly inside a call that made a value."""
    producer = side.producer(side.value(value))
    return child_towards(side, call, producer.module_call) or producer.id


def _told(side: Side, value: str, call: str | None) -> str:
    producer = side.producer(side.value(value))
    inner = child_towards(side, call, producer.module_call)
    if inner is not None:
        region = side.index.calls[inner]
        return region.name or _short(region.path)
    if producer.kind == "call" and producer.module_call == call:
        return side.spelled(producer).name
    around = side.index.calls.get(call or "")
    given = around is not None and around.parent is not None and value in around.operands
    return "input" if given or producer.kind == "call" else producer.name.rpartition(".")[2]


def _numbered(side: Side, value: str, call: str | None) -> str:
    """The name, and the how manieth of its name it is: `add #2`."""
    name, maker = _told(side, value, call), _item_of(side, value, call)
    alike = [item.id for item in side.items(call) if item.id == maker or _named(side, item.id) == name]
    return f"{name} #{alike.index(maker) + 1}" if maker in alike and len(alike) > 1 else name


def _named(side: Side, item: str) -> str:
    node = side.index.nodes.get(item)
    if node is not None:
        return side.spelled(node).name if node.kind == "call" else ""
    return side.index.calls[item].name or _short(side.index.calls[item].path)


def _short(path: str) -> str:
    """The last name of a path; a number keeps the name before it."""
    parts = path.split(".")
    return ".".join(parts[-2:]) if len(parts) > 1 and parts[-1].isdigit() else parts[-1]
