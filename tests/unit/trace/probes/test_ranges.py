"""Ranges: read together or piece by piece, they are those of the tensors at the time."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from graphviz_torch.trace.probes import ranges
from graphviz_torch.trace.probes.activations import NONE, Activation
from graphviz_torch.trace.probes.ranges import Ranges
from graphviz_torch.trace.probes.records import ValueStats

torch.set_num_threads(1)
NUMBERS = st.one_of(
    st.sampled_from((0.0, 1.0, -1.0, math.nan, math.inf, -math.inf, 1e-8, 1e12)),
    st.floats(-10, 10, width=32),
)


def told(tensor: torch.Tensor, made: Activation = NONE) -> ValueStats:
    found = Ranges()
    found.read(tensor, made)
    stats = found.told()[0]
    assert stats is not None
    return stats


def naive(values: list[float]) -> dict[str, float]:
    finite = [value for value in values if math.isfinite(value)]
    mean = math.fsum(finite) / len(finite) if finite else 0.0
    spread = math.fsum((value - mean) ** 2 for value in finite) / len(finite) if finite else 0.0
    return {
        "minimum": min(finite, default=0.0),
        "maximum": max(finite, default=0.0),
        "mean": mean,
        "std": math.sqrt(spread),
        "zeros": values.count(0.0) / len(values),
        "nan": sum(map(math.isnan, values)),
        "inf": sum(map(math.isinf, values)),
    }


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(NUMBERS, min_size=3, max_size=3), min_size=1, max_size=5))
def test_what_is_read_together_is_told_apart(rows: list[list[float]]) -> None:
    found = Ranges()
    places = [found.read(torch.tensor(row, dtype=torch.float64)) for row in rows]
    everything = found.told()
    for place, row in zip(places, rows, strict=True):
        stats = everything[place]
        for name, value in naive(row).items():
            assert getattr(stats, name) == pytest.approx(value, rel=1e-6, abs=1e-6 * max(1.0, *map(_size, row))), name


def _size(value: float) -> float:
    return abs(value) if math.isfinite(value) else 0.0


@pytest.mark.parametrize("made", [NONE, Activation(0.0, 1.0, rectifies=True)])
@pytest.mark.parametrize("odd", [None, math.nan, -math.inf])
def test_small_tensors_are_told_as_large_ones_are(
    monkeypatch: pytest.MonkeyPatch, made: Activation, odd: float | None
) -> None:
    tensor = torch.rand(4, 50, generator=torch.Generator().manual_seed(0)).mul(1.01).clamp(max=1.0)
    tensor[0, :7] = 0.0
    tensor[:, 40:45] = 0.0
    if odd is not None:
        tensor[1, 1] = odd
    small = told(tensor, made)
    monkeypatch.setattr(ranges, "SMALL", 0)
    monkeypatch.setattr(ranges, "PIECE", 64)
    large = told(tensor, made)
    for field in ("elements", "minimum", "maximum", "zeros", "nan", "inf", "saturated", "silent"):
        assert getattr(small, field) == getattr(large, field), field
    assert small.mean == pytest.approx(large.mean, rel=1e-5)
    assert small.std == pytest.approx(large.std, rel=1e-4)


def test_what_is_written_after_it_was_read_does_not_count() -> None:
    found, tensor = Ranges(), torch.ones(3)
    found.read(tensor)
    tensor.mul_(7)
    found.read(tensor)
    assert [stats.maximum for stats in found.told() if stats is not None] == [1.0, 7.0]


def test_an_expanded_tensor_is_read_once_and_counts_in_full() -> None:
    column = torch.linspace(0, 1, 5).reshape(5, 1)
    column[4] = math.nan
    stats = told(column.expand(5, 2000))
    assert (stats.elements, stats.nan, stats.zeros) == (10_000, 2000, 0.2)
    assert stats.mean == pytest.approx(0.375)


def test_a_spread_that_no_number_can_hold_is_the_largest() -> None:
    stats = told(torch.tensor([1e300, -1e300], dtype=torch.float64))
    assert stats.std == torch.finfo(torch.float64).max
