"""The answer for programs: one document, versioned and sorted, as `docs/diff-format.md` describes it."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from graphviz_torch.diff.marks import path_of
from graphviz_torch.diff.result import FORMAT_VERSION, Change, Comparison, Consequence, StateDict, Totals
from graphviz_torch.report.words import SEVERITIES


def document(comparison: Comparison) -> dict[str, Any]:
    """The document, as plain data."""
    return {
        "format_version": FORMAT_VERSION,
        "equal": comparison.equal,
        "summary": _summary(comparison),
        "changes": [_change(change) for change in comparison.changes],
        "consequences": [_consequence(found) for found in comparison.consequences],
        "mapping": [
            {"old_path": pair.old_path, "new_path": pair.new_path, "why": pair.why} for pair in comparison.mapping
        ],
        "state_dict": _state_dict(comparison.state_dict),
    }


def render(comparison: Comparison) -> str:
    """The document as text."""
    return json.dumps(document(comparison), indent=2, sort_keys=True) + "\n"


def state_dict_map(comparison: Comparison) -> str:
    """Old key to new key of every tensor that fits, as JSON."""
    return json.dumps(dict(comparison.state_dict.map), indent=2, sort_keys=True) + "\n"


def _summary(comparison: Comparison) -> dict[str, Any]:
    severities = Counter(change.severity for change in comparison.changes)
    return {
        "old": comparison.old,
        "new": comparison.new,
        "changes": len(comparison.changes),
        "consequences": len(comparison.consequences),
        "severities": {severity: severities[severity] for severity in SEVERITIES},
        "before": _totals(comparison.before),
        "after": _totals(comparison.after),
        "notes": list(comparison.notes),
    }


def _totals(totals: Totals) -> dict[str, int]:
    return {
        "parameters": totals.parameters,
        "state_dict_keys": totals.state_dict_keys,
        "modules": totals.modules,
        "operations": totals.operations,
    }


def _change(change: Change) -> dict[str, Any]:
    first, source = change.places[0], change.source
    return {
        "class": change.kind,
        "severity": change.severity,
        "old_path": first.old_path,
        "new_path": first.new_path,
        "paths": [path_of(place) for place in change.places],
        "op": change.op,
        "count": change.count,
        "before": change.before,
        "after": change.after,
        "why": change.why,
        "source": None if source is None else {"file": source.file, "line": source.line, "function": source.function},
    }


def _consequence(found: Consequence) -> dict[str, Any]:
    return {
        "old_path": found.place.old_path,
        "new_path": found.place.new_path,
        "op": found.op,
        "before": found.before,
        "after": found.after,
        "cause": found.cause,
    }


def _state_dict(found: StateDict) -> dict[str, Any]:
    return {
        "same": list(found.same),
        "renamed": [{"old": old, "new": new} for old, new in found.renamed],
        "reshaped": [
            {"old": old, "new": new, "old_shape": list(before), "new_shape": list(after)}
            for old, new, before, after in found.reshaped
        ],
        "added": list(found.added),
        "removed": list(found.removed),
        "map": dict(found.map),
    }
