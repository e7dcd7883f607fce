"""Ids are the same in every process, and one inserted layer changes only its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from graphviz_torch import api
from graphviz_torch.ir.graph import Graph

ROOT = Path(__file__).parents[4]
PRINT = """
import sys, torch
from graphviz_torch import api
from graphviz_torch.ir import serial
from graphviz_torch.trace.options import TraceOptions
from tests.models.catalogue import MODELS
for name in sys.argv[1:]:
    torch.manual_seed(0)
    model, args, kwargs = MODELS[name]()
    sys.stdout.write(serial.dumps(api.trace(model, args, kwargs, TraceOptions(seed=0))))
"""
NAMES = [
    "tied",
    "experts",
    "counters",
    "slice_writes",
    "hooked",
    "outputs",
    "half_writes",
    "custom",
    "batched",
    "random",
]


def printed(hash_seed: str) -> str:
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-W", "ignore", "-c", PRINT, *NAMES]
    return subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def test_the_bytes_are_the_same_in_any_process() -> None:
    first = printed("1")
    assert first.count('"format"') == len(NAMES)
    assert first == printed("4021")


class Block(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(4, 4)
        self.norm = nn.LayerNorm(4)

    def forward(self, x: Tensor) -> Tensor:
        return self.norm(self.fc(x).relu()) + x


class Net(nn.Module):
    """Blocks, some operations, and something extra at one place."""

    def __init__(self, extra: str) -> None:
        super().__init__()
        self.first, self.second, self.last = Block(), Block(), Block()
        self.extra = extra
        self.added: nn.Module = (
            Block() if extra == "block" else nn.Dropout(0.1) if extra == "dropout" else nn.Identity()
        )

    def forward(self, x: Tensor) -> Tensor:
        x = self.first(x)
        if self.extra != "":
            x = self.added(x)
        x = self.second(x).sigmoid()
        return self.last(x) * self.second(x)


def ids(graph: Graph) -> set[str]:
    found = {node.id for node in graph.nodes} | {value.id for value in graph.values} | {call.id for call in graph.calls}
    return {one for one in found if not one.removeprefix("param:").startswith("added")}


@pytest.mark.parametrize("extra", ["block", "dropout", "identity"])
def test_an_inserted_layer_changes_only_its_own_ids(extra: str) -> None:
    x = torch.ones(2, 4)
    before, after = (api.trace(Net(kind), (x,)) for kind in ("", extra))
    assert ids(before) == ids(after)
    assert any(call.path == "added" for call in after.calls)
    assert len(after.nodes) > len(before.nodes)


def test_an_inserted_operation_leaves_other_calls_alone() -> None:
    class Other(Block):
        def forward(self, x: Tensor) -> Tensor:
            return self.norm(self.fc(x).relu().exp()) + x

    net = Net("")
    before = api.trace(net, (torch.ones(2, 4),))
    net.second = Other()
    after = api.trace(net, (torch.ones(2, 4),))
    assert {node.id for node in after.nodes} - {node.id for node in before.nodes} == {
        "second#0:exp.0",
        "second#1:exp.0",
    }
    assert {node.id for node in before.nodes} <= {node.id for node in after.nodes}
