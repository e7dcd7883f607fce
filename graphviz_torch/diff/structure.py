"""Explains the match of the trees: added, removed, replaced, renamed and moved modules."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from graphviz_torch.diff.align import rising
from graphviz_torch.diff.edits import Edit, Order
from graphviz_torch.diff.matching import Matching
from graphviz_torch.diff.result import ChangeClass, Place, Severity
from graphviz_torch.diff.side import Side
from graphviz_torch.diff.tree import Branch
from graphviz_torch.ir.drafts import draft
from graphviz_torch.ir.graph import SourceLocation
from graphviz_torch.layout.words import module_words

LEAST_SUFFIX = 4

_place = draft(Place)


@dataclass(slots=True)
class Structure:
    """What the trees say.

    Attributes:
        edits: every edit with the modules it is about.
        replaced: modules of either side whose inside is not compared; moved: those that stand elsewhere.
    """

    edits: list[tuple[Edit, Branch]] = field(default_factory=list)
    replaced: set[Branch] = field(default_factory=set)
    moved: set[Branch] = field(default_factory=set)


def explain_structure(matching: Matching, old: Side, new: Side) -> Structure:
    """Finds the edits of the tree."""
    return _Explainer(matching, old, new).explain()


def crossing(matching: Matching) -> set[Branch]:
    """The modules of the old side that changed their order among the indices of one container."""
    found: set[Branch] = set()
    for old, new in matching.pairs():
        if not old.children:
            continue
        both = [
            (child, matching.partner[child]) for child in old.children if child.positional and child in matching.partner
        ]
        both = [(child, other) for child, other in both if other.parent is new and other.positional]
        kept = {place for place, _ in rising([(child.place, other.place) for child, other in both])}
        found.update(child for child, _ in both if child.place not in kept)
    return found


class _Explainer:
    def __init__(self, matching: Matching, old: Side, new: Side) -> None:
        self._matching, self._old, self._new = matching, old, new
        self._partner = matching.partner
        self._crossed = matching.crossed
        self._found = Structure()

    def explain(self) -> Structure:
        shifted: dict[Branch, int] = {}
        for old, new in self._matching.pairs():
            self._pair(old, new, shifted)
        if self._matching.complete:
            return self._found
        for branch in self._old.tree.root.walk():
            self._alone(branch, shifted, lost=True)
        for branch in self._new.tree.root.walk():
            self._alone(branch, shifted, lost=False)
        return self._found

    def _pair(self, old: Branch, new: Branch, shifted: dict[Branch, int]) -> None:
        if old.type != new.type and not (old.made or new.made):
            self._other_type(old, new)
        if old.parent is None or new.parent is None:
            return
        if old in self._crossed or not self._same_home(old, new):
            self._found.moved |= {old, new}
            self._add(
                "moved", _keys_severity(old, new), old, new, old.path, new.path, "the same content stands elsewhere"
            )
        elif self._partner.get(old.parent) is new.parent and old.name != new.name:
            if old.positional and new.positional and self._shifts(old.parent, new.parent):
                shifted[old.parent] = shifted.get(old.parent, 0) + (_keys(old) or _keys(new))
            else:
                why = f"the same content has another name ({self._matching.why[old]})"
                self._add("renamed", _keys_severity(old, new), old, new, old.name, new.name, why)

    def _same_home(self, old: Branch, new: Branch) -> bool:
        """Whether the nearest kept modules around both are one and the same."""
        one, other = old.parent, new.parent
        while one is not None and one not in self._partner:
            one = one.parent
        while other is not None and other not in self._partner:
            other = other.parent
        return one is None or other is None or self._partner[one] is other

    def _shifts(self, old: Branch, new: Branch) -> bool:
        """Whether something came, went or moved among the children."""
        return any(
            child not in self._partner or self._partner[child].parent is not parent or child in self._crossed
            for side, parent in ((old, new), (new, old))
            for child in side.children
        )

    def _other_type(self, old: Branch, new: Branch) -> None:
        before, after = old.module.type_name, new.module.type_name
        if self._alike(old, new):
            group = _class_rename(before, after)
            why = "only the class has another name; what is in it is the same"
            self._add("renamed", "cosmetic", old, new, before, after, why, group)
        else:
            self._found.replaced |= {old, new}
            self._add("replaced", "structural", old, new, before, after, "another type in the same place")

    def _alike(self, old: Branch, new: Branch) -> bool:
        if old.children or new.children:
            kept = sum(self._partner.get(child) in new.children for child in old.children)
            return 2 * kept >= max(len(old.children), len(new.children))
        if old.module.arguments != new.module.arguments or old.sizes != new.sizes:
            return False
        ran, its = self._own_names(self._old, old), self._own_names(self._new, new)
        if ran or its:
            return ran == its
        return bool(old.tensors) and _suffix(old.module.type_name, new.module.type_name) >= LEAST_SUFFIX

    def _own_names(self, side: Side, branch: Branch) -> list[object]:
        calls = side.calls_of.get(branch.path, ())
        spelled = side.block(calls[0].id).spelled if calls else []
        return [(operation.name, operation.literals) for operation in spelled]

    def _alone(self, branch: Branch, shifted: dict[Branch, int], *, lost: bool) -> None:
        if branch in self._partner or branch.parent is None or branch.parent not in self._partner:
            return
        if branch.parent in self._found.replaced:
            return  # that the module around it is another one says it all
        inside = [(below, self._partner[below]) for below in branch.steady() if below in self._partner]
        why = "nothing on the other side is like it"
        if inside:
            path = inside[0][0].path
            why = f"it no longer stands around {path}" if lost else f"it now stands around {path}"
        home = branch.parent if lost else self._partner[branch.parent]
        breaking = bool(shifted.get(home)) or any(_keys_severity(*pair) == "breaking" for pair in inside)
        if shifted.get(home):
            why += f"; the keys of {shifted[home]} modules beside it shift"
        kind: ChangeClass = "removed" if lost else "added"
        told = module_words(branch.module) if not branch.children else ""
        old, new = (branch, None) if lost else (None, branch)
        group = (branch.type, branch.module.arguments, None if branch.positional else branch.name)
        self._add(kind, "breaking" if breaking else "structural", old, new,
                  told if lost else "", "" if lost else told, why, group)  # fmt: skip

    def _add(
        self, kind: ChangeClass, severity: Severity, old: Branch | None, new: Branch | None,
        before: str, after: str, why: str, group: object = None, label: tuple[str, str] | None = None,
    ) -> None:  # fmt: skip
        branch = new or old
        assert branch is not None
        edit = Edit(
            kind, severity, place_of(self._old, self._new, old, new),
            branch.module.type_name or "container", before, after, why,
            source_of(self._new if new is not None else self._old, branch),
            order_of(self._matching, old, new),
        )  # fmt: skip
        self._found.edits.append((replace(edit, group=group), branch))


def place_of(old: Side, new: Side, one: Branch | None, other: Branch | None) -> Place:
    """The place of a module, or of a pair."""
    return _place(
        None if one is None else one.path,
        None if other is None else other.path,
        () if one is None else tuple([call.id for call in old.calls_of.get(one.path, ())]),
        () if other is None else tuple([call.id for call in new.calls_of.get(other.path, ())]),
        (),
    )


def order_of(matching: Matching, old: Branch | None, new: Branch | None) -> Order:
    """Where a module stands: by the new tree; what is gone, behind what stood before it."""
    if new is not None:
        return 1, new.rank, 0
    assert old is not None
    above = old.parent
    before = [child for child in above.children[: old.place] if child in matching.partner] if above else []
    anchor = before[-1] if before else above
    while anchor is not None and anchor not in matching.partner:
        anchor = anchor.parent
    rank = 0 if anchor is None else matching.partner[anchor].rank
    return 1, rank + (matching.partner[before[-1]].size - 1 if before else 0), 1 + old.rank


def source_of(side: Side, branch: Branch) -> SourceLocation | None:
    """Where the module is called, else where its class is defined."""
    calls = side.calls_of.get(branch.path, ())
    return (calls[0].source if calls else None) or branch.module.source


def _keys(branch: Branch) -> bool:
    return any(tensor.persistent for below in branch.walk() for tensor in below.tensors)


def _keys_severity(old: Branch, new: Branch) -> Severity:
    return "breaking" if _keys(old) or _keys(new) else "cosmetic"


def _class_rename(before: str, after: str) -> tuple[str, str, str]:
    """What a renamed class is rolled up by: the part of the name that differs."""
    end = _suffix(before, after)
    return "class", before[: len(before) - end], after[: len(after) - end]


def _suffix(one: str, other: str) -> int:
    length = 0
    while length < min(len(one), len(other)) and one[-1 - length] == other[-1 - length]:
        length += 1
    return length
