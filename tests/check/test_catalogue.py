"""Every faulty model of the catalogue: code, module path and line are exact, and nothing else is said."""

from __future__ import annotations

from collections import Counter

import pytest
import torch

from graphviz_torch.check.registry import RULES
from tests.check.harness import PLANTED, Case, cases, check, found

torch.set_num_threads(1)
CASES = cases()
RULED = {rule.code for rule in RULES}


def _parameter(case: Case) -> object:
    marks = [pytest.mark.xfail(reason=case.open, strict=True)] if case.open else []
    if missing := {code for code, _, _ in case.expected} - RULED:
        marks = [pytest.mark.skip(reason=f"no rule yet for {', '.join(sorted(missing))}")]
    return pytest.param(case, id=case.path.stem, marks=marks)


@pytest.mark.parametrize("case", [_parameter(case) for case in [*CASES, *cases(PLANTED)]])
def test_each_fault_is_found_where_it_is(case: Case) -> None:
    report = check(case.path, **case.options)
    assert found(report) == case.expected, report.text()


def test_each_code_has_two_models() -> None:
    counts = Counter(code for case in CASES for code in {code for code, _, _ in case.expected})
    assert {rule.code: counts[rule.code] for rule in RULES if counts[rule.code] < 2} == {}


def test_each_model_has_a_fault() -> None:
    assert [case.path.name for case in CASES if not case.expected] == []
