"""Finds which module is which: an anchored match from the root, then moves, containers by contents, replacements."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable

from graphviz_torch.diff.children import match_children, slots
from graphviz_torch.diff.matching import Matching
from graphviz_torch.diff.tree import Branch, Tree

HOPS = 4
ENOUGH = 0.5
SAME_NAME, SAME_TYPE = 0.2, 0.1


def match(old: Tree, new: Tree, given: Iterable[tuple[str, str]] = ()) -> Matching:
    """Matches two trees.

    Args:
        given: (old path, new path) of modules that are the same; they exist.
    """
    found = Matching(old, new)
    for one, other in given:
        found.adopt(old.branches[one], new.branches[other], "map")
    found.adopt(old.root, new.root, "root")
    match_children(found)
    for step in (_moves, _containers, _moves, _replacements):
        if not found.complete:
            step(found)
    return found


def _moves(found: Matching) -> None:
    """Pass 3: subtrees without a partner that exist on both sides, the largest first."""
    _move_by(found, lambda branch: branch.full, strict=False)
    _move_by(found, lambda branch: branch.struct, strict=True)


def _move_by(found: Matching, key: Callable[[Branch], int], *, strict: bool) -> None:
    ones, others = _left_by(found, found.old, key), _left_by(found, found.new, key)
    for number in sorted((number for number in ones if number in others), key=lambda number: -ones[number][0].size):
        here = [branch for branch in ones[number] if found.free(branch)]
        there = [branch for branch in others[number] if found.free(branch)]
        if strict and (len(here) != 1 or len(there) != 1 or here[0].size == 1):
            continue
        for branch in here:
            choice = [other for other in there if found.free(other)]
            if choice and found.free(branch):
                _move(found, branch, choice, alone=len(here) == len(choice) == 1)


def _move(found: Matching, branch: Branch, choice: list[Branch], *, alone: bool) -> None:
    best = max(choice, key=lambda other: _nearness(branch, other))
    if branch.size == 1 and not alone and (not branch.tensors or best.name != branch.name):
        return  # a small layer that others look like: who knows whether it moved
    found.adopt(branch, best, "move")
    match_children(found)


def _nearness(branch: Branch, other: Branch) -> tuple[bool, bool, int]:
    parents = [side.parent.type if side.parent else "" for side in (branch, other)]
    return branch.name == other.name, parents[0] == parents[1], -abs(branch.seat - other.seat)


def _left_by(found: Matching, tree: Tree, key: Callable[[Branch], int]) -> dict[int, list[Branch]]:
    table: dict[int, list[Branch]] = defaultdict(list)
    for branch in tree.root.steady():
        if found.free(branch) and not branch.made:
            table[key(branch)].append(branch)
    return table


def _containers(found: Matching) -> None:
    """Pass 4: a container votes by what is in it; explains wrapped, unwrapped and renamed ones."""
    left = [branch for branch in found.old.root.steady() if branch.children and found.free(branch)]
    for branch in sorted(left, key=lambda branch: branch.size):
        if found.free(branch):
            best = _elected(found, branch)
            if best is not None:
                found.pair(branch, best, "contents")
                found.todo.append((branch, best))
                match_children(found)


def _elected(found: Matching, branch: Branch) -> Branch | None:
    votes = _votes(found, branch)
    best, most = None, ENOUGH
    for other in sorted(votes, key=lambda other: other.turn):
        share = 2 * votes[other] / (branch.size + other.size - 2)
        share += SAME_NAME * (other.name == branch.name) + SAME_TYPE * (other.type == branch.type)
        if share > most or (best is None and share == most):
            best, most = other, share
    return best


def _votes(found: Matching, branch: Branch) -> Counter[Branch]:
    votes: Counter[Branch] = Counter()
    for below in branch.steady():
        partner = found.partner.get(below)
        above = partner.parent if partner is not None and below is not branch else None
        for _ in range(HOPS):
            if above is None:
                break
            if found.free(above):
                votes[above] += 1
            above = above.parent
    return votes


def _replacements(found: Matching) -> None:
    """Pass 5: the same slot under a matched parent, another type."""
    for branch in found.old.root.steady():
        other = found.partner.get(branch)
        if other is not None:
            for one, its in list(slots(found, branch, other)):
                if found.free(one, its) and bool(one.children) == bool(its.children):
                    found.pair(one, its, "replaced")
                    found.todo.append((one, its))
                    match_children(found)
