"""The grammar of targets and inputs, from the words to the graph."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import safetensors.torch
import torch

from graphviz_torch import api
from graphviz_torch.ir.graph import Graph
from tests.cli.conftest import Done

Run = Callable[..., Done]

FILES = {
    "model.py": """\
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self, width=8, bias=True):
        super().__init__()
        self.fc = nn.Linear(4, width, bias=bias)
        self.drop = nn.Dropout(0.5)
    def forward(self, x, scale=None):
        print("the model says hello")
        x = self.drop(self.fc(x))
        return x if scale is None else x * scale

class Words(nn.Module):
    def __init__(self):
        super().__init__()
        self.table = nn.Embedding(5, 3)
    def forward(self, ids):
        return self.table(ids)

class Constant(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(2))
    def forward(self):
        return self.weight * 2

class Batch(nn.Module):
    def forward(self, batch):
        return batch["image"] + batch["parts"][0]

net = Net(3)

def build(width=8):
    return Net(width)

def with_args():
    return Net(), (torch.zeros(2, 4),)

def with_kwargs():
    return Net(), (torch.zeros(2, 4),), {"scale": torch.ones(1)}

def nested():
    return Batch(), ({"image": torch.zeros(2), "parts": [torch.ones(2)]},)
""",
    "one_class.py": """\
from torch import nn

class Only(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 2)
    def forward(self, x):
        return self.fc(x)
""",
    "examples.py": """\
import torch
from torch import nn

def build():
    return nn.Linear(4, 2)

def example_inputs():
    return torch.zeros(3, 4)
""",
    "lightning.py": """\
import torch
from torch import nn

class Model(nn.Linear):
    example_input_array = torch.zeros(5, 4)

def build():
    return Model(4, 2)
""",
    "uses_neighbour.py": "from neighbour import WIDTH\nfrom torch import nn\nbuild = lambda: nn.Linear(4, WIDTH)\n",
    "neighbour.py": "WIDTH = 6\n",
    "json.py": "from torch import nn\n\ndef build():\n    return nn.Linear(4, 7)\n",
    "pkg/__init__.py": "",
    "pkg/net.py": """\
from torch import nn
from .parts import Block

class UNet(nn.Module):
    def __init__(self, channels=4):
        super().__init__()
        self.block = Block(channels)
    def forward(self, x):
        return self.block(x)
""",
    "pkg/parts.py": "from torch import nn\nclass Block(nn.Linear):\n  def __init__(self, n): super().__init__(4, n)\n",
    "main_part.py": """\
from torch import nn

def build():
    return nn.Linear(4, 2)

if __name__ == "__main__":
    raise SystemExit("trains for a week")
