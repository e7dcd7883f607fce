"""What goes past the functions of torch: it is in the graph, or the graph says that it is not."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from graphviz_torch import api
from graphviz_torch.ir.checker import check
from graphviz_torch.ir.graph import Graph
from graphviz_torch.trace.options import TraceOptions
from tests.support import state, taint
from tests.support.replay import trace_and_replay

torch.set_num_threads(1)
LEVELS = ("function", "both", "aten")


class Runs(nn.Module):
    """Runs a function of a linear layer and an input."""

    def __init__(self, function: Callable[[nn.Linear, Tensor], Tensor]) -> None:
        super().__init__()
        self.fc = nn.Linear(4, 4)
        self.function = function

    def forward(self, x: Tensor) -> Tensor:
        return self.function(self.fc, x)


def traced(function: Callable[[nn.Linear, Tensor], Tensor], level: str = "function") -> Graph:
    torch.manual_seed(0)
    model = Runs(function)
    before = state.of_model(model), state.namespaces()
    graph = api.trace(model, (torch.randn(2, 4),), options=TraceOptions(level=level))
    check(graph)
    assert state.differences(before[0], state.of_model(model)) == []
    assert state.differences(before[1], state.namespaces()) == []
    return graph


def notes(graph: Graph) -> list[tuple[str, str | None]]:
    return [(note.code, note.target) for note in graph.diagnostics if note.severity == "warning"]


def names(graph: Graph) -> list[str]:
    return [node.name for node in graph.nodes if node.kind == "call"]


# ---- storages


def storage_writes(fc: nn.Linear, x: Tensor) -> Tensor:
    y = x.detach() * 2
    y.untyped_storage().fill_(0)
    z = y + 1
    y.untyped_storage().copy_((x.detach() * 3).untyped_storage())
    w = y + z
    y.untyped_storage()[0] = 7
    return w * y


@pytest.mark.parametrize("level", LEVELS)
def test_writes_to_storages_are_operations(level: str) -> None:
    torch.manual_seed(0)
    model, args = Runs(storage_writes), (torch.randn(2, 4),)
    graph, report = trace_and_replay(model, args, {}, level=level)
    check(graph)
    assert report.same, report.cause
    assert notes(graph) == []
    assert taint.differences(taint.claimed(graph), {"": frozenset("x")}) == ()
    written = [node for node in graph.nodes if node.op.startswith("torch.UntypedStorage.")]
    assert [node.name for node in written] == ["fill_", "copy_", "setitem"]
    assert all(node.source is not None and node.source.function == "storage_writes" for node in written)


# ---- swaps


def swapped(fc: nn.Linear, x: Tensor) -> Tensor:
    one, other = x * 2, x.exp()
    torch.utils.swap_tensors(one, other)
    torch.utils.swap_tensors(fc.weight, nn.Parameter(torch.ones(4, 4)))
    return fc(one) - other.sum()


@pytest.mark.parametrize("level", LEVELS)
def test_swapped_tensors_are_followed(level: str) -> None:
    graph = traced(swapped, level)
    ones = next(node.results[0] for node in graph.nodes if node.name == "ones")
    exp = next(node.results[0] for node in graph.nodes if node.name == "exp")
    product = next(node for node in graph.nodes if node.name in ("linear", "addmm"))
    assert exp in product.operands
    assert "param:fc.weight" not in {operand for node in graph.nodes for operand in node.operands}
    assert any(ones in node.operands for node in graph.nodes)


def test_weights_that_are_swapped_on_conversion() -> None:
    def convert(fc: nn.Linear, x: Tensor) -> Tensor:
        torch.__future__.set_swap_module_params_on_conversion(True)
        return fc.double()(x.double())

    graph = traced(convert)
    assert graph.nodes[-1].operands == ("fc#0:linear.0",)
    assert not torch.__future__.get_swap_module_params_on_conversion()


# ---- stand-ins


@pytest.mark.parametrize("level", LEVELS)
def test_a_symbolic_trace_inside_computes_nothing(level: str) -> None:
    def symbolic(fc: nn.Linear, x: Tensor) -> Tensor:
        made: Tensor = torch.fx.symbolic_trace(nn.Sequential(fc, nn.Sequential(nn.ReLU())))(x)
        return made + 1

    graph = traced(symbolic, level)
    assert [name for name in names(graph) if name != "detach"][-2:] == ["relu", "add"]
    assert sum(name in ("linear", "addmm") for name in names(graph)) == 1
    assert notes(graph) == []


# ---- addresses


def overwritten(fc: nn.Linear, x: Tensor) -> Tensor:
    y = x.detach() * 2
    ctypes.memset(y.data_ptr(), 0, 16)
    return y.add_(1) * 2


def filled(fc: nn.Linear, x: Tensor) -> Tensor:
    y = torch.empty(2, 4)
    there = ctypes.c_ubyte.from_address(y.data_ptr()).value  # which may be anything
    ctypes.memset(y.data_ptr(), there ^ 63, 32)
    return y + x


@pytest.mark.parametrize("level", LEVELS)
def test_writes_through_an_address_are_told(level: str) -> None:
    made = "#0:mul.0:mul.0" if level == "both" else "#0:mul.0"
    assert notes(traced(overwritten, level)) == [("unseen_write", made)]
    empty = "#0:empty.0:empty.0" if level == "both" else "#0:empty.0"
    assert notes(traced(filled, level)) == [("unseen_write", empty), ("unwritten", empty)]


@pytest.mark.parametrize("level", LEVELS)
def test_who_asks_for_an_address_need_not_write(level: str) -> None:
    def look(fc: nn.Linear, x: Tensor) -> Tensor:
        y = fc(x)
        return y.relu_() * float(y.data_ptr() != x.data_ptr())

    assert notes(traced(look, level)) == []


def test_the_picture_says_it() -> None:
    picture = api.render(traced(overwritten), "svg").decode()
    assert "written by something unseen" in picture


@pytest.mark.parametrize("level", LEVELS)
def test_what_numpy_wrote_is_told_at_every_level(level: str) -> None:
    def write(fc: nn.Linear, x: Tensor) -> Tensor:
        y = x.detach() * 2
        y.numpy()[0] = 5
        return y + 1

    assert [code for code, _ in notes(traced(write, level))] == ["numpy_write"]


# ---- memory that is part of other memory


@pytest.mark.parametrize("level", LEVELS)
def test_memory_from_the_middle_of_other_memory(level: str) -> None:
    def middle(fc: nn.Linear, x: Tensor) -> Tensor:
        y = x.detach() * 2
        row = torch.from_numpy(y.numpy()[1])
        row.mul_(3)
        y[0] = 5
        return row + y[1]

    graph = traced(middle, level)
    assert notes(graph) == []
    writer = next(node for node in graph.nodes if node.name == "mul_")
    values = {value.id: value for value in graph.values}
    reads = [operand for node in graph.nodes for operand in node.operands]
    assert sum(operand.rpartition("/")[0] == writer.id or operand == writer.results[0] for operand in reads) >= 2
    assert all(values[operand].producer != "#0:setitem.0" for operand in graph.nodes[-2].operands)


# ---- memory that is given away


def test_a_view_of_what_was_given_other_memory_was_not_written() -> None:
    def given(fc: nn.Linear, x: Tensor) -> Tensor:
        one = x.detach() * 2
        row = one[0]
        one.set_(x.detach() * 3)
        return row.add_(1) + one

    for level in LEVELS:
        assert notes(traced(given, level)) == []


@pytest.mark.parametrize("level", ["both", "aten"])
def test_what_a_tensor_was_before_it_was_given_memory_is_gone(level: str) -> None:
    class Gives(nn.Module):
        def forward(self, x: Tensor, y: Tensor) -> tuple[Tensor, ...]:
            one = x * 2
            one.set_(y * 3)
            part = torch.empty(0)
            part.set_(one.untyped_storage(), 1, (2,), (2,))
            return one + 0, part.mul_(2)

    args = torch.randn(2, 4), torch.randn(2, 4)
    graph, report = trace_and_replay(Gives(), args, {}, level=level)
    check(graph)
    assert report.same, report.cause
    assert taint.claimed(graph) == {"[0]": frozenset("y"), "[1]": frozenset("y")}


# ---- what other code fills


@pytest.mark.parametrize("level", ["both", "aten"])
def test_lengths_of_packed_sequences(level: str) -> None:
    def pack(fc: nn.Linear, x: Tensor) -> Tensor:
        packed = nn.utils.rnn.pack_sequence([x, x[:1]])
        padded, lengths = nn.utils.rnn.pad_packed_sequence(packed)
        return padded.sum() + lengths

    codes = {note.code for note in traced(pack, level).diagnostics}
    assert ("opaque" if level == "both" else "unwritten") in codes


@pytest.mark.parametrize("level", LEVELS)
def test_what_another_thread_writes_is_told(level: str) -> None:
    def write(fc: nn.Linear, x: Tensor) -> Tensor:
        y = x.detach() * 2
        thread = threading.Thread(target=y.mul_, args=(3,))
        thread.start()
        thread.join()
        return y + 1

    assert [code for code, _ in notes(traced(write, level))] == ["unseen_write"]


def test_arrays_are_no_memory_of_nobody() -> None:
    def read(fc: nn.Linear, x: Tensor) -> Tensor:
        return fc(torch.from_numpy(np.ones((2, 4), dtype=np.float32))) + x

    assert notes(traced(read)) == [("external", "const:external")]


@pytest.mark.parametrize("level", LEVELS)
def test_memory_that_is_filled_was_written(level: str) -> None:
    def fill(fc: nn.Linear, x: Tensor) -> Tensor:
        y = torch.empty(2, 4).fill_(1)
        y = y + torch.empty_like(x).copy_(x.detach())
        torch.add(x.detach(), 1, out=torch.empty(2, 4))
        parts = torch.empty(2, 4)
        parts[0], parts[1] = x.detach()[0], 2
        return y + parts + torch.zeros_like(torch.empty(2, 4)) + torch.empty(0).sum()

    assert notes(traced(fill, level)) == []
