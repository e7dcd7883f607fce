"""Places in the user's code: from a code object and an instruction to a line, its columns and its text."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice
from types import CodeType

from graphviz_torch.ir.drafts import make_location
from graphviz_torch.ir.graph import SourceLocation
from graphviz_torch.trace import cells
from graphviz_torch.trace.lines import Lines

Position = tuple[int | None, int | None, int | None, int | None]


class Sources:
    """Finds source locations; what is found for a code object is kept, since a model has few and many operations."""

    def __init__(self, roots: Iterable[str] = ()) -> None:
        self._roots = _roots((*roots, *sys.path), os.getcwd())
        self._lines = Lines()
        # Kept by identity, since hashing a code object hashes all that is in it.
        self._codes: dict[int, _Positions] = {}
        self._files: dict[str, str] = {}
        self._places: dict[tuple[int, int], SourceLocation] = {}

    def place(self, code: CodeType, instruction: int) -> SourceLocation:
        """The location of one instruction."""
        key = (id(code), instruction)
        found = self._places.get(key)
        if found is None:
            found = self._places[key] = self._find(code, instruction)
        return found

    def first_line(self, code: CodeType) -> SourceLocation:
        """Where a function is defined."""
        text = self.line(code.co_filename, code.co_firstlineno)
        return make_location(self.relative(code.co_filename), code.co_firstlineno, 0, 0, code.co_qualname, text)

    def line(self, file: str, number: int) -> str:
        """The text of a line; empty where the file cannot be read."""
        return self._lines.line(file, number).strip()

    def relative(self, file: str) -> str:
        """The file relative to the folder it was imported from."""
        found = self._files.get(file)
        if found is None:
            found = self._files[file] = cells.name(file) or self._relative(os.path.abspath(file))
        return found

    def _relative(self, file: str) -> str:
        for root in self._roots:
            if file.startswith(root):
                return file[len(root) :].replace(os.sep, "/")
        return os.path.basename(file)

    def _find(self, code: CodeType, instruction: int) -> SourceLocation:
        positions = self._codes.get(id(code))
        if positions is None:
            positions = self._codes[id(code)] = _Positions(code)
        line, _, column, end = positions.at(instruction)
        line = line or code.co_firstlineno
        text = self._lines.line(code.co_filename, line)
        return make_location(
            self.relative(code.co_filename),
            line,
            characters(text, column) + 1 if column is not None else 0,
            characters(text, end) + 1 if end is not None else 0,
            code.co_qualname,
            text.strip(),
        )


@lru_cache(maxsize=16)
def _roots(folders: tuple[str, ...], here: str) -> tuple[str, ...]:
    """Folders that files can be told from, the longest first; empty ones and relative ones are seen from `here`."""
    found = {os.path.normpath(os.path.join(here, folder)) for folder in folders}
    return tuple(root.rstrip(os.sep) + os.sep for root in sorted(found, key=lambda root: (-len(root), root)))


class _Positions:
    """The positions of the instructions of a code object, from the one that was asked for last on."""

    __slots__ = ("_code", "_left", "_next")

    def __init__(self, code: CodeType) -> None:
        self._code = code  # keeps its identity valid
        self._left: Iterator[Position] = iter(())
        self._next = sys.maxsize

    def at(self, instruction: int) -> Position:
        place = instruction // 2
        if place < self._next:  # as in a loop, or in another branch
            self._left, self._next = iter(self._code.co_positions()), 0
        skipped, self._next = place - self._next, place + 1
        return next(islice(self._left, skipped, None))


def characters(line: str, offset: int) -> int:
    """How many characters a number of UTF-8 bytes is: columns count bytes in the interpreter, readers characters."""
    return offset if line.isascii() else len(line.encode()[:offset].decode(errors="ignore"))
