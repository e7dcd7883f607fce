"""Text that is safe in XML, whatever a name holds: control characters, lone surrogates, markup."""

from __future__ import annotations

import re
from functools import lru_cache

# What XML forbids, spelled out: the class of all that it allows takes many times as long to compile.
_FORBIDDEN = "\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff"
_ILLEGAL = re.compile(f"[{_FORBIDDEN}]")
_MARKUP = re.compile('[&<>"\r]')
_BLANK = re.compile(r"[\t\n\r]")
_UNSAFE = re.compile(f'[&<>"\r{_FORBIDDEN}]')
_UNFIT = re.compile(r"[^!#-%'-;=?-~]")
BOX = "□"
_NAMES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#13;"}


def text(raw: str) -> str:
    """Element content; what XML forbids becomes a box, which the installed font has, as it has no U+FFFD."""
    if _UNSAFE.search(raw) is None:
        return raw
    return _MARKUP.sub(lambda match: _NAMES[match[0]], _ILLEGAL.sub(BOX, raw))


@lru_cache(maxsize=4096)
def line(raw: str) -> str:
    """As `text`, for one line of a picture or an attribute: line breaks and tabs become spaces."""
    return raw if raw.isalnum() else text(_BLANK.sub(" ", raw))


def identifier(raw: str) -> str:
    """The value of an `id`: no white space in it."""
    return raw if _UNFIT.search(raw) is None else text(re.sub(r"\s", "_", raw))
