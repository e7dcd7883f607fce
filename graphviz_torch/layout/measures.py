"""What was measured, as pictures say it: the range of what something gives, and the time that it takes."""

from __future__ import annotations

from collections.abc import Mapping

from graphviz_torch.ir.graph import Json, Node
from graphviz_torch.ir.walks import GraphIndex

# From which share of the time on a card is tinted, and how strongly.
HEATS = ((0.3, "heat4"), (0.15, "heat3"), (0.05, "heat2"), (0.01, "heat1"))
STATES = tuple(state for _, state in reversed(HEATS))


def entries(index: GraphIndex) -> list[tuple[str, str]]:
    """What the legend says of heat: colour class and words; nothing where no time was measured."""
    if not any(mark.key == "time" for mark in index.graph.annotations):
        return []
    return [(state, f"{share:.0%} of the time or more") for share, state in reversed(HEATS)]


def heat(index: GraphIndex, target: str) -> str:
    """How strongly a card is tinted; empty for not at all."""
    share = _number(_noted(index, target, "time"), "share")
    return next((state for least, state in HEATS if share >= least), "")


def time_words(index: GraphIndex, target: str) -> str:
    """`1.23 ms · 34%`; empty where it was not measured."""
    noted = _noted(index, target, "time")
    if not noted:
        return ""
    seconds, share = _number(noted, "seconds"), _number(noted, "share")
    if seconds >= 1:
        words = f"{seconds:.3g} s"
    else:
        words = f"{seconds * 1e3:.3g} ms" if seconds >= 1e-3 else f"{seconds * 1e6:.3g} µs"
    return f"{words} · {share:.0%}" if share >= 0.005 else words


def range_words(index: GraphIndex, node: Node) -> tuple[str, bool]:
    """`-2.88 .. 1.53`, with how many elements are no numbers, and whether any is; empty where it was not read."""
    noted = next((found for value in node.results if (found := _noted(index, value, "range"))), None)
    if noted is None:
        return "", False
    odd = [f"{noted[name]:,} {word}" for name, word in (("nan", "NaN"), ("inf", "Inf")) if noted.get(name)]
    low, high = _number(noted, "minimum"), _number(noted, "maximum")
    if _number(noted, "nan") + _number(noted, "inf") >= _number(noted, "elements"):
        return "all " + " or ".join(word for word in ("NaN", "Inf") if noted.get(word.lower())), True
    between = f"{low:.3g} .. {high:.3g}" if low != high else f"all {low:.3g}"
    return ", ".join([between, *odd]), bool(odd)


def tooltip(index: GraphIndex, node: Node) -> str:
    """All that was measured of a node, a line for each of its results."""
    lines = [time_words(index, node.id)]
    for value in node.results:
        noted = _noted(index, value, "range")
        words = [f"{noted[name]:.3g} {name}" for name in ("minimum", "maximum", "mean", "std") if name in noted]
        if "zeros" in noted:
            words.append(f"{noted['zeros']:.0%} zeros")
        words += [f"{noted[name]:,} {word}" for name, word in (("nan", "NaN"), ("inf", "Inf")) if noted.get(name)]
        lines.append(", ".join(words))
    return "\n".join(filter(None, lines))


def _noted(index: GraphIndex, target: str, key: str) -> Mapping[str, Json]:
    found = index.annotations.get(target, {}).get(key)
    return found if isinstance(found, Mapping) else {}


def _number(noted: Mapping[str, Json], name: str) -> float:
    found = noted.get(name)
    return found if isinstance(found, (int, float)) else 0.0
