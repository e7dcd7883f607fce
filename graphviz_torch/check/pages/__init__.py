"""The long text behind each code: one page a code, with a wrong example and a mended one that both run as tests."""

from __future__ import annotations

import difflib
import re
from importlib.resources import files

from graphviz_torch.check.registry import RULES
from graphviz_torch.errors import CheckError

MARK = re.compile(r"# expect: ([A-Z]\d{3}).*")
OPTIONS = re.compile(r"^# check: .*\n", re.MULTILINE)


def page(code: str) -> str:
    """The page of a code, as Markdown.

    Raises:
        CheckError: there is no such code.
    """
    plain = OPTIONS.sub("", source(code))
    return MARK.sub(r"# \1", plain)


def source(code: str) -> str:
    """The page with the marks that its tests go by.

    Raises:
        CheckError: there is no such code.
    """
    codes = [rule.code for rule in RULES]
    if code.upper() not in codes:
        close = difflib.get_close_matches(code.upper(), codes, 1)
        raise CheckError(
            f"there is no code `{code}`",
            details=(f"known: {', '.join(sorted(codes))}",),
            hint=f"torchviz-cli explain {close[0] if close else 'ALL'}",
        )
    return files(__package__).joinpath(f"{code.upper()}.md").read_text(encoding="utf-8")


def table() -> str:
    """Every code with its name, its severity, and whether it is looked for by default."""
    rows = [
        f"{rule.code}  {rule.severity:<7}  {'default' if rule.default else '':<7}  {rule.name}".rstrip()
        for rule in sorted(RULES, key=lambda rule: rule.code)
    ]
    return "\n".join(rows) + "\n"
