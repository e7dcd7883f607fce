"""Single lines of source files, without making a string of every line there is."""

from __future__ import annotations

import linecache
import os
from bisect import bisect_left
from functools import lru_cache

BLOCK = 4096
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class Lines:
    """Reads files once each, and takes single lines out of them."""

    def __init__(self) -> None:
        self._texts: dict[str, _Text | None] = {}

    def line(self, file: str, number: int) -> str:
        """One line, from 1; empty where the file cannot be read or has no such line."""
        if file not in self._texts:
            self._texts[file] = _read(file)
        text = self._texts[file]
        return linecache.getline(file, number) if text is None else text.line(number)


class _Text:
    """The bytes of a file, with how many lines end before each block of them, as far as lines were asked for."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._ended = [0]
        self._left = range(0, len(data), BLOCK)

    def line(self, number: int) -> str:
        ended = number - 1
        while ended > self._ended[-1] and self._left:
            start, self._left = self._left[0], self._left[1:]
            self._ended.append(self._ended[-1] + self._data.count(b"\n", start, start + BLOCK))
        if ended > self._ended[-1]:
            return ""
        start = self._after(ended) if ended else 0
        end = self._data.find(b"\n", start)
        return self._data[start : end if end >= 0 else None].decode(errors="replace")

    def _after(self, ended: int) -> int:
        """Where the data goes on when so many lines have ended."""
        block = bisect_left(self._ended, ended) - 1
        place = block * BLOCK
        lines = self._data[place : place + BLOCK].split(b"\n", ended - self._ended[block])
        return place + sum(map(len, lines[:-1])) + len(lines) - 1


def _read(file: str) -> _Text | None:
    """A plain file; `None` for what only `linecache` knows: cells, archives, other encodings, other ends of lines."""
    if file in linecache.cache:
        return None
    try:
        state = os.stat(file)
        return _read_once(file, state.st_mtime_ns, state.st_size)
    except OSError:
        return None


@lru_cache(maxsize=32)
def _read_once(file: str, changed: int, size: int) -> _Text | None:
    """The same, as long as the file does not change."""
    with open(file, "rb", buffering=0) as stream:
        data = stream.read()
    head = data[: data.find(b"\n", data.find(b"\n") + 1)]  # the two lines where an encoding is declared
    plain = not head.startswith(BYTE_ORDER_MARK) and b"coding" not in head and b"\r" not in data
    return _Text(data) if plain else None
