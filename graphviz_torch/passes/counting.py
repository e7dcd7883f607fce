"""Arguments of a loop that counts: what is drawn once for `x[0]`, `x[1]` ... reads `x[…]`."""

from __future__ import annotations

from collections.abc import Sequence

from graphviz_torch.ir.literals import Literal, Slice, Symbol

Attributes = tuple[tuple[str, Literal], ...]
ANY = Symbol("ellipsis", "…")


def blurred(kept: Attributes, others: Sequence[Attributes]) -> Attributes:
    """Arguments with a sign for each number that is another in one of the others."""
    columns = [[other[place][1] for other in others] for place in range(len(kept))]
    return tuple([(name, _blurred(value, column)) for (name, value), column in zip(kept, columns, strict=True)])


def _blurred(value: Literal, others: Sequence[Literal]) -> Literal:
    if all(other == value for other in others):
        return value
    if isinstance(value, Slice):
        slices = [other for other in others if isinstance(other, Slice)]
        return Slice(
            _blurred(value.start, [other.start for other in slices]),
            _blurred(value.stop, [other.stop for other in slices]),
            _blurred(value.step, [other.step for other in slices]),
        )
    if isinstance(value, tuple):
        tuples = [other for other in others if isinstance(other, tuple)]
        return tuple([_blurred(item, [other[place] for other in tuples]) for place, item in enumerate(value)])
    return ANY
