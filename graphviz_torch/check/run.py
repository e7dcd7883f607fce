"""Runs the chosen rules over the evidence, silences what comments silence, and joins what is said of one line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from graphviz_torch.check.evidence import Evidence
from graphviz_torch.check.finding import SEVERITIES, Finding
from graphviz_torch.check.measured import measured
from graphviz_torch.check.registry import RULES
from graphviz_torch.check.report import Report
from graphviz_torch.check.rule import Rule
from graphviz_torch.check.rules.failures import blamed
from graphviz_torch.check.selection import chosen

ONE_PATH = "one input shows one path: another branch can have faults of its own"


def check(evidence: Evidence, rules: Sequence[Rule] = RULES) -> Report:
    """The report on one model.

    Raises:
        CheckError: the options name a code that there is not.
    """
    selected = chosen(rules, evidence.options)
    found: list[Finding] = []
    skipped: dict[str, str] = {}
    for rule in selected:
        if why := evidence.lacking(rule.needs):
            skipped[rule.code] = why
        else:
            found.extend(one for one in rule.find(evidence) if not _silenced(evidence, one))
    return Report(
        tuple(sorted(_joined(found), key=lambda one: (SEVERITIES.index(one.severity), one.code))),
        measured(evidence),
        evidence.options.target,
        tuple(rule.code for rule in selected if rule.code not in skipped),
        tuple(skipped.items()),
        tuple(_notes(evidence, selected)),
        evidence.lines,
    )


def _notes(evidence: Evidence, selected: Sequence[Rule]) -> Iterator[str]:
    """What the reader should know of the run."""
    if evidence.complete:
        yield ONE_PATH
    elif (failure := evidence.failure) is not None and blamed(evidence) not in {rule.code for rule in selected}:
        yield f"the model raised {failure.exception}, and {blamed(evidence)} is not looked for"


def _silenced(evidence: Evidence, found: Finding) -> bool:
    return found.source is not None and evidence.lines.silences(found.source, found.code)


def _joined(findings: Iterable[Finding]) -> list[Finding]:
    """The findings, each line of the user's once for a code: what is in a loop is one fault."""
    first: dict[tuple[object, ...], Finding] = {}
    for number, found in enumerate(findings):
        place = found.source
        key = (found.code, place.file, place.line) if place is not None else (number,)
        known = first.get(key)
        if known is None:
            first[key] = found
        elif found.module not in (known.module, *known.others):
            first[key] = replace(known, others=(*known.others, found.module))
    return list(first.values())
