"""What was measured, as pictures say it: the range of what something gives, and the time that it takes."""

from __future__ import annotations

from collections.abc import Mapping

from graphviz_torch.ir.graph import Graph, Json, Node

# From which share of the time on a card is tinted, and how strongly.
HEATS = ((0.3, "heat4"), (0.15, "heat3"), (0.05, "heat2"), (0.01, "heat1"))
ODD = (("nan", "NaN"), ("inf", "Inf"))
STATES = tuple(state for _, state in reversed(HEATS))


class Measures:
    """Look-ups over what one graph says was measured; all of them are quick where nothing was."""

    def __init__(self, graph: Graph) -> None:
        self._times = _noted(graph, "time")
        self._ranges = _noted(graph, "range")

    def entries(self) -> list[tuple[str, str]]:
        """What the legend says of heat: colour class and words; nothing where no time was measured."""
        return [(state, f"{share:.0%} of the time or more") for share, state in reversed(HEATS) if self._times]

    def heat(self, target: str) -> str:
        """How strongly a card is tinted; empty for not at all."""
        noted = self._times.get(target)
        share = _number(noted, "share") if noted else 0.0
        return next((state for least, state in HEATS if share >= least), "") if share else ""

    def time_words(self, target: str) -> str:
        """`1.23 ms · 34%`; empty where it was not measured."""
        noted = self._times.get(target)
        if not noted:
            return ""
        seconds, share = _number(noted, "seconds"), _number(noted, "share")
        if seconds >= 1:
            words = f"{seconds:.3g} s"
        else:
            words = f"{seconds * 1e3:.3g} ms" if seconds >= 1e-3 else f"{seconds * 1e6:.3g} µs"
        return f"{words} · {share:.0%}" if share >= 0.005 else words

    def range_words(self, node: Node) -> tuple[str, bool]:
        """`-2.88 .. 1.53`, with how many elements are no numbers, and whether any is; empty where it was not read."""
        noted = self._range_of(node)
        if noted is None:
            return "", False
        odd = [f"{noted[name]:,} {word}" for name, word in ODD if noted.get(name)]
        low, high = _number(noted, "minimum"), _number(noted, "maximum")
        if _number(noted, "nan") + _number(noted, "inf") >= _number(noted, "elements"):
            return "all " + " or ".join(word for name, word in ODD if noted.get(name)), True
        between = f"{low:.3g} .. {high:.3g}" if low != high else f"all {low:.3g}"
        return ", ".join([between, *odd]), bool(odd)

    def tooltip(self, node: Node) -> str:
        """All that was measured of a node, a line for each of its results."""
        lines = [self.time_words(node.id)]
        if self._ranges:
            lines += [_all_words(self._ranges.get(value, {})) for value in node.results]
        return "\n".join(filter(None, lines))

    def _range_of(self, node: Node) -> Mapping[str, Json] | None:
        """The range of the first result that was read."""
        if not self._ranges:
            return None
        return next((found for value in node.results if (found := self._ranges.get(value))), None)


def _all_words(noted: Mapping[str, Json]) -> str:
    words = [f"{noted[name]:.3g} {name}" for name in ("minimum", "maximum", "mean", "std") if name in noted]
    if "zeros" in noted:
        words.append(f"{noted['zeros']:.0%} zeros")
    if noted.get("dead"):
        words.append(f"{noted['dead']:,} of {noted['units']:,} units zero throughout")
    return ", ".join([*words, *(f"{noted[name]:,} {word}" for name, word in ODD if noted.get(name))])


def _noted(graph: Graph, key: str) -> dict[str, Mapping[str, Json]]:
    """What annotations of one key say, by the element that they are of."""
    marks = graph.annotations
    return {mark.target: mark.payload for mark in marks if mark.key == key and isinstance(mark.payload, Mapping)}


def _number(noted: Mapping[str, Json], name: str) -> float:
    found = noted.get(name)
    return found if isinstance(found, (int, float)) else 0.0
