"""Walks the new run in order and tells what each operation shows apart: edits from what merely follows from them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from graphviz_torch.diff.arguments import Argument, differing
from graphviz_torch.diff.blocks import OPERATIONS
from graphviz_torch.diff.differing import Shown
from graphviz_torch.diff.edits import Edit
from graphviz_torch.diff.operation_edits import OperationEdits
from graphviz_torch.diff.operations import Operations
from graphviz_torch.diff.result import Place
from graphviz_torch.diff.side import Side
from graphviz_torch.diff.sizes import Sizes
from graphviz_torch.diff.tree import Branch
from graphviz_torch.diff.types import Contrast, Contrasts
from graphviz_torch.ir.drafts import draft
from graphviz_torch.ir.graph import Node


@dataclass(slots=True)
class Known:
    """What other steps found, by what it is about.

    Attributes:
        branches: edits by the module of either side; operations: by the id of a node or call of either side.
        inputs: edits by the value of the new side.
        replaced: modules whose inside is not compared.
    """

    branches: dict[Branch, Edit] = field(default_factory=dict)
    old_operations: dict[str, Edit] = field(default_factory=dict)
    new_operations: dict[str, Edit] = field(default_factory=dict)
    inputs: dict[str, Edit] = field(default_factory=dict)
    replaced: set[Branch] = field(default_factory=set)
    modes: bool = False


# One operation whose result has another type because of an edit elsewhere: where, what, before, after, and that edit.
Effect = tuple[Place, str, str, str, Edit | None]

_place = draft(Place)


class Effects:
    """Everything that paired operations show.

    Attributes:
        edits: what is an edit of its own; found: what follows from one.
        causes: the edit behind each value of the new side whose type differs.
    """

    def __init__(
        self,
        old: Side,
        new: Side,
        operations: Operations,
        shown: Sequence[Shown],
        writer: OperationEdits,
        known: Known,
    ) -> None:
        self._old, self._new, self._operations = old, new, operations
        self._writer, self._known = writer, known
        self._sizes = Sizes()
        self.edits: list[Edit] = []
        self.found: list[Effect] = []
        self.causes: dict[str, Edit | None] = {}
        for one, other, name, alike, contrasts in shown:
            if other.kind in OPERATIONS:
                self._operation(one, other, name, alike, contrasts)
            elif contrasts:
                self._leaf(other, *contrasts[0])

    def _leaf(self, node: Node, value: str, contrast: Contrast) -> None:
        self._sizes.learn(contrast.sizes)
        edit = self._known.inputs.get(value)
        if edit is None and node.kind in ("parameter", "buffer") and node.name in self._new.holders:
            edit = self._known.branches.get(self._new.holders[node.name][0])
            if edit is None:
                return  # the weight follows from what the module reads
        self.causes[value] = edit

    def _operation(self, one: Node, other: Node, name: str, alike: bool, contrasts: Contrasts) -> None:
        branch = self._new.branch_of(other.module_call)
        own = None if alike else self._own(one, other, branch)
        if own is not None:
            self.edits.append(own)
        if not contrasts:
            return
        cause = own or self._cause(one, other, branch)
        first = contrasts[0][1]
        place = _place(self._old.branch_of(one.module_call).path, branch.path, (one.id,), (other.id,), ())
        if cause is None and not self._from_input(other):
            own = cause = self._unexplained(place, name, first, other)
            self.edits.append(cause)
        for value, contrast in contrasts:
            self.causes[value] = cause
            self._sizes.learn(contrast.sizes)
        if own is None:
            self.found.append((place, name, first.before, first.after, cause))

    def _unexplained(self, place: Place, op: str, told: Contrast, node: Node) -> Edit:
        why = "its result has another type, and nothing before it explains that"
        order = (2, self._new.order[node.id], 0)
        return Edit("attribute", "structural", place, op, told.before, told.after, why, node.source, order)

    def _own(self, one: Node, other: Node, branch: Branch) -> Edit | None:
        """The edit of the operation itself, unless that of its module tells it already."""
        if branch in self._known.replaced:
            return None
        owner = self._known.branches.get(branch)
        library = branch.type.startswith("torch.") and not branch.children
        if owner is not None and owner.kind in ("attribute", "replaced") and library:
            return None
        replaced = self._writer.replaced(one, other)
        if replaced is not None:
            return replaced
        for mine, theirs in zip(one.operands, other.operands, strict=False):
            self._sizes.add(self._old.value(mine).meta, self._new.value(theirs).meta)
        known = ("training",) if self._known.modes else ()
        return self._writer.literals(one, other, self._sizes, known, self._arguments(one, branch))

    def _arguments(self, one: Node, branch: Branch) -> tuple[Argument, ...]:
        """The arguments of the module around an operation that differ."""
        before, after = self._old.branch_of(one.module_call).module, branch.module
        return differing(before.arguments, after.arguments, before.type_name, after.type_name)

    def _from_input(self, node: Node) -> bool:
        return any(self._new.value(value).id in self.causes for value in node.operands)

    def _cause(self, one: Node, other: Node, branch: Branch) -> Edit | None:
        """The nearest edit upstream: of an operand, of what stood between, of the reader, of the modules around it."""
        edit = None if branch.children else self._known.branches.get(branch)
        if edit is not None:
            return edit
        for value in other.operands:
            edit = self.causes.get(value)
            if edit is not None:
                return edit
        return next((edit for edit in self._candidates(one, other, branch) if edit is not None), None)

    def _candidates(self, one: Node, other: Node, branch: Branch) -> Iterator[Edit | None]:
        for value in other.operands:
            yield self.causes.get(self._new.value(value).id)
        yield self._known.new_operations.get(other.id)
        yield from (self._alone(self._new, value, self._operations.to_old) for value in other.operands)
        yield from (self._alone(self._old, value, self._operations.to_new) for value in one.operands)
        for call in self._new.index.ancestors(other.module_call):
            yield self._known.new_operations.get(call)
            yield self._known.branches.get(self._new.branch_of(call))

    def _alone(self, side: Side, value: str, partners: dict[str, str]) -> Edit | None:
        """The edit that made, or took away, what a value comes from."""
        producer = side.producer(side.value(value))
        if producer.id in partners:
            return None
        by_id = self._known.new_operations if side is self._new else self._known.old_operations
        if producer.id in by_id:
            return by_id[producer.id]
        for call in side.index.ancestors(producer.module_call):
            edit = by_id.get(call) or self._known.branches.get(side.branch_of(call))
            if edit is not None:
                return edit
        return None
