"""Fenced blocks of Markdown."""

from __future__ import annotations

import re
from collections.abc import Callable

OPEN = re.compile(r"([ \t]*)(`{3,}|~{3,})[ \t]*([^`]*)")
CLOSE = re.compile(r"[ \t]*(`{3,}|~{3,})[ \t]*")


def replaced(markdown: str, language: str, make: Callable[[str, int], str]) -> str:
    """The text with something else in place of each block of a language, at the indent of the block.

    Args:
        make: is given what is in a block, and the number of its first line, from 1.
    """
    done: list[str] = []
    lines = iter(enumerate(markdown.split("\n"), 1))
    for number, line in lines:
        opened = OPEN.fullmatch(line)
        if opened is None:
            done.append(line)
            continue
        block = [line]
        for _, inner in lines:
            block.append(inner)
            closed = CLOSE.fullmatch(inner)
            if closed is not None and closed[1].startswith(opened[2]):
                break
        ours = opened[3].split()[:1] == [language]
        done += [opened[1] + make("\n".join(block[1:-1]), number)] if ours else block
    return "\n".join(done)
