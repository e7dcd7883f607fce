"""Explains what differs inside matched modules: arguments, tensors, and what holds for whole subtrees."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable

from graphviz_torch.diff.arguments import FOLLOWING, SETTING, Argument, differing, spelled
from graphviz_torch.diff.calls import CallPairs
from graphviz_torch.diff.edits import Edit
from graphviz_torch.diff.matching import Matching
from graphviz_torch.diff.result import ChangeClass, Severity
from graphviz_torch.diff.side import Side
from graphviz_torch.diff.structure import Structure, order_of, place_of, source_of
from graphviz_torch.diff.tensors import TensorPairs
from graphviz_torch.diff.tree import Branch
from graphviz_torch.diff.words import shape_text, sizes_between
from graphviz_torch.ir.drafts import draft
from graphviz_torch.ir.graph import Tensor

Sizes = set[tuple[int, int]]
Property = Callable[[Branch, Branch, TensorPairs], tuple[str, str] | None]

_edit = draft(Edit)


class Properties:
    """The edits inside matched modules.

    Attributes:
        edits: every edit with its module of the new side.
        following: modules whose sizes only follow from what they read: (old, new, before, after).
    """

    def __init__(
        self, matching: Matching, old: Side, new: Side, calls: CallPairs, tensors: dict[Branch, TensorPairs],
        structure: Structure,
    ) -> None:  # fmt: skip
        self._matching, self._old, self._new = matching, old, new
        self._calls, self._tensors = calls, tensors
        self.edits: list[tuple[Edit, Branch]] = []
        self.following: list[tuple[Branch, Branch, str, str]] = []
        pairs = matching.pairs()
        for one, other in pairs:
            if one not in structure.replaced:
                self._inside(one, other)
        kinds = _kinds(pairs, tensors)
        for told in PROPERTIES:
            if any(_differs(told(one, other, tensors[one])) for one, other in kinds):
                self._whole(told)

    def _inside(self, old: Branch, new: Branch) -> None:
        if old.full != new.full:
            self._contents(old, new)
        if old.module.hooks or new.module.hooks:
            self._hooks(old, new)

    def _hooks(self, old: Branch, new: Branch) -> None:
        before, after = _hooks(old), _hooks(new)
        if before != after:
            self._add("attribute", "structural", old, new, before, after, "other hooks are registered")

    def _contents(self, old: Branch, new: Branch) -> None:
        arguments = differing(old.module.arguments, new.module.arguments, old.module.type_name, new.module.type_name)
        if arguments:
            self._arguments(old, new, arguments)
        else:
            self._own_tensors(old, new)
        for one, other in self._tensors[old].both:
            if one.name != other.name:
                why = "a tensor of the same shape has another name"
                self._add("renamed", "breaking" if one.persistent else "cosmetic", old, new, one.name, other.name, why)

    def _arguments(self, old: Branch, new: Branch, arguments: tuple[Argument, ...]) -> None:
        read = self.read_sizes(old, new)
        rooted = [argument for argument in arguments if not _follows(argument, read)]
        if not rooted:
            shown = arguments
            self.following.append((old, new, _told(shown, 0), _told(shown, 1)))
            return
        sizes = [pair for argument in rooted for pair in argument.sizes]
        breaking = old.sizes != new.sizes
        only_sizes = breaking and all(_is_size(argument) for argument in rooted)
        self._add(
            "attribute", "breaking" if breaking else "structural", old, new, _told(rooted, 0), _told(rooted, 1),
            "the module was made with other arguments" + ("; the shapes of its weights change" if breaking else ""),
            tuple(dict.fromkeys(sizes)) if only_sizes else (),
        )  # fmt: skip

    def read_sizes(self, old: Branch, new: Branch) -> Sizes:
        """(before, after) of the sizes that differ in what the calls of a module read."""
        found: Sizes = set()
        for call in self._old.calls_of.get(old.path, ()):
            partner = self._calls.to_new.get(call.id)
            if partner is not None:
                ones = self._reads(self._old, call.id)
                others = self._reads(self._new, partner)
                for one, other in zip(ones, others, strict=False):
                    found |= sizes_between(self._old.value(one).meta, self._new.value(other).meta)
        return found

    def _reads(self, side: Side, call: str) -> tuple[str, ...]:
        if side.index.calls[call].operands:
            return side.index.calls[call].operands
        first = side.block(call).nodes[:1]
        return tuple(
            value
            for node in first
            for value in node.operands
            if side.producer(side.value(value)).kind not in ("parameter", "buffer")
        )

    def _own_tensors(self, old: Branch, new: Branch) -> None:
        pairs = self._tensors[old]
        before = [tensor for tensor in pairs.removed if tensor.persistent]
        after = [tensor for tensor in pairs.added if tensor.persistent]
        if before or after:
            why = "the module holds other tensors, though its arguments are the same"
            self._add("checkpoint", "breaking", old, new, _tensors_told(before), _tensors_told(after), why)
        reshaped = [(one, other) for one, other in pairs.both if one.meta.shape != other.meta.shape]
        if not reshaped:
            return
        read = self.read_sizes(old, new)
        told = (_tensors_told([one for one, _ in reshaped]), _tensors_told([other for _, other in reshaped]))
        if all(_in_proportion(one, other, read) for one, other in reshaped):
            self.following.append((old, new, *told))
            return
        sizes = {pair for one, other in reshaped for pair in sizes_between(one.meta, other.meta)}
        why = "a tensor that the module holds has another shape"
        severity: Severity = "breaking" if any(one.persistent for one, _ in reshaped) else "structural"
        self._add("checkpoint", severity, old, new, *told, why, tuple(sorted(sizes)))

    def _whole(self, told: Property) -> None:
        """One edit for the largest subtree in which all that can differ differs alike."""
        states: dict[Branch, tuple[str, str] | None] = {}
        mixed: set[Branch] = set()
        for branch in reversed(list(self._old.tree.root.walk())):
            seen = {states[child] for child in branch.children if child in states}
            partner = self._matching.partner.get(branch)
            if partner is not None and not branch.made and not partner.made:
                own = told(branch, partner, self._tensors[branch])
                seen |= {own if own[0] != own[1] else ("", "")} if own is not None else set()
            if any(child in mixed for child in branch.children) or len(seen) > 1:
                mixed.add(branch)
            if seen:
                states[branch] = next(iter(seen)) if len(seen) == 1 else ("", "")
        self._topmost(told, states, mixed)

    def _topmost(self, told: Property, states: dict[Branch, tuple[str, str] | None], mixed: set[Branch]) -> None:
        todo = [self._old.tree.root]
        while todo:
            branch = todo.pop()
            state, partner = states.get(branch), self._matching.partner.get(branch)
            if branch not in mixed and partner is not None:
                if state is not None and state[0] != state[1]:
                    self._add("attribute", "structural", branch, partner, *state, WHY[told])
                continue
            if partner is not None:
                own = told(branch, partner, self._tensors[branch])
                if own is not None and own[0] != own[1]:
                    self._add("attribute", "structural", branch, partner, *own, WHY[told])
            todo.extend(reversed(branch.children))

    def _add(
        self, kind: ChangeClass, severity: Severity, old: Branch, new: Branch, before: str, after: str, why: str,
        widths: tuple[tuple[int, int], ...] = (),
    ) -> None:  # fmt: skip
        place = place_of(self._old, self._new, old, new)
        self.edits.append(
            (
                _edit(
                    kind, severity, place, new.module.type_name, before, after, why, source_of(self._new, new),
                    order_of(self._matching, old, new), None, widths,
                ),
                new,
            )
        )  # fmt: skip


def _follows(argument: Argument, read: Sizes) -> bool:
    if argument.name not in FOLLOWING and not argument.name.isdigit():
        return False
    return bool(argument.sizes) and all(pair in read for pair in argument.sizes)


def _is_size(argument: Argument) -> bool:
    known = argument.name in FOLLOWING or argument.name in SETTING or argument.name == "groups"
    return bool(argument.sizes) and (known or argument.name.isdigit())


def _in_proportion(one: Tensor, other: Tensor, read: Sizes) -> bool:
    sizes = sizes_between(one.meta, other.meta)
    return bool(sizes) and all(any(before * b == after * a for a, b in read) for before, after in sizes)


def _told(arguments: list[Argument] | tuple[Argument, ...], side: int) -> str:
    texts = [spelled(argument.name, argument.after if side else argument.before) for argument in arguments]
    return ", ".join(text for text in texts if text)


def _tensors_told(tensors: list[Tensor]) -> str:
    return ", ".join(f"{tensor.name} {shape_text(tensor.meta.shape)}" for tensor in tensors)


def _kinds(pairs: Iterable[tuple[Branch, Branch]], tensors: dict[Branch, TensorPairs]) -> list[tuple[Branch, Branch]]:
    """One pair of modules for all that can differ in the same properties; a graph holds most types of tensors once."""
    found: dict[Hashable, tuple[Branch, Branch]] = {}
    for one, other in pairs:
        if not (one.made or other.made):
            held = [
                (id(mine.meta), id(its.meta), bool(mine.alias_of), bool(its.alias_of))
                for mine, its in tensors[one].both
            ]
            found.setdefault((one.module.training, other.module.training, *held), (one, other))
    return list(found.values())


def _differs(sides: tuple[str, str] | None) -> bool:
    return sides is not None and sides[0] != sides[1]


def _hooks(branch: Branch) -> str:
    return ", ".join(f"{hook.kind} hook {hook.name}" for hook in branch.module.hooks)


def _training(old: Branch, new: Branch, tensors: TensorPairs) -> tuple[str, str]:
    return tuple("train mode" if side.module.training else "eval mode" for side in (old, new))  # type: ignore[return-value]


def _of_tensors(word: Callable[[Tensor], str]) -> Property:
    def told(old: Branch, new: Branch, tensors: TensorPairs) -> tuple[str, str] | None:
        both = [(word(one), word(other)) for one, other in tensors.both]
        if not both:
            return None
        return next((pair for pair in both if pair[0] != pair[1]), both[0])

    return told


def _sharing(old: Branch, new: Branch, tensors: TensorPairs) -> tuple[str, str] | None:
    """Only where it begins or ends: names of shared tensors may change with their modules."""
    for one, other in tensors.both:
        if bool(one.alias_of) != bool(other.alias_of):
            return _shared(one), _shared(other)
    return ("", "") if tensors.both else None


def _shared(tensor: Tensor) -> str:
    return f"{tensor.name} shared with {tensor.alias_of}" if tensor.alias_of else f"{tensor.name} of its own"


_dtype = _of_tensors(lambda tensor: tensor.meta.dtype)
_device = _of_tensors(lambda tensor: tensor.meta.device)
_frozen = _of_tensors(lambda tensor: f"requires_grad={tensor.meta.requires_grad}")

WHY: dict[Property, str] = {
    _training: "the module is in another mode",
    _dtype: "its tensors have another dtype",
    _device: "its tensors are on another device",
    _frozen: "its parameters are frozen on one side",
    _sharing: "its tensors are shared on one side",
}
PROPERTIES: tuple[Property, ...] = tuple(WHY)
