"""D005: types of elements that do not fit."""

from __future__ import annotations

from collections.abc import Iterator

from graphviz_torch.check.evidence import Evidence
from graphviz_torch.check.finding import Finding
from graphviz_torch.check.rule import Rule
from graphviz_torch.check.rules.failures import blamed, finding_of_failure


def unfit(evidence: Evidence) -> Iterator[Finding]:
    """An operation raised because of the types of what it read."""
    reason = evidence.reason
    if reason is not None and blamed(evidence) == "D005":
        yield finding_of_failure(evidence, "D005", reason.reason, notes=reason.notes, help=reason.hint)


RULES = (Rule("D005", "dtype does not fit, or creeps", "error", unfit, default=True),)
