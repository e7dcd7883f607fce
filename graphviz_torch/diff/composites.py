"""Gathers what the parts of a layer of torch show alike into one edit of the layer.

A layer such as `TransformerEncoderLayer` makes its parts itself, so where several of these differ in one value, it was
the layer that was made with another argument, even though it prints none.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from graphviz_torch.diff.edits import Edit
from graphviz_torch.diff.matching import Matching
from graphviz_torch.diff.result import Place
from graphviz_torch.diff.side import Side
from graphviz_torch.diff.structure import order_of, source_of
from graphviz_torch.diff.tree import Branch
from graphviz_torch.diff.words import listed

_ARGUMENT = re.compile(r"([A-Za-z]\w*)=([^\s,=()\[\]]+)")
_CONTAINERS = "torch.nn.modules.container."


class Composites:
    """Gathers edits.

    Attributes:
        into: the edit that each gathered one became part of.
    """

    def __init__(self, matching: Matching, old: Side, new: Side) -> None:
        self._matching, self._old, self._new = matching, old, new
        self.into: dict[Edit, Edit] = {}

    def gathered(self, edits: Sequence[Edit]) -> list[Edit]:
        """The edits, from the innermost layers out: those of one value inside one layer as one."""
        homes: dict[Branch, list[Edit]] = defaultdict(list)
        for edit in edits:
            branch = self._new.tree.branches.get(edit.place.new_path or "")
            if branch is not None and _value(edit) is not None:
                self._home(homes, branch, [edit])
        made: list[Edit] = []
        while homes:
            layer = max(homes, key=lambda branch: branch.rank)
            found = list(self._together(layer, homes.pop(layer)))
            made += found
            if layer.parent is not None:
                self._home(homes, layer.parent, [edit for edit in found if edit not in self.into])
        return [edit for edit in dict.fromkeys([*edits, *made]) if edit not in self.into]

    def _home(self, homes: dict[Branch, list[Edit]], branch: Branch | None, edits: list[Edit]) -> None:
        """Puts edits to the nearest layer of torch around them that has parts and is on both sides."""
        while branch is not None and not self._composite(branch):
            branch = branch.parent
        if branch is not None and edits:
            homes[branch] += edits

    def _composite(self, branch: Branch) -> bool:
        partner = self._matching.partner.get(branch)
        return (
            bool(branch.children)
            and branch.module.of_torch
            and not branch.type.startswith(_CONTAINERS)
            and partner is not None
            and partner.type == branch.type
        )

    def _together(self, layer: Branch, edits: list[Edit]) -> Iterator[Edit]:
        values: dict[tuple[str, str], list[Edit]] = defaultdict(list)
        for edit in edits:
            value = _value(edit)
            if value is not None:
                values[value].append(edit)
        for (before, after), alike in values.items():
            names = [set(edit.before.partition("=")[0].split("_")) for edit in alike]
            common = sorted(set.intersection(*names))
            if len({(edit.op, edit.before) for edit in alike}) > 1 and common:
                yield self._gather(layer, alike, f"{common[0]}={before}", f"{common[0]}={after}")
            else:
                yield from alike

    def _gather(self, layer: Branch, edits: list[Edit], before: str, after: str) -> Edit:
        partner = self._matching.partner[layer]
        places = [edit.place for edit in edits]
        place = Place(
            partner.path,
            layer.path,
            tuple(dict.fromkeys(target for place in places for target in place.old_ids)),
            tuple(dict.fromkeys(target for place in places for target in place.new_ids)),
        )
        parts = listed(list(dict.fromkeys(_part(layer, place) for place in places)))
        why = f"it makes parts of its own with this argument: {parts}"
        found = Edit("attribute", "structural", place, layer.module.type_name, before, after, why,
                     source_of(self._new, layer), order_of(self._matching, partner, layer))  # fmt: skip
        self.into.update(dict.fromkeys(edits, found))
        return found


def _value(edit: Edit) -> tuple[str, str] | None:
    """The value of the one argument that differs, before and after."""
    if edit.kind != "attribute" or edit.severity != "structural":
        return None
    before, after = _ARGUMENT.fullmatch(edit.before), _ARGUMENT.fullmatch(edit.after)
    return (before[2], after[2]) if before and after and before[1] == after[1] else None


def _part(layer: Branch, place: Place) -> str:
    return (place.new_path or "").removeprefix(layer.path).lstrip(".") or layer.name
