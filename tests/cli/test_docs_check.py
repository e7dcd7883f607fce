"""`torchviz-cli docs --check`: what is stale, what changed, and what is left alone."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Done
from tests.cli.test_docs import MODEL, contents, entry, project

Run = Callable[..., Done]

EVERY = ["svg", "png", "pdf", "dot", "mmd", "txt", "json"]


@pytest.fixture(scope="module")
def built_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built")
    project(folder, entry("net", formats=EVERY) + entry("closed", depth=0))
    subprocess.run([sys.executable, "-m", "torchviz_cli", "docs", "-q"], cwd=folder, check=True, capture_output=True)
    return folder


@pytest.fixture
def built(built_once: Path, tmp_path: Path) -> Path:
    """A project of two entries whose pictures are built."""
    shutil.copytree(built_once, tmp_path, dirs_exist_ok=True)
    return tmp_path


def test_what_shows_its_model_is_fresh(built: Path, run: Run) -> None:
    before = contents(built / "docs")
    done = run("docs", "--check")
    assert (done.code, done.out) == (0, ""), done.err
    assert "[1/2] net: fresh\n[2/2] closed: fresh\n" in done.err
    assert run("docs", "--check=bytes").code == 0
    assert contents(built / "docs") == before


def test_another_model_is_told_in_words_and_nothing_is_written(built: Path, run: Run) -> None:
    before = contents(built / "docs")
    changed = MODEL.replace("torch.relu", "torch.tanh").replace("hidden, 4", "hidden, 8")
    (built / "model.py").write_text(changed, encoding="utf-8")
    done = run("docs", "closed", "--check", "--quiet")
    assert done.code == 1
    assert done.out == (
        "closed is stale\n"
        "  docs/models/closed.svg: the model changed\n"
        "  docs/models/graphs/closed.json: the model changed\n"
        "    closed as it is drawn → model.py:build\n"
        "    2 changes: 1 breaking, 1 structural · 1 operation follows from them\n"
        "\n"
        "      ~ fc2        Linear out_features=4 → 8  breaking  model.py:18\n"
        "      ~ the model  relu → tanh                structural  model.py:18\n"
        "\n"
        "    parameters        596 → 664 (+68)\n"
        "    state-dict keys   4\n"
        "    modules           3\n"
        "    operations        3\n"
        "    checkpoint: 2 keys same, 0 renamed, 2 changed shape, 0 missing"
        " · old weights do not fill the new model\n"
        "\n"
        "1 of 1 is stale; to rebuild: torchviz-cli docs closed\n"
    )
    assert contents(built / "docs") == before
    told = json.loads(run("docs", "--check", "--json").out)["entries"][0]
    assert told["state"] == "stale"
    assert {stale["kind"] for stale in told["stale"]} == {"graph"}
    assert len(told["stale"]) == len(EVERY) + 1
    assert [change["class"] for change in told["changes"]["changes"]] == ["attribute", "replaced"]
    assert run("docs").code == 0
    assert run("docs", "--check").code == 0


def test_code_that_only_moved_is_no_change(built: Path, run: Run) -> None:
    (built / "model.py").write_text(f"# A remark.\n\n{MODEL}", encoding="utf-8")
    assert run("docs", "--check").code == 0
    strict = run("docs", "--check=bytes", "net")
    assert strict.code == 1
    assert "  docs/models/net.svg: its bytes are not those that version " in strict.out


def test_code_that_links_name_may_not_move(tmp_path: Path, run: Run) -> None:
    project(tmp_path, entry("net", source_url="https://code.example/{file}#L{line}"))
    assert run("docs").code == 0
    assert run("docs", "--check").code == 0
    (tmp_path / "model.py").write_text(f"# A remark.\n\n{MODEL}", encoding="utf-8")
    done = run("docs", "--check")
    assert done.code == 1
    assert "  docs/models/net.svg: the model changed, or where its code is\n" in done.out


def test_other_options_are_named(built: Path, run: Run) -> None:
    project(built, entry("net", formats=EVERY, theme="dark", title="A net", fold=False) + entry("closed", depth="all"))
    done = run("docs", "--check", "-q")
    assert done.code == 1
    assert "  docs/models/net.svg: fold true → false, theme auto → dark, title none → A net\n" in done.out
    assert "  docs/models/closed.svg: depth 0 → all\n" in done.out
    assert "net.json" not in done.out
    assert done.out.endswith("2 of 2 are stale; to rebuild: torchviz-cli docs net closed\n")


def test_files_that_are_missing_edited_or_of_others(built: Path, run: Run) -> None:
    models = built / "docs/models"
    (models / "net.svg").unlink()
    (models / "net.dot").write_text((models / "net.dot").read_text().replace("fc1", "first"))
    (models / "net.mmd").write_text("flowchart TB\n")
    (models / "net.png").write_bytes((models / "net.png").read_bytes()[:-40])
    done = run("docs", "--check", "-q")
    assert done.code == 1
    assert done.out == (
        "net is stale\n"
        "  docs/models/net.svg: it is not there\n"
        "  docs/models/net.png: it was not made by `torchviz-cli docs`\n"
        "  docs/models/net.dot: it was edited by hand\n"
        "  docs/models/net.mmd: it was not made by `torchviz-cli docs`\n"
        "\n"
        "1 of 2 is stale; to rebuild: torchviz-cli docs --force net\n"
    )


def test_without_the_graph_that_was_kept(built: Path, run: Run) -> None:
    (built / "docs/models/graphs/closed.json").write_text("{", encoding="utf-8")
    done = run("docs", "--check", "closed")
    assert done.code == 1
    assert "  docs/models/graphs/closed.json: it is no saved graph\n" in done.out
    (built / "model.py").write_text(MODEL.replace("torch.relu", "torch.tanh"), encoding="utf-8")
    done = run("docs", "--check", "closed")
    assert "    there is no docs/models/graphs/closed.json to compare with" in done.out


def test_a_model_that_fails_now(built: Path, run: Run) -> None:
    (built / "model.py").write_text(MODEL.replace("nn.Linear(32,", "nn.Linear(31,"), encoding="utf-8")
    done = run("docs", "--check", "net")
    assert done.code == 3
    assert "error: net: the model raised RuntimeError" in done.err
    assert "  docs/models/net.svg: the model changed\n" in done.out


def test_files_of_former_entries_are_named(built: Path, run: Run) -> None:
    project(built, entry("closed", depth=0))
    (built / "docs/models/logo.svg").write_text("<svg/>", encoding="utf-8")
    done = run("docs", "--check")
    assert done.code == 0
    left = [line.split()[0] for line in done.err.splitlines() if line.endswith(" is of no entry any more")]
    endings = ("dot", "mmd", "pdf", "png", "svg", "txt")
    assert left == ["docs/models/graphs/net.json", *(f"docs/models/net.{ending}" for ending in endings)]
    assert "any more" not in run("docs", "--check", "closed").err


def test_nothing_to_force(built: Path, run: Run) -> None:
    done = run("docs", "--check", "--force")
    assert done.code == 2
    assert "error: --check writes nothing" in done.err


def test_what_to_put_into_a_page(tmp_path: Path, run: Run) -> None:
    project(
        tmp_path,
        entry("pair", theme="pair", formats=["svg", "mermaid"], alt='A "net" & <more>')
        + entry("plain")
        + entry("titled", title="a_b [c]", formats=["png"])
        + entry("words", formats=["txt"]),
    )
    assert run("docs", "plain").code == 0
    done = run("docs", "--snippet")
    assert done.out == (
        "<picture>\n"
        '  <source media="(prefers-color-scheme: dark)" srcset="docs/models/pair-dark.svg">\n'
        '  <img alt="A &quot;net&quot; &amp; &lt;more&gt;" src="docs/models/pair-light.svg">\n'
        "</picture>\n"
        "\n"
        "![Data flow of Net: 3 operations from x to the output. 596 parameters.](docs/models/plain.svg)\n"
        "\n"
        "![a\\_b \\[c\\]](docs/models/titled.png)\n"
    )


OLD = MODEL.replace("torch.relu", "torch.tanh")


def test_a_comparison_is_drawn_and_is_stale_when_either_version_changes(tmp_path: Path, run: Run) -> None:
    project(tmp_path, entry("changed", against="old.py:build", formats=["svg", "mermaid"]))
    (tmp_path / "old.py").write_text(OLD, encoding="utf-8")
    done = run("docs", "-q")
    assert done.code == 0, done.err
    svg = (tmp_path / "docs/models/changed.svg").read_text(encoding="utf-8")
    assert "tanh → relu" in svg
    assert 'class="changed"' in svg
    assert run("docs", "--check=bytes").code == 0
    (tmp_path / "old.py").write_text(OLD.replace("hidden, 4", "hidden, 8"), encoding="utf-8")
    done = run("docs", "--check", "-q")
    assert done.code == 1
    assert "  docs/models/changed.svg: the model changed, or old.py:build\n" in done.out
    assert "    the model is as it was; old.py:build is another one\n" in done.out
    assert run("docs", "-q").code == 0
    (tmp_path / "model.py").write_text(MODEL.replace("torch.relu", "torch.sigmoid"), encoding="utf-8")
    done = run("docs", "--check", "-q")
    assert done.code == 1
    assert "relu → sigmoid" in done.out


def test_a_comparison_with_a_revision(tmp_path: Path, run: Run) -> None:
    project(tmp_path, entry("changed", against="HEAD"), model=OLD)
    for words in (
        ["init", "-q"],
        ["add", "model.py"],
        ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "1"],
    ):
        subprocess.run(["git", *words], cwd=tmp_path, check=True)
    (tmp_path / "model.py").write_text(MODEL, encoding="utf-8")
    done = run("docs", "-q")
    assert done.code == 0, done.err
    assert "tanh → relu" in (tmp_path / "docs/models/changed.svg").read_text(encoding="utf-8")
    project(tmp_path, entry("changed", against="no-such-revision"))
    done = run("docs", "-q")
    assert done.code == 3
    assert "error: changed: " in done.err
    assert "no-such-revision" in done.err


def test_a_comparison_is_no_text_and_has_no_colours_of_its_own(tmp_path: Path, run: Run) -> None:
    project(tmp_path, entry("changed", against="HEAD", formats=["svg", "txt"]))
    assert "`changed`: `txt` is no picture of a comparison" in run("docs").err
    project(tmp_path, entry("changed", against="HEAD", color_by="device"))
    assert "the colours of a comparison say what changed" in run("docs").err
