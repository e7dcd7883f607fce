"""The report for programs: one document, versioned, without absolute paths and times."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from graphviz_torch.check import measured
from graphviz_torch.check.finding import SEVERITIES, Finding
from graphviz_torch.ir.graph import SourceLocation

if TYPE_CHECKING:
    from graphviz_torch.check.report import Report

FORMAT_VERSION = 1


def document(report: Report) -> dict[str, Any]:
    """The document."""
    counts = Counter(finding.severity for finding in report.findings)
    return {
        "format_version": FORMAT_VERSION,
        "target": report.target,
        "summary": {severity: counts[severity] for severity in SEVERITIES},
        "findings": [_finding(finding) for finding in report.findings],
        "checked": list(report.checked),
        "skipped": [{"code": code, "why": why} for code, why in report.skipped],
        "notes": list(report.notes),
        "measured": measured.document(report.graph),
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "code": finding.code,
        "severity": finding.severity,
        "message": finding.message,
        "module": finding.module,
        "others": list(finding.others),
        "op": finding.op,
        "source": _source(finding.source),
        "operands": [
            {
                "shape": None if operand.shape is None else list(operand.shape),
                "dtype": operand.dtype,
                "device": operand.device,
                "producer": operand.producer,
            }
            for operand in finding.operands
        ],
        "dataflow": [
            {"what": step.what, "shape": step.shape, "source": _source(step.source), "remark": step.remark}
            for step in finding.dataflow
        ],
        "tables": [{"title": table.title, "rows": [list(row) for row in table.rows]} for table in finding.tables],
        "notes": list(finding.notes),
        "help": finding.help or None,
        "torch_said": finding.said or None,
    }


def _source(place: SourceLocation | None) -> dict[str, Any] | None:
    if place is None:
        return None
    return {
        "file": place.file,
        "line": place.line,
        "column": place.column or None,
        "end_column": place.end_column or None,
        "function": place.function,
        "code": place.code,
    }
