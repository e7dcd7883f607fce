"""What a picture says of itself to programs: of which graph it is, with which options, and drawn by which version.

SVG carries it as `<metadata>`, PNG as a text chunk, PDF, DOT, Mermaid and text as a comment. It does not show.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from html import escape, unescape
from struct import pack
from typing import Any
from urllib.parse import quote, unquote
from zlib import crc32

NAME = "torchviz-cli"
DIGITS = 16
PNG_END = 12  # bytes of the last chunk, which is always the same
# Letters that have no meaning in a comment of any format; braces have one in Mermaid.
PLAIN = ' ":,[].-_/'


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a picture says of itself.

    Attributes:
        graph: the fingerprint of the graph.
        options: those that are not the default.
        writer: the version that drew it.
    """

    graph: str
    options: Mapping[str, Any]
    writer: str


@dataclass(frozen=True, slots=True)
class Found:
    """The stamp of a file, and whether the file is as it was written."""

    stamp: Stamp
    intact: bool


@dataclass(frozen=True, slots=True)
class _Carrier:
    """How a format carries a stamp.

    Attributes:
        put: the data with a text in it.
        pattern: finds what `put` has put, with the text as its group.
        read: the text as it was.
        is_text: whether line ends may become others on the way.
    """

    put: Callable[[bytes, str], bytes]
    pattern: re.Pattern[bytes]
    read: Callable[[str], str]
    is_text: bool = True


def stamped(data: bytes, format: str, stamp: Stamp) -> bytes:
    """The picture with its stamp; a format that carries none is left as it is."""
    carrier = CARRIERS.get(format)
    if carrier is None:
        return data
    said = {
        "body": _digest(data, carrier),
        "graph": stamp.graph,
        "options": dict(stamp.options),
        "writer": stamp.writer,
    }
    return carrier.put(data, json.dumps(said, sort_keys=True))


def read(data: bytes, format: str) -> Found | None:
    """The stamp of a picture; `None` where it has none that can be read."""
    carrier = CARRIERS.get(format)
    matches = list(carrier.pattern.finditer(data)) if carrier is not None else []
    if carrier is None or not matches:
        return None
    last = matches[-1]
    try:
        said = json.loads(carrier.read(last[1].decode("ascii")))
        stamp = Stamp(said["graph"], dict(said["options"]), said["writer"])
        written = said["body"]
    except (ValueError, KeyError, TypeError):
        return None
    return Found(stamp, written == _digest(data[: last.start()] + data[last.end() :], carrier))


def _digest(data: bytes, carrier: _Carrier) -> str:
    """Of the picture without its stamp; version control may have made other line ends of those of a text."""
    return sha256(data.replace(b"\r\n", b"\n") if carrier.is_text else data).hexdigest()[:DIGITS]


def _in_svg(data: bytes, text: str) -> bytes:
    head, end, tail = data.rpartition(b"</svg>")
    return head + f"<metadata>{NAME} {escape(text, quote=False)}</metadata>".encode("ascii") + end + tail


def _in_png(data: bytes, text: str) -> bytes:
    chunk = b"tEXt" + NAME.encode("ascii") + b"\0" + text.encode("ascii")
    framed = pack(">I", len(chunk) - 4) + chunk + pack(">I", crc32(chunk))
    return data[:-PNG_END] + framed + data[-PNG_END:]


def _in_pdf(data: bytes, text: str) -> bytes:
    """Before the place of the table of contents, which stays where it is."""
    head, end, tail = data.rpartition(b"startxref")
    return head + f"% {NAME} {quote(text, PLAIN)}\n".encode("ascii") + end + tail


def _below(mark: str) -> Callable[[bytes, str], bytes]:
    return lambda data, text: data + f"{mark} {NAME} {quote(text, PLAIN)}\n".encode("ascii")


def _comment(mark: str) -> re.Pattern[bytes]:
    return re.compile(rf"^{mark} {NAME} (\S.*?)\r?\n".encode("ascii"), re.MULTILINE)


IN_SVG = re.compile(rf"<metadata>{NAME} (\{{[^<]*)</metadata>".encode("ascii"))
IN_PNG = re.compile(rf"....tEXt{NAME}\0(\{{.*?\}}).{{4}}(?=....IEND)".encode("ascii"), re.DOTALL)

CARRIERS: Mapping[str, _Carrier] = {
    "svg": _Carrier(_in_svg, IN_SVG, unescape),
    "png": _Carrier(_in_png, IN_PNG, str, is_text=False),
    "pdf": _Carrier(_in_pdf, _comment("%"), unquote, is_text=False),
    "dot": _Carrier(_below("//"), _comment("//"), unquote),
    "mmd": _Carrier(_below("%%"), _comment("%%"), unquote),
    "txt": _Carrier(_below("#"), _comment("#"), unquote),
}
