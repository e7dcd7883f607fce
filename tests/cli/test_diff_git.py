"""Revisions: found, written to a folder of their own, and never a trace of it in the repository."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from graphviz_torch.errors import TargetError
from tests.support.repositories import MODEL, Repository
from torchviz_cli.versions.imports import TreeFinder
from torchviz_cli.versions.locate import locate
from torchviz_cli.versions.repository import discover, is_clean, resolve
from torchviz_cli.versions.sides import sides
from torchviz_cli.versions.tree import write_tree


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    found = Repository(tmp_path / "repository")
    monkeypatch.chdir(found.folder)
    return found


def _files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_a_tree_is_written_and_the_repository_is_as_before(repository: Repository, tmp_path: Path) -> None:
    commit = repository.commit(model_py="one", sub__other_py="two")
    repository.commit(model_py="three")
    repository.write("sub/new.py", "dirty")
    repository.git("add", "sub/new.py")
    repository.git("config", "core.splitIndex", "true")
    repository.git("config", "core.hooksPath", str(tmp_path / "hooks"))
    hook = tmp_path / "hooks" / "post-index-change"
    hook.parent.mkdir()
    hook.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    hook.chmod(0o755)
    before = repository.snapshot()
    found = discover(repository.folder / "sub")
    assert write_tree(found, resolve(found, commit[:8]), tmp_path / "tree") == ()
    assert _files(tmp_path / "tree") == ["model.py", "sub/other.py"]
    assert (tmp_path / "tree" / "model.py").read_text() == "one"
    assert not is_clean(found, commit)
    assert repository.snapshot() == before
    assert not (tmp_path / "ran").exists()
    assert not list(tmp_path.glob("*.index"))


def test_a_bare_repository(repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commit = repository.commit(model_py=MODEL)
    bare = tmp_path / "bare.git"
    repository.git("clone", "-q", "--bare", ".", str(bare))
    monkeypatch.chdir(bare)
    old, new = sides(["HEAD:model.py:build", "main:model.py:build"], None)
    place = locate(old, new)
    assert (place.commit, place.repository.top, place.spelled("")) == (commit, None, "model.py:build")
    write_tree(place.repository, commit, tmp_path / "tree")
    assert _files(tmp_path / "tree") == ["model.py"]
    with pytest.raises(TargetError, match="is in no working tree"):
        locate(*sides(["model.py:build"], None))


def test_a_linked_worktree_has_a_head_of_its_own(repository: Repository, tmp_path: Path) -> None:
    first = repository.commit(model_py="one")
    repository.commit(model_py="two")
    repository.git("worktree", "add", "-q", "--detach", str(tmp_path / "linked"), first)
    assert resolve(discover(tmp_path / "linked"), "HEAD") == first


def test_merge_bases(repository: Repository) -> None:
    base = repository.commit(model_py="one")
    repository.git("checkout", "-q", "-b", "feature")
    repository.commit(model_py="two")
    repository.git("checkout", "-q", "main")
    tip = repository.commit(model_py="three")
    repository.git("checkout", "-q", "--detach", "feature")
    found = discover(repository.folder)
    assert resolve(found, "main...") == base
    assert resolve(found, "main...feature") == base
    assert resolve(found, "main") == tip


def test_an_environment_of_a_hook_does_not_lead_astray(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = repository.commit(model_py="one")
    other = Repository(tmp_path / "other")
    monkeypatch.setenv("GIT_DIR", str(other.folder / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other.folder / ".git" / "index"))
    assert resolve(discover(repository.folder), "HEAD") == commit


@pytest.mark.parametrize(
    ("targets", "against", "message", "detail", "hint"),
    [
        (["model.py:build"], "mian", "there is no revision `mian` in this repository", "nearest: main",
         "--against main"),
        (["model.py:build"], "--help", "there is no revision `--help` in this repository", "there are: main",
         "--against main"),
        (["new.py:build"], None, "there is no `new.py` in HEAD ({0})", "nearest: sub/net.py, model.py",
         "torchviz-cli diff HEAD:sub/net.py:build new.py:build"),
        (["HEAD:nett.py:build", "sub/net.py:build"], None, "there is no `nett.py` in HEAD ({0})",
         "nearest: sub/net.py, model.py", "torchviz-cli diff HEAD:sub/net.py:build sub/net.py:build"),
    ],
)  # fmt: skip
def test_what_is_not_there(
    targets: list[str], against: str | None, message: str, detail: str, hint: str, repository: Repository
) -> None:
    commit = repository.commit(model_py=MODEL, sub__net_py=MODEL)
    repository.write("new.py", MODEL)
    with pytest.raises(TargetError) as caught:
        locate(*sides(targets, against))
    assert caught.value.message == message.format(commit[:9])
    assert caught.value.details == (detail,)
    assert caught.value.hint == hint


def test_a_renamed_file_is_named(repository: Repository) -> None:
    repository.commit(model_py=MODEL)
    repository.git("mv", "model.py", "net.py")
    repository.commit()
    with pytest.raises(TargetError) as caught:
        locate(*sides(["net.py:build"], "HEAD~1"))
    assert caught.value.details == ("it was called `model.py` there",)
    assert caught.value.hint == "torchviz-cli diff HEAD~1:model.py:build net.py:build"


def test_paths_of_a_revision_count_from_the_root(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.commit(sub__model_py=MODEL)
    monkeypatch.chdir(repository.folder / "sub")
    assert locate(*sides(["model.py:build"], None)).path == "sub/model.py"
    assert locate(*sides(["HEAD:./model.py:build", "model.py"], None)).path == "sub/model.py"
    with pytest.raises(TargetError) as caught:
        locate(*sides(["HEAD:model.py:build", "model.py:build"], None))
    assert caught.value.hint == "torchviz-cli diff HEAD:sub/model.py:build model.py:build"


def test_no_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    (tmp_path / "model.py").write_text(MODEL)
    with pytest.raises(TargetError, match="is in no git repository") as caught:
        locate(*sides(["model.py:build"], None))
    assert caught.value.hint == "torchviz-cli diff OLD.py:build NEW.py:build compares two files"


def test_no_git(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.commit(model_py=MODEL)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(TargetError, match="git is not installed"):
        locate(*sides(["model.py:build"], None))


def test_no_commit_yet(repository: Repository) -> None:
    repository.write("model.py", MODEL)
    with pytest.raises(TargetError) as caught:
        locate(*sides(["model.py:build"], None))
    assert caught.value.details == ("it has no commit yet",)


def test_a_shallow_clone_says_how_to_deepen_it(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.commit(model_py=MODEL)
    repository.git("branch", "other")
    repository.commit(model_py=MODEL + "\n")
    repository.git("clone", "-q", "--depth=1", f"file://{repository.folder}", str(tmp_path / "shallow"))
    monkeypatch.chdir(tmp_path / "shallow")
    for revision in ("HEAD~1", "other", "origin/other..."):
        with pytest.raises(TargetError) as caught:
            locate(*sides(["model.py:build"], revision))
        assert "this clone is shallow: older commits and other branches are not in it" in caught.value.details
        assert caught.value.hint is not None
        assert "git fetch --unshallow" in caught.value.hint
        assert "fetch-depth: 0" in caught.value.hint


def test_submodules(repository: Repository, tmp_path: Path) -> None:
    inner = Repository(tmp_path / "inner")
    inner.commit(layer_py="one")
    repository.git("submodule", "add", "-q", str(inner.folder), "libs")
    commit = repository.commit(model_py="model")
    (repository.folder / "libs" / "layer.py").write_text("two")
    before = repository.snapshot()
    found = discover(repository.folder)
    assert write_tree(found, commit, tmp_path / "tree") == ()
    assert (tmp_path / "tree" / "libs" / "layer.py").read_text() == "one"
    assert repository.snapshot() == before
    repository.git("submodule", "deinit", "-q", "-f", "libs")
    (note,) = write_tree(found, commit, tmp_path / "again")
    assert note.startswith("the submodule `libs` is not here at ")


@pytest.mark.parametrize("layout", ["package", "namespace", "module"])
def test_imports_stay_in_the_tree(layout: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a project that is installed in editable mode: its source folder is on the path."""
    file = {"package": "src/pkg/__init__.py", "namespace": "src/pkg/part.py", "module": "src/pkg.py"}[layout]
    for side in ("working", "tree"):
        (tmp_path / side / file).parent.mkdir(parents=True)
        (tmp_path / side / file).write_text(f"side = {side!r}\n")
    (tmp_path / "working" / "src" / "built.py").write_text("side = 'working'\n")
    name = "pkg.part" if layout == "namespace" else "pkg"
    program = (
        "import importlib, sys\n"
        "from pathlib import Path\n"
        "from torchviz_cli.versions.imports import TreeFinder\n"
        f"sys.path.insert(0, {str(tmp_path / 'working' / 'src')!r})\n"
        f"finder = TreeFinder(Path({str(tmp_path / 'working')!r}), Path({str(tmp_path / 'tree')!r}))\n"
        "sys.meta_path.insert(0, finder)\n"
        f"print(importlib.import_module({name!r}).side)\n"
        "import built, json\n"
        "print(built.side, finder.strays)\n"
    )
    done = subprocess.run([sys.executable, "-B", "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "tree\nworking ['built']\n"


def test_an_environment_inside_the_repository_is_no_part_of_it(tmp_path: Path) -> None:
    finder = TreeFinder(Path(sys.prefix).parent, tmp_path)
    spec = finder.find_spec("pytest", None)
    assert spec is not None
    assert spec.origin == pytest.__file__
    assert finder.strays == []
