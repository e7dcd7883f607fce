"""A backward pass inside a run is an operation, and who reads a gradient is linked to it."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from graphviz_torch import api
from graphviz_torch.ir.checker import check
from graphviz_torch.ir.graph import Graph
from graphviz_torch.trace.options import TraceOptions


class Learns(nn.Module):
    """Takes a step, reads gradients before and after a write, and adds to them."""

    def __init__(self) -> None:
        super().__init__()
        self.fc, self.other = nn.Linear(2, 2), nn.Linear(2, 2)

    def forward(self, x: Tensor) -> tuple[Tensor | None, ...]:
        scale = torch.ones(2, requires_grad=True)
        (self.fc(x) * scale).sum().backward()
        gradient = self.fc.weight.grad
        assert gradient is not None
        gradient.mul_(2)
        again = self.fc.weight.grad
        assert again is not None
        shown = again + 1
        torch.autograd.backward(self.fc(x).sum())
        assert self.fc.weight.grad is not None
        return shown, scale.grad, self.fc.weight.grad * 3, self.other.weight.grad


def traced(level: str) -> Graph:
    graph = api.trace(Learns(), (torch.ones(1, 2),), options=TraceOptions(level=level))
    check(graph)
    return graph


def test_a_backward_pass_reads_the_loss_and_makes_the_gradients() -> None:
    graph = traced("function")
    nodes = {node.id: node for node in graph.nodes}
    assert nodes["#0:backward.0"].operands == ("#0:sum.0",)
    assert nodes["#0:grad.0"].operands == ("param:fc.weight", "#0:backward.0")
    assert nodes["#0:grad.1"].operands == ("param:fc.weight", "#0:mul_.0/1")
    assert nodes["#0:backward.1"].operands == ("#0:sum.1",)
    assert nodes["#0:grad.3"].operands == ("#0:ones.0", "#0:backward.0/2")
    assert nodes["#0:grad.4"].operands == ("param:fc.weight", "#0:backward.1")
    assert nodes["#0:grad.5"].operands == ("param:other.weight",)
    assert [note.target for note in graph.diagnostics if note.code == "backward"] == ["#0:backward.0", "#0:backward.1"]


def test_the_operations_of_autograd_are_shown_with_the_aten_operations() -> None:
    graph = traced("both")
    nodes = {node.id: node for node in graph.nodes}
    calls = {call.id: call for call in graph.calls}
    assert calls["#0:backward.0"].operands == ("#0:sum.0:sum.0",)
    assert nodes["#0:grad.0"].operands[1] in calls["#0:backward.0"].results
    assert "#0:backward.0:mm.0" in nodes
    assert not [note for note in graph.diagnostics if note.code == "backward"]


@pytest.mark.parametrize("level", ["function", "both", "aten"])
def test_the_gradients_of_the_model_are_as_before(level: str) -> None:
    model = Learns()
    model.other.weight.grad = kept = torch.ones(2, 2)
    api.trace(model, (torch.ones(1, 2),), options=TraceOptions(level=level))
    assert model.fc.weight.grad is None
    assert model.other.weight.grad is kept
    assert kept.tolist() == [[1.0, 1.0], [1.0, 1.0]]
