"""Blocks of Markdown that show an entry: `<!-- torchviz:NAME -->`, what `docs` keeps right, `<!-- /torchviz -->`."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from graphviz_torch.errors import OutputError, SettingsError
from graphviz_torch.render import stamp
from graphviz_torch.sites.fences import CLOSE, OPEN
from torchviz_cli import output
from torchviz_cli.documents.entries import Entry
from torchviz_cli.documents.snippets import snippet
from torchviz_cli.output import Output

START = re.compile(r"\s*<!-- *torchviz:([\w.-]+)( +mermaid)? *-->\s*")
END = re.compile(r"\s*<!-- */torchviz *-->\s*")
MERMAID = "mmd"


@dataclass(frozen=True, slots=True)
class Block:
    """A block of a page.

    Attributes:
        start, end: numbers of the lines with its two marks, from 0.
        mermaid: whether a diagram is wanted where there is a picture too.
    """

    path: str
    start: int
    end: int
    name: str
    mermaid: bool

    @property
    def place(self) -> str:
        """Path and line."""
        return f"{self.path}:{self.start + 1}"


def find(patterns: Sequence[str], names: Sequence[str]) -> tuple[Block, ...]:
    """The blocks of the pages that match a pattern.

    Args:
        names: of all entries.

    Raises:
        SettingsError: a block has no end, or is of no entry.
    """
    root = Path.cwd()
    paths = {path for pattern in patterns for path in root.glob(pattern) if path.is_file()}
    blocks = [block for path in sorted(paths) for block in _blocks(path.relative_to(root).as_posix())]
    for block in blocks:
        if block.name not in names:
            close = difflib.get_close_matches(block.name, names, 1)
            hint = f"did you mean `{close[0]}`?" if close else None
            raise SettingsError(f"{block.place}: there is no entry named `{block.name}`", hint=hint)
    return tuple(blocks)


def stale(blocks: Sequence[Block], entries: Sequence[Entry]) -> tuple[Block, ...]:
    """The blocks of some entries that are not as they should be."""
    wanted = {entry.name: entry for entry in entries}
    found = []
    for block in blocks:
        text = _shown(block, wanted[block.name]) if block.name in wanted else ""
        if text and "\n".join(_lines(block.path)[block.start + 1 : block.end]) != text:
            found.append(block)
    return tuple(found)


def write(blocks: Sequence[Block], entries: Mapping[str, Entry]) -> None:
    """Puts into blocks what they should show; the rest of their pages stays as it is, with its line ends.

    Raises:
        OutputError: a page cannot be written.
    """
    for path in dict.fromkeys(block.path for block in blocks):
        lines = _lines(path)
        for block in sorted((one for one in blocks if one.path == path), key=lambda one: -one.start):
            lines[block.start + 1 : block.end] = _shown(block, entries[block.name]).split("\n")
        end = "\r\n" if b"\r\n" in Path(path).read_bytes() else "\n"
        output.write([(Output(path, "md"), end.join(lines).encode("utf-8"))])


def _blocks(path: str) -> Iterator[Block]:
    """The blocks of a page, but for those in fenced code, which are examples."""
    fence, opened = "", None
    for number, line in enumerate(_lines(path)):
        if opened is not None:
            if END.fullmatch(line):
                start, match = opened
                yield Block(path, start, number, match[1], bool(match[2]))
                opened = None
        elif fence:
            closed = CLOSE.fullmatch(line)
            fence = "" if closed is not None and closed[1].startswith(fence) else fence
        elif (begun := START.fullmatch(line)) is not None:
            opened = (number, begun)
        elif (code := OPEN.fullmatch(line)) is not None:
            fence = code[2]
    if opened is not None:
        raise SettingsError(f"{path}:{opened[0] + 1}: the block has no end", hint="<!-- /torchviz -->")


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_bytes().decode("utf-8").replace("\r\n", "\n").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise OutputError(f"cannot read `{path}`: {error}") from None


def _shown(block: Block, entry: Entry) -> str:
    """What should be in a block; empty where there is nothing to show."""
    picture = "" if block.mermaid else snippet(entry, str(Path(block.path).parent))
    return (picture or _diagram(block, entry)).rstrip("\n")


def _diagram(block: Block, entry: Entry) -> str:
    files = [artefact.path for artefact in entry.artefacts if artefact.format == MERMAID]
    if not files:
        raise SettingsError(
            f"{block.place}: `{entry.name}` is neither svg nor png nor Mermaid"
            if not block.mermaid
            else f"{block.place}: `{entry.name}` is not written as Mermaid",
            hint='formats = ["svg", "mermaid"]',
        )
    try:
        data = Path(files[0]).read_bytes()
    except OSError:
        return ""
    text = stamp.CARRIERS[MERMAID].pattern.sub(b"", data).decode("utf-8").rstrip("\n")
    return f"```mermaid\n{text}\n```"
