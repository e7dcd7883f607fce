"""Reads the nodes of a saved graph line by line, as they were written.

A text that was laid out in another way, or that is wrong anywhere, is left to those who read it as a whole.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, NamedTuple, NoReturn

from graphviz_torch.ir.gathered import DoubtError
from graphviz_torch.ir.graph import Node
from graphviz_torch.ir.known_lines import KnownLines
from graphviz_torch.ir.shared_lines import SharedLines
from graphviz_torch.ir.wellformed import WRONG, NodeReader

_BEGIN, _END = '"nodes": [', ("]", "],")


def no_constant(word: str) -> NoReturn:
    """Refuses `NaN` and the like, which Python would read."""
    raise ValueError(f"{word} is no JSON number")


_DECODER = json.JSONDecoder(parse_constant=no_constant)


class Cut(NamedTuple):
    """A text taken apart: the document without its nodes, and a line for each of these, with a comma at its end."""

    document: dict[str, Any]
    lines: list[str]


class _Rest:
    """Stands in a document for what was cut out of it."""

    constants = 0

    def constant(self, _: str) -> _Rest:
        """Counts the places where it stands."""
        self.constants += 1
        return self


def cut(text: str | bytes) -> Cut:
    """Takes a text apart.

    Raises:
        DoubtError: it was laid out in another way.
        ValueError: it is no JSON.
    """
    if isinstance(text, bytes):
        text = text.decode("utf-8")
    if text.startswith("{\r\n"):  # as git checks text out on Windows; within strings, JSON has no line ends
        text = text.replace("\r\n", "\n")
    lines = text.split("\n")
    if lines.count(_BEGIN) != 1:
        raise DoubtError
    begin = lines.index(_BEGIN) + 1
    end = next((place for place in range(begin, len(lines)) if lines[place] in _END), begin)
    if begin == end:
        raise DoubtError
    rest = _Rest()
    # `NaN` stands for the lines: it is no JSON number, so nothing else can be it.
    document = json.loads("\n".join([*lines[:begin], "NaN", *lines[end:]]), parse_constant=rest.constant)
    if rest.constants != 1 or not isinstance(document, dict) or document.get("nodes") != [rest]:
        raise DoubtError
    nodes = lines[begin:end]
    nodes[-1] += ","
    return Cut(document, nodes)


def read(lines: list[str], reader: NodeReader, shared: SharedLines | None) -> None:
    """Reads lines of nodes; what a graph before says in the same words is taken from there.

    Raises:
        DoubtError, MalformedError: something is not as it should be.
    """
    try:
        if shared is None:
            _LineReader(reader).read(lines)
        else:
            _read_again(lines, reader, shared)
    except WRONG:
        raise DoubtError from None


def _read_again(lines: list[str], reader: NodeReader, shared: SharedLines) -> None:
    new = _LineReader(reader)
    for start, end, place in shared.runs(lines):
        if place is None:
            new.read(lines[start:end])
        else:
            shared.take(reader.found, place, place + end - start)


class _LineReader:
    """Reads lines one after the other: by what is known of lines before them, else as JSON."""

    def __init__(self, reader: NodeReader) -> None:
        self._reader = reader
        self._known = KnownLines(reader.found)

    def read(self, lines: Iterable[str]) -> None:
        """Adds the nodes of some lines."""
        add, known, unknown = self._reader.found.nodes.append, self._known.node, self._unknown
        for line in lines:
            add(known(line) or unknown(line))

    def _unknown(self, line: str) -> Node:
        row, end = _DECODER.raw_decode(line)
        if line[end:] != ",":
            raise DoubtError
        node = self._reader.node(row)
        self._known.learn(line, row, node)
        return node
