"""Reads lines of operations that differ from lines before them in nothing but names, without a look at their JSON.

A line is taken apart where its names stand. A plain name, which holds no quote, no backslash and no control character,
is a whole string of JSON, so what stands between two of them means the same in every line in which it stands there.
That is learned from lines that are letter by letter what the encoder writes.
"""

from __future__ import annotations

import json
from typing import Any

from graphviz_torch.ir.drafts import make_node, make_value
from graphviz_torch.ir.gathered import Gathered
from graphviz_torch.ir.graph import Node, SourceLocation, TensorMeta
from graphviz_torch.ir.literals import Literal

# What stands before the id, the operands, the result, and the call.
_START, _READS, _MAKES, _CALL = '{"id": "', '"operands": ["', '"], "results": [["', '"module_call": "'

_encoded = json.JSONEncoder(separators=(", ", ": ")).encode

# The id; from there to the operands; these; from behind the id of the result to the call; the call; the end.
Cut = tuple[str, str, str, str, str, str]
Made = tuple[TensorMeta, str | None, int, tuple[tuple[str, Literal], ...]]


class KnownLines:
    """What was learned from the lines before.

    Args:
        found: takes what operations make.
    """

    def __init__(self, found: Gathered) -> None:
        self._found = found
        self._heads: dict[str, tuple[str, str]] = {}
        # The result, and the arguments behind it; for views without what they are views of.
        self._made: dict[str, Made] = {}
        self._views: dict[tuple[str, str], Made] = {}
        self._ends: dict[str, tuple[SourceLocation | None, tuple[str, ...]]] = {}

    def node(self, line: str) -> Node | None:
        """The next operation; `None` where something in the line is new.

        Raises:
            KeyError: what it reads was not made before.
        """
        cut = _cut(line)
        if cut is None:
            return None
        name, head, reads, middle, call, end = cut
        found = self._found
        known, rest = self._heads.get(head), self._ends.get(end)
        made = self._made.get(middle) or self._view(middle)
        around = found.calls.get(call) or self._call(call)
        if not (known and rest and made and around and found.plain and name.isprintable()):
            return None
        before = found.made
        operands = tuple([before[read] for read in reads.split('", "')])
        before[name] = name
        found.ids.add(name)
        found.values.append(make_value(name, name, 0, made[0], made[1], made[2]))
        return make_node(name, "call", known[0], known[1], operands, (name,), made[3], around, rest[0], rest[1])

    def _view(self, middle: str) -> Made | None:
        """A result that shares the memory of an earlier value."""
        before, view_of, after = _around_view(middle)
        known = self._views.get((before, after))
        if known is None or view_of not in self._found.made:
            return None
        return known[0], self._found.made[view_of], known[2], known[3]

    def _call(self, name: str) -> str | None:
        return self._found.calls.setdefault(name, name) if name.isprintable() else None

    def learn(self, line: str, row: Any, node: Node) -> None:
        """Learns what stands between the names of a line that was read as JSON."""
        self._found.plain = self._found.plain and all(map(_is_plain, (*node.results, node.module_call or "")))
        cut = _cut(line)
        if cut is None or node.kind != "call" or node.results != (node.id,) or f"{_encoded(row)}," != line:
            return
        _, head, _, middle, _, end = cut
        self._heads[head] = node.name, node.op
        self._ends[end] = node.source, node.grad_fn
        value = self._found.values[-1]
        made = value.meta, None, value.version, node.attributes
        if value.view_of is None:
            self._made[middle] = made
        else:
            before, _, after = _around_view(middle)
            self._views[before, after] = made


def _cut(line: str) -> Cut | None:
    """Takes the line of an operation with one result apart; `None` where it is another line."""
    at_head = line.find('"', len(_START))
    at_reads = line.find(_READS, at_head)
    if at_reads < 0 or "\\" in line or not line.startswith(_START):
        return None
    name, reads = line[len(_START) : at_head], at_reads + len(_READS)
    opening = f'{_MAKES}{name}", '
    at_result = line.find('"]', reads)
    middle = at_result + len(opening)
    at_call = line.find(_CALL, middle)
    call = at_call + len(_CALL)
    at_end = line.find('"', call)
    if at_call < 0 or at_end < 0 or not line.startswith(opening, at_result):
        return None
    return name, line[at_head:at_reads], line[reads:at_result], line[middle:at_call], line[call:at_end], line[at_end:]


def _around_view(middle: str) -> tuple[str, str, str]:
    """What stands before the name of what a result is a view of, that name, and what stands behind it."""
    before, _, rest = middle.partition('"')
    view_of, _, after = rest.partition('"')
    return before, view_of, after


def _is_plain(name: str) -> bool:
    return name.isprintable() and '"' not in name and "\\" not in name
