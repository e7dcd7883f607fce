"""A read is linked to the operations that wrote its bytes, and to no others."""

from __future__ import annotations

import itertools

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from graphviz_torch import api
from graphviz_torch.ir.checker import check
from graphviz_torch.ir.graph import Graph
from graphviz_torch.trace.options import TraceOptions
from graphviz_torch.trace.runtime.memory import Geometry, apart, indexed
from tests.support import taint
from tests.support.replay import trace_and_replay

torch.set_num_threads(1)


class Slices(nn.Module):
    def forward(self, a: Tensor, b: Tensor) -> dict[str, Tensor]:
        y = torch.zeros(2, 4)
        y[:, :2] = a
        y[:, 2:] = b
        return {"whole": y, "left": y[:, :2] * 1, "right": y[:, 2:] * 1, "row": y[0] * 1, "view": y[:, 3:]}


class Views(nn.Module):
    """Each half through a view of its own, and a view of one of these."""

    def forward(self, a: Tensor, b: Tensor) -> dict[str, Tensor]:
        y = torch.zeros(2, 4)
        left, right = y[:, :2], y[:, 2:]
        corner = left[:1, :1]
        left.add_(a)
        right.add_(b)
        before = y.clone()
        corner.mul_(b[0, 0])
        return {"left": left + 1, "right": right + 1, "corner": corner + 1, "lower": left[1] + 1, "before": before}


class Strided(nn.Module):
    def forward(self, a: Tensor, b: Tensor) -> dict[str, Tensor]:
        y = torch.zeros(8)
        y[::2] = a.reshape(-1)
        y[1::2] = b.reshape(-1)
        grid = torch.zeros(4, 4)
        grid[::2, 1::2] = a
        grid[1::2] = b[0, 0]
        return {"even": y[::2] * 1, "odd": y[1::2] * 1, "all": y * 1, "columns": grid[::2] * 1, "rows": grid[1] * 1}


class Transposed(nn.Module):
    def forward(self, a: Tensor, b: Tensor) -> dict[str, Tensor]:
        y = torch.zeros(4, 2)
        y.t()[:, :2] = a
        y[2:].t().add_(b)
        return {"upper": y[:2] + 1, "lower": y[2:] + 1, "turned": y.t() + 1, "all": y.sum(0)}


class Diagonal(nn.Module):
    def forward(self, a: Tensor, b: Tensor) -> dict[str, Tensor]:
        y = torch.zeros(2, 2)
        diagonal, other = y.diagonal(), y[0, 1:]
        diagonal.add_(a[0])
        other.add_(b[0, 0])
        return {"diagonal": diagonal + 1, "other": other + 1, "all": y + 1, "below": y[1, 0] + 1}


class Expanded(nn.Module):
    def forward(self, a: Tensor, b: Tensor) -> dict[str, Tensor]:
        y = torch.zeros(2, 1)
        wide = y.expand(2, 3)
        y[0] = a[0, 0]
        y[1] = b[0, 0]
        return {"first": wide[0] + 1, "second": wide[1] + 1, "wide": wide + 1}


class Loop(nn.Module):
    """Fills a tensor row by row, reads the row before and in the end all; many more rows than are told apart."""

    def forward(self, a: Tensor, b: Tensor) -> dict[str, Tensor]:
        y = torch.zeros(100, 2)
        y[0] = a[0]
        for row in range(1, 99):
            y[row] = y[row - 1] + 1
        y[99] = b[0]
        return {"all": y, "last": y[98:] + 1}


class Indices(nn.Module):
    """What an index of tensors writes is not known: all of it counts."""

    def forward(self, a: Tensor, b: Tensor) -> dict[str, Tensor]:
        y = torch.zeros(2, 2)
        y[torch.tensor([0])] = a[:1]
        y[..., None, 1, :] = b[0]
        y[-1] = b[1]
        return {"all": y + 1, "last": y[-1] + 1}


