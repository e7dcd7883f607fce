"""The ids of one document: each once, made safe and short."""

from __future__ import annotations

from collections.abc import Iterable
from string import ascii_lowercase
from zlib import crc32

from graphviz_torch.ir.naming import unused
from graphviz_torch.render import xml_text

LONGEST_ID = 200


class Ids:
    """Hands out ids.

    Args:
        taken: those that nobody gets.
    """

    def __init__(self, taken: Iterable[str]) -> None:
        self._taken = set(taken)
        self._defined = 0

    def unique(self, raw: str) -> str:
        """An id like an element's own name."""
        if len(raw) > LONGEST_ID:
            raw = f"{raw[:LONGEST_ID]}-{crc32(raw.encode('utf-8', 'replace')):08x}"
        return unused(xml_text.identifier(raw), self._taken)

    def short(self) -> str:
        """An id for a definition: `a`, `b` ... `z`, `a1` ..."""
        place, letter = divmod(self._defined, len(ascii_lowercase))
        self._defined += 1
        return self.unique(f"{ascii_lowercase[letter]}{place or ''}")
