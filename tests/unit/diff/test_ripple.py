"""What one edit does to everything behind it is counted, not listed."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor, nn

from graphviz_torch.diff.compare import compare
from graphviz_torch.diff.result import Comparison
from tests.support.edges import traced
from tests.support.listing import lines


class Block(nn.Module):
    def __init__(self, inputs: int, outputs: int, stride: int, act: type[nn.Module]) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.act = act()
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.down = nn.Conv2d(inputs, outputs, 1, stride) if stride != 1 or inputs != outputs else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        return self.act(self.bn2(self.conv2(self.act(self.bn1(self.conv1(x))))) + self.down(x))


class Net(nn.Module):
    def __init__(
        self,
        widths: tuple[int, ...] = (4, 8, 16),
        blocks: tuple[int, ...] = (2, 2, 2),
        act: type[nn.Module] = nn.ReLU,
        kernel: int = 3,
        stride: int = 2,
        dropout: bool = False,
    ) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, widths[0], kernel, 1, kernel // 2)
        layers: list[nn.Module] = []
        inputs = widths[0]
        for stage, count in enumerate(blocks):
            for row in range(count):
                step = (stride if stage == 1 else 2) if stage and not row else 1
                layers.append(Block(inputs, widths[stage], step, act))
                inputs = widths[stage]
        if dropout:
            layers.insert(3, nn.Dropout2d(0.1))
        self.layers = nn.Sequential(*layers)
        self.head = nn.Linear(inputs, 10)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.layers(self.stem(x)).mean((2, 3)))


def compared(size: tuple[int, ...] = (1, 3, 16, 16), train: bool = False, **parts: Any) -> Comparison:
    """The plain network against one that was edited."""
    old = traced(Net().eval(), torch.ones(1, 3, 16, 16))
    return compare(old, traced(Net(**parts).train(train), torch.ones(size)))


@pytest.mark.parametrize(
    ("parts", "expected", "follow"),
    [
        ({}, [], 0),
        ({"size": (1, 3, 24, 24)}, ["interface info x [input]: 1×3×16×16 -> 1×3×24×24"], 49),
        ({"size": (4, 3, 16, 16)}, ["interface info x [input]: 1×3×16×16 -> 4×3×16×16"], 51),
        ({"stride": 1}, ["attribute structural layers.2.conv1 [Conv2d]: stride=(2, 2) -> stride=(1, 1) 2×"], 32),
        (
            {"kernel": 7},
            [
                "attribute breaking stem [Conv2d]: "
                "kernel_size=(3, 3), padding=(1, 1) -> kernel_size=(7, 7), padding=(3, 3)"
            ],
            0,
        ),
        ({"act": nn.SiLU}, ["replaced structural layers.0.act [SiLU]: ReLU -> SiLU 6×"], 0),
        ({"dropout": True}, ["added breaking None => layers.3 [Dropout2d]:  -> p=0.1"], 0),
        (
            {"widths": (4, 12, 16)},
            ["attribute breaking layers.2.conv1 [Conv2d]: out_channels=8 -> out_channels=12 5×"],
            22,
        ),
        (
            {"widths": (8, 16, 32)},
            ["attribute breaking stem [Conv2d]: channels 4, 8, 16 -> channels 8, 16, 32 (×2) 15×"],
            63,
        ),
        ({"blocks": (2, 3, 2)}, ["added breaking None => layers.4 [Block]:  -> "], 0),
        ({"train": True}, ["attribute structural (root) [Net]: eval mode -> train mode"], 0),
    ],
)  # fmt: skip
def test_roots_are_listed_and_what_follows_is_counted(parts: dict[str, Any], expected: list[str], follow: int) -> None:
    found = compared(**parts)
    assert lines(found) == expected
    assert len(found.consequences) == follow
    assert all(consequence.cause == 0 for consequence in found.consequences)


WIDE = {"widths": (8, 16, 32, 64), "blocks": (2, 2, 2, 2)}


@pytest.mark.parametrize(
    ("size", "parts", "lines_told", "roots", "follow"),
    [
        ((1, 3, 48, 48), {}, 1, 1, 65),
        ((4, 3, 32, 32), {}, 1, 1, 67),
        ((1, 3, 32, 32), {"stride": 1}, 1, 2, 48),
        ((1, 3, 32, 32), {"act": nn.SiLU}, 1, 8, 0),
        ((1, 3, 32, 32), {"dropout": True}, 1, 1, 0),
        ((1, 3, 32, 32), {"widths": (16, 32, 64, 128)}, 1, 20, 83),
    ],
    ids=["input size", "batch", "stride of a stage", "activation everywhere", "dropout inserted", "all widths"],
)
def test_root_causes_of_a_residual_network(
    size: tuple[int, ...], parts: dict[str, Any], lines_told: int, roots: int, follow: int
) -> None:
    """Whatever many of its 67 operations one edit changes, it is one line, with the places that somebody edited."""
    old = traced(Net(**WIDE).eval(), torch.ones(1, 3, 32, 32))
    found = compare(old, traced(Net(**{**WIDE, **parts}).eval(), torch.ones(size)))
    assert found.before.operations == 67
    assert (len(found.changes), sum(change.count for change in found.changes)) == (lines_told, roots)
    assert len(found.consequences) == follow
    assert {consequence.cause for consequence in found.consequences} <= {0}


def test_the_width_of_one_layer() -> None:
    old, new = (nn.Sequential(nn.Linear(8, width), nn.ReLU(), nn.Linear(width, 4)) for width in (16, 24))
    found = compare(traced(old, torch.ones(2, 8)), traced(new, torch.ones(2, 8)))
    assert lines(found) == ["attribute breaking 0 [Linear]: out_features=16 -> out_features=24"]
    assert [(follow.place.new_path, follow.op, follow.after, follow.cause) for follow in found.consequences] == [
        ("2", "Linear", "in_features=24", 0),
        ("0", "linear", "2×24", 0),
        ("1", "relu", "2×24", 0),
    ]
