"""A small site, built by MkDocs itself."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from graphviz_torch import api
from graphviz_torch.sites import fences
from tests.support import graphs

INDEX = """\
---
title: Home
---
# Site

```torchviz
net.json
depth: 1
caption: The <net>
align: right
```

1. An item

    ~~~ torchviz
    net.json
    format: png
    ~~~

````markdown
```torchviz
net.json
```
````

```torchviz
nte.json
```
"""


def test_blocks_of_other_languages_and_within_them_are_left_alone() -> None:
    text = "````md\n```x\n````\n  ~~~x y\n  in\n\n  ~~~\n```x\nopen"
    assert fences.replaced(text, "x", lambda block, line: f"{line}{block!r}") == (
        "````md\n```x\n````\n  4'  in\\n'\n8''"
    )


def installed(place: Path) -> None:
    """The plugin as pip makes it known, also where the project itself was installed before it had one."""
    project = tomllib.loads(Path(__file__).parents[2].joinpath("pyproject.toml").read_text(encoding="utf-8"))["project"]
    (place / "x-1.dist-info").mkdir(parents=True)
    (place / "x-1.dist-info/METADATA").write_text("Name: x\nVersion: 1\n")
    rows = "".join(f"{name} = {value}\n" for name, value in project["entry-points"]["mkdocs.plugins"].items())
    (place / "x-1.dist-info/entry_points.txt").write_text(f"[mkdocs.plugins]\n{rows}")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> tuple[int, str, str]:
    """Exit code, what was said, and the page."""
    folder = tmp_path_factory.mktemp("mkdocs")
    api.save(graphs.mlp(), folder / "net.json")
    return built(folder, INDEX)


def built(folder: Path, page: str) -> tuple[int, str, str]:
    """Exit code, what was said, and the page, of a site of one page."""
    (folder / "docs").mkdir()
    (folder / "docs/index.md").write_text(page, encoding="utf-8")
    (folder / "mkdocs.yml").write_text("site_name: Site\ntheme: mkdocs\nplugins: [torchviz]\n", encoding="utf-8")
    installed(folder / "lib")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build"], cwd=folder, capture_output=True, text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(folder / "lib"), *sys.path])}, check=False,
    )  # fmt: skip
    made = folder / "site/index.html"
    return done.returncode, done.stderr, made.read_text(encoding="utf-8") if made.exists() else ""


def test_a_block_becomes_a_figure(site: tuple[int, str, str]) -> None:
    _, _, page = site
    figure = '<figure class="torchviz" style="overflow-x:auto;text-align:right">'
    assert re.search(f'{figure}<svg style="min-width:\\d+px" class="tv-\\w+"', page)
    assert "<figcaption>The &lt;net&gt;</figcaption></figure>" in page
    assert re.search(r'<li>\s*<p>An item</p>\s*<figure[^>]*><img src="data:image/png;base64,', page)
    assert "```torchviz\nnet.json\n```" in page


def test_a_problem_is_a_warning_with_its_line(site: tuple[int, str, str]) -> None:
    code, said, page = site
    assert code == 0
    assert "index.md:26: nte.json: there is no file `nte.json`" in said
    assert '<div class="admonition failure"><p class="admonition-title">torchviz: nte.json</p>' in page
