"""With the aten operations in them functions keep their ids, their arguments and what the graph says of them."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from graphviz_torch import api
from graphviz_torch.errors import TraceError
from graphviz_torch.ir import serial
from graphviz_torch.ir.checker import check
from graphviz_torch.ir.graph import Graph
from graphviz_torch.passes.collapse import collapse
from graphviz_torch.passes.options import ViewOptions
from graphviz_torch.trace.options import TraceOptions
from graphviz_torch.trace.runtime.tracer import trace_with_recording
from tests.models.catalogue import MODELS
from tests.support import taint
from tests.support.replay import SEED, replay

torch.set_num_threads(1)
BOTH = TraceOptions(level="both")
NAMES = (
    *("reuse", "caught", "slice_writes", "view_writes", "out_argument", "index_put", "counters", "outputs", "custom"),
    *("batched", "functional_call", "attention", "lstm", "random", "sparse", "hooks", "script", "parametrized"),
    *("half_writes", "statistics", "in_place_layers", "no_grad", "foreach", "yields"),
)


def functions(graph: Graph) -> dict[str, object]:
    """What is said of each function, by id."""
    nodes = {node.id: (node.name, node.op, node.attributes) for node in graph.nodes if node.kind == "call"}
    return nodes | {call.id: (call.name, call.op, call.attributes) for call in graph.calls if call.kind == "operation"}


@pytest.mark.parametrize("name", NAMES)
def test_functions_are_the_same_with_what_is_in_them(name: str) -> None:
    torch.manual_seed(0)
    plain = functions(api.trace(*MODELS[name](), TraceOptions(seed=SEED)))
    torch.manual_seed(0)
    graph, recording = trace_with_recording(*MODELS[name](), TraceOptions(level="both", seed=SEED))
    check(graph)
    lost = {node for node in plain if node not in functions(graph)}
    assert lost == ({"#0:alias.1"} if name == "batched" else set())  # vmap ends where its shape is known already
    assert {node: said for node, said in functions(graph).items() if node in plain}.items() <= plain.items()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(SEED)
        report = replay(graph, recording)
    assert report.same, report.cause
    torch.manual_seed(0)
    assert taint.differences(taint.claimed(graph), taint.real(*MODELS[name]())) == ()


class Layers(nn.Module):
    """A layer, a function that writes in place, and one with a single operation in it."""

    def __init__(self, bias: bool = True) -> None:
        super().__init__()
        self.fc = nn.Linear(4, 4, bias=bias)

    def forward(self, x: Tensor) -> Tensor:
        y = self.fc(x)
        kept = torch.zeros(2, 4)
        kept[0] = y[0]
        return torch.relu(y) + kept


def test_what_is_in_a_function_lies_within_it() -> None:
    graph = api.trace(Layers(), (torch.ones(2, 4),), options=BOTH)
    regions = {call.id: call for call in graph.calls if call.kind == "operation"}
    assert regions["fc#0:linear.0"].parent == "fc#0"
    assert regions["fc#0:linear.0"].operands == ("in:x", "param:fc.weight", "param:fc.bias")
    assert [node.id for node in graph.nodes if node.module_call == "#0:setitem.0"] == [
        "#0:setitem.0:select.0",
        "#0:setitem.0:copy_.0",
    ]
    assert all(node.module_call in regions for node in graph.nodes if node.kind == "call")
    add = next(node for node in graph.nodes if node.module_call == "#0:add.0")
    assert add.operands == ("#0:relu.0:relu.0", "#0:setitem.0:copy_.0/1")
    assert serial.loads(serial.dumps(graph)) == graph


def test_another_aten_operation_changes_only_the_function_it_is_in() -> None:
    """Without a bias the layer is another product."""
    x = (torch.ones(2, 4),)
    ids = []
    for bias in (True, False):
        graph = api.trace(Layers(bias), x, options=BOTH)
        ids.append({node.id for node in graph.nodes} | {call.id for call in graph.calls})
    assert ids[0] ^ ids[1] == {"param:fc.bias", "fc#0:linear.0:addmm.0", "fc#0:linear.0:mm.0"}


def test_closed_functions_are_drawn_as_they_are_without_what_is_in_them() -> None:
    x = (torch.ones(2, 4),)
    drawn = [
        api.render(api.trace(Layers(), x, options=TraceOptions(level=level)), "txt", ViewOptions(depth=1)).decode()
        for level in ("function", "both")
    ]
    function, both = (
        [line.split(" = ")[1].split(" ~ ")[0].split(" @ ")[0] for line in text.splitlines() if " = " in line]
        for text in drawn
    )
    assert [line.split("(")[0] for line in both] == [line.split("(")[0] for line in function]
    assert "input=" in drawn[1]


def test_the_frame_of_a_layer_that_is_one_function_is_the_layer() -> None:
    graph = api.trace(Layers(), (torch.ones(2, 4),), options=BOTH)
    picture = api.render(graph, "svg", ViewOptions(depth="all")).decode()
    assert all(f">{word}</text>" in picture for word in ("fc", "addmm", "relu"))
    assert "detach" not in picture


class Wrong(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        kept = torch.zeros(2)
        try:
            kept = torch.nn.functional.linear(x, torch.ones(3, 5))
        except RuntimeError:
            kept[0] = x.sum()
        return torch.nn.functional.linear(kept, torch.ones(3, 5))


def test_a_function_that_raises_is_explained_in_the_words_of_the_user() -> None:
    with pytest.raises(TraceError) as raised:
        api.trace(Wrong(), (torch.ones(2, 4),), options=BOTH)
    graph = raised.value.graph
    check(graph)
    assert graph.failure is not None
    assert graph.failure.node == "#0:linear.1"
    assert graph.failure.reason
    assert [mark.target for mark in graph.annotations if mark.key == "handled"] == ["#0:linear.0"]


def test_what_the_tracer_copies_is_no_operation() -> None:
    class Writes(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return x.add_(1)

    graph = api.trace(Writes(), (torch.ones(2),), options=BOTH)
    assert [node.name for node in graph.nodes if node.kind == "call"] == ["add_"]


class Hessian(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(4, 4)

    def forward(self, x: Tensor) -> Tensor:
        found: Tensor = torch.func.hessian(lambda row: self.fc(row).pow(2).sum())(x)
        return found


def test_what_a_closed_function_was_given_is_there() -> None:
    graph = api.trace(Hessian(), (torch.ones(4),), options=BOTH)
    check(collapse(graph))
    check(collapse(graph, 1))
