"""Every code has a page, and the examples on it do what they say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import torch

from graphviz_torch.check import pages
from graphviz_torch.check.registry import RULES
from graphviz_torch.check.rule import Rule
from graphviz_torch.errors import CheckError
from tests.check.harness import case, check, found

torch.set_num_threads(1)
BY_CODE = [pytest.param(rule, id=rule.code) for rule in RULES]
PAGES = Path(pages.__file__).parent


def example(rule: Rule, title: str, folder: Path) -> Path:
    """The only block of code below a title, as a file."""
    section = re.search(rf"^## {title}$(.*?)(?=^## |\Z)", pages.source(rule.code), re.MULTILINE | re.DOTALL)
    assert section is not None, f"{rule.code}.md has no section `{title}`"
    blocks = re.findall(r"^```python\n(.*?)^```$", section[1], re.MULTILINE | re.DOTALL)
    assert len(blocks) == 1
    file = folder / f"{title.lower()}_{rule.code.lower()}.py"
    file.write_text(blocks[0], encoding="utf-8")
    return file


@pytest.mark.parametrize("rule", BY_CODE)
def test_the_wrong_example_is_wrong(rule: Rule, tmp_path: Path) -> None:
    wrong = case(example(rule, "Wrong", tmp_path))
    assert rule.code in {code for code, _, _ in wrong.expected}
    assert found(check(wrong.path, **{"select": (rule.code,), **wrong.options})) == wrong.expected


@pytest.mark.parametrize("rule", BY_CODE)
def test_the_mended_example_is_right(rule: Rule, tmp_path: Path) -> None:
    mended = case(example(rule, "Mended", tmp_path))
    report = check(mended.path, **{"select": (rule.code,), **mended.options})
    assert found(report) == set(), report.text()
    assert report.graph.failure is None


@pytest.mark.parametrize("rule", BY_CODE)
def test_a_page_begins_with_code_and_name(rule: Rule) -> None:
    assert pages.page(rule.code).startswith(f"# {rule.code}: {rule.name}\n")


def test_there_is_no_page_without_a_rule() -> None:
    assert {file.stem for file in PAGES.glob("*.md")} == {rule.code for rule in RULES}


def test_the_marks_of_the_tests_are_not_for_readers() -> None:
    text = pages.page("D001")
    assert "expect:" not in text
    assert "# check:" not in text
    assert "return order * self.scale  # D001\n" in text


def test_a_code_is_found_in_either_case_and_an_unknown_one_is_told() -> None:
    assert pages.page("s001") == pages.page("S001")
    with pytest.raises(CheckError, match="there is no code `S0O1`") as error:
        pages.page("S0O1")
    assert error.value.hint == "torchviz-cli explain S001"
