"""The user's lines as they stand in the files, for carets and for comments that silence a rule."""

from __future__ import annotations

import linecache
import os
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace

from graphviz_torch.check.python_loops import Loop, LoopsOf
from graphviz_torch.ir.graph import SourceLocation
from graphviz_torch.trace import cells

SILENCED = re.compile(r"#\s*torchviz:\s*ignore(?:\[([^\]]*)\])?")
LONGEST_CALL = 20


class Lines:
    """Finds the files that source locations are about, which name them relative to one of several folders.

    Args:
        roots: the folders, besides those on `sys.path`.
    """

    def __init__(self, roots: Iterable[str] = ()) -> None:
        folders = [*roots, *(path or os.getcwd() for path in sys.path)]
        self._files: dict[str, LoopsOf] = {}
        self._loops: dict[SourceLocation, Loop | None] = {}
        self._roots = sorted({os.path.abspath(folder) for folder in folders}, key=lambda root: (-len(root), root))

    def text(self, place: SourceLocation) -> str:
        """The line with its indentation; without it where the file is not to be found, or is another by now."""
        line = self._line(place)
        return line if line.strip() == place.code else place.code

    def _line(self, place: SourceLocation) -> str:
        for file in self._candidates(place):
            line = linecache.getline(file, place.line).rstrip("\r\n")
            if line:
                return line
        return ""

    def call(self, place: SourceLocation) -> str:
        """The text of the call that begins at a place, over as many lines as its brackets are open."""
        line = self.text(place)
        text = line[max(place.column - 1, 0) :] if line != place.code else line
        following = 0
        while (end := _closed(text)) == 0 and following < LONGEST_CALL:
            following += 1
            text += "\n" + self._line(replace(place, line=place.line + following))
        return text[:end]

    def loop(self, place: SourceLocation) -> Loop | None:
        """The loop of Python that a place is in, or is called from."""
        if place.file not in self._files:
            self._files[place.file] = LoopsOf(self._file(place))
        if place not in self._loops:
            self._loops[place] = self._files[place.file].around(place)
        return self._loops[place]

    def _candidates(self, place: SourceLocation) -> Iterator[str]:
        """The files that a place may be in."""
        if (cell := cells.file(place.file)) is not None:
            yield cell
        for root in self._roots:
            yield os.path.join(root, place.file)

    def _file(self, place: SourceLocation) -> list[str]:
        """All lines of a file that has the line of a place; empty where there is none."""
        for file in self._candidates(place):
            lines = linecache.getlines(file)
            if len(lines) >= place.line and lines[place.line - 1].strip() == place.code:
                return lines
        return []

    def expression(self, place: SourceLocation) -> str:
        """The text between the columns of a place; empty where they are not known."""
        line = self.text(place)
        known = 0 < place.column < place.end_column and (line != place.code or place.column == 1)
        return line[place.column - 1 : place.end_column - 1] if known else ""

    def silences(self, place: SourceLocation, code: str) -> bool:
        """Whether a comment on a line says not to tell of a code there.

        `# torchviz: ignore[P001]` silences codes or groups, `# torchviz: ignore` all of them.
        """
        found = SILENCED.search(place.code)
        if found is None:
            return False
        words = [word.strip().upper() for word in (found[1] or "").split(",") if word.strip()]
        return not words or any(code.startswith(word) for word in words)


def _closed(text: str) -> int:
    """Where the first bracket of a text is closed again; 0 where it is not."""
    depth = 0
    for place, letter in enumerate(text, 1):
        depth += (letter in "([{") - (letter in ")]}")
        if depth == 0 and letter in ")]}":
            return place
    return 0
