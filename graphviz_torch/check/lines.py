"""The user's lines as they stand in the files, for carets and for comments that silence a rule."""

from __future__ import annotations

import linecache
import os
import re
import sys
from collections.abc import Iterable

from graphviz_torch.ir.graph import SourceLocation

SILENCED = re.compile(r"#\s*torchviz:\s*ignore(?:\[([^\]]*)\])?")


class Lines:
    """Finds the files that source locations are about, which name them relative to one of several folders.

    Args:
        roots: the folders, besides those on `sys.path`.
    """

    def __init__(self, roots: Iterable[str] = ()) -> None:
        folders = [*roots, *(path or os.getcwd() for path in sys.path)]
        self._roots = sorted({os.path.abspath(folder) for folder in folders}, key=lambda root: (-len(root), root))

    def text(self, place: SourceLocation) -> str:
        """The line with its indentation; without it where the file is not to be found, or is another by now."""
        for root in self._roots:
            line = linecache.getline(os.path.join(root, place.file), place.line).rstrip("\r\n")
            if line and line.strip() == place.code:
                return line
        return place.code

    def silences(self, place: SourceLocation, code: str) -> bool:
        """Whether a comment on a line says not to tell of a code there.

        `# torchviz: ignore[P001]` silences codes or groups, `# torchviz: ignore` all of them.
        """
        found = SILENCED.search(place.code)
        if found is None:
            return False
        words = [word.strip().upper() for word in (found[1] or "").split(",") if word.strip()]
        return not words or any(code.startswith(word) for word in words)
