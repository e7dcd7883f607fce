"""Links operations to the autograd nodes they made, by sequence numbers."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from typing import Any

UNNUMBERED = 2**63


class GradNodes:
    """The autograd nodes behind some outputs, held until `release`.

    A node that Python has looked at is freed together with what it alone points to, by recursion in native code: a
    long chain would overflow the stack. So all nodes are held, and let go one by one from the outputs on, once
    nothing else holds the outputs.
    """

    def __init__(self, roots: Iterable[Any]) -> None:
        found = {}
        todo = list(roots)
        while todo:
            node = todo.pop()
            if node not in found:
                found[node] = node._sequence_nr()
                for following, _ in node.next_functions:
                    if following is not None:
                        todo.append(following)
        # A node is made after those it points to, so falling numbers go from the outputs to the leaves.
        ordered, numbers = sorted(found, key=found.__getitem__), sorted(found.values())
        count = bisect_left(numbers, UNNUMBERED)
        self._held = ordered[count:] + ordered[:count]
        self._numbers = numbers[:count]
        known: dict[type, str] = {}
        self._names = names = [known.get(type(node)) or _named(node, known) for node in ordered[:count]]
        # Nearly all operations make one node; equal names share one tuple.
        tuples = {name: (name,) for name in set(names)}
        alone: dict[int, tuple[str, ...]] = dict(zip(self._numbers, map(tuples.__getitem__, names), strict=True))
        self._alone = alone if len(alone) == len(names) else {}  # threads count for themselves

    def names(self, first: int, last: int) -> tuple[str, ...]:
        """The nodes made from one sequence number up to another, in order."""
        if last - first == 1 and self._alone:
            return self._alone.get(first, ())
        return tuple(self._names[bisect_left(self._numbers, first) : bisect_left(self._numbers, last)])

    def release(self) -> None:
        """Lets the nodes go, from the outputs on; nothing else may hold the outputs any more."""
        held = self._held
        while held:
            held.pop()


def _named(node: Any, known: dict[type, str]) -> str:
    """The name of an autograd node; nearly all have a type of their own, which then is known by it."""
    name: str = node.name().removeprefix("torch::autograd::")
    if type(node).__name__ == name:
        known[type(node)] = name
    return name
