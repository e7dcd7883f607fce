"""The way back from a number to the operation that made it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from graphviz_torch import api
from graphviz_torch.check.provenance import agreed, excerpt, made_from, merged, origin
from graphviz_torch.ir.walks import GraphIndex

torch.set_num_threads(1)


class Net(nn.Module):
    def __init__(self, body: Callable[[Net, Tensor], Tensor]) -> None:
        super().__init__()
        self.body = body
        self.conv, self.fc, self.norm = nn.Conv2d(3, 7, 3, padding=1), nn.Linear(5, 11), nn.BatchNorm2d(7)
        self.lstm = nn.LSTM(5, 13, batch_first=True)

    def forward(self, x: Tensor) -> Tensor:
        return self.body(self, x)


def made(body: Callable[[Net, Tensor], Tensor], axis: int, x: Tensor | None = None) -> tuple[str, int]:
    """The name of the node that made a size of the output, and of which dimension of its result it is the size."""
    x = torch.ones(2, 3, 4, 5) if x is None else x
    index = GraphIndex(api.trace(Net(body), (x,)))
    value = index.values[index.nodes[index.graph.outputs[0]].operands[0]]
    found = origin(index, value, axis)
    node = index.nodes[found.value.producer]
    assert (found.value.meta.shape or ())[found.axis] == (value.meta.shape or ())[axis]
    return node.name, found.axis


@pytest.mark.parametrize(
    ("body", "axis", "expected"),
    [
        (lambda net, x: net.norm(net.conv(x)).relu(), 1, ("conv2d", 1)),
        (lambda net, x: net.norm(net.conv(x)).relu(), 0, ("x", 0)),
        (lambda net, x: net.norm(net.conv(x)).relu(), 2, ("x", 2)),
        (lambda net, x: net.fc(x).transpose(1, 3), 1, ("linear", 3)),
        (lambda net, x: net.fc(x).transpose(1, 3), 3, ("x", 1)),
        (lambda net, x: x.permute(0, 3, 1, 2).contiguous(), 1, ("x", 3)),
        (lambda net, x: x.flatten(1), 1, ("flatten", 1)),
        (lambda net, x: x.flatten(1), 0, ("x", 0)),
        (lambda net, x: x.flatten(1).unflatten(1, (3, 20)), 1, ("unflatten", 1)),
        (lambda net, x: x.view(2, 3, 20), 1, ("x", 1)),
        (lambda net, x: x.unsqueeze(1), 2, ("x", 1)),
        (lambda net, x: x.mean((2, 3)), 1, ("x", 1)),
        (lambda net, x: x.sum(1), 2, ("x", 3)),
        (lambda net, x: x[:, 0], 1, ("x", 2)),
        (lambda net, x: x[..., 1:], 3, ("getitem", 3)),
        (lambda net, x: x[:, None], 2, ("x", 1)),
        (lambda net, x: torch.cat([x, net.conv(x)], 1), 1, ("cat", 1)),
        (lambda net, x: torch.cat([x, net.conv(x)], 1), 3, ("x", 3)),
        (lambda net, x: torch.stack([x, x], 1), 2, ("x", 1)),
        (lambda net, x: F.max_pool2d(x, 2), 2, ("max_pool2d", 2)),
        (lambda net, x: F.max_pool2d(x, 2), 1, ("x", 1)),
        (lambda net, x: x + net.fc(x).mean(-1, keepdim=True), 3, ("x", 3)),
        (lambda net, x: x @ net.fc.weight.t(), 3, ("fc.weight", 0)),
        (lambda net, x: x @ net.fc.weight.t(), 2, ("x", 2)),
        (lambda net, x: net.lstm(x[:, 0])[0], 2, ("lstm", 2)),
        (lambda net, x: net.lstm(x[:, 0])[0], 1, ("x", 2)),
        (lambda net, x: x.chunk(3, 1)[0], 1, ("chunk", 1)),
        (lambda net, x: x.mT, 3, ("x", 2)),
    ],
)
def test_the_operation_that_made_a_size(
    body: Callable[[Net, Tensor], Tensor], axis: int, expected: tuple[str, int]
) -> None:
    assert made(body, axis) == expected


def test_indices_hand_on_their_sizes_to_what_is_looked_up() -> None:
    def body(net: Net, ids: Tensor) -> Tensor:
        return F.embedding(ids, net.fc.weight)

    ids = torch.zeros(2, 6, dtype=torch.long)
    assert made(body, 1, ids) == ("x", 1)
    assert made(body, 2, ids)[0] == "embedding"


def test_how_a_number_came_about() -> None:
    def body(net: Net, x: Tensor) -> Tensor:
        y = torch.cat([x, net.conv(x)], 1)
        return y.flatten(1).relu()

    index = GraphIndex(api.trace(Net(body), (torch.ones(2, 3, 4, 5),)))
    value = index.values[index.nodes[index.graph.outputs[0]].operands[0]]
    found = origin(index, value, 1)
    assert made_from(index, found) == "10·4·5 = 200"
    steps = [(step.what, step.shape, step.remark) for step in excerpt(index, found)]
    assert steps == [
        ("cat(dim=1)", "2×10×4×5", ""),
        ("flatten(1)", "2×200", "10·4·5 = 200"),
        ("relu()", "2×200", ""),
    ]
    cat = index.values[index.nodes["#0:cat.0"].results[0]]
    assert made_from(index, origin(index, cat, 1)) == "3 + 7 = 10"


@pytest.mark.parametrize(
    ("old", "new", "axis", "factors"),
    [
        ((2, 3, 4, 5), (2, 60), 1, (3, 4, 5)),
        ((2, 3, 4, 5), (6, 20), 0, (2, 3)),
        ((2, 3, 4, 5), (6, 20), 1, (4, 5)),
        ((2, 60), (2, 3, 20), 1, ()),
        ((2, 3, 4), (3, 8), 0, ()),
    ],
)
def test_what_a_reshape_merges(old: tuple[int, ...], new: tuple[int, ...], axis: int, factors: tuple[int, ...]) -> None:
    assert merged(old, new, axis) == factors


def test_where_two_branches_were_last_one() -> None:
    def body(net: Net, x: Tensor) -> Tensor:
        stem = net.conv(x)
        one, other = stem.relu(), stem.sigmoid()
        return one * other

    index = GraphIndex(api.trace(Net(body), (torch.ones(2, 3, 4, 5),)))
    one, other = (index.values[f"#0:{name}.0"] for name in ("relu", "sigmoid"))
    shared = agreed(index, one, other)
    assert shared is not None
    assert shared.producer == "conv#0:conv2d.0"


def test_a_long_way_is_shown_without_its_middle() -> None:
    def body(net: Net, x: Tensor) -> Tensor:
        y = x.flatten(1)
        for _ in range(20):
            y = y.relu()
        return y

    index = GraphIndex(api.trace(Net(body), (torch.ones(2, 3, 4, 5),)))
    value = index.values[index.nodes[index.graph.outputs[0]].operands[0]]
    steps = [step.what for step in excerpt(index, origin(index, value, 1))]
    assert steps[:3] == ["input x", "flatten(1)", "... 14 more ..."]
    assert len(steps) == 9
