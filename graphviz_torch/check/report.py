"""The report: what was found, what was looked for, and what was not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from graphviz_torch.check import html, plain, text
from graphviz_torch.check.finding import SEVERITIES, Finding
from graphviz_torch.check.lines import Lines
from graphviz_torch.errors import CheckError
from graphviz_torch.ir.graph import Graph, Severity


@dataclass(frozen=True, slots=True)
class Report:
    """What a check found, worst first, then in the order of the code.

    Attributes:
        graph: of the run, for pictures; empty where nothing ran.
        checked: the codes that were looked for.
        skipped: by code, why it could not be looked for.
        notes: what the reader should know of the run.
    """

    findings: tuple[Finding, ...]
    graph: Graph
    target: str = ""
    checked: tuple[str, ...] = ()
    skipped: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    lines: Lines = field(default_factory=Lines, repr=False, compare=False)

    def __iter__(self) -> Iterator[Finding]:
        """The findings."""
        return iter(self.findings)

    def __len__(self) -> int:
        """How many findings there are."""
        return len(self.findings)

    def worst(self, severity: Severity = "warning") -> tuple[Finding, ...]:
        """The findings that are at least as severe."""
        bad = SEVERITIES[: SEVERITIES.index(severity) + 1]
        return tuple(finding for finding in self.findings if finding.severity in bad)

    def raise_for_errors(self, severity: Severity = "error") -> None:
        """Raises where something at least as severe was found.

        Raises:
            CheckError: with the findings as its text.
        """
        found = self.worst(severity)
        if found:
            told = "\n\n".join(text.finding(one, self.lines) for one in found)
            raise CheckError(f"{text.counted(found)}\n\n{told}")

    def text(self, *, color: bool = False) -> str:
        """The report as text, in the way compilers tell."""
        return text.render(self, color=color)

    def to_dict(self) -> dict[str, Any]:
        """The report as plain data, as `--json` prints it."""
        return plain.document(self)

    def _repr_html_(self) -> str:
        """The report in a notebook."""
        return html.render(self)
