"""What is written of the commands is what they are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scripts import commands_page
from torchviz_cli import exit_codes

ROOT = Path(__file__).resolve().parents[2]
LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)")


def test_the_page_of_commands_is_fresh(request: pytest.FixtureRequest) -> None:
    page = commands_page.page()
    if request.config.getoption("--update-golden"):
        commands_page.PAGE.write_text(page, encoding="utf-8")
    assert page == commands_page.PAGE.read_text(encoding="utf-8"), "run pytest --update-golden tests/manual"


def test_every_exit_code_is_told() -> None:
    codes = {value for name, value in vars(exit_codes).items() if name.isupper()}
    assert {int(code) for code in re.findall(r"^\| (\d+) \|", commands_page.EXIT_CODES, re.M)} == codes


def test_links_of_the_readme_hold() -> None:
    """Those of the pages are looked after by Sphinx."""
    links = LINK.findall((ROOT / "README.md").read_text(encoding="utf-8"))
    assert len(links) > 10
    assert [link for link in links if not (ROOT / link).exists()] == []
