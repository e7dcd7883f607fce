"""Compares two graphs: matches modules, calls and operations, then tells edits from what follows from them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from operator import attrgetter, is_

from graphviz_torch.diff.calls import CallPairs, pair_calls
from graphviz_torch.diff.explain import explain
from graphviz_torch.diff.interface import Interface
from graphviz_torch.diff.match import match
from graphviz_torch.diff.matching import Matching
from graphviz_torch.diff.numbers import Numbers
from graphviz_torch.diff.operations import Operations, pair_operations
from graphviz_torch.diff.options import DiffOptions
from graphviz_torch.diff.result import Comparison
from graphviz_torch.diff.side import Side
from graphviz_torch.diff.spelling import Spelling
from graphviz_torch.diff.structure import crossing
from graphviz_torch.diff.tensors import pair_tensors
from graphviz_torch.diff.types import Types
from graphviz_torch.errors import DiffError
from graphviz_torch.ir.collector import collector_paused
from graphviz_torch.ir.graph import Graph

NEAR = 5


def compare(old: Graph, new: Graph, options: DiffOptions = DiffOptions()) -> Comparison:  # noqa: B008 - frozen
    """Compares two graphs of one tracer and level.

    Raises:
        DiffError: the graphs were made in different ways, or the map names modules that do not exist.
    """
    _check_made_alike(old, new)
    with collector_paused():
        return _compared(old, new, options)


def _compared(old: Graph, new: Graph, options: DiffOptions) -> Comparison:
    """Compares; all that was needed for it is gone before the collector looks again."""
    numbers = Numbers()
    spelling, types = Spelling(numbers), Types()
    one, other = Side(old, numbers, spelling, types), Side(new, numbers, spelling, types)
    _check_map(one, other, options.map)
    interface = Interface(one, other)
    matching, calls, operations = _matched(one, other, options.map, interface)
    return explain(one, other, matching, calls, operations, interface, options)


def _matched(
    old: Side, new: Side, given: tuple[tuple[str, str], ...], interface: Interface
) -> tuple[Matching, CallPairs, Operations]:
    """The match, always worked out from the same of the two sides, so that the other way round gives the inverse."""
    if _before(old.graph, new.graph):
        return _oriented(old, new, given, _ends(interface, swapped=False))
    turned = tuple((second, first) for first, second in given)
    matching, calls, operations = _oriented(new, old, turned, _ends(interface, swapped=True))
    return matching.mirrored(), CallPairs(calls.to_old, calls.to_new), operations.mirrored(calls)


def _oriented(
    old: Side, new: Side, given: tuple[tuple[str, str], ...], ends: list[tuple[str, str]]
) -> tuple[Matching, CallPairs, Operations]:
    matching = match(old.tree, new.tree, given)
    matching.crossed = crossing(matching)
    calls = pair_calls(matching, old, new)
    return matching, calls, pair_operations(old, new, calls, ends + _leaves(matching, old, new))


def _before(one: Graph, other: Graph) -> bool:
    """An order of graphs that knows nothing of which is the old one."""
    for mine, theirs in _columns(one, other):
        if len(mine) != len(theirs):
            return len(mine) < len(theirs)
        if mine != theirs:
            first = next(pair for pair in zip(mine, theirs, strict=True) if pair[0] != pair[1])
            return repr(first[0]) < repr(first[1])
    return True


def _columns(one: Graph, other: Graph) -> Iterator[tuple[Sequence[object], Sequence[object]]]:
    """All that a match looks at, in pieces that compare fast."""
    yield one.modules, other.modules
    # Graphs that were read together share most nodes.
    shared = len(one.nodes) == len(other.nodes) and all(map(is_, one.nodes, other.nodes))
    for name in () if shared else ("id", "kind", "name", "op", "operands", "attributes", "module_call"):
        yield _column(one.nodes, name), _column(other.nodes, name)
    yield one.calls, other.calls


def _column(items: Sequence[object], name: str) -> list[object]:
    return list(map(attrgetter(name), items))


def _ends(interface: Interface, *, swapped: bool) -> list[tuple[str, str]]:
    both = [*interface.inputs, *interface.outputs]
    return [(other.id, one.id) if swapped else (one.id, other.id) for one, other in both]


def _leaves(matching: Matching, old: Side, new: Side) -> list[tuple[str, str]]:
    """The parameter, buffer and constant nodes that are the same."""
    names = {(node.kind, node.name): node.id for node in new.graph.nodes if node.kind in ("parameter", "buffer")}
    constants = {node.id: node.id for node in new.graph.nodes if node.kind == "constant"}
    renamed = {}
    for one, other in matching.pairs():
        if one.path != other.path or one.sizes != other.sizes:
            for tensor, its in pair_tensors(one, other).both:
                renamed[_below(one.path, tensor.name)] = _below(other.path, its.name)
    found = []
    for node in old.graph.nodes:
        if node.kind in ("parameter", "buffer"):
            partner = names.get((node.kind, renamed.get(node.name, node.name)))
        else:
            partner = constants.get(node.id) if node.kind == "constant" else None
        if partner is not None:
            found.append((node.id, partner))
    return _once(found)


def _once(pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    taken: set[str] = set()
    return [pair for pair in pairs if not (pair[1] in taken or taken.add(pair[1]))]  # type: ignore[func-returns-value]


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _check_made_alike(old: Graph, new: Graph) -> None:
    for word, before, after in (
        ("tracer", old.origin.tracer, new.origin.tracer),
        ("level", old.origin.level, new.origin.level),
    ):
        if before != after:
            raise DiffError(
                f"the old graph was made with {word} `{before}`, the new one with `{after}`",
                details=("their operations are not comparable",),
                hint=f"make both with --{word} {after}; a saved graph is made anew by torchviz-cli render",
            )


def _check_map(old: Side, new: Side, given: tuple[tuple[str, str], ...]) -> None:
    for word, side, place in (("old", old, 0), ("new", new, 1)):
        known = side.tree.branches
        for pair in given:
            if pair[place] not in known:
                near = get_close_matches(pair[place][:80], [path for path in known if path], n=NEAR, cutoff=0.4)
                raise DiffError(
                    f"--map {pair[0]}={pair[1]}: the {word} model has no module `{pair[place]}`",
                    details=(f"nearest: {', '.join(near)}",) if near else (),
                    hint="torchviz-cli show lists the modules of a model",
                )
        paths = [pair[place] for pair in given]
        twice = next((path for path in paths if paths.count(path) > 1), None)
        if twice is not None:
            raise DiffError(f"--map names the {word} module `{twice}` twice")
