"""What goes wrong on the command line: the exit code, a message that helps, and no file left behind."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.cli.conftest import Done

Run = Callable[..., Done]

MODEL = """\
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self, width=8):
        super().__init__()
        self.fc = nn.Linear(4, width)
    def forward(self, x):
        return self.fc(x)

class Pair(nn.Module):
    def forward(self, x, mask):
        return x * mask

class Words(nn.Module):
    def __init__(self):
        super().__init__()
        self.table = nn.Embedding(5, 3)
    def forward(self, ids):
        return self.table(ids)

def build():
    return Net()

def needs(depth):
    return Net(depth)

def raises():
    raise ValueError("no such size")

def number():
    return 7

def ends():
    raise SystemExit(3)

VALUE = 3
"""

# name: (words, parts of the message)
CASES: dict[str, tuple[list[str], list[str]]] = {
    "missing file": (["modle.py:build"], ["there is no file `modle.py`", "model.py"]),
    "missing module": (["no.such:build"], ["there is no module `no.such`"]),
    "folder": (["folder"], ["folder"]),
    "syntax error": (["syntax.py:build"], ["no valid Python", "syntax.py:2", "def broken(:"]),
    "import error": (["imports.py:build"], ["cannot be imported", "no_such_package", "imports.py:1"]),
    "no such object": (["model.py:biuld"], ["no object named `biuld`", "it defines: Net", "model.py:build"]),
    "no model": (["model.py:VALUE"], ["`VALUE` is no model", "int"]),
    "factory raises": (["model.py:raises"], ["`raises` raised ValueError: no such size", "model.py:"]),
    "factory returns something else": (["model.py:number"], ["`number` returned int"]),
    "factory ends the program": (["model.py:ends"], ["`ends` ended the program"]),
    "factory needs arguments": (["model.py:needs"], ["`needs` cannot be called", "--arg depth="]),
    "several objects": (["several.py"], ["which object of several.py", "One, Two"]),
    "arguments are no literals": (["model.py:Net(width=open('x'))"], ["no Python literals"]),
    "argument without a value": (["model.py:Net", "--arg", "width"], ["is not NAME=LITERAL"]),
    "too few inputs": (["model.py:Pair", "-i", "1x4"], ["`Pair` needs 2 inputs, 1 was given", "mask", "-i mask="]),
    "no inputs": (["model.py:build"], ["`build` needs 1 input, none was given", "forward(self, x)"]),
    "too many inputs": (
        ["model.py:build", "-i", "1x4", "-i", "1x4"],
        ["takes 1 input by position, 2 were given", "forward(self, x)"],
    ),
    "misnamed input": (["model.py:build", "-i", "y=1x4"], ["x", "forward(self, x)"]),
    "input twice": (["model.py:build", "-i", "x=1x4", "-i", "x=1x4"], ["given twice"]),
    "no shape": (["model.py:build", "-i", "1,4"], ["is no shape", "-i 1x4"]),
    "no dtype": (["model.py:build", "-i", "1x4:f33"], ["no dtype `f33`", "f32"]),
    "no fill": (["model.py:build", "-i", "1x4:f32:noise"], ["no fill `noise`", "randn"]),
    "fractions in integers": (["model.py:build", "-i", "1x4:i64:randn"], ["randn", "int64"]),
    "empty range": (["model.py:build", "-i", "1x4:i64:5..5"], ["5..5"]),
    "no literal": (["model.py:build", "-i", "py:open('x')"], ["no Python literal"]),
    "missing input file": (["model.py:build", "-i", "@none.pt"], ["no file `none.pt`"]),
    "unsafe input file": (["model.py:build", "-i", "@unsafe.pt"], ["unsafe.pt", "would run code"]),
    "unsafe array": (["model.py:build", "-i", "@unsafe.npy"], ["unsafe.npy", "numpy.save("]),
    "truncated input file": (["model.py:build", "-i", "@cut.pt"], ["cut.pt"]),
    "unknown kind of input file": (["model.py:build", "-i", "@model.py"], ["no known kind", ".safetensors"]),
    "no such key": (["model.py:build", "-i", "@good.pt:imge"], ["no entry `imge`", "image"]),
    "unknown format": (["model.py:build", "-i", "1x4", "-f", "swg"], ["swg", "svg"]),
    "unknown extension": (["model.py:build", "-i", "1x4", "-o", "a.bmp"], ["bmp", "formats:"]),
    "no extension": (["model.py:build", "-i", "1x4", "-o", "a"], ["no extension", "a.svg"]),
    "stdout without a format": (["model.py:build", "-i", "1x4", "-o", "-"], ["needs a format"]),
    "no such folder": (["model.py:build", "-i", "1x4", "-o", "none/a.svg"], ["no folder `none`"]),
    "output is a folder": (["model.py:build", "-i", "1x4", "-o", "folder", "-f", "svg"], ["folder"]),
    "unknown tracer": (["model.py:build", "-i", "1x4", "--tracer", "magic"], ["magic", "runtime"]),
    "unknown level": (["model.py:build", "-i", "1x4", "--level", "low"], ["low", "function"]),
    "no depth": (["model.py:build", "-i", "1x4", "--depth", "deep"], ["deep", "--depth"]),
    "no such focus": (["model.py:build", "-i", "1x4", "--focus", "fx"], ["fx", "fc"]),
    "from without to": (["model.py:build", "-i", "1x4", "--from", "fc"], ["belong together"]),
    "missing graph": (["none.json"], ["no file `none.json`"]),
    "truncated graph": (["cut.json"], ["cut.json"]),
    "graph of another version": (["later.json"], ["later.json"]),
    "graph that is a list": (["list.json"], ["list.json"]),
    "deep graph": (["deep.json"], ["deep.json"]),
    "inputs for a graph": (["good.json", "-i", "1x4"], ["takes no inputs"]),
    "empty target": ([""], ["the target is empty"]),
    "very long target": (["x" * 20_000 + ".py:build"], ["there is no file"]),
    "newline in a target": (["mo\ndel.py:build"], ["there is no file"]),
}


@pytest.fixture
def folder(tmp_path: Path, run: Run) -> Path:
    (tmp_path / "folder").mkdir()
    (tmp_path / "model.py").write_text(MODEL, encoding="utf-8")
    (tmp_path / "syntax.py").write_text("x = 1\ndef broken(:\n", encoding="utf-8")
    (tmp_path / "imports.py").write_text("import no_such_package\n", encoding="utf-8")
    several = "from torch import nn\nclass One(nn.Module): pass\nclass Two(nn.Module): pass\n"
    (tmp_path / "several.py").write_text(several, encoding="utf-8")
    torch.save({"image": torch.zeros(1, 4), "other": torch.zeros(1)}, tmp_path / "good.pt")
    (tmp_path / "cut.pt").write_bytes((tmp_path / "good.pt").read_bytes()[:200])
    with (tmp_path / "unsafe.pt").open("wb") as file:
        torch.save({"x": Path("harmless")}, file)
    np.save(tmp_path / "unsafe.npy", np.array([{"x": 1}], dtype=object), allow_pickle=True)
    assert run("render", "model.py:build", "-i", "1x4", "-o", "good.json", "-q").code == 0
    graph = (tmp_path / "good.json").read_text(encoding="utf-8")
    (tmp_path / "cut.json").write_text(graph[: len(graph) // 2], encoding="utf-8")
    found = json.loads(graph)
    version = next(key for key in found if "version" in key)
    found[version] = "99.0" if isinstance(found[version], str) else 99
    (tmp_path / "later.json").write_text(json.dumps(found), encoding="utf-8")
    (tmp_path / "list.json").write_text("[1, 2]", encoding="utf-8")
    (tmp_path / "deep.json").write_text("[" * 200_000, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("name", CASES)
def test_bad_input_is_told_and_leaves_nothing_behind(name: str, folder: Path, run: Run) -> None:
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*") if "__pycache__" not in path.parts}
    words, parts = CASES[name]
    done = run("render", *words)
    assert done.code == 2, done.err
    assert done.out == ""
    assert done.err.splitlines()[0].startswith("error: ") or "error: " in done.err
    assert "Traceback" not in done.err
    assert max(map(len, done.err.splitlines())) < 400
    for part in parts:
        assert part in done.err
    after = {path: path.stat().st_mtime_ns for path in folder.rglob("*") if "__pycache__" not in path.parts}
    assert after == before


def test_a_float_for_an_embedding_is_the_models_failure(folder: Path, run: Run) -> None:
    done = run("render", "model.py:Words", "-i", "1x4:f32")
    assert done.code == 3
    assert "table" in done.err
    assert "Traceback" not in done.err
    assert (folder / "Words.svg").exists()


def test_pickles_are_never_run(folder: Path, run: Run) -> None:
    class Trap:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return (exec, ("open('trapped', 'w').close()",))

    (folder / "trap.pt").write_bytes(pickle.dumps(Trap()))
    assert run("render", "model.py:build", "-i", "@trap.pt").code == 2
    assert not (folder / "trapped").exists()
