"""Memory that is read though nothing that was recorded has written it since it was made without contents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from operator import attrgetter

from graphviz_torch.trace.runtime.records import Held, Op

EMPTY = frozenset(("empty", "empty_like", "empty_strided", "new_empty", "new_empty_strided"))
NAME = attrgetter("name")
TEXT = "made without contents, and read before anything that was recorded wrote it"


def unwritten(recorded: Iterable[Op], events: Iterable[object], returned: Iterable[Held]) -> Iterator[Held]:
    """The values, each once; of a function with what it consists of, that counts.

    Args:
        recorded: every operation, also those that others consist of.
    """
    if EMPTY.isdisjoint(map(NAME, recorded)):  # nearly always
        return
    ops = [event for event in events if type(event) is Op]
    empty = {op.id for op in ops if op.name in EMPTY}
    if not empty:
        return
    for held in (*(held for op in ops for held in _read(op)), *returned):
        maker = held.op
        if maker is not None and maker.id in empty and held.source == "op" and has_contents(held):
            empty.remove(maker.id)
            yield held


def _read(op: Op) -> list[Held]:
    """What an operation computes with: not what it writes, shows another part of, or only asks the shape of."""
    if op.name in EMPTY or op.name == "set_data" or op.name.endswith("_like") or op.name.startswith("new_"):
        return []
    made = {held.storage for held in (*op.results, *op.written)}
    return [held for held in op.operands if held.storage not in made]


def has_contents(held: Held) -> bool:
    """Whether there is anything in a value that could be read."""
    return held.shape is not None and 0 not in held.shape and held.device.type != "meta"
