"""Sizes that differ so far in a run, and whether they explain a literal."""

from __future__ import annotations

from graphviz_torch.diff.words import sizes_between
from graphviz_torch.ir.graph import TensorMeta
from graphviz_torch.ir.literals import Literal, Slice

# Arguments that are made from sizes; others (`dim`, `p`, `eps`, `stride`) are not, whatever their number.
_FROM_SIZES = frozenset(
    """size shape sizes start end stop length split_size_or_sections split_size sections normalized_shape output_size
    scale key other repeats dims num_samples n m steps high low embed_dim_to_check num_heads n_fft s_dim index
    chunks nhead unflattened_size sizes_or_sections new_shape input fill_value diagonal offset""".split()
)
CLOSE = 1e-6


class Sizes:
    """(before, after) of sizes that differ."""

    def __init__(self) -> None:
        self._pairs: set[tuple[int, int]] = set()
        self._learned: frozenset[tuple[int, int]] = frozenset()

    def add(self, one: TensorMeta, other: TensorMeta) -> None:
        """Learns from two types of one tensor."""
        self._pairs |= sizes_between(one, other)

    def learn(self, pairs: frozenset[tuple[int, int]]) -> None:
        """Takes (before, after) of sizes that differ."""
        if pairs is not self._learned:  # which is the usual case, all through a graph
            self._learned = pairs
            self._pairs.update(pairs)

    def explain(self, before: Literal, after: Literal, name: str) -> bool:
        """Whether a literal follows from sizes: the size itself, a multiple, a part, an offset, or a root of it."""
        if not self._pairs or not (name.isdigit() or name in _FROM_SIZES):
            return False
        todo = [(before, after)]
        while todo:
            one, other = todo.pop()
            if one == other and type(one) is type(other):
                continue
            if isinstance(one, tuple) and isinstance(other, tuple) and len(one) == len(other):
                todo.extend(zip(one, other, strict=True))
            elif isinstance(one, Slice) and isinstance(other, Slice):
                todo += [(one.start, other.start), (one.stop, other.stop), (one.step, other.step)]
            elif not self._number(one, other):
                return False
        return True

    def _number(self, one: Literal, other: Literal) -> bool:
        numbers = (int, float)
        if not isinstance(one, numbers) or not isinstance(other, numbers) or bool in (type(one), type(other)):
            return False
        if isinstance(one, int) and isinstance(other, int):
            return any(one * b == other * a or other - one == b - a for a, b in self._pairs)
        return any(
            abs(one * b**power - other * a**power) <= CLOSE * abs(one * b**power)
            for a, b in self._pairs
            for power in (1, -1, 0.5, -0.5)
            if a > 0 and b > 0
        )
