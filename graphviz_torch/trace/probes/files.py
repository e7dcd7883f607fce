"""Source files, parsed as far as somebody asks: the lines of one class are read many times faster than all lines."""

from __future__ import annotations

import ast
import linecache
import re
from collections.abc import Iterator
from functools import cached_property
from itertools import takewhile
from types import CodeType

# What is read of torch itself is no module of the user's: `F.dropout` is not `block.dropout`.
NOT_OTHERS = frozenset(("self", "F", "nn", "functional", "torch"))
LONGEST_NAME = 80
CLOSING = (")", "]", "}", "#")
UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError)


class File:
    """One source file; empty where it cannot be read."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._known: dict[str, ast.ClassDef | None] = {}
        self._spoken: dict[str, bool] = {}

    @cached_property
    def _lines(self) -> list[str]:
        linecache.checkcache(self._name)
        return linecache.getlines(self._name)

    @cached_property
    def _text(self) -> str:
        return "".join(self._lines)

    @cached_property
    def _tree(self) -> ast.Module:
        try:
            return ast.parse(self._text)
        except UNREADABLE:
            return ast.Module([], [])

    def class_at(self, name: str, line: int) -> ast.ClassDef | None:
        """A class, without its decorators.

        Args:
            name: its qualified name.
            line: the number of one of its lines, beyond its first.
        """
        if name not in self._known:
            self._known[name] = self._block(name.rpartition(".")[2], line) or self._classes.get(name)
        return self._known[name]

    def _block(self, name: str, line: int) -> ast.ClassDef | None:
        """The class by its lines alone; `None` where they do not show it, or are no class without the others."""
        head = re.compile(rf"\s*class\s+{re.escape(name)}\b")
        start = next(
            (place for place in reversed(range(min(line, len(self._lines)))) if head.match(self._lines[place])), -1
        )
        if start < 0:
            return None
        first = self._lines[start]
        depth = _indentation(first)
        rest = takewhile(lambda text: _within(text, depth), self._lines[start + 1 :])
        # Lines and columns are to be those of the file.
        before = "\n" * (start - 1) + ("if 1:\n" if depth else "\n") if start else ""
        try:
            body = ast.parse(before + first + "".join(rest)).body[0]
        except UNREADABLE:
            return None
        found = body.body[0] if isinstance(body, ast.If) else body
        return found if isinstance(found, ast.ClassDef) and found.name == name else None

    @cached_property
    def _classes(self) -> dict[str, ast.ClassDef]:
        """Classes by their qualified name."""
        found: dict[str, ast.ClassDef] = {}
        todo: list[tuple[str, ast.AST]] = [("", self._tree)]
        while todo:
            prefix, node = todo.pop()
            for child in ast.iter_child_nodes(node):
                if not isinstance(child, (ast.stmt, ast.excepthandler)):  # no class is defined in an expression
                    continue
                name = prefix
                if isinstance(child, ast.ClassDef):
                    found.setdefault(prefix + child.name, child)
                    name = f"{prefix}{child.name}."
                elif isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)):
                    name = f"{prefix}{child.name}.<locals>."
                todo.append((name, child))
        return found

    def speaks_of(self, name: str) -> bool:
        """Whether its text has an attribute of that name in it, of something other than `self` and torch."""
        if name not in self._spoken:
            self._spoken[name] = any(self._of_others(found.start()) for found in self._occurrences(name))
        return self._spoken[name]

    def _occurrences(self, name: str) -> Iterator[re.Match[str]]:
        return re.finditer(rf"{re.escape(name)}\b", self._text) if name else iter(())

    def _of_others(self, place: int) -> bool:
        """Whether what stands at a place in the text is read of something, by the words before it."""
        before = self._text[max(0, place - LONGEST_NAME) : place].rstrip()
        if not before.endswith("."):
            return False
        word = re.search(r"\w*$", before[:-1].rstrip())
        return word is None or word[0] not in NOT_OTHERS

    def function(self, code: CodeType) -> ast.FunctionDef | None:
        """The definition of a function."""
        for node in ast.walk(self._tree):
            if isinstance(node, ast.FunctionDef) and node.name == code.co_name:
                first = min([node.lineno, *(item.lineno for item in node.decorator_list)])
                if first == code.co_firstlineno:
                    return node
        return None


def _within(text: str, depth: int) -> bool:
    """Whether a line belongs to a block whose first line is indented so deep."""
    return not text.strip() or _indentation(text) > depth or text.lstrip().startswith(CLOSING)


def _indentation(text: str) -> int:
    return len(text) - len(text.lstrip())
