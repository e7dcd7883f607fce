"""Makes any name safe to print on one line."""

from __future__ import annotations

import unicodedata

ELLIPSIS = "…"
BREAKS = frozenset("\n\r\t\v\f\x1c\x1d\x1e\x85\u2028\u2029")


def one_line(text: str, longest: int) -> str:
    """The text on one line, without control characters, and cut in the middle where it is too long.

    What steers text instead of showing (line breaks, direction overrides, halves of surrogate pairs) is replaced, so
    that a name looks alike wherever it is printed.
    """
    if len(text) > longest:
        head = (longest - 1) * 2 // 3
        text = text[:head] + ELLIPSIS + text[len(text) - (longest - 1 - head) :]
    return text if text.isprintable() else "".join(map(_printable, text))


def _printable(character: str) -> str:
    if character in BREAKS:
        return " "
    if character in "\u200d\ufe0f":
        return character
    return "�" if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn") else character
