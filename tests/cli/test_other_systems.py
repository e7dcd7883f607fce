"""What other systems do differently: encodings of consoles, drives, ends of lines, files that cannot be removed."""

from __future__ import annotations

import ntpath
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from graphviz_torch import api
from graphviz_torch.errors import OutputError
from graphviz_torch.ir import serial
from graphviz_torch.trace import targets
from tests.support.graphs import Net
from tests.support.repositories import MODEL
from torchviz_cli import maps, output
from torchviz_cli.answers import near
from torchviz_cli.output import Output
from torchviz_cli.signs import held
from torchviz_cli.versions.scratch import remove

SAYING = MODEL.replace("    def forward(self, x):", "    def forward(self, x):\n        print('läuft → gut')")


def _run(folder: Path, encoding: str, *words: str) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    command = [sys.executable, "-m", "torchviz_cli", *words]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, timeout=120, check=False)


def test_a_console_that_lacks_our_signs(tmp_path: Path) -> None:
    (tmp_path / "old.py").write_text(SAYING, encoding="utf-8")
    (tmp_path / "new.py").write_text(SAYING.replace("Linear(16, 4)", "Linear(16, 5)"), encoding="utf-8")
    done = _run(tmp_path, "cp1252", "diff", "old.py:build", "new.py:build")
    assert done.returncode == 0
    assert "  ~ fc2  Linear out_features=4 -> 5" in done.stdout.decode("cp1252")
    assert done.stderr.decode("cp1252").splitlines() == ["läuft -> gut"] * 2
    for format in ("json", "markdown", "github"):  # for programs, which read UTF-8 wherever they run
        done = _run(tmp_path, "cp1252", "diff", "old.py:build", "new.py:build", "-f", format)
        assert ("→" in done.stdout.decode("utf-8")) == (format != "json")


@pytest.mark.parametrize(
    ("encoding", "text"),
    [("cp1252", "├─ 1×4 -> … · 名"), ("cp437", "├─ 1x4 → ... · 名"), ("ascii", "+- 1x4 -> ... - 名"), ("utf-8", None)],
)
def test_signs(encoding: str, text: str | None) -> None:
    told = "├─ 1×4 → … · 名"
    if text is None:
        assert held(told, encoding) is told
    else:
        assert held(told, encoding) == held(text, encoding)
        assert held(told, encoding).endswith("\\u540d")


def test_a_place_on_another_drive() -> None:
    assert near(os.path.abspath("a/b.svg")) == os.path.join("a", "b.svg")
    assert near(r"D:\pictures\net.svg", ntpath) == r"D:\pictures\net.svg"


@pytest.mark.parametrize("text", [r"C:\models\net.py", "C:/models/net.py", r"D:\saved.json", r"D:\program.pt2"])
def test_a_path_with_a_drive_is_a_path(text: str) -> None:
    target = targets.parse(text)
    assert (target.locator, target.object, target.is_file or target.is_graph or target.is_program) == (text, None, True)


@pytest.mark.parametrize(("name", "file"), [("aux", "aux_.svg"), ("Con.block", "Con.block_.svg"), ("auxiliary", None)])
def test_names_of_devices_are_no_files(name: str, file: str | None, tmp_path: Path) -> None:
    assert output.plan((), None, name)[0].path == (file or f"{name}.svg")


def test_a_place_that_cannot_be_replaced_is_named(tmp_path: Path) -> None:
    """As with a file that another program holds open: the picture is whole, but cannot get its name."""
    (tmp_path / "net.svg").mkdir()
    with pytest.raises(OutputError, match=r"cannot write .*net\.svg: "):
        output.write([(Output("net.svg", "svg", str(tmp_path)), b"<svg/>")])
    assert [path.name for path in tmp_path.iterdir()] == ["net.svg"]


def _removed(place: Path) -> bool:
    """Whether somebody who is not root, who may do anything, can remove a folder of files that are read-only."""
    if os.geteuid() == 0:
        os.seteuid(65534)
    tree = place / "run" / "tree"
    tree.mkdir(parents=True)
    (tree / "weights.bin").touch(0o444)
    (tree / "link").symlink_to(place / "kept")
    tree.chmod(0o500)
    tree.parent.chmod(0o500)
    remove(tree.parent)
    return not tree.parent.exists()


@pytest.mark.skipif(os.name != "posix", reason="forks")
def test_what_is_read_only_is_removed() -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o777)
        kept = Path(folder, "kept")
        kept.write_text("of somebody else")
        kept.chmod(0o444)
        child = os.fork()
        if child == 0:
            os._exit(0 if _removed(Path(folder)) else 1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert (kept.read_text(), kept.stat().st_mode & 0o777) == ("of somebody else", 0o444)


def test_saved_graphs_with_the_ends_of_lines_of_windows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    net = Net()
    value = net.op("relu", net.enter("", None, net.input("x", 2)), net.input("y", 2))
    graph = net.finish(out=value)
    file = tmp_path / "graph.json"
    file.write_bytes(serial.dumps(graph).replace("\n", "\r\n").encode())
    monkeypatch.setattr("graphviz_torch.ir.reading._checked", None)  # whoever reads what is laid out in another way
    assert api.load(file) == graph


def test_a_map_that_an_editor_has_marked(tmp_path: Path) -> None:
    file = tmp_path / "map.txt"
    file.write_bytes(b"\xef\xbb\xbfold=new\r\n# note\r\nencoder=body\r\n")
    assert maps.read([f"@{file}"]) == (("old", "new"), ("encoder", "body"))
