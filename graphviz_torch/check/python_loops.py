"""Loops of Python in the user's source: which one a line is in, or which one calls the function that the line is in."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from graphviz_torch.ir.graph import SourceLocation

LOOPS = (ast.For, ast.While, ast.ListComp, ast.GeneratorExp, ast.SetComp, ast.DictComp)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True, slots=True)
class Loop:
    """A loop.

    Attributes:
        head: where it begins.
        repeated: what of its body is meant: the line that was asked for, or the call that leads there.
    """

    head: SourceLocation
    repeated: SourceLocation


class LoopsOf:
    """The loops of one file."""

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines

    @cached_property
    def _tree(self) -> ast.Module:
        try:
            return ast.parse("".join(self._lines))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return ast.Module([], [])

    def around(self, place: SourceLocation) -> Loop | None:
        """The innermost loop around a place; where there is none, the only loop of the file that calls its function."""
        function = self._function(place.line)
        if function is None:
            return None
        inner = [loop for loop in _loops(function) if any(_covers(part, place) for part in _body(loop))]
        if inner:
            return Loop(self._location(inner[-1], place), place)
        calls = [
            (loop, call)
            for loop in _loops(self._tree)
            for part in _body(loop)
            for call in ast.walk(part)
            if isinstance(call, ast.Call) and _called(call) == function.name
        ]
        if len({call.lineno for _, call in calls}) != 1:
            return None
        loop, call = calls[-1]
        return Loop(self._location(loop, place), self._location(call, place))

    def _function(self, line: int) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
        """The innermost function that a line is in."""
        found = [node for node in ast.walk(self._tree) if isinstance(node, FUNCTIONS) and _spans(node, line)]
        return max(found, key=lambda node: node.lineno, default=None)

    def _location(self, node: ast.stmt | ast.expr, place: SourceLocation) -> SourceLocation:
        text = self._lines[node.lineno - 1]
        start = len(text.encode()[: node.col_offset].decode(errors="ignore"))
        end = node.end_col_offset if node.end_lineno == node.lineno else None
        stop = len(text.encode()[:end].decode(errors="ignore")) if end is not None else len(text.rstrip())
        return SourceLocation(place.file, node.lineno, start + 1, stop + 1, self._name(node, place), text.strip())

    def _name(self, node: ast.stmt | ast.expr, place: SourceLocation) -> str:
        """The qualified name of the function around a node, taken to be of the same class as that of the place."""
        around = self._function(node.lineno)
        owner, dot, _ = place.function.rpartition(".")
        return f"{owner}{dot}{around.name}" if around is not None else ""


def _loops(tree: ast.AST) -> Iterator[ast.stmt | ast.expr]:
    """Outer ones before inner ones."""
    for node in ast.walk(tree):
        if isinstance(node, LOOPS):
            yield node


def _body(loop: ast.AST) -> list[ast.AST]:
    if isinstance(loop, (ast.For, ast.While)):
        return list(loop.body)
    if isinstance(loop, ast.DictComp):
        return [loop.key, loop.value]
    return [loop.elt] if isinstance(loop, (ast.ListComp, ast.GeneratorExp, ast.SetComp)) else []


def _covers(node: ast.AST, place: SourceLocation) -> bool:
    if not isinstance(node, (ast.stmt, ast.expr)) or not _spans(node, place.line):
        return False
    if isinstance(node, ast.stmt) or not place.column:
        return True
    after_start = place.line > node.lineno or place.column > node.col_offset
    return after_start and (place.line < (node.end_lineno or 0) or place.column <= (node.end_col_offset or 0))


def _spans(node: ast.stmt | ast.expr, line: int) -> bool:
    return node.lineno <= line <= (node.end_lineno or node.lineno)


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
