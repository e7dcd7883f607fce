"""Exported programs as targets: drawn with the inputs they were exported with, and never unpickled."""

from __future__ import annotations

import io
import json
import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from graphviz_torch import api
from tests.cli.conftest import Done

Run = Callable[..., Done]


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(4, 3)

    def forward(self, x: Tensor, scale: Tensor) -> Tensor:
        return self.fc(x).relu() * scale


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("programs") / "net.pt2"
    torch.manual_seed(0)
    torch.export.save(torch.export.export(Net().eval(), (torch.ones(2, 4),), {"scale": torch.ones(3)}), path)
    return path


def changed(program: Path, part: str, content: bytes) -> bytes:
    """The archive with one part replaced."""
    written = io.BytesIO()
    with zipfile.ZipFile(program) as old, zipfile.ZipFile(written, "w") as new:
        for name in old.namelist():
            new.writestr(name, content if name.endswith(part) else old.read(name))
    return written.getvalue()


def test_a_program_is_drawn_with_its_own_inputs(run: Run, program: Path, tmp_path: Path) -> None:
    (tmp_path / "net.pt2").write_bytes(program.read_bytes())
    done = run("render", "net.pt2", "-o", "graph.json", "-o", "net.svg")
    assert done.code == 0
    assert done.err == "GraphModule · 15 parameters · 3 operations · 2 module calls\n"
    graph = api.load(tmp_path / "graph.json")
    assert graph.origin.target == "net.pt2"
    assert graph.inputs == ("in:x", "in:scale")
    assert [node.name for node in graph.nodes if node.kind == "call"] == ["linear", "relu", "mul"]
    assert {node.id for node in graph.nodes if node.kind == "parameter"} == {"param:fc.weight", "param:fc.bias"}
    assert run("render", "net.pt2").out.split() == ["net.svg"]


def test_given_inputs_that_the_program_refuses(run: Run, program: Path, tmp_path: Path) -> None:
    (tmp_path / "net.pt2").write_bytes(program.read_bytes())
    done = run("show", "net.pt2", "-i", "2x5", "-i", "scale=3")
    assert done.code == 3
    assert "Guard failed: x.size()[1] == 4" in done.err


class Evil:
    def __reduce__(self) -> Any:
        return print, ("unpickled",)


def test_a_program_that_would_run_code_is_refused(run: Run, program: Path, tmp_path: Path) -> None:
    """Both ways in: inputs that are no tensors, and weights that say that they are pickled."""
    listed = {"config": {"fc.weight": {"path_name": "weight_0", "is_param": True, "use_pickle": True}}}
    parts = {
        "sample_inputs/model.pt": pickle.dumps(Evil()),
        "model_weights_config.json": json.dumps(listed).encode(),
        "model_constants_config.json": b"[1",
    }
    for part, content in parts.items():
        (tmp_path / "evil.pt2").write_bytes(changed(program, part, content))
        done = run("render", "evil.pt2")
        assert done.code == 2
        assert part in done.err
        assert "can run code" in done.err
        assert "unpickled" not in done.out + done.err


def test_what_is_no_program_is_refused(run: Run, program: Path, tmp_path: Path) -> None:
    (tmp_path / "cut.pt2").write_bytes(program.read_bytes()[:500])
    (tmp_path / "net.pt2").write_bytes(program.read_bytes())
    (tmp_path / "other.pt2").write_bytes(changed(program, "model.json", b"{}"))
    refused = {
        ("cut.pt2",): "no exported program",
        ("net.pt2:forward",): "no objects to be named",
        ("net.pt2", "--arg", "width=3"): "takes no arguments",
        ("other.pt2",): "torch cannot load",
        ("missing.pt2",): "there is no file",
    }
    for words, told in refused.items():
        done = run("render", *words)
        assert done.code == 2
        assert told in done.err, done.err
        assert "Traceback" not in done.err
