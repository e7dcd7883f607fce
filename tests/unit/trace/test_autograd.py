"""The backward graph: its nodes, the parameters it ends in, and what it keeps."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from graphviz_torch import api
from graphviz_torch.errors import TraceError, UnsupportedModelError
from graphviz_torch.ir.checker import check
from graphviz_torch.ir.graph import Graph
from graphviz_torch.ir.walks import GraphIndex
from graphviz_torch.trace.options import TraceOptions

AUTOGRAD = TraceOptions(tracer="autograd")


def edges(graph: Graph) -> list[str]:
    nodes = GraphIndex(graph).nodes
    return [f"{nodes[a].name} -> {nodes[b].name}" for a, b, _ in GraphIndex(graph).edges()]


def test_gradients_flow_from_the_output_to_the_parameters() -> None:
    model = nn.Sequential(nn.Linear(3, 4), nn.ReLU())
    graph = api.trace(model, (torch.randn(2, 3),), options=AUTOGRAD)
    check(graph)
    assert edges(graph) == [
        "grad of output -> ReluBackward0",
        "ReluBackward0 -> AddmmBackward0",
        "AddmmBackward0 -> 0.bias.grad",
        "AddmmBackward0 -> TBackward0",
        "TBackward0 -> 0.weight.grad",
    ]
    assert [call.id for call in graph.calls] == ["#0", "1#0", "0#0"]


def test_gradients_of_a_shared_weight_are_added() -> None:
    class Shared(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.w = nn.Parameter(torch.ones(2))

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return (x * self.w).exp() + self.w

    graph = api.trace(Shared(), (torch.ones(2),), options=AUTOGRAD)
    check(graph)
    added = next(node for node in graph.nodes if node.name == "AccumulateGrad")
    assert len(added.operands) == 2
    assert [node.name for node in graph.nodes if node.kind == "output"] == ["w.grad"]


def test_inputs_that_require_a_gradient_are_ends_too() -> None:
    graph = api.trace(nn.Linear(2, 2), (torch.ones(1, 2, requires_grad=True),), options=AUTOGRAD)
    assert {node.name for node in graph.nodes if node.kind == "output"} == {"weight.grad", "bias.grad", "input.grad"}


def test_what_is_saved_without_memory_of_its_own() -> None:
    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.fc = nn.Linear(3, 3)

        def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, ...]:
            rows = torch.nested.nested_tensor([x, x[:1]], layout=torch.jagged)
            hessian = torch.func.hessian(lambda row: self.fc(row).pow(2).sum())(x[0])
            return self.fc(rows).sin().values(), torch.sparse.mm(torch.eye(2).to_sparse(), self.fc(x)), hessian

    graph = api.trace(Net(), (torch.ones(2, 3),), options=AUTOGRAD)
    check(graph)
    assert {node.name for node in graph.nodes if node.kind == "output"} == {"fc.weight.grad", "fc.bias.grad"}


def test_saved_tensors_have_shapes_and_bytes() -> None:
    class Exp(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.w = nn.Parameter(torch.ones(4, 8))

        def forward(self) -> torch.Tensor:
            return self.w.exp()

    graph = api.trace(Exp(), options=AUTOGRAD)
    saved = next(mark.payload for mark in graph.annotations if mark.key == "saved")
    assert saved == {
        "tensors": ({"name": "result", "shape": (4, 8), "dtype": "float32", "bytes": 128},),
        "bytes": 128,
    }
    assert "1 tensors, 128 bytes" in next(note.message for note in graph.diagnostics if note.code == "saved")


def test_a_saved_tensor_that_was_written_is_an_error() -> None:
    class Written(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.w = nn.Parameter(torch.ones(2))

        def forward(self) -> torch.Tensor:
            return self.w.exp().add_(1)

    graph = api.trace(Written(), options=AUTOGRAD)
    note = next(note for note in graph.diagnostics if note.code == "saved_modified")
    assert note.severity == "error"
    assert note.target == "#0:ExpBackward0.0"


def test_custom_functions_show_what_they_save() -> None:
    class Square(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):  # type: ignore[no-untyped-def]
            ctx.save_for_backward(x)
            return x * x

        @staticmethod
        def backward(ctx, grad):  # type: ignore[no-untyped-def]
            (x,) = ctx.saved_tensors
            return 2 * x * grad

    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.w = nn.Parameter(torch.ones(3))

        def forward(self) -> torch.Tensor:
            return Square.apply(self.w)

    graph = api.trace(Net(), options=AUTOGRAD)
    node = next(node for node in graph.nodes if node.name == "SquareBackward")
    assert dict(node.attributes).keys() == {"saved tensors[0]"}


@pytest.mark.parametrize(
    ("prepare", "words"),
    [
        (lambda model: model.requires_grad_(False), "every parameter is frozen"),
        (lambda model: model.register_forward_hook(lambda m, i, out: out.detach()), "is cut"),
    ],
)
def test_without_a_gradient_the_reason_is_told(prepare, words: str) -> None:  # type: ignore[no-untyped-def]
    model = nn.Linear(2, 2)
    prepare(model)
    with pytest.raises(UnsupportedModelError, match=words):
        api.trace(model, (torch.ones(1, 2),), options=AUTOGRAD)


def test_no_grad_is_told() -> None:
    with torch.no_grad(), pytest.raises(UnsupportedModelError, match="switched off"):
        api.trace(nn.Linear(2, 2), (torch.ones(1, 2),), options=AUTOGRAD)


def test_a_model_that_raises_gives_its_partial_forward_graph() -> None:
    with pytest.raises(TraceError) as raised:
        api.trace(nn.Linear(2, 2), (torch.ones(1, 3),), options=AUTOGRAD)
    assert raised.value.graph.failure is not None


@pytest.mark.slow
@pytest.mark.parametrize("tracer", ["runtime", "autograd"])
def test_a_chain_of_fifty_thousand(tracer: str) -> None:
    class Chain(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.w = nn.Parameter(torch.ones(2))

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            y = x * self.w
            for _ in range(50_000):
                y = y + 1
            return y

    graph = api.trace(Chain(), (torch.ones(2),), options=TraceOptions(tracer=tracer))
    assert sum(node.kind == "call" for node in graph.nodes) == 50_001
