"""The report in a notebook: what the terminal shows, with colours."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from graphviz_torch.check import text
from graphviz_torch.check.finding import Finding

if TYPE_CHECKING:
    from graphviz_torch.check.report import Report

# Pages of notebooks set texts in their own font, and break lines that have columns.
COLUMNS = "font-family:var(--jp-code-font-family,monospace);line-height:1.35;white-space:pre;overflow-x:auto"
COLOURS = {"error": "#c92a2a", "warning": "#b35c00", "info": "#1c6fc4"}


def render(report: Report) -> str:
    """A block of HTML that needs nothing else."""
    blocks = "".join(_block(found, text.finding(found, report.lines)) for found in report.findings)
    counted = text.counted(report.findings)
    head = f"{report.target}: {counted}" if report.target else counted
    return f"<div><b>{escape(head)}</b>{blocks}</div>"


def _block(found: Finding, words: str) -> str:
    colour = COLOURS[found.severity]
    return f'<pre style="border-left:3px solid {colour};padding-left:.8em;{COLUMNS}">{escape(words)}</pre>'
