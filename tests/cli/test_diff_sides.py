"""The grammar of the two sides of a comparison, and of `--map`."""

from __future__ import annotations

from pathlib import Path

import pytest

from graphviz_torch.errors import TargetError
from tests.support.graphs import mlp
from torchviz_cli import maps
from torchviz_cli.versions.sides import parse, sides


@pytest.mark.parametrize(
    ("text", "revision", "target"),
    [
        ("model.py:build", None, "model.py:build"),
        ("model.py", None, "model.py"),
        ("pkg.net:UNet", None, "pkg.net:UNet"),
        ("pkg.net:UNet(name='a:b')", None, "pkg.net:UNet(name='a:b')"),
        ("saved.json", None, "saved.json"),
        ("HEAD~1:model.py:build", "HEAD~1", "model.py:build"),
        ("HEAD~1:model.py", "HEAD~1", "model.py"),
        ("HEAD:saved.json", "HEAD", "saved.json"),
        ("feature/new:model.py", "feature/new", "model.py"),
        ("feature/new:model.py:build", "feature/new", "model.py:build"),
        ("main...:sub/model.py:build(3)", "main...", "sub/model.py:build(3)"),
        ("v1.0:pkg.net:UNet(32)", "v1.0", "pkg.net:UNet(32)"),
        ("HEAD@{2 days ago, 12:00}:model.py:build", "HEAD@{2 days ago, 12:00}", "model.py:build"),
        ("HEAD^{/fix: it}:model.py", "HEAD^{/fix: it}", "model.py"),
        (r"C:\x\model.py:build", None, r"C:\x\model.py:build"),
        ("C:/x/model.py", None, "C:/x/model.py"),
        (r"HEAD:C:\x\model.py:build", "HEAD", r"C:\x\model.py:build"),
        ("c:model.py:build", "c", "model.py:build"),
    ],
)
def test_parse(text: str, revision: str | None, target: str) -> None:
    found = parse(text)
    assert (found.revision, found.target, found.text) == (revision, target, text)


def test_a_file_that_exists_is_no_revision(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "HEAD:model.py").touch()
    assert parse("HEAD:model.py").revision is None


def test_one_target_is_compared_with_head() -> None:
    old, new = sides(["sub/model.py:build"], None)
    assert (old.text, old.revision, old.from_here) == ("HEAD:sub/model.py:build", "HEAD", True)
    assert (new.text, new.revision) == ("sub/model.py:build", None)


def test_against() -> None:
    assert sides(["model.py:build"], "main...")[0].revision == "main..."
    old, new = sides(["HEAD~1:model.py:build"], "main")
    assert (old.revision, old.from_here, new.revision) == ("main", False, "HEAD~1")


@pytest.mark.parametrize(
    ("targets", "against", "message", "hint"),
    [
        ([], None, "a comparison is of two versions, 0 were given",
         "torchviz-cli diff OLD NEW, or torchviz-cli diff TARGET --against main"),
        (["a.py", "b.py", "c.py"], None, "a comparison is of two versions, 3 were given",
         "torchviz-cli diff OLD NEW, or torchviz-cli diff TARGET --against main"),
        (["a.py", "b.py"], "main", "`--against` is for one target; two were given",
         "torchviz-cli diff b.py --against main"),
        (["a.py"], "", "`--against` names no revision", "--against main"),
        ([":a.py:build", "a.py"], None, "`:a.py:build` names no revision before the colon", "HEAD:a.py:build"),
        (["none.json"], None, "there is no file `none.json`", "torchviz-cli diff saved.json model.py:build"),
    ],
)  # fmt: skip
def test_refused(targets: list[str], against: str | None, message: str, hint: str) -> None:
    with pytest.raises(TargetError) as caught:
        sides(targets, against)
    assert (caught.value.message, caught.value.hint) == (message, hint)


def test_maps(tmp_path: Path) -> None:
    file = tmp_path / "map.txt"
    file.write_text("# renamed\na.b = c.d\n\ne=f\n")
    assert maps.read([f"@{file}", "g=h"]) == (("a.b", "c.d"), ("e", "f"), ("g", "h"))


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (["a"], "`--map a` is not OLD=NEW"),
        (["=b"], "`--map =b` is not OLD=NEW"),
        (["a=b", "a=c"], "`--map`: `a` is mapped to `b` and to `c`"),
        (["a=c", "b=c"], "`--map`: two old paths are mapped to `c`"),
        (["@none.txt"], "`--map @none.txt` cannot be read: No such file or directory"),
    ],
)
def test_maps_refused(texts: list[str], message: str) -> None:
    with pytest.raises(TargetError) as caught:
        maps.read(texts)
    assert caught.value.message == message


def test_a_map_of_a_module_that_is_not_there() -> None:
    with pytest.raises(TargetError) as caught:
        maps.check([("fc3", "fc1")], mlp(), mlp())
    assert caught.value.message == "`--map fc3=fc1`: the old model has no module `fc3`"
    assert caught.value.details == ("nearest: fc2, fc1",)
    assert caught.value.hint == "--map fc2=fc1"
