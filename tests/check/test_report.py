"""The report as a library hands it out."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

import graphviz_torch
from graphviz_torch.check.lines import Lines
from graphviz_torch.check.options import CheckOptions
from graphviz_torch.check.registry import RULES
from graphviz_torch.check.selection import chosen
from graphviz_torch.errors import CheckError
from graphviz_torch.ir.graph import SourceLocation

torch.set_num_threads(1)


class Net(nn.Module):
    def __init__(self, size: int) -> None:
        super().__init__()
        self.fc = nn.Linear(4, 4)
        self.out = nn.Linear(size, 2)
        self.spare = nn.Linear(2, 2)

    def forward(self, x: Tensor) -> Tensor:
        return self.out(self.fc(x))


def test_a_report_is_its_findings() -> None:
    report = graphviz_torch.check(Net(4), (torch.ones(2, 4),))
    assert [(one.code, one.module) for one in report] == [("P004", "spare")]
    assert len(report) == 1
    assert report.worst("error") == ()
    report.raise_for_errors()
    with pytest.raises(CheckError, match=r"1 warning\n\nwarning\[P004\]"):
        report.raise_for_errors("warning")


def test_errors_are_raised_with_the_whole_text() -> None:
    report = graphviz_torch.check(Net(5), (torch.ones(2, 4),))
    with pytest.raises(CheckError, match="`out` expects 5 features but receives 4") as error:
        report.raise_for_errors()
    assert "test_report.py" in str(error.value)


def test_in_a_notebook_it_is_html_in_which_names_are_text() -> None:
    report = graphviz_torch.check(Net(5), (torch.ones(2, 4),), options=CheckOptions(target="<b>"))
    html = report._repr_html_()
    assert html.startswith("<div><b>&lt;b&gt;: 1 error</b><pre")
    assert "<b>:" not in html


def test_keyword_arguments_reach_the_model() -> None:
    assert len(graphviz_torch.check(Net(4), (), {"x": torch.ones(2, 4)})) == 1
    report = graphviz_torch.check(Net(4), (), {"y": torch.ones(2, 4)})
    assert [one.code for one in report] == ["A001"]


def test_the_default_set_is_what_it_says() -> None:
    default = chosen(RULES, CheckOptions())
    assert {rule.code for rule in default} == {rule.code for rule in RULES if rule.default}
    assert chosen(RULES, CheckOptions(select=("ALL",))) == tuple(sorted(RULES, key=lambda rule: rule.code))
    assert {rule.code[0] for rule in chosen(RULES, CheckOptions(select=("s",)))} == {"S"}


def test_codes_are_unique_and_well_formed() -> None:
    codes = [rule.code for rule in RULES]
    assert len(set(codes)) == len(codes)
    assert all(len(code) == 4 and code[0].isupper() and code[1:].isdigit() for code in codes)


@pytest.mark.parametrize(
    ("comment", "silent"),
    [("# torchviz: ignore", True), ("#torchviz:ignore[P001, S]", True), ("# torchviz: ignore[S]", False), ("", False)],
)
def test_comments_that_silence(comment: str, silent: bool) -> None:
    place = SourceLocation("model.py", 1, code=f"self.a = b  {comment}")
    assert Lines().silences(place, "P001") is silent


def test_the_text_of_a_call_goes_on_to_the_next_lines(tmp_path: Path) -> None:
    (tmp_path / "model.py").write_text("def f(h):\n    return [g(\n        h, (1, 2)\n    )]\n", encoding="utf-8")
    lines = Lines((str(tmp_path),))
    assert lines.call(SourceLocation("model.py", 2, 13, 15, code="return [g(")) == "g(\n        h, (1, 2)\n    )"
    assert lines.call(SourceLocation("gone.py", 2, 9, 15, code="x = F.dropout(h) + y")) == "x = F.dropout(h)"
