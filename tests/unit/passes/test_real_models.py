"""Passes on graphs that the tracer made of real modules."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from graphviz_torch import api
from graphviz_torch.ir import serial
from graphviz_torch.ir.checker import check
from graphviz_torch.ir.graph import Graph
from graphviz_torch.ir.walks import GraphIndex, reachable, successors
from graphviz_torch.passes.options import ViewOptions
from graphviz_torch.passes.view import view


class Encoder(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        layer = nn.TransformerEncoderLayer(16, 2, 32, batch_first=True)
        self.layers = nn.TransformerEncoder(layer, 4, enable_nested_tensor=False)
        self.head = nn.Sequential(nn.Linear(16, 4))

    def forward(self, x):
        return self.head(self.layers(x).mean(1))


class Loop(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.cell = nn.GRUCell(8, 8)

    def forward(self, x):
        h = torch.zeros(2, 8)
        for step in range(x.shape[0]):
            h = self.cell(x[step], h)
        return h


class Siamese(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.tower = nn.Sequential(nn.Linear(8, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 4))

    def forward(self, a, b):
        return (self.tower(a) - self.tower(b)).abs().sum(1)


class Experts(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.gate = nn.Linear(8, 6)
        self.experts = nn.ModuleList(nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 8)) for _ in range(6))

    def forward(self, x):
        weights = self.gate(x).softmax(-1)
        return torch.einsum("neh,ne->nh", torch.stack([expert(x) for expert in self.experts], 1), weights)


MODELS = {
    "encoder": (Encoder, (torch.zeros(2, 5, 16),), {(4, "distinct")}),
    "loop": (Loop, (torch.zeros(6, 2, 8),), {(6, "shared")}),
    "siamese": (Siamese, (torch.zeros(3, 8), torch.zeros(3, 8)), set()),
    "experts": (Experts, (torch.zeros(3, 8),), {(6, "distinct")}),
}


def traced(name: str) -> Graph:
    torch.manual_seed(0)
    make, args, _ = MODELS[name]
    return api.trace(make().train(), args)


def ends(graph: Graph) -> set[tuple[str, str]]:
    following = successors(GraphIndex(graph))
    return {(start, end) for start in graph.inputs for end in reachable([start], following) & set(graph.outputs)}


@pytest.mark.parametrize("name", MODELS)
def test_repeats_are_found(name: str) -> None:
    shown = view(traced(name), ViewOptions())
    folds = {(mark.payload["count"], mark.payload["kind"]) for mark in shown.annotations if mark.key == "fold"}
    assert folds == MODELS[name][2]


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize(
    "options",
    [
        ViewOptions(),
        ViewOptions(depth="all"),
        ViewOptions(depth=1),
        ViewOptions(depth=0),
        ViewOptions(depth=2, fold=False, prune=False),
    ],
    ids=["auto", "all", "1", "0", "plain"],
)
def test_views_are_sound(name: str, options: ViewOptions) -> None:
    graph = traced(name)
    shown = view(graph, options)
    check(shown)
    assert view(shown, options) == shown
    assert ends(shown) >= ends(graph)


@pytest.mark.parametrize("name", MODELS)
def test_saved_and_shown(name: str) -> None:
    graph = traced(name)
    assert serial.loads(serial.dumps(graph)) == graph
    for format in ("dot", "mmd", "txt"):
        assert api.render(graph, format)


def test_counters_of_batch_norm_are_not_drawn() -> None:
    shown = view(traced("siamese"), ViewOptions(depth="all"))
    assert {node.name for node in shown.nodes if node.kind == "call"} == {"sub", "abs", "sum"}
    assert not any(node.kind in ("parameter", "buffer") for node in shown.nodes)


def test_focus_on_a_real_layer() -> None:
    shown = view(traced("encoder"), ViewOptions(focus="layers.layers.2"))
    check(shown)
    assert len(shown.inputs) == len(shown.outputs) == 1
