"""Matches the children of two matched modules: by name, then by place, then in order (pass 2)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterator
from functools import partial

from graphviz_torch.diff.align import align
from graphviz_torch.diff.matching import Matching
from graphviz_torch.diff.tree import Branch

Key = Callable[[Branch], Hashable]
ATTRIBUTE_COST = 0.3

# From strict to loose: (key, whether it holds for modules of different names whose sizes differ too).
_ORDER: tuple[tuple[Key, bool], ...] = (
    (lambda branch: branch.full, False),
    (lambda branch: (branch.struct, branch.sizes), False),
    (lambda branch: branch.struct, True),
    (lambda branch: (branch.type, branch.shape), True),
    (lambda branch: (branch.type, bool(branch.children)), True),
    (lambda branch: _names(branch), True),
    (lambda branch: branch.shape if branch.children else None, True),
)


def _names(branch: Branch) -> Hashable:
    """The names of what is in a module, where it has names."""
    names = frozenset(child.name for child in branch.children if not child.positional)
    return names or None


def match_children(matching: Matching) -> None:
    """Works off the pairs whose children are still to be matched."""
    while matching.todo:
        old, new = matching.todo.pop()
        _by_name(matching, old, new)
        _in_place(matching, old, new)
        _in_order(matching, old, new)


def _by_name(matching: Matching, old: Branch, new: Branch) -> None:
    names = {child.name: child for child in new.children if not child.positional}
    both = [(child, names[child.name]) for child in old.keyed if child.name in names]
    for alike in (_full, _struct):
        _adopt_alike(matching, both, alike)
    for one, other in both:
        unwrap(matching, one, other)
    _adopt_alike(matching, both, _type)


def _adopt_alike(
    matching: Matching, both: list[tuple[Branch, Branch]], alike: Callable[[Branch, Branch], bool]
) -> None:
    for one, other in both:
        if matching.free(one, other) and alike(one, other):
            matching.adopt(one, other, "path")


def _full(one: Branch, other: Branch) -> bool:
    return one.full == other.full


def _struct(one: Branch, other: Branch) -> bool:
    return one.struct == other.struct


def _type(one: Branch, other: Branch) -> bool:
    return one.type == other.type


def unwrap(matching: Matching, old: Branch, new: Branch) -> None:
    """Where one of two modules in the same slot holds the other, pairs the inner one with it."""
    if not matching.free(old, new):
        return
    inner = _inside(new, old)
    if inner is not None:
        matching.adopt(old, inner, "move")
        return
    outer = _inside(old, new)
    if outer is not None:
        matching.adopt(outer, new, "move")


def _inside(holder: Branch, wanted: Branch) -> Branch | None:
    """The one child that is what is wanted."""
    found = [child for child in holder.children if child.full == wanted.full]
    return found[0] if len(found) == 1 and not _is_itself(holder, wanted) else None


def _is_itself(holder: Branch, wanted: Branch) -> bool:
    """Whether the holder still is what was wanted, with something more in it."""
    if holder.type != wanted.type or any(child.positional for child in wanted.children):
        return False
    inside = {child.name: child.full for child in holder.children}
    return all(inside.get(child.name) == child.full for child in wanted.children)


def _in_place(matching: Matching, old: Branch, new: Branch) -> None:
    """Children of equal number and kind: all changed in place, unless it is cheaper that the contents moved along."""
    ones, others = matching.left(old, new)
    if not ones or len(ones) != len(others):
        return
    both = list(zip(ones, others, strict=True))
    if any(one.struct != other.struct or one.positional != other.positional for one, other in both):
        return
    if not all(one.positional for one in ones):
        return
    if sum(ATTRIBUTE_COST * _edited(one, other) for one, other in both) <= _shift_cost(ones, others):
        for one, other in both:
            matching.adopt(one, other, "index")


def _edited(old: Branch, new: Branch) -> int:
    """How many modules differ in two trees of equal structure."""
    count = 0
    todo = [(old, new)]
    while todo:
        one, other = todo.pop()
        if one.full != other.full:
            count += one.module.arguments != other.module.arguments or one.sizes != other.sizes
            todo.extend(zip(one.keyed, other.keyed, strict=True))
    return count


def _shift_cost(ones: list[Branch], others: list[Branch]) -> int:
    """What it takes to make the one row from the other by moving, adding and removing whole modules."""
    kept = align([one.full for one in ones], [other.full for other in others], partial(_same_name, ones, others))
    gone = Counter(one.full for one in ones) - Counter(ones[place].full for place, _ in kept)
    come = Counter(other.full for other in others) - Counter(others[place].full for _, place in kept)
    sizes = {branch.full: branch.size for branch in (*ones, *others)}
    moved = gone & come
    return moved.total() + sum(sizes[full] * times for full, times in ((gone - moved) + (come - moved)).items())


def _in_order(matching: Matching, old: Branch, new: Branch) -> None:
    for key, loose in _ORDER:
        ones, others = matching.left(old, new)
        if not ones or not others:
            return
        if loose:
            for one, other in slots(matching, old, new):
                unwrap(matching, one, other)
            ones, others = matching.left(old, new)
            odd = _unbalanced(ones, others)
        else:
            odd = set()
        here = [None if _odd(one, odd) else _apart(one, key) for one in ones]
        there = [None if _odd(other, odd) else _apart(other, key) for other in others]
        for place, its_place in align(here, there, partial(_same_name, ones, others)):
            first, second = ones[place], others[its_place]
            if first.positional or not loose or _akin(first, second):
                matching.adopt(first, second, "order")


def _same_name(ones: list[Branch], others: list[Branch], one: int, other: int) -> bool:
    return ones[one].name == others[other].name


def _apart(branch: Branch, key: Key) -> Hashable:
    """The key, which holds among indices or among names only."""
    found = key(branch)
    return None if found is None else (branch.positional, found)


def _unbalanced(ones: list[Branch], others: list[Branch]) -> set[str]:
    """Types of which one side has more named ones: who knows which became which (fused and split layers)."""
    here = Counter(one.type for one in ones if not one.positional)
    there = Counter(other.type for other in others if not other.positional)
    return {type for type in here | there if here[type] != there[type]}


def _odd(branch: Branch, odd: set[str]) -> bool:
    return not branch.positional and not branch.children and branch.type in odd


def _akin(one: Branch, other: Branch) -> bool:
    """Whether two layers of different names have a size in common."""
    if one.children or not one.tensors or not other.tensors:
        return True
    return any(
        size == its
        for tensor, its_tensor in zip(one.tensors, other.tensors, strict=False)
        for size, its in zip(tensor.meta.shape or (), its_tensor.meta.shape or (), strict=False)
    )


def slots(matching: Matching, old: Branch, new: Branch) -> Iterator[tuple[Branch, Branch]]:
    """Children without a partner that stand in the same slot: of one name, or between the same neighbours."""
    names = {child.name: child for child in new.children if not child.positional}
    for child in old.keyed:
        if child in matching.partner:
            continue
        other = _between(matching, child, old, new) if child.positional else names.get(child.name)
        if other is not None and other not in matching.partner:
            yield child, other


def _between(matching: Matching, child: Branch, old: Branch, new: Branch) -> Branch | None:
    place = 0
    if child.seat:
        before = matching.partner.get(old.keyed[child.seat - 1])
        if before is None or before.parent is not new:
            return None
        place = before.seat + 1
    if place >= len(new.keyed):
        return None
    if child.seat + 1 == len(old.keyed):
        fits = place + 1 == len(new.keyed)
    else:
        after = matching.partner.get(old.keyed[child.seat + 1])
        fits = after is not None and after.parent is new and after.seat == place + 1
    return new.keyed[place] if fits else None
