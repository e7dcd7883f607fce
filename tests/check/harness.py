"""Checks a file whose faults are marked in it.

A file has `build()` and, where the model takes inputs, `example_inputs()`. A faulty line ends in `# expect: CODE
module.path`, without a path where it is the root, and once for each module that has the fault. A line
`# check: train select=S003` sets options, and a line `# open: why` says that this one is not found yet.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graphviz_torch import api
from graphviz_torch.check.options import CheckOptions
from graphviz_torch.check.report import Report
from graphviz_torch.errors import BuildError
from graphviz_torch.trace import loading, locating, targets

CATALOGUE = Path(__file__).parent / "catalogue"
PLANTED = Path(__file__).parent / "planted"
GOOD = Path(__file__).parent / "good"
MARK = re.compile(r"#\s*expect:\s*([A-Z]\d{3})(?:[ \t]+([^\s#]\S*))?")
OPTIONS = re.compile(r"^#\s*check:\s*(.*)$", re.MULTILINE)
OPEN = re.compile(r"^#\s*open:\s*(.*)$", re.MULTILINE)
WORDS = ("train", "backward", "stats", "time")

Found = tuple[str, str, int]  # code, module path, line


@dataclass(frozen=True)
class Case:
    """A file with its marks."""

    path: Path
    text: str

    @property
    def expected(self) -> set[Found]:
        """What is marked."""
        lines = self.text.splitlines()
        marks = ((number, mark) for number, line in enumerate(lines, 1) for mark in MARK.finditer(line))
        return {(mark[1], mark[2] or "", number) for number, mark in marks}

    @property
    def open(self) -> str:
        """Why it is not found yet; empty where it is."""
        found = OPEN.search(self.text)
        return found[1] if found else ""

    @property
    def options(self) -> dict[str, Any]:
        """The options that the file sets."""
        found = OPTIONS.search(self.text)
        options: dict[str, Any] = {}
        for word in found[1].split() if found else ():
            name, equals, value = word.partition("=")
            if name == "train":
                options["training"] = True
            elif not equals:
                options[name] = True
            elif name in ("select", "ignore"):
                options[name] = tuple(value.split(","))
            else:
                options[name] = value
        return options


def case(path: Path) -> Case:
    """The case in a file."""
    return Case(path, path.read_text(encoding="utf-8"))


def cases(folder: Path = CATALOGUE) -> list[Case]:
    """The whole catalogue, or the cases of another folder."""
    return [case(path) for path in sorted(folder.glob("*.py"))]


def check(path: Path, **options: Any) -> Report:
    """The report on the model in a file."""
    target = targets.parse(f"{path}:build")
    loss = options.pop("loss", None)
    wanted = CheckOptions(**{"training": False, **options}, roots=locating.roots(target))
    before = set(sys.modules)
    try:
        loaded = loading.load(target, seed=0)
        if loss is not None:
            module = sys.modules[type(loaded.model).__module__]
            wanted = CheckOptions(**{"training": False, **options}, roots=wanted.roots, loss=getattr(module, loss))
        with loading.importable(loaded.roots):
            return api.check(loaded.model, loaded.args or (), loaded.kwargs, wanted)
    except BuildError as error:
        return api.check_unbuilt(error, wanted)
    finally:
        for name in set(sys.modules) - before:
            if str(getattr(sys.modules[name], "__file__", None)) == str(path):
                del sys.modules[name]


def found(report: Report) -> set[Found]:
    """What a report says, but for mere information that was not asked for."""
    told = [one for one in report if one.severity != "info" or len(report.checked) < 3]
    return {
        (one.code, path, one.source.line if one.source else 0) for one in told for path in (one.module, *one.others)
    }
