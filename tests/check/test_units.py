"""Dead units: which dimension they are in, how many of them are told, and how few a healthy network warns of."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from graphviz_torch import api
from graphviz_torch.check.options import CheckOptions
from graphviz_torch.check.report import Report
from tests.check.harness import CATALOGUE, check

torch.set_num_threads(1)


def report(model: nn.Module, *args: Tensor) -> Report:
    return api.check(model, args, None, CheckOptions(select=("N003",), stats=True))


def dead(found: Report) -> list[tuple[int, int]]:
    """How many of how many units of each rectifier are dead."""
    ranges = found.to_dict()["measured"]["range"].values()
    return [(told["dead"], told["units"]) for told in ranges if "units" in told]


def stack(kind: str, depth: int, width: int) -> nn.Sequential:
    layers: list[nn.Module] = []
    for number in range(depth):
        if kind == "linear":
            layers += [nn.Linear(width, width), nn.ReLU()]
        else:
            groups = width if kind == "separable" and number % 2 else 1
            layers += [nn.Conv2d(width, width, 3, padding=1, groups=groups, bias=False)]
            layers += [nn.BatchNorm2d(width), nn.ReLU6(inplace=True)]
    return nn.Sequential(*layers)


@settings(max_examples=25, deadline=None)
@given(
    st.sampled_from(("linear", "convolution", "separable")),
    st.integers(1, 8),
    st.sampled_from((24, 48, 96)),
    st.sampled_from((1, 3, 32)),
    st.sampled_from((1, 3)),
    st.integers(0, 1 << 20),
)
def test_a_healthy_network_has_no_dead_units_to_tell_of(
    kind: str, depth: int, width: int, batch: int, side: int, seed: int
) -> None:
    torch.manual_seed(seed)
    shape = (batch, width) if kind == "linear" else (batch, width, side, side)
    found = report(stack(kind, depth, width).eval(), torch.rand(shape))
    assert not len(found), found.text()
    assert len(dead(found)) == depth


class Turned(nn.Module):
    """Units in the last dimension of an image, in the middle one of a sequence, and of a matrix of one's own."""

    def __init__(self) -> None:
        super().__init__()
        self.features, self.channels = nn.Linear(8, 8), nn.Conv1d(8, 8, 1)
        self.matrix = nn.Parameter(torch.ones(8, 8))
        with torch.no_grad():
            for layer, off in ((self.features, 3), (self.channels, 5)):
                layer.weight.abs_()
                assert layer.bias is not None
                layer.bias.zero_()
                layer.bias[:off] = -100
            self.matrix[:, :2] = -1

    def forward(self, image: Tensor) -> Tensor:
        x = self.features(image).relu()
        y = self.channels(image.flatten(1, 2).transpose(1, 2)).relu_()
        return x.sum() + y.sum() + torch.relu(image @ self.matrix).sum()


def test_units_are_where_weights_made_them() -> None:
    assert dead(report(Turned(), torch.ones(2, 8, 8, 8))) == [(3, 8), (5, 8), (2, 8)]


class Flattened(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.convolution = nn.Conv2d(3, 8, 3)

    def forward(self, x: Tensor) -> Tensor:
        gate = torch.sigmoid(self.convolution(x) * 1e6).flatten(1).sum()
        return self.convolution(x * gate).relu().flatten(1)


def test_what_shows_a_rectified_image_as_a_row_has_no_units() -> None:
    found = report(Flattened(), torch.ones(2, 3, 4, 4))
    assert [units for _, units in dead(found)] == [8]
    assert [found.graph.nodes[-1].kind, *(one.message.split(" is ")[0] for one in found)] == ["output", "`sigmoid`"]


def test_what_is_said_of_them() -> None:
    found = check(CATALOGUE / "n003_most_units_off_by_bias.py", select=("N003",), stats=True).findings[0]
    assert found.message == "`relu` is off in 115 of its 128 units: they give zero throughout and do not learn"
    assert found.notes == (
        "each unit was seen for 32 samples; that half of them are off happens in healthy networks too",
        "the bias makes -8.99 of the mean of what it reads, -9",
        "this is so for this input; another can show another picture",
    )
    assert [step.what for step in found.dataflow] == ["parameter stem.bias", "stem", "act"]


@pytest.mark.parametrize(("bias", "told"), [(3.0, False), (8.0, True)])
def test_relu6_is_at_a_limit_where_it_ends_and_not_where_it_rests(bias: float, told: bool) -> None:
    torch.manual_seed(0)
    layer = nn.Linear(8, 8)
    nn.init.constant_(layer.bias, bias)
    found = report(nn.Sequential(layer, nn.ReLU6()), torch.randn(8, 8))
    words = "`hardtanh` is saturated: 100% of what it gives is within a thousandth of 6"
    assert [one.message for one in found] == [words] * told
