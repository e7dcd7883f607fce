"""Every operation of a graph, run again from the graph's own edges, gives the same bits."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch import nn

from graphviz_torch.ir.checker import check
from graphviz_torch.ir.graph import Graph
from graphviz_torch.trace.options import TraceOptions
from graphviz_torch.trace.runtime.structures import tensors_of
from graphviz_torch.trace.runtime.tracer import Recording, trace_with_recording
from tests.models.catalogue import MODELS
from tests.support import state, taint
from tests.support.replay import SEED, replay, same_bits, trace_and_replay

torch.set_num_threads(1)

# What cannot be run again from outside: operations inside vmap and the like, and a way through NumPy's memory.
OPAQUE = {"batched", "curvature", "flex", "derivative", "shared_numpy"}


@pytest.mark.parametrize("name", MODELS)
def test_replay_is_the_same_bit_for_bit(name: str) -> None:
    torch.manual_seed(0)
    model, args, kwargs = MODELS[name]()
    before = state.of_model(model), [state.of_tensor(tensor) for tensor in tensors_of((args, kwargs))]
    graph, report = trace_and_replay(model, args, kwargs)
    check(graph)
    assert state.differences(before[0], state.of_model(model)) == []
    assert [state.of_tensor(tensor) for tensor in tensors_of((args, kwargs))] == before[1]
    assert report.same, report.cause
    assert (report.opaque > 0) == (name in OPAQUE)


@pytest.mark.parametrize("name", MODELS)
def test_replay_of_aten_operations_is_the_same(name: str) -> None:
    torch.manual_seed(0)
    graph, report = trace_and_replay(*MODELS[name](), level="aten")
    check(graph)
    assert report.same, report.cause
    torch.manual_seed(0)
    assert taint.differences(taint.claimed(graph), taint.real(*MODELS[name]())) == ()


@pytest.mark.parametrize("grad", [True, False])
def test_replay_without_gradients_too(grad: bool) -> None:
    torch.manual_seed(0)
    model, args, kwargs = MODELS["slice_writes"]()
    with torch.set_grad_enabled(grad):
        assert trace_and_replay(model, args, kwargs)[1].same


def captured(name: str) -> tuple[Graph, Recording]:
    torch.manual_seed(0)
    model, args, kwargs = MODELS[name]()
    torch.manual_seed(SEED)
    found = trace_with_recording(model, args, kwargs, TraceOptions())
    torch.manual_seed(SEED)
    return found


def rewired(graph: Graph, node: str, operands: tuple[str, ...]) -> Graph:
    nodes = tuple(replace(one, operands=operands) if one.id == node else one for one in graph.nodes)
    return replace(graph, nodes=nodes)


def test_a_wrong_edge_is_found() -> None:
    graph, recording = captured("reuse")
    first, *_ = graph.outputs
    wrong = rewired(graph, first, (graph.nodes[0].results[0],))
    assert replay(graph, recording).same
    assert replay(wrong, recording).different == [first]


def test_an_edge_that_passes_a_write_by_is_found() -> None:
    graph, recording = captured("view_writes")
    writers = {value.producer for value in graph.values if value.version and value.view_of}
    output = next(node for node in graph.nodes if node.kind == "output" and node.operands[0].split("/")[0] in writers)
    earlier = next(value.view_of for value in graph.values if value.id == output.operands[0])
    assert earlier is not None
    assert replay(rewired(graph, output.id, (earlier,)), recording).stale


def test_an_operation_that_cannot_run_is_named() -> None:
    graph, recording = captured("reuse")
    node = next(node for node in graph.nodes if node.name == "linear")
    broken = rewired(graph, node.id, (node.operands[1], node.operands[0], node.operands[2]))
    assert replay(broken, recording).error.startswith(f"{node.id}: RuntimeError")


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        (torch.tensor([float("nan"), 1.0]), torch.tensor([float("nan"), 1.0]), True),
        (torch.tensor([0.0]), torch.tensor([-0.0]), False),
        (torch.tensor([1.0]), torch.tensor([1.0 + 2**-23]), False),
        (torch.tensor([1.0]), torch.tensor([1.0], dtype=torch.float64), False),
        (torch.tensor([1j]), torch.tensor([1j]), True),
        (torch.tensor([1j]), torch.tensor([-1j]), False),
        (torch.eye(2).to_sparse(), torch.eye(2).to_sparse(), True),
        (torch.eye(2).to_sparse(), 2 * torch.eye(2).to_sparse(), False),
        (torch.eye(2), torch.eye(3), False),
    ],
)
def test_same_bits(left: torch.Tensor, right: torch.Tensor, same: bool) -> None:
    assert same_bits(left, right) is same


def test_weights_of_the_model_are_not_what_is_replayed_on() -> None:
    model = nn.BatchNorm1d(4)
    before = [tensor.clone() for tensor in model.state_dict().values()]
    _, report = trace_and_replay(model, (torch.randn(3, 4),), {})
    assert report.same
    assert all(torch.equal(old, new) for old, new in zip(before, model.state_dict().values(), strict=True))
