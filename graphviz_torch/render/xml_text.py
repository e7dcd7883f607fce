"""Text that is safe in XML, whatever a name holds: control characters, lone surrogates, markup."""

from __future__ import annotations

import re

_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SPECIAL = re.compile('[&<>"\t\n\r]')
_ODD = re.compile("[^!#-%'-;=?-~\xa1-\xff→…·×]")
_NAMES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}


def is_plain(raw: str) -> bool:
    """Whether a text can be an `id` as it is."""
    return _ODD.search(raw) is None


def text(raw: str) -> str:
    """Element content or attribute value; what XML forbids becomes U+FFFD."""
    if _ODD.search(raw) is None:
        return raw
    return _SPECIAL.sub(lambda match: _NAMES[match[0]], _ILLEGAL.sub("\ufffd", raw))


def line(raw: str) -> str:
    """As `text`, for one line of a picture: line breaks and tabs become spaces."""
    return raw if _ODD.search(raw) is None else text(re.sub(r"[\t\n\r]", " ", raw))


def identifier(raw: str) -> str:
    """As `text`, for an `id`: no white space in it."""
    return text(re.sub(r"\s", "_", raw))
