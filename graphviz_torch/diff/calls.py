"""Pairs the calls of matched modules, from the outermost in (pass 6, first half)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field

from graphviz_torch.diff.align import align
from graphviz_torch.diff.matching import Matching
from graphviz_torch.diff.side import Side
from graphviz_torch.ir.graph import ModuleCall, Node


@dataclass(slots=True)
class CallPairs:
    """Which call is which.

    Attributes:
        to_new, to_old: the other call of a pair, by id; `None` stands for what is outside every call.
    """

    to_new: dict[str | None, str | None] = field(default_factory=lambda: {None: None})
    to_old: dict[str | None, str | None] = field(default_factory=lambda: {None: None})


def pair_calls(matching: Matching, old: Side, new: Side) -> CallPairs:
    """Pairs calls of matched modules under paired calls; then those that moved, in order of time."""
    pairing = _Pairing(matching, old, new)
    pairing.below(None, None)
    for call in old.graph.calls:
        if call.id not in pairing.found.to_new and call.kind == "module":
            pairing.elsewhere(call)
    return pairing.found


class _Pairing:
    def __init__(self, matching: Matching, old: Side, new: Side) -> None:
        self._matching, self._old, self._new = matching, old, new
        self.found = CallPairs()

    def below(self, old: str | None, new: str | None) -> None:
        """Pairs what is inside two paired calls, on every level."""
        todo = [(old, new)]
        while todo:
            one, other = todo.pop()
            for pair in self._children(one, other):
                self._add(*pair)
                todo.append(pair)

    def elsewhere(self, call: ModuleCall) -> None:
        """Pairs a call of a module that is now called somewhere else."""
        partner = self._matching.partner.get(self._old.tree.branches[call.path])
        for other in self._new.calls_of.get(partner.path, ()) if partner is not None else ():
            if other.id not in self.found.to_old:
                self._add(call.id, other.id)
                self.below(call.id, other.id)
                return

    def _add(self, old: str, new: str) -> None:
        self.found.to_new[old], self.found.to_old[new] = new, old

    def _children(self, old: str | None, new: str | None) -> list[tuple[str, str]]:
        ones = _by_token(self._free(self._old, old, self.found.to_new), self._old_token)
        others = _by_token(self._free(self._new, new, self.found.to_old), self._new_token)
        pairs: list[tuple[str, str]] = []
        odd = False
        for token in ones:
            if len(ones[token]) == len(others.get(token, ())):
                pairs.extend(zip(ones[token], others[token], strict=True))
            else:
                odd = odd or token in others
        return pairs + (self._aligned(old, new, dict(pairs)) if odd else [])

    def _free(self, side: Side, call: str | None, taken: dict[str | None, str | None]) -> list[ModuleCall]:
        children = side.index.call_children.get(call, ())
        return [side.index.calls[child] for child in children if child not in taken]

    def _aligned(self, old: str | None, new: str | None, pairs: dict[str, str]) -> list[tuple[str, str]]:
        """Calls of modules that one side calls more often, told apart by what runs around them."""
        ones, others = self._old.items(old), self._new.items(new)
        here = [self._item(item, self._old_token(item) if isinstance(item, ModuleCall) else None) for item in ones]
        there = [self._item(item, self._new_token(item) if isinstance(item, ModuleCall) else None) for item in others]
        taken = set(pairs.values())
        return [
            (ones[place].id, others[at].id)
            for place, at in align(here, there)
            if isinstance(ones[place], ModuleCall) and ones[place].id not in pairs and others[at].id not in taken
        ]

    def _item(self, item: Node | ModuleCall, token: Hashable) -> Hashable:
        return token if isinstance(item, ModuleCall) else item.name

    def _old_token(self, call: ModuleCall) -> Hashable:
        if call.kind != "module":
            return call.kind, call.name
        branch = self._old.tree.branches[call.path]
        return branch.rank if branch in self._matching.partner else None

    def _new_token(self, call: ModuleCall) -> Hashable:
        if call.kind != "module":
            return call.kind, call.name
        partner = self._matching.partner.get(self._new.tree.branches[call.path])
        return partner.rank if partner is not None else None


def _by_token(calls: Iterable[ModuleCall], token: Callable[[ModuleCall], Hashable]) -> dict[Hashable, list[str]]:
    table: dict[Hashable, list[str]] = defaultdict(list)
    for call in calls:
        key = token(call)
        if key is not None:
            table[key].append(call.id)
    return table
