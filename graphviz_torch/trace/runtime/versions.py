"""What each value is a view of, and how often its memory had been written, in the order in which values are added."""

from __future__ import annotations

from graphviz_torch.trace.runtime.records import Held, Op

View = tuple[str | None, int]
FRESH: View = (None, 0)


class Versions:
    """Counts from where the run met each piece of memory.

    Args:
        wrote: whether the run wrote any memory that is known.
        apart: whether no two storages stood for the same memory.
    """

    def __init__(self, wrote: bool, apart: bool) -> None:
        self._wrote = wrote
        self._apart = apart
        # By memory, how many writes it had seen when the run met it.
        self._earlier: dict[int, int] = {}

    def view(self, held: Held, op: Op) -> View:
        """What a result is a view of, and how often its memory was written."""
        storage = held.storage
        if held.begins and held.version == 0 and self._apart and held.first is None:  # as nearly all that is no view
            if self._earlier:
                self._earlier.pop(storage, None)
            return FRESH
        version = self.writes(held)
        if storage:
            for operand in op.operands:
                if operand.storage == storage:
                    return _nearest(held, op), version
        return (None, version) if version else FRESH

    def writes(self, held: Held) -> int:
        """How often the run has written the memory of a value; what was before, or inside the maker, does not count."""
        counted = held.first if self._wrote and held.first is not None else held.version
        storage = held.storage
        if not storage or counted < 0:  # sparse tensors count, but not from a start that is known
            return 0
        if not counted:
            if held.begins:
                self._earlier.pop(storage, None)
            return 0
        if held.begins:
            self._earlier[storage] = earlier = counted
        else:
            earlier = self._earlier.get(storage, 0)
        return counted if earlier and (counted < earlier or _counts_for_itself(held)) else counted - earlier


def _nearest(held: Held, op: Op) -> str | None:
    """The operand that a result shares its memory with; that of `out`, not what else lies there."""
    near = [operand for operand in op.operands if operand.storage == held.storage]
    return next((operand.id for operand in near if operand.ref is held.ref), near[0].id)


def _counts_for_itself(held: Held | None) -> bool:
    """Whether a tensor has a count of writes of its own, in memory that others count for too: `.data` gives it one."""
    while held is not None:
        op = held.op if held.source == "op" else None
        if op is None:
            held = held.previous
        elif op.name == "data":
            return True
        else:
            held = next((operand for operand in op.operands if operand.storage == held.storage), None)
    return False
