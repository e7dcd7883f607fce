"""N001: the first value that is no finite number, with the ranges of what it was made from.

In the default set values are read only where the outputs are not finite; with their ranges asked for, always.

1. NaN counts where an operation made it from operands without NaN; Inf where it made it from finite ones.
2. What the code wrote itself is meant: a mask fills with Inf, a constant holds it.
3. Inf that ends in nothing, as the logarithm of a mask does in a softmax, is meant too: it counts where it reaches an
   output, or where NaN comes of it.
4. Memory that nobody has written holds anything.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from graphviz_torch.check.describe import built, operation_words, sizes
from graphviz_torch.check.evidence import Evidence
from graphviz_torch.check.finding import Finding, Step
from graphviz_torch.check.rule import Rule
from graphviz_torch.check.rules.placed import finding_at
from graphviz_torch.ir.graph import Node
from graphviz_torch.ir.literals import Literal
from graphviz_torch.ir.walks import GraphIndex
from graphviz_torch.trace.probes.records import ValueStats

Stats = Mapping[str, ValueStats]
UNWRITTEN = frozenset(("empty", "empty_like", "new_empty", "empty_strided", "new_empty_strided"))
LARGEST = {"float16": 65504.0, "bfloat16": 3.39e38, "float32": 3.40e38, "float64": 1.80e308}
DIVISIONS = frozenset(("div", "truediv", "rdiv", "rtruediv", "reciprocal", "rsqrt", "true_divide"))
MOST_OPERANDS = 3


def not_finite(evidence: Evidence) -> Iterator[Finding]:
    """The first operation, or the first input or parameter, that gives NaN or Inf."""
    if not evidence.options.stats and evidence.run.finite:
        return
    stats = evidence.stats
    index = evidence.index
    node = next((node for node in evidence.graph.nodes if _begins(index, stats, node)), None)
    if node is not None:
        yield _finding(evidence, node) if node.kind == "call" else _given(evidence, node)


def _begins(index: GraphIndex, stats: Stats, node: Node) -> bool:
    made = [found for value in node.results if (found := stats.get(value)) is not None]
    read = [found for value in node.operands if (found := stats.get(value)) is not None]
    if node.kind == "call" and (node.name in UNWRITTEN or any(_infinite(literal) for _, literal in node.attributes)):
        return False
    if any(found.nan for found in made) and not any(found.nan for found in read):
        return True
    if node.kind not in ("call", "parameter") or not any(found.inf for found in made):
        return False
    if any(not found.finite for found in read):
        return False
    return _matters(index, stats, node)


def _infinite(literal: Literal) -> bool:
    if isinstance(literal, tuple):
        return any(_infinite(item) for item in literal)
    return isinstance(literal, float) and not math.isfinite(literal)


def _matters(index: GraphIndex, stats: Stats, node: Node) -> bool:
    """Whether Inf reaches an output, or NaN comes of it."""
    todo = [value for value in node.results if value in stats and not stats[value].finite]
    seen = set(todo)
    while todo:
        value = todo.pop()
        if stats[value].nan:
            return True
        for name in index.consumers.get(value, ()):
            reader = index.nodes[name]
            if reader.kind == "output":
                return True
            onward = [made for made in reader.results if made in stats and not stats[made].finite and made not in seen]
            seen.update(onward)
            todo.extend(onward)
    return False


# ---- what is said of it


def _finding(evidence: Evidence, node: Node) -> Finding:
    index, stats = evidence.index, evidence.stats
    found = _made(stats, node)
    inf = "-Inf" if node.name.strip("_").startswith("log") else "Inf"
    what, count = ("NaN", found.nan) if found.nan else (inf, found.inf)
    return finding_at(
        evidence,
        node,
        "N001",
        f"`{node.name}` makes the first {what}: {count:,} of {found.elements:,} elements",
        dataflow=tuple(_dataflow(index, stats, node)),
        notes=tuple(_notes(index, stats, node)),
    )


def _made(stats: Stats, node: Node) -> ValueStats:
    """The first of the results that is not finite."""
    return next(found for value in node.results if (found := stats.get(value)) is not None and not found.finite)


def _given(evidence: Evidence, node: Node) -> Finding:
    """What no operation made."""
    found = _made(evidence.stats, node)
    what = "NaN" if found.nan else "Inf"
    inner = node.kind in ("parameter", "buffer")
    path = node.name.rpartition(".")[0] if inner else ""
    module = evidence.index.modules.get(path)
    return Finding(
        "N001",
        "warning",
        f"{node.kind} `{node.name}` holds {what}: {found.nan or found.inf:,} of {found.elements:,} elements",
        module=path,
        type=built(module) if module is not None else "",
        op=node.id,
        source=evidence.place(node.name) if inner else None,
    )


def _dataflow(index: GraphIndex, stats: Stats, node: Node) -> Iterator[Step]:
    """The operands with their ranges, the operation, and who reads on."""
    for value in dict.fromkeys(node.operands[:MOST_OPERANDS]):
        if value in stats:
            yield _step(index, stats, index.nodes[index.values[value].producer], value)
    yield _step(index, stats, node, next(value for value in node.results if value in stats))
    readers = [reader for value in node.results for reader in index.consumers.get(value, ())]
    for reader in readers[:1]:
        made = next((value for value in index.nodes[reader].results if value in stats), None)
        if made is not None:
            yield _step(index, stats, index.nodes[reader], made)


def _step(index: GraphIndex, stats: Stats, node: Node, value: str) -> Step:
    shape = sizes(index.values[value].meta.shape)
    return Step(operation_words(index, node), shape, node.source, range_words(stats[value]))


def range_words(found: ValueStats) -> str:
    """`-2.88 .. 1.53`; with how many are no numbers."""
    odd = [f"{count:,} {word}" for count, word in ((found.nan, "NaN"), (found.inf, "Inf")) if count]
    if found.nan + found.inf == found.elements:
        return ", ".join(odd)
    return ", ".join([f"{found.minimum:.3g} .. {found.maximum:.3g}", *odd])


def _notes(index: GraphIndex, stats: Stats, node: Node) -> Iterator[str]:
    why = _why(index, stats, node)
    if why:
        yield why
    if not _reaches_output(index, stats, node):
        yield "it does not reach the outputs; gradients through it are NaN all the same"


def _reaches_output(index: GraphIndex, stats: Stats, node: Node) -> bool:
    outputs = [value for name in index.graph.outputs for value in index.nodes[name].operands]
    return any(value in stats and not stats[value].finite for value in outputs)


def _why(index: GraphIndex, stats: Stats, node: Node) -> str:
    """Why, where the ranges of the operands show it."""
    read = [stats.get(value) for value in node.operands]
    first = read[0] if read else None
    found = _made(stats, node)
    word = node.name.strip("_")
    if first is None:
        return ""
    if word in ("softmax", "log_softmax") and first.inf:
        return "a row that is -Inf throughout has nothing to share out: everything in it is masked"
    if word in ("log", "log2", "log10", "log1p", "sqrt", "rsqrt") and first.minimum < -(word == "log1p"):
        return f"it read negative numbers, down to {first.minimum:.3g}"
    if word in ("log", "log2", "log10", "rsqrt", "reciprocal") and first.zeros:
        return f"it read zeros: {_share(first)}"
    if word in DIVISIONS:
        return _division(read, node)
    if word in ("std", "var") and found.nan:
        return "the deviation of a single element is not defined: `correction=0`, or more elements"
    return _overflow(index, node, word, first)


def _division(read: list[ValueStats | None], node: Node) -> str:
    divisor = read[0] if node.name.strip("_").startswith("r") else read[-1] if len(read) > 1 else None
    if divisor is None or not divisor.zeros:
        return ""
    return f"what it divides by is zero: {_share(divisor)}"


def _share(found: ValueStats) -> str:
    return f"{round(found.zeros * found.elements):,} of {found.elements:,} elements"


def _overflow(index: GraphIndex, node: Node, word: str, first: ValueStats) -> str:
    dtype = index.values[node.results[0]].meta.dtype
    largest = LARGEST.get(dtype)
    if largest is None:
        return ""
    if word in ("exp", "expm1", "exp2"):
        end = math.log2(largest) if word == "exp2" else math.log(largest)
        return f"it read numbers up to {first.maximum:.3g}; from {end:.1f} on `{word}` is infinite in {dtype}"
    if dtype == "float16" and first.finite:
        biggest = max(abs(first.minimum), abs(first.maximum))
        return f"float16 ends at 65504, and what it read has reached {biggest:.3g}"
    return ""


RULES = (Rule("N001", "first NaN or Inf", "warning", not_finite, default=True, tells_with=frozenset(("stats",))),)
