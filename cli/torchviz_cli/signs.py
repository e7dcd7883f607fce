"""Text for places whose encoding cannot hold all of it, as on consoles of Windows."""

from __future__ import annotations

PLAIN = {"→": "->", "×": "x", "·": "-", "…": "...", "−": "-", "─": "-", "│": "|", "├": "+", "└": "+"}


def held(text: str, encoding: str) -> str:
    """The text with our own signs in plain letters where the encoding lacks them, and with other letters as escapes."""
    if _holds(text, encoding):
        return text
    plain = {ord(sign): letters for sign, letters in PLAIN.items() if not _holds(sign, encoding)}
    return text.translate(plain).encode(encoding, "backslashreplace").decode(encoding)


def _holds(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
