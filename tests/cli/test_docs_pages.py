"""Blocks of Markdown that `docs` keeps right."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from graphviz_torch import api
from tests.cli.conftest import Done
from tests.support import graphs

Run = Callable[..., Done]
HOOKS = Path(__file__).parents[2] / ".pre-commit-hooks.yaml"
PAGE = """\
# Net

<!-- torchviz:net -->
<!-- /torchviz -->

- <!-- torchviz:net -->

    <!-- torchviz:net mermaid -->
old
<!-- /torchviz -->

```markdown
<!-- torchviz:nothing -->
```
"""


@pytest.fixture
def page(tmp_path: Path) -> Path:
    (tmp_path / "docs/deep").mkdir(parents=True)
    api.save(graphs.mlp(), tmp_path / "net.json")
    (tmp_path / "pyproject.toml").write_text(
        '[[tool.torchviz-cli.docs]]\nname = "net"\ntarget = "net.json"\nalt = "A net"\nformats = ["svg", "mmd"]\n'
    )
    file = tmp_path / "docs/deep/page.md"
    file.write_bytes(PAGE.encode().replace(b"\n", b"\r\n"))
    return file


def test_blocks_are_written_and_checked(page: Path, run: Run) -> None:
    assert run("docs", "--quiet").out.splitlines()[-1] == "docs/deep/page.md"
    data = page.read_bytes()
    assert data.count(b"\n") == data.count(b"\r\n")
    text = data.decode().replace("\r\n", "\n")
    assert "<!-- torchviz:net -->\n![A net](../models/net.svg)\n<!-- /torchviz -->\n" in text
    assert "<!-- torchviz:net mermaid -->\n```mermaid\n" in text
    assert "\nold\n" not in text
    assert "torchviz-cli" not in text
    assert text.endswith("\n```\n<!-- /torchviz -->\n\n```markdown\n<!-- torchviz:nothing -->\n```\n")

    assert run("docs", "--check").code == 0
    assert "page.md" not in run("docs").out
    page.write_text(text.replace("![A net]", "![The net]"), encoding="utf-8")
    done = run("docs", "--check")
    assert (done.code, done.out) == (
        1, "docs/deep/page.md:3: the block of `net` is stale\nto write them: torchviz-cli docs net\n",
    )  # fmt: skip
    assert "![The net]" in page.read_text(encoding="utf-8")
    found = json.loads(run("docs", "--check", "--json").out)
    assert found["pages"] == [{"path": "docs/deep/page.md", "line": 3, "name": "net"}]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("\n<!-- torchviz:nte -->\n<!-- /torchviz -->", "docs/deep/page.md:2: there is no entry named `nte`"),
        ("<!-- torchviz:net -->\n", "docs/deep/page.md:1: the block has no end"),
    ],
)
def test_what_is_wrong_with_a_block_is_said_before_anything_is_built(
    page: Path, run: Run, text: str, message: str
) -> None:
    page.write_text(text, encoding="utf-8")
    done = run("docs")
    assert done.code == 2
    assert done.err.startswith(f"error: {message}\n")
    assert not (page.parents[1] / "models").exists()


def test_hooks_for_pre_commit_are_lines_that_run(page: Path, run: Run) -> None:
    hooks = yaml.safe_load(HOOKS.read_text(encoding="utf-8"))
    words = {hook["id"]: hook["entry"].split()[1:] for hook in hooks}
    assert run(*words["torchviz-docs-check"]).code == 1
    assert run(*words["torchviz-docs"]).code == 0
    assert run(*words["torchviz-docs-check"]).code == 0
