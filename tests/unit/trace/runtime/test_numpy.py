"""Writes through an array that shares a tensor's memory are seen in the end, and said."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from graphviz_torch import api
from graphviz_torch.trace.options import TraceOptions


class Writes(nn.Module):
    def __init__(self, wanted: str) -> None:
        super().__init__()
        self.wanted = wanted

    def forward(self, x: Tensor) -> Tensor:
        y = x * 2
        array = y.numpy()
        if self.wanted == "array":
            array[0] = 7
        elif self.wanted == "tensor":
            y[0] = 7
        return y + 1


@pytest.mark.parametrize("level", ["function", "both"])
@pytest.mark.parametrize(("wanted", "told"), [("array", ["#0:numpy.0"]), ("tensor", []), ("none", [])])
def test_a_write_through_an_array(wanted: str, told: list[str], level: str) -> None:
    graph = api.trace(Writes(wanted), (torch.ones(2, 2),), options=TraceOptions(level=level))
    assert [note.target for note in graph.diagnostics if note.code == "numpy_write"] == told
    assert ("NumPy wrote into it" in api.render(graph, "svg").decode()) == bool(told)


def test_what_is_copied_to_compare_is_no_operation() -> None:
    graph = api.trace(Writes("none"), (torch.ones(2, 2),), options=TraceOptions(level="both"))
    made = [(node.name, node.module_call) for node in graph.nodes if node.kind == "call"]
    assert made == [("mul", "#0:mul.0"), ("detach", "#0:numpy.0"), ("add", "#0:add.0")]


class Given(nn.Module):
    """Writes into an array that a tensor was made of, or does not."""

    def __init__(self, writes: bool) -> None:
        super().__init__()
        self.writes = writes

    def forward(self, x: Tensor) -> Tensor:
        array = np.zeros(2, dtype=np.float32)
        y = torch.from_numpy(array)
        z = y + x
        if self.writes:
            array[:] = 3
        return y * z


@pytest.mark.parametrize("level", ["function", "both", "aten"])
@pytest.mark.parametrize("writes", [True, False])
def test_a_write_into_an_array_behind_a_tensor(writes: bool, level: str) -> None:
    graph = api.trace(Given(writes), (torch.ones(2),), options=TraceOptions(level=level))
    told = [note.target for note in graph.diagnostics if note.code == "numpy_write"]
    assert told == (["const:external"] if writes else [])


class Reads(nn.Module):
    """Looks at a tensor through an array, and writes nothing."""

    def forward(self, x: Tensor) -> Tensor:
        x.detach().resolve_conj().numpy()
        x.data_ptr()
        return x + 1


@pytest.mark.parametrize("level", ["function", "both", "aten"])
@pytest.mark.parametrize(
    "x",
    [
        torch.tensor([float("nan"), 1.0]),
        torch.tensor(float("inf")) * 0,
        torch.tensor([[1j, 2]], dtype=torch.cfloat).mH,
        torch.ones(4, 4).t()[::2],
        torch.tensor([True, False]),
        torch.empty(0),
    ],
    ids=["nan", "nan scalar", "conjugate", "strided", "bool", "empty"],
)
def test_what_is_only_read_was_not_written(x: Tensor, level: str) -> None:
    graph = api.trace(Reads(), (x,), options=TraceOptions(level=level))
    assert [note.code for note in graph.diagnostics if note.code.endswith("_write")] == []


class Ragged(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(4, 4)

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        joined = torch.nested.nested_tensor([x, y])
        joined.data_ptr()
        return self.layer(joined).to_padded_tensor(0.0)


@pytest.mark.filterwarnings("ignore:The PyTorch API of nested tensors")
@pytest.mark.parametrize("level", ["function", "both", "aten"])
def test_a_nested_tensor(level: str) -> None:
    graph = api.trace(Ragged(), (torch.ones(3, 4), torch.ones(5, 4)), options=TraceOptions(level=level))
    assert graph.failure is None
    assert graph.values[-1].meta.shape == (2, 5, 4)
