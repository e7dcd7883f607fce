"""R002: a loop of Python that does the same with slices of one value, which one call could take."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from graphviz_torch.check.costs import MOVES
from graphviz_torch.check.describe import built, operation_words, sizes
from graphviz_torch.check.evidence import Evidence
from graphviz_torch.check.finding import Finding, Step
from graphviz_torch.check.python_loops import Loop
from graphviz_torch.check.rule import Rule
from graphviz_torch.check.slices import Family, Repeated, repeated
from graphviz_torch.ir.graph import ModuleCall, Node, SourceLocation
from graphviz_torch.ir.walks import GraphIndex

# They work on the last dimension or on each element, and take any dimensions before.
ANY_DIMENSIONS = frozenset("linear relu gelu silu tanh sigmoid elu leaky_relu softplus dropout layer_norm".split())
# They take a batch in front.
BATCHED = ("conv", "max_pool", "avg_pool", "adaptive", "batch_norm", "group_norm")


def slice_by_slice(evidence: Evidence) -> Iterator[Finding]:
    """A loop whose rounds do the same, each with its slice."""
    if not evidence.complete:
        return
    told = set()
    for found in repeated(evidence.index):
        for site in found.sites:
            place = _place(evidence.index, found, site[0])
            loop = evidence.lines.loop(place) if place is not None and site[0].name.strip("_") not in MOVES else None
            if loop is not None and loop.head not in told and not _by_data(evidence, found, loop):
                told.add(loop.head)
                yield _finding(evidence, found, site[0], loop)


def _by_data(evidence: Evidence, found: Repeated, loop: Loop) -> bool:
    """Whether what the rounds of a loop do depends on the data."""
    places = [_place(evidence.index, found, node) for node in found.by_data]
    others = [evidence.lines.loop(place) for place in places if place is not None]
    return any(other is not None and other.head == loop.head for other in others)


def _outermost(index: GraphIndex, found: Repeated, node: Node) -> ModuleCall | None:
    """The module call that the loop makes, around an operation; `None` where the loop runs the operation itself."""
    inner = None
    for call in index.ancestors(node.module_call):
        if call == found.call:
            return inner
        inner = index.calls[call]
    return None


def _place(index: GraphIndex, found: Repeated, node: Node) -> SourceLocation | None:
    call = _outermost(index, found, node)
    return call.source if call is not None else node.source


# ---- what is said of it


def _finding(evidence: Evidence, found: Repeated, node: Node, loop: Loop) -> Finding:
    index = evidence.index
    call = _outermost(index, found, node)
    module = index.modules.get(index.calls[found.call].path) if found.call is not None else None
    inside = _inside(evidence, found, loop)
    help_words = _help(evidence, found, call, inside, loop)
    return Finding(
        "R002",
        "warning",
        _message(found, node, call, inside, bool(help_words)),
        module=module.path if module is not None else "",
        type=built(module) if module is not None else "",
        op=node.id,
        source=loop.repeated,
        dataflow=tuple(_dataflow(evidence, found, inside, call)),
        notes=tuple(_notes(evidence, inside, loop)),
        help=help_words,
    )


def _inside(evidence: Evidence, found: Repeated, loop: Loop) -> list[tuple[Node, ...]]:
    """What the rounds of this loop do, and not another one over as many slices."""
    same = []
    for site in found.sites:
        place = _place(evidence.index, found, site[0])
        other = evidence.lines.loop(place) if place is not None else None
        if other is not None and other.head == loop.head:
            same.append(site)
    return same


def _message(found: Repeated, node: Node, call: ModuleCall | None, inside: list[tuple[Node, ...]], whole: bool) -> str:
    number = found.rounds
    end = "on slices of one tensor that it could take whole" if whole else "once for each slice of one tensor"
    if call is not None:
        return f"`{call.path}` is called {number} times, {end}"
    more = sum(site[0].name.strip("_") not in MOVES for site in inside) - 1
    others = f" and {more} more operation{'s' * (more > 1)} run" if more else " runs"
    return f"`{node.name}`{others} {number} times, {end}"


def _family(found: Repeated, inside: list[tuple[Node, ...]]) -> Family:
    """The slices that the first operation reads."""
    read = {value for site in inside for value in site[0].operands}
    return next((family for family in found.families if family.slices[0] in read), found.families[0])


def _dataflow(
    evidence: Evidence, found: Repeated, inside: list[tuple[Node, ...]], call: ModuleCall | None
) -> Iterator[Step]:
    index = evidence.index
    family = _family(found, inside)
    producer = index.nodes[family.whole.producer]
    yield Step(operation_words(index, producer), sizes(family.whole.meta.shape), producer.source)
    cut = f" of dimension {family.axis}" if family.axis is not None else ""
    first = index.values[family.slices[0]]
    yield Step(
        _slice_words(evidence, family), sizes(first.meta.shape), family.node.source, f"{found.rounds} slices{cut}"
    )
    last = inside[-1][0]
    words = call.path if call is not None and _outermost(index, found, last) else operation_words(index, last)
    yield Step(words, sizes(index.values[last.results[0]].meta.shape), last.source, f"{found.rounds} times")
    readers = index.consumers.get(last.results[0], ())
    for reader in readers[:1]:
        node = index.nodes[reader]
        if node.kind == "call" and node.results:
            yield Step(operation_words(index, node), sizes(index.values[node.results[0]].meta.shape), node.source)


def _slice_words(evidence: Evidence, family: Family) -> str:
    """`states[:, t]` as it is written; the operation where the line does not show it."""
    text = evidence.lines.expression(family.node.source) if family.node.source is not None else ""
    if isinstance(_parsed(text), ast.Subscript):
        return text
    return f"{family.node.name}()" if family.node.name != "getitem" else operation_words(evidence.index, family.node)


def _notes(evidence: Evidence, inside: list[tuple[Node, ...]], loop: Loop) -> Iterator[str]:
    if loop.head.line != loop.repeated.line:
        yield f"the loop begins at {loop.head.file}:{loop.head.line}"
    if evidence.options.time and evidence.timings is not None:
        spent = evidence.timings.operations
        share = sum(spent.get(node.id, 0.0) for site in inside for node in site) / (sum(spent.values()) or 1.0)
        yield f"it takes {share:.0%} of the time of all operations"
    if any(site[0].name == "batch_norm" for site in inside):
        yield "in training a batch norm would see all slices at once, and not each by itself"


def _help(
    evidence: Evidence, found: Repeated, call: ModuleCall | None, inside: list[tuple[Node, ...]], loop: Loop
) -> str:
    """The one call, where its arguments and its result are known."""
    family = _family(found, inside)
    mine = [site[0] for site in inside if _outermost(evidence.index, found, site[0]) == call]
    whole, axis = family.whole.meta.shape, family.axis
    if call is None or not mine or mine[0].operands[0] != family.slices[0] or whole is None or axis is None:
        return ""
    part = evidence.index.values[family.slices[0]].meta.shape or ()
    if len(part) != len(whole) - 1:
        return ""
    result = evidence.index.values[mine[-1].results[0]].meta.shape or ()
    if all(node.name in ANY_DIMENSIONS for node in mine) and axis < len(whole) - 1:
        made = (*result[:axis], found.rounds, *result[axis:])
        return f"{_called(evidence, family, call, loop)} gives {sizes(made)} in one call"
    if axis == 1 and all(node.name.startswith(BATCHED) or node.name in ANY_DIMENSIONS for node in mine):
        joined = (whole[0] * whole[1], *whole[2:])
        return f"`flatten(0, 1)` makes {sizes(joined)} of the whole, which `{call.path}` takes in one call"
    return ""


def _called(evidence: Evidence, family: Family, call: ModuleCall, loop: Loop) -> str:
    """The call with the whole in place of the slice, as it would be written."""
    function = _parsed(evidence.lines.expression(loop.repeated))
    taken = _parsed(evidence.lines.expression(family.node.source)) if family.node.source is not None else None
    if isinstance(function, ast.Call) and isinstance(taken, ast.Subscript):
        return f"`{ast.unparse(function.func)}({ast.unparse(taken.value)})`"
    return f"`{call.path}` on the whole"


def _parsed(text: str) -> ast.expr | None:
    try:
        return ast.parse(text, mode="eval").body if text else None
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


RULES = (
    Rule(
        "R002",
        "loop over slices that one call could take",
        "warning",
        slice_by_slice,
        tells_with=frozenset(("time",)),
    ),
)