class Inside(nn.Module):
    """A write inside a module, and a read after it."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = Slices()

    def forward(self, a: Tensor, b: Tensor) -> dict[str, Tensor]:
        found = self.inner(a, b)
        found["whole"][0, 0] = 1
        return {"whole": found["whole"].relu(), "left": found["left"]}


MODELS = (Slices, Views, Strided, Transposed, Diagonal, Expanded, Loop, Indices, Inside)
# In aten `y[1, 0]` is a view of a row, and the row has an element of the diagonal.
MORE = {(Diagonal, "both"): ("output `below` has a beyond the truth",)}
MORE[Diagonal, "aten"] = MORE[Diagonal, "both"]


def inputs() -> tuple[Tensor, Tensor]:
    torch.manual_seed(0)
    return torch.randn(2, 2), torch.randn(2, 2)


@pytest.mark.parametrize("level", ["function", "both", "aten"])
@pytest.mark.parametrize("kind", MODELS)
def test_outputs_depend_on_the_writers_of_their_bytes(kind: type[nn.Module], level: str) -> None:
    graph = api.trace(kind(), inputs(), options=TraceOptions(level=level))
    check(graph)
    assert taint.differences(taint.claimed(graph), taint.real(kind(), inputs(), {})) == MORE.get((kind, level), ())


@pytest.mark.parametrize("kind", MODELS)
def test_replay(kind: type[nn.Module]) -> None:
    report = trace_and_replay(kind(), inputs(), {})[1]
    assert report.same, report.cause


sides = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 7)), max_size=3)
views = st.tuples(st.integers(0, 12), sides, st.sampled_from((1, 2, 4))).map(
    lambda found: (found[0], tuple(size for size, _ in found[1]), tuple(step for _, step in found[1]), found[2])
)


def places_in(view: Geometry) -> set[int]:
    """The bytes of a view."""
    offset, shape, strides, width = view
    pairs = zip(shape, strides, strict=True)
    steps = [range(0, size * step, step) if step else range(min(size, 1)) for size, step in pairs]
    elements = [offset + sum(places) for places in itertools.product(*steps)]
    return {element * width + byte for element in elements for byte in range(width)}


@settings(max_examples=400, deadline=None)
@given(views, views)
def test_what_is_called_apart_shares_no_byte(one: Geometry, other: Geometry) -> None:
    if apart(one, other):
        assert not places_in(one) & places_in(other)


@pytest.mark.parametrize(
    "key",
    [0, -1, (1, 2), slice(1, None, 2), (..., 0), (slice(None), None, 1), (0, ..., slice(0, 2)), slice(3, 1), None],
)
def test_the_part_that_an_index_means(key: object) -> None:
    y = torch.zeros(3, 4, 5).transpose(0, 1)
    part = y[key]  # type: ignore[index]
    found = indexed((0, tuple(y.shape), y.stride(), 4), key)
    assert found is not None
    assert places_in(found) == places_in((part.storage_offset(), tuple(part.shape), part.stride(), 4))


@pytest.mark.parametrize("key", [torch.tensor([0]), [0, 1], True, (0, 0, 0, 0), 7, (..., 0, ...)])
def test_the_part_that_an_index_of_another_kind_means_is_not_known(key: object) -> None:
    assert indexed((0, (3, 4), (4, 1), 4), key) is None


def operands(graph: Graph) -> dict[str, tuple[str, ...]]:
    return {node.id: node.operands for node in graph.nodes if node.kind == "call"}


def test_writes_apart_from_each_other_are_joined_where_all_is_read() -> None:
    found = operands(api.trace(Slices(), inputs()))
    assert found["#0:setitem.0"] == ("#0:zeros.0", "in:a")
    assert found["#0:setitem.1"] == ("#0:zeros.0", "in:b")
    assert found["#0:join.0"] == ("#0:setitem.0", "#0:setitem.1")
    assert found["#0:getitem.0"] == ("#0:setitem.0",)
    assert found["#0:getitem.1"] == ("#0:setitem.1",)
    assert found["#0:getitem.2"] == ("#0:join.0",)


def test_a_write_over_another_goes_on_from_it() -> None:
    class Over(nn.Module):
        def forward(self, a: Tensor) -> Tensor:
            y = torch.zeros(4)
            y[:2] = a
            y[1:3] = a
            return y * 2

    found = operands(api.trace(Over(), (torch.ones(2),)))
    assert found["#0:setitem.1"] == ("#0:setitem.0", "in:a")
    assert found["#0:mul.0"] == ("#0:setitem.1",)
