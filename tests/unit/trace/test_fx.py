"""The static graph: what fx reads, with and without shapes, and what it cannot read."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from graphviz_torch import api
from graphviz_torch.errors import UnsupportedModelError
from graphviz_torch.ir.checker import check
from graphviz_torch.ir.graph import Graph
from graphviz_torch.trace.options import TraceOptions

FX = TraceOptions(tracer="fx")


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)
        self.bn = nn.BatchNorm2d(4)
        self.scale = nn.Parameter(torch.ones(1))
        self.head = nn.Linear(4, 2)

    def forward(self, x: torch.Tensor, twice: bool = False) -> dict[str, torch.Tensor]:
        y = torch.relu(self.bn(self.conv(x))) * self.scale
        if twice:
            y = y + y
        return {"logits": self.head(y.mean((2, 3))), "features": y}


def names(graph: Graph) -> list[str]:
    return [node.name for node in graph.nodes if node.kind == "call"]


def shapes(graph: Graph) -> list[tuple[int, ...] | None]:
    return [value.meta.shape for value in graph.values if value.producer.endswith(".0") and "#" in value.producer]


def test_graph_with_shapes() -> None:
    graph = api.trace(Net(), (torch.randn(2, 3, 8, 8),), options=FX)
    check(graph)
    assert names(graph) == ["conv2d", "batchnorm2d", "relu", "mul", "mean", "linear"]
    assert shapes(graph) == [(2, 4, 6, 6), (2, 4, 6, 6), (2, 4, 6, 6), (2, 4, 6, 6), (2, 4), (2, 2)]
    assert [call.path for call in graph.calls] == ["", "conv", "bn", "head"]
    assert graph.outputs == ("out:logits", "out:features")
    assert graph.inputs == ("in:x",)


def test_graph_without_an_input_has_no_shapes() -> None:
    graph = api.trace(Net(), options=FX)
    check(graph)
    assert names(graph) == ["conv2d", "batchnorm2d", "relu", "mul", "mean", "linear"]
    assert set(shapes(graph)) == {None}


def test_places_are_the_users() -> None:
    graph = api.trace(Net(), (torch.randn(2, 3, 8, 8),), options=FX)
    files = {node.source.file.rpartition("/")[2] for node in graph.nodes if node.source}
    assert files == {"test_fx.py"}


def test_the_model_is_left_alone() -> None:
    model = Net().train()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    api.trace(model, (torch.randn(2, 3, 8, 8),), options=FX)
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    assert model.bn.training


class Branch(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x if x.sum() > 0 else -x


class Loop(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        total = x.sum()
        for row in x:
            total = total + row.max()
        return total


class Write(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = x * 2
        y[:, 0] = 0
        return y


class Length(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x * len(x)


class Number(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x * float(x.sum())


CANNOT = [
    (Branch(), "control flow on a value"),
    (Loop(), "loop over a tensor"),
    (Write(), "a write into a tensor"),
    (Length(), "`len()` of a tensor"),
    (Number(), "a function that needs real values"),
]


@pytest.mark.parametrize(("model", "words"), CANNOT)
def test_what_fx_cannot_follow_is_named(model: nn.Module, words: str) -> None:
    with pytest.raises(UnsupportedModelError) as raised:
        api.trace(model, (torch.ones(2, 2),), options=FX)
    assert words in raised.value.message
    assert "test_fx.py" in raised.value.details[0]
    assert raised.value.hint is not None
    assert "--tracer runtime" in raised.value.hint


def test_tuple_results_are_picked_apart() -> None:
    class Recurrent(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.lstm = nn.LSTM(4, 8, batch_first=True)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            y, _ = self.lstm(x)
            return y.sum(1)

    graph = api.trace(Recurrent(), (torch.randn(2, 5, 4),), options=FX)
    check(graph)
    assert names(graph) == ["lstm", "sum"]
    assert [value.meta.shape for value in graph.values if value.producer == "lstm#0:lstm.0"] == [
        (2, 5, 8),
        (1, 2, 8),
        (1, 2, 8),
    ]


def test_a_buffer_that_is_given_anew() -> None:
    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.register_buffer("state", torch.zeros(4))

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            self.state = self.state + x
            return self.state * 2

    model = Net()
    before = model.state
    graph = api.trace(model, (torch.ones(4),), options=FX)
    check(graph)
    assert names(graph) == ["add", "mul"]
    assert [buffer.name for buffer in graph.modules[0].buffers] == ["state"]
    assert model.state is before


def test_tensors_that_forward_makes_of_numbers() -> None:
    class Net(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x * torch.tensor([1.0, 2.0])

    model = Net()
    graph = api.trace(model, (torch.ones(2),), options=FX)
    check(graph)
    assert names(graph) == ["mul"]
    assert not any(name.startswith("_tensor_constant") for name in vars(model))
