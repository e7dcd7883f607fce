"""Puts together what the steps find: changes, consequences, mapping, state dict, totals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import prod

from graphviz_torch.diff.calls import CallPairs
from graphviz_torch.diff.composites import Composites
from graphviz_torch.diff.differing import Differing, differing
from graphviz_torch.diff.edits import Edit
from graphviz_torch.diff.effects import Effect, Effects, Known
from graphviz_torch.diff.interface import Interface
from graphviz_torch.diff.matching import Matching
from graphviz_torch.diff.operation_edits import OperationEdits
from graphviz_torch.diff.operations import Operations
from graphviz_torch.diff.options import DiffOptions
from graphviz_torch.diff.properties import Properties
from graphviz_torch.diff.result import Comparison, Consequence, Pair, Place, StateDict, Totals
from graphviz_torch.diff.rewirings import Rewirings
from graphviz_torch.diff.rollup import roll_up
from graphviz_torch.diff.side import Side
from graphviz_torch.diff.structure import explain_structure, place_of
from graphviz_torch.diff.tensors import pair_tensors, shared_names, state_dict
from graphviz_torch.diff.tree import Branch
from graphviz_torch.diff.wiring import Rewired, Wiring
from graphviz_torch.ir.drafts import draft
from graphviz_torch.ir.graph import Graph

_consequence = draft(Consequence)


def explain(
    old: Side, new: Side, matching: Matching, calls: CallPairs, operations: Operations, interface: Interface,
    options: DiffOptions,
) -> Comparison:  # fmt: skip
    """The comparison of two matched graphs."""
    steps = _Explanation(old, new, matching, calls, operations, interface)
    composites = Composites(matching, old, new)
    changes, numbers = roll_up(composites.gathered(steps.edits))
    for part, whole in reversed(composites.into.items()):
        numbers[part] = numbers[whole]
    keys = steps.state_dict
    return Comparison(
        options.old,
        options.new,
        changes,
        tuple(
            [
                _consequence(place, op, before, after, numbers.get(cause) if cause else None)
                for place, op, before, after, cause in steps.effects
            ]
        ),
        tuple(
            Pair(one.path, other.path, matching.why[one])
            for one, other in matching.pairs()
            if not (one.made or other.made)
        ),
        tuple(operations.to_new.items()),
        steps.state_dict,
        _totals(old, keys.kept + len(keys.removed)),
        _totals(new, keys.kept + len(keys.added)),
        tuple(_notes(old.graph, new.graph)),
    )


class _Explanation:
    """The edits and effects of one comparison."""

    def __init__(
        self, old: Side, new: Side, matching: Matching, calls: CallPairs, operations: Operations, interface: Interface
    ) -> None:
        self._old, self._new, self._matching = old, new, matching
        self._calls, self._operations = calls, operations
        self.edits: list[Edit] = []
        self.effects: list[Effect] = []
        self._known = Known()
        self._writer = OperationEdits(old, new, calls, operations)
        tensors = {one: pair_tensors(one, other) for one, other in matching.pairs()}
        self._shared = shared_names(tensors, matching)
        self.state_dict: StateDict = state_dict(matching, tensors)
        self._structure = explain_structure(matching, old, new)
        self._known.replaced = self._structure.replaced
        self._ends(interface)
        self._modules(Properties(matching, old, new, calls, tensors, self._structure))
        if old.graph.nodes and new.graph.nodes:
            self._run()

    def _ends(self, interface: Interface) -> None:
        for edit, value in interface.edits():
            if edit not in self.edits:
                self.edits.append(edit)
            if value is not None:
                self._known.inputs[value] = edit

    def _modules(self, properties: Properties) -> None:
        self._properties = properties
        for edit, branch in [*self._structure.edits, *properties.edits]:
            self.edits.append(edit)
            if edit.kind not in ("renamed",) or branch not in self._known.branches:
                self._known.branches[branch] = edit
                partner = self._matching.partner.get(branch)
                if partner is not None:
                    self._known.branches[partner] = edit
        self._known.modes = any("mode" in edit.before for edit, _ in properties.edits)

    def _run(self) -> None:
        self._gaps()
        self._uncalled()
        found = differing(self._old, self._new, self._operations)
        self._wires(found)
        walked = Effects(self._old, self._new, self._operations, found.shown, self._writer, self._known)
        self.edits += walked.edits
        self.effects = [*self._followers(walked), *walked.found]

    def _gaps(self) -> None:
        for gap in self._operations.gaps:
            if self._told_already(self._new.branch_of(gap.call)):
                continue
            edit = self._writer.gap(gap)
            if edit is not None:
                self.edits.append(edit)
                self._know(edit)

    def _told_already(self, branch: Branch) -> bool:
        """Whether what runs in a module follows from what the module is, as in layers of torch itself."""
        if branch in self._known.replaced:
            return True
        library = branch.module.type.startswith("torch.") and not branch.children
        return library and (branch in self._known.branches or self._known.modes)

    def _know(self, edit: Edit) -> None:
        self._known.old_operations.update(dict.fromkeys(edit.place.old_ids, edit))
        self._known.new_operations.update(dict.fromkeys(edit.place.new_ids, edit))

    def _uncalled(self) -> None:
        """Calls of kept modules that only one side makes."""
        if self._old.graph.failure is not None or self._new.graph.failure is not None:
            return
        for side, partners, lost in ((self._old, self._calls.to_new, True), (self._new, self._calls.to_old, False)):
            for call in side.graph.calls:
                branch = side.tree.branches[call.path]
                if call.kind != "module" or call.id in partners or call.parent not in partners:
                    continue
                if branch in self._matching.partner and branch not in self._known.replaced and call.id in side.first:
                    partner = self._matching.partner[branch]
                    old, new = (branch, partner) if lost else (partner, branch)
                    self._call_edit(side, call.id, old.path, new.path, lost)

    def _call_edit(self, side: Side, call: str, old: str, new: str, lost: bool) -> None:
        counts = [len(which.calls_of.get(path, ())) for which, path in ((self._old, old), (self._new, new))]
        before, after = (f"{count} call{'' if count == 1 else 's'}" for count in counts)
        place = Place(old, new, (call,) if lost else (), () if lost else (call,))
        op = side.branch_of(call).module.type_name
        why = (
            "the module is there as before, but no longer called here" if lost else "the module is now called here too"
        )
        at = self._new.first[call] if not lost else 0
        edit = Edit("removed" if lost else "added", "structural", place, op, before, after, why,
                    side.index.calls[call].source, (2, at, 0))  # fmt: skip
        self.edits.append(edit)
        self._know(edit)

    def _wires(self, differs: Differing) -> None:
        wiring = Wiring(
            self._old, self._new, self._calls, self._operations, differs.reading, self._through(), self._shared
        )
        for (one, other), found in wiring.elsewhere().items():
            self._rewired(found, one, other)
        for one, other in self._calls.to_new.items():
            if not wiring.quiet(one, other):
                self._rewired(wiring.inside(one, other), one, other)

    def _rewired(self, readers: Iterable[Rewired], old: str | None, new: str | None) -> None:
        homes = (self._old.branch_of(old), self._new.branch_of(new)) if new is not None else ()
        if any(map(self._told_already, homes)):
            return
        found = [item for item in readers if item.old not in self._known.old_operations]
        if found:
            edit = Rewirings(self._old, self._new, self._calls, self._operations).edit(found, old, new)
            self.edits.append(edit)
            self._known.new_operations.update(dict.fromkeys((item.new for item in found), edit))

    def _through(self) -> tuple[set[str], set[str]]:
        """The calls of moved modules, of both sides."""
        old, new = (
            {
                call.id
                for branch in self._structure.moved
                if side.tree.branches.get(branch.path) is branch
                for path in _running(side, branch)
                for call in side.calls_of[path]
            }
            for side in (self._old, self._new)
        )
        return old, new

    def _followers(self, walked: Effects) -> Iterator[Effect]:
        """Modules whose sizes follow from what they read."""
        for old, new, before, after in self._properties.following:
            cause = None
            for call in self._new.calls_of.get(new.path, ()):
                read = self._new.index.calls[call.id].operands
                cause = cause or next((walked.causes[value] for value in read if walked.causes.get(value)), None)
            yield place_of(self._old, self._new, old, new), new.module.type_name, before, after, cause


def _running(side: Side, branch: Branch) -> Iterator[str]:
    """The paths of the outermost modules in a branch that are called: a list is not, but what is in it."""
    todo = [branch]
    while todo:
        branch = todo.pop()
        if branch.path in side.calls_of:
            yield branch.path
        else:
            todo += branch.children


def _totals(side: Side, keys: int) -> Totals:
    sizes = {}
    for module in side.graph.modules:
        for tensor in module.parameters:
            sizes[tensor.alias_of or f"{module.path}.{tensor.name}"] = prod(tensor.meta.shape or ())
    return Totals(
        sum(sizes.values()),
        keys,
        len(side.graph.modules),
        sum(len(block.nodes) for block in side.blocks.inside.values()),
    )


def _notes(old: Graph, new: Graph) -> Iterator[str]:
    for word, graph in (("old", old), ("new", new)):
        if graph.failure is not None:
            yield f"the {word} model raised {graph.failure.exception}; it is compared as far as it ran"
    if bool(old.nodes) != bool(new.nodes):
        yield "one side never ran; only its modules are compared"
