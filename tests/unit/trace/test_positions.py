"""Places of instructions are those of the interpreter, in whatever order they are asked for."""

from __future__ import annotations

from graphviz_torch.trace.source import Sources


def _branches(x: int) -> int:
    if x > 1:
        return x - 1
    return sum(x + step for step in range(3)) * 2


def test_places_are_found_backwards_too() -> None:
    code = _branches.__code__
    instructions = range(0, len(code.co_code), 2)
    forwards, backwards = Sources(), Sources()
    found = [forwards.place(code, place) for place in instructions]
    assert [backwards.place(code, place) for place in reversed(instructions)] == found[::-1]
    positions = [(line or code.co_firstlineno, column) for line, _, column, _ in code.co_positions()]
    known = [(line, 0 if column is None else column + 1) for line, column in positions]
    assert [(place.line, place.column) for place in found] == known
