"""One edit of a model that runs gives one line, and the right one."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from graphviz_torch.diff.compare import compare
from tests.support.edges import traced
from tests.support.listing import lines

X = torch.ones(2, 8)


class Block(nn.Module):
    """A model whose parts can be chosen."""

    def __init__(
        self,
        *,
        p: float = 0.1,
        bias: bool = True,
        function: Callable[[Tensor], Tensor] = torch.tanh,
        activation: type[nn.Module] = nn.ReLU,
        skip: bool = True,
        swapped: bool = False,
        scale: float = 2.0,
        dropped: bool = False,
        calls: int = 1,
        late: bool = False,
        post: bool = False,
        detached: bool = False,
        turned: bool = False,
        in_place: bool = False,
        outputs: int = 1,
    ) -> None:
        super().__init__()
        self.fc1 = nn.Linear(8, 8)
        self.fc2 = nn.Linear(8, 8, bias=bias)
        self.act = activation()
        self.drop = nn.Dropout(p)
        self.norm = nn.LayerNorm(8)
        self.head = nn.Linear(16, 4)
        self.parts = (function, skip, swapped, scale, dropped, calls, late, post, detached, turned, in_place, outputs)

    def forward(self, x: Tensor) -> Tensor | tuple[Tensor, Tensor]:
        function, skip, swapped, scale, dropped, calls, late, post, detached, turned, in_place, outputs = self.parts
        if late:
            right = function(self.fc2(x))
            left = self.fc1(x)
        else:
            left = self.fc1(x)
            right = function(self.fc2(x))
        for _ in range(calls):
            left = self.act(left)
        left = self.norm(left + x) if post else x + self.norm(left) if skip else self.norm(left)
        if not dropped:
            left = self.drop(left)
        if detached:
            right = right.detach()
        left = left - right if not turned else right - left
        right = right.mul_(scale) if in_place else scale * right
        both = torch.cat([right, left] if swapped else [left, right], 1)
        result = self.head(both)
        return (result, both) if outputs > 1 else result


def changed(**parts: object) -> list[str]:
    """What is told of one edit."""
    return lines(compare(traced(Block(), X), traced(Block(**parts), X)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({}, []),
        ({"late": True}, []),
        ({"p": 0.5}, ["attribute structural drop [Dropout]: p=0.1 -> p=0.5"]),
        ({"bias": False}, ["attribute breaking fc2 [Linear]: bias=True -> bias=False"]),
        ({"function": torch.sigmoid}, ["replaced structural (root) [sigmoid]: tanh -> sigmoid"]),
        ({"activation": nn.SiLU}, ["replaced structural act [SiLU]: ReLU -> SiLU"]),
        ({"skip": False}, ["removed structural (root) [add]: add -> "]),
        ({"swapped": True}, ["rewired structural (root) [cat]: cat(sub, mul) -> cat(mul, sub)"]),
        ({"turned": True}, ["rewired structural (root) [sub]: sub(drop, tanh) -> sub(tanh, drop)"]),
        ({"scale": 3.0}, ["attribute structural (root) [mul]: other=2.0 -> other=3.0"]),
        ({"dropped": True}, ["removed structural drop [Dropout]: 1 call -> 0 calls"]),
        ({"calls": 2}, ["added structural act [ReLU]: 1 call -> 2 calls"]),
        ({"detached": True}, ["added structural (root) [detach]:  -> detach"]),
        ({"in_place": True}, ["attribute structural (root) [mul]: mul -> mul_"]),
        ({"outputs": 2}, ["interface breaking (root) => [0] [output]: (unnamed) -> [0], [1]"]),
        ({"post": True}, ["rewired structural (root) [add]: norm before add -> norm after add"]),
    ],
)  # fmt: skip
def test_one_edit_is_one_line(parts: dict[str, object], expected: list[str]) -> None:
    assert changed(**parts) == expected


class Told(nn.Module):
    """A layer of the user's own that prints its arguments."""

    def __init__(self, dropout: float, slope: float, scale: float, inner: bool) -> None:
        super().__init__()
        self.dropout, self.slope, self.scale = dropout, slope, scale
        self.inner = nn.Linear(8, 8) if inner else None

    def extra_repr(self) -> str:
        return f"dropout={self.dropout}, scale={self.scale}"

    def forward(self, x: Tensor) -> Tensor:
        x = x if self.inner is None else self.inner(x)
        x = nn.functional.scaled_dot_product_attention(x, x, x, dropout_p=self.dropout)
        return nn.functional.leaky_relu(x, negative_slope=self.slope) * self.scale


@pytest.mark.parametrize("inner", [False, True])
@pytest.mark.parametrize(
    ("dropout", "slope", "scale", "expected"),
    [
        (0.5, 0.1, 2.0, ["attribute structural 0 [Told]: dropout=0.1 -> dropout=0.5"]),
        (0.1, 0.1, 3.0, ["attribute structural 0 [Told]: scale=2.0 -> scale=3.0"]),
        (0.1, 0.5, 2.0, ["attribute structural 0 [leaky_relu]: negative_slope=0.1 -> negative_slope=0.5"]),
        (0.5, 0.5, 2.0, [
            "attribute structural 0 [Told]: dropout=0.1 -> dropout=0.5",
            "attribute structural 0 [leaky_relu]: negative_slope=0.1 -> negative_slope=0.5",
        ]),
    ],
)  # fmt: skip
def test_what_repeats_an_argument_of_its_module_is_no_second_edit(
    dropout: float, slope: float, scale: float, expected: list[str], inner: bool
) -> None:
    old, new = (nn.Sequential(Told(*parts, inner)) for parts in ((0.1, 0.1, 2.0), (dropout, slope, scale)))
    assert lines(compare(traced(old, X), traced(new, X))) == expected
