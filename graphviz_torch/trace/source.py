"""Places in the user's code: from a code object and an instruction to a line, its columns and its text."""

from __future__ import annotations

import linecache
import os
import sys
from collections.abc import Iterable
from types import CodeType

from graphviz_torch.ir.graph import SourceLocation


class Sources:
    """Finds source locations; what is found for a code object is kept, since a model has few and many operations."""

    def __init__(self, roots: Iterable[str] = ()) -> None:
        folders = [*roots, *(path or os.getcwd() for path in sys.path)]
        self._roots = sorted({os.path.abspath(folder) for folder in folders}, key=lambda root: (-len(root), root))
        # Kept by identity, since hashing a code object hashes all that is in it; `_codes` keeps the identities valid.
        self._codes: dict[int, CodeType] = {}
        self._positions: dict[int, list[tuple[int | None, int | None, int | None, int | None]]] = {}
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
        text = linecache.getline(code.co_filename, code.co_firstlineno).strip()
        return SourceLocation(self.relative(code.co_filename), code.co_firstlineno, 0, 0, code.co_qualname, text)

    def line(self, file: str, number: int) -> str:
        """The text of a line; empty where the file cannot be read."""
        return linecache.getline(file, number).strip()

    def relative(self, file: str) -> str:
        """The file relative to the folder it was imported from."""
        found = self._files.get(file)
        if found is None:
            found = self._files[file] = self._relative(os.path.abspath(file))
        return found

    def _relative(self, file: str) -> str:
        for root in self._roots:
            if file.startswith(root.rstrip(os.sep) + os.sep):
                return os.path.relpath(file, root).replace(os.sep, "/")
        return os.path.basename(file)

    def _find(self, code: CodeType, instruction: int) -> SourceLocation:
        positions = self._positions.get(id(code))
        if positions is None:
            self._codes[id(code)] = code
            positions = self._positions[id(code)] = list(code.co_positions())
        line, _, column, end = positions[instruction // 2]
        line = line or code.co_firstlineno
        text = linecache.getline(code.co_filename, line)
        return SourceLocation(
            self.relative(code.co_filename),
            line,
            characters(text, column) + 1 if column is not None else 0,
            characters(text, end) + 1 if end is not None else 0,
            code.co_qualname,
            text.strip(),
        )


def characters(line: str, offset: int) -> int:
    """How many characters a number of UTF-8 bytes is: columns count bytes in the interpreter, readers characters."""
    return offset if line.isascii() else len(line.encode()[:offset].decode(errors="ignore"))
