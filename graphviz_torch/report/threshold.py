"""Whether a comparison is bad enough to fail."""

from __future__ import annotations

from graphviz_torch.diff.result import Comparison

THRESHOLDS = {
    "breaking": ("breaking",),
    "structural": ("breaking", "structural"),
    "any": ("breaking", "structural", "cosmetic", "info"),
}


def reaches(severity: str, threshold: str | None) -> bool:
    """Whether a change is as severe as the threshold says."""
    return threshold is not None and severity in THRESHOLDS[threshold]


def fails(comparison: Comparison, threshold: str | None) -> bool:
    """Whether any change is; `any` counts what follows from the inputs too."""
    if threshold == "any":
        return not comparison.equal
    return any(reaches(change.severity, threshold) for change in comparison.changes)
