"""Pairs the parameters and buffers of matched modules, and gives the verdict on the state dict."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from graphviz_torch.diff.matching import Matching
from graphviz_torch.diff.result import StateDict
from graphviz_torch.diff.tree import Branch, Tree
from graphviz_torch.ir.graph import Tensor


@dataclass(slots=True)
class TensorPairs:
    """The tensors of two matched modules.

    Attributes:
        both: (old, new) of one and the same; removed, added: what only one side has.
    """

    both: list[tuple[Tensor, Tensor]] = field(default_factory=list)
    removed: list[Tensor] = field(default_factory=list)
    added: list[Tensor] = field(default_factory=list)


def pair_tensors(old: Branch, new: Branch) -> TensorPairs:
    """Pairs by name; what is left by kind and shape, where that leaves no doubt."""
    found = TensorPairs()
    for ones, others in ((old.module.parameters, new.module.parameters), (old.module.buffers, new.module.buffers)):
        if [tensor.name for tensor in ones] == [tensor.name for tensor in others]:
            found.both += zip(ones, others, strict=True)
            continue
        names = {tensor.name: tensor for tensor in others}
        both = [(tensor, names[tensor.name]) for tensor in ones if tensor.name in names]
        taken = {tensor.name for tensor, _ in both}
        left = [tensor for tensor in ones if tensor.name not in taken]
        right = [tensor for tensor in others if tensor.name not in taken]
        renamed = _renamed(left, right) if old.type == new.type else []
        found.both += both + renamed
        found.removed += [tensor for tensor in left if all(tensor is not one for one, _ in renamed)]
        found.added += [tensor for tensor in right if all(tensor is not other for _, other in renamed)]
    return found


def _renamed(left: list[Tensor], right: list[Tensor]) -> list[tuple[Tensor, Tensor]]:
    """Tensors of one shape that each side has once."""
    found = []
    for one in left:
        alike = [other for other in right if other.meta.shape == one.meta.shape]
        if len(alike) == 1 and sum(other.meta.shape == one.meta.shape for other in left) == 1:
            found.append((one, alike[0]))
    return found


def shared_names(pairs: dict[Branch, TensorPairs], matching: Matching) -> set[tuple[str, str]]:
    """(old, new) names of the nodes that stand for one tensor, where one side shares it with another."""
    found = set()
    for branch, tensors in pairs.items():
        partner = matching.partner[branch]
        for one, other in tensors.both:
            if one.alias_of or other.alias_of:
                found.add((_first(branch, one), _first(partner, other)))
    return found


def _first(branch: Branch, tensor: Tensor) -> str:
    return tensor.alias_of or (f"{branch.path}.{tensor.name}" if branch.path else tensor.name)


def state_dict(matching: Matching, pairs: dict[Branch, TensorPairs]) -> StateDict:
    """Which keys of the old state dict are which of the new one."""
    old, shapes = _keys(matching.old)
    new, its_shapes = _keys(matching.new)
    found: list[tuple[str, str]] = []
    for branch, tensors in pairs.items():
        partner = matching.partner[branch]
        for one, other in tensors.both:
            ones, others = old.get((branch, one.name), ()), new.get((partner, other.name), ())
            if len(ones) == len(others) == 1:
                found.append((ones[0], others[0]))
            else:
                found.extend(_both(ones, others))
    return _verdict(found, shapes, its_shapes)


def _both(ones: tuple[str, ...], others: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Keys of one tensor, which may have several: equal ones first."""
    same = [key for key in ones if key in others]
    yield from ((key, key) for key in same)
    left = [key for key in ones if key not in same], [key for key in others if key not in same]
    yield from zip(*left, strict=False)


def _keys(tree: Tree) -> tuple[dict[tuple[Branch, str], tuple[str, ...]], dict[str, tuple[int, ...]]]:
    """The state-dict keys of each tensor, one for each path of its module; and the shape behind each key."""
    paths: dict[Branch, tuple[str, ...]] = {}
    found, shapes = {}, {}
    plain = not any(branch.module.aliases for branch in tree.branches.values())
    for branch in tree.root.walk():
        if plain:
            its: tuple[str, ...] = (branch.path,)
        else:
            above = paths[branch.parent] if branch.parent else ()
            below = [f"{path}.{branch.name}" if path else branch.name for path in above] or [branch.path]
            its = paths[branch] = tuple(dict.fromkeys((*below, *branch.module.aliases)))
        for tensor in branch.tensors:
            if tensor.persistent:
                names = tuple([f"{path}.{tensor.name}" if path else tensor.name for path in its])
                found[branch, tensor.name] = names
                shapes.update(dict.fromkeys(names, tensor.meta.shape or ()))
    return found, shapes


def _verdict(
    pairs: list[tuple[str, str]], old: dict[str, tuple[int, ...]], new: dict[str, tuple[int, ...]]
) -> StateDict:
    taken = {one for one, _ in pairs}
    given = {other for _, other in pairs}
    # What torch would load by its name alone counts, whatever the modules are called now.
    pairs = pairs + [(key, key) for key in old if key in new and key not in taken and key not in given]
    partner = dict(pairs)
    fits = {one: other for one, other in partner.items() if old[one] == new[other]}
    known = set(partner.values())
    return StateDict(
        same=tuple(key for key in old if fits.get(key) == key),
        renamed=tuple((key, fits[key]) for key in old if key in fits and fits[key] != key),
        reshaped=tuple(
            (key, partner[key], old[key], new[partner[key]]) for key in old if key in partner and key not in fits
        ),
        added=tuple(key for key in new if key not in known),
        removed=tuple(key for key in old if key not in partner),
        map={key: fits[key] for key in old if key in fits},
    )