""",
}  # fmt: skip


@pytest.fixture
def graph(tmp_path: Path, run: Run) -> Callable[..., Graph]:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    torch.save({"image": torch.full((1, 4), 2.0), "other": torch.zeros(1)}, tmp_path / "batch.pt")
    np.save(tmp_path / "x.npy", np.ones((6, 4), dtype=np.float32))
    np.savez(tmp_path / "x.npz", a=np.ones((7, 4), dtype=np.float32), b=np.ones(1))
    safetensors.torch.save_file({"x": torch.ones(8, 4)}, str(tmp_path / "x.safetensors"))

    def traced(*words: str) -> Graph:
        done = run("render", *words, "-o", "graph.json")
        assert done.code == 0, done.err
        assert done.out == "graph.json\n"
        return api.load(tmp_path / "graph.json")

    return traced


def output(graph: Graph) -> tuple[tuple[int, ...] | None, str]:
    """Shape and dtype of the first output."""
    nodes = {node.id: node for node in graph.nodes}
    values = {value.id: value for value in graph.values}
    meta = values[nodes[graph.outputs[0]].operands[0]].meta
    return meta.shape, meta.dtype


@pytest.mark.parametrize(
    ("words", "shape"),
    [
        (["model.py:net", "-i", "1x4"], (1, 3)),
        (["model.py:Net", "-i", "1x4"], (1, 8)),
        (["model.py:Net(5, bias=False)", "-i", "1x4"], (1, 5)),
        (["model.py:Net", "--arg", "width=6", "-i", "1x4"], (1, 6)),
        (["model.py:build", "-i", "1x4"], (1, 8)),
        (["model.py:build(width=2)", "-i", "1x4"], (1, 2)),
        (["model.py", "-i", "1x4"], (1, 8)),
        (["model.py:with_args"], (2, 8)),
        (["model.py:with_args", "-i", "3x4"], (3, 8)),
        (["model.py:with_kwargs"], (2, 8)),
        (["model.py:nested"], (2,)),
        (["model.py:Constant"], (2,)),
        (["one_class.py", "-i", "1x4"], (1, 2)),
        (["examples.py"], (3, 2)),
        (["lightning.py"], (5, 2)),
        (["uses_neighbour.py:build", "-i", "1x4"], (1, 6)),
        (["json.py:build", "-i", "1x4"], (1, 7)),
        (["pkg.net:UNet(channels=9)", "-i", "1x4"], (1, 9)),
        (["pkg/net.py:UNet", "-i", "1x4"], (1, 4)),
        (["main_part.py:build", "-i", "1x4"], (1, 2)),
    ],
)
def test_targets(words: list[str], shape: tuple[int, ...], graph: Callable[..., Graph]) -> None:
    assert output(graph(*words))[0] == shape


@pytest.mark.parametrize(
    ("words", "shape", "dtype"),
    [
        (["model.py:net", "-i", "2x3x4"], (2, 3, 3), "float32"),
        (["model.py:net", "-i", "x=1x4"], (1, 3), "float32"),
        (["model.py:net", "-i", "1x4:f32:zeros", "-i", "scale=scalar:f64"], (1, 3), "float32"),
        (["model.py:net", "-i", "1x4:ones", "-i", "1x3:i64:0..9"], (1, 3), "float32"),
        (["model.py:net", "-i", "1x4", "-i", "scale=py:2"], (1, 3), "float32"),
        (["model.py:net", "-i", "1x4:float32:arange@cpu"], (1, 3), "float32"),
        (["model.py:net", "-i", "@batch.pt:image"], (1, 3), "float32"),
        (["model.py:net", "-i", "x=@x.npy"], (6, 3), "float32"),
        (["model.py:net", "-i", "@x.npz:a"], (7, 3), "float32"),
        (["model.py:net", "-i", "@x.safetensors"], (8, 3), "float32"),
        (["model.py:Words", "-i", "2x64:i64"], (2, 64, 3), "float32"),
        (["model.py:Words", "-i", "2x64:i64:0..5"], (2, 64, 3), "float32"),
    ],
)
def test_inputs(words: list[str], shape: tuple[int, ...], dtype: str, graph: Callable[..., Graph]) -> None:
    assert output(graph(*words)) == (shape, dtype)


def test_evaluation_is_the_default(graph: Callable[..., Graph]) -> None:
    assert not graph("model.py:build", "-i", "1x4").origin.training
    assert graph("model.py:build", "-i", "1x4", "--train").origin.training


def test_outputs_and_what_is_said(graph: Callable[..., Graph], run: Run, tmp_path: Path) -> None:
    done = run("render", "model.py:build", "-i", "1x4", "-o", "a.svg", "-o", "b.png", "-o", "c.mmd", "-o", "d.dot")
    assert (done.code, done.out) == (0, "a.svg\nb.png\nc.mmd\nd.dot\n")
    assert "the model says hello" in done.err
    assert (tmp_path / "b.png").read_bytes()[:4] == b"\x89PNG"
    done = run("render", "model.py:build", "-i", "1x4", "-f", "svg", "-o", "-", "--quiet")
    assert done.out.startswith("<svg")
    assert done.out.rstrip().endswith("</svg>")
    done = run("render", "model.py:build", "-i", "1x4")
    assert done.out == "build.svg\n"
    assert {path.name for path in tmp_path.iterdir()} >= {"a.svg", "b.png", "c.mmd", "d.dot", "build.svg"}
    assert not list(tmp_path.glob("*.part"))


def test_show(graph: Callable[..., Graph], run: Run) -> None:
    done = run("show", "model.py:build", "-i", "1x4", "-q")
    assert done.code == 0
    assert "fc · Linear" in done.out
    assert '"parameters"' in run("show", "model.py:build", "-i", "1x4", "-q", "--json").out
