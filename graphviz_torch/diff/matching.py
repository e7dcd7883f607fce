"""The pairs found so far, and the two ways to add one: alone, or with an identical subtree."""

from __future__ import annotations

from dataclasses import dataclass, field

from graphviz_torch.diff.tree import Branch, Tree


@dataclass(slots=True)
class Matching:
    """Which module of the old tree is which of the new one.

    Attributes:
        partner: the other module of a pair, from either side; why: the reason, by the module of the old side.
        crossed: modules, of the old side, that changed their order among the indices of one container.
        todo: pairs whose children are still to be matched.
    """

    old: Tree
    new: Tree
    partner: dict[Branch | None, Branch] = field(default_factory=dict)
    why: dict[Branch, str] = field(default_factory=dict)
    crossed: set[Branch] = field(default_factory=set)
    todo: list[tuple[Branch, Branch]] = field(default_factory=list)

    def free(self, branch: Branch, other: Branch | None = None) -> bool:
        """Whether a module, or neither of two, has a partner."""
        return branch not in self.partner and other not in self.partner

    @property
    def complete(self) -> bool:
        """Whether every module of both sides has a partner."""
        return len(self.why) == len(self.old.branches) == len(self.new.branches)

    def pair(self, old: Branch, new: Branch, why: str) -> None:
        """Takes two modules for one and the same, without their children."""
        self.partner[old], self.partner[new] = new, old
        self.why[old] = why

    def adopt(self, old: Branch, new: Branch, why: str) -> None:
        """Takes two modules for one and the same; what is in them follows."""
        if not self.free(old, new):
            return
        if old.full == new.full:
            self._lockstep(old, new, why)
        else:
            self.pair(old, new, why)
            self.todo.append((old, new))

    def left(self, old: Branch, new: Branch) -> tuple[list[Branch], list[Branch]]:
        """The children that have no partner yet."""
        return (
            [child for child in old.keyed if child not in self.partner],
            [child for child in new.keyed if child not in self.partner],
        )

    def pairs(self) -> list[tuple[Branch, Branch]]:
        """Every pair, in the order of the old tree."""
        return [(old, self.partner[old]) for old in self.old.root.walk() if old in self.partner]

    def _lockstep(self, old: Branch, new: Branch, why: str) -> None:
        todo = [(old, new)]
        while todo:
            one, other = todo.pop()
            if self.free(one, other):
                self.pair(one, other, why)
                if one.keyed:
                    todo.extend(zip(one.keyed, other.keyed, strict=True))

    def mirrored(self) -> Matching:
        """The same pairs, seen from the other side."""
        return Matching(
            self.new, self.old, self.partner, {self.partner[old]: why for old, why in self.why.items()},
            {self.partner[old] for old in self.crossed},
        )  # fmt: skip
