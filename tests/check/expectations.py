"""Reads from a file of the catalogue what `check` has to find in it.

# options: --backward --select G002        first line, where the default set does not do
x = self.fc(x)  # expect: S001 head.fc     one finding: code, module path (`.` for the root), on this line
# expect: P001 blocks.0, blocks.1          the same fault on the same line of several modules
# expect: P002|P001 aux                    either code is right
# expect: R002 .|encoder                   either module path is right
"""

from __future__ import annotations

import ast
import io
import re
import shlex
import tokenize
from dataclasses import dataclass
from pathlib import Path

CATALOGUE = Path(__file__).parent / "catalogue"
PLANTED = Path(__file__).parent / "planted"
GOOD = Path(__file__).parent / "good"

_MARK = "# expect: "
_FINDING = re.compile(r"(?P<codes>[A-Z]\d{3}(?:\|[A-Z]\d{3})*) (?P<paths>\S+(?:, \S+)*)")


@dataclass(frozen=True, slots=True)
class Expectation:
    """One finding that has to be there.

    Attributes:
        codes: those that are right; the first is the best.
        paths: one entry for each module that has the fault; each entry lists the paths that are right, the root as "".
        line: counted from 1.
    """

    codes: tuple[str, ...]
    paths: tuple[tuple[str, ...], ...]
    line: int


@dataclass(frozen=True, slots=True)
class Case:
    """One file: a model, how to check it, and what has to be found."""

    file: Path
    story: str
    options: tuple[str, ...]
    expectations: tuple[Expectation, ...]

    @property
    def name(self) -> str:
        """The file's name without its ending."""
        return self.file.stem


def cases(folder: Path) -> list[Case]:
    """All cases of a folder, by name."""
    return [read(file) for file in sorted(folder.glob("*.py"))]


def read(file: Path) -> Case:
    """The case that a file describes."""
    text = file.read_text(encoding="utf-8")
    first = text.partition("\n")[0]
    options = shlex.split(first.removeprefix("# options:")) if first.startswith("# options:") else []
    return Case(file, ast.get_docstring(ast.parse(text)) or "", tuple(options), tuple(_expectations(text)))


def _expectations(text: str) -> list[Expectation]:
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    marked = [token for token in tokens if token.type == tokenize.COMMENT and token.string.startswith("# expect")]
    return [
        _expectation(finding.strip(), token.start[0])
        for token in marked
        for finding in token.string.removeprefix(_MARK).split(";")
    ]


def _expectation(text: str, line: int) -> Expectation:
    match = _FINDING.fullmatch(text)
    if match is None:
        raise ValueError(f"not an expectation: {text}")
    paths = (tuple(_path(one) for one in several.split("|")) for several in match["paths"].split(", "))
    return Expectation(tuple(match["codes"].split("|")), tuple(paths), line)


def _path(text: str) -> str:
    return "" if text == "." else text
