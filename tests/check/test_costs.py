"""Operations counted from shapes, against what torch counts as it runs."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from graphviz_torch import api
from graphviz_torch.check.costs import flops, made_bytes
from graphviz_torch.ir.walks import GraphIndex

torch.set_num_threads(1)
PRODUCTS = ("linear", "conv2d", "conv_transpose2d", "matmul", "bmm", "addmm", "scaled_dot_product_attention", "einsum")


class Net(nn.Module):
    def __init__(self, body: Callable[[Net, Tensor], Tensor]) -> None:
        super().__init__()
        self.body = body
        self.conv, self.group = nn.Conv2d(4, 8, 3, stride=2), nn.Conv2d(4, 8, 3, groups=2)
        self.up, self.fc = nn.ConvTranspose2d(4, 6, 2, stride=2), nn.Linear(8, 5)

    def forward(self, x: Tensor) -> Tensor:
        return self.body(self, x)


@pytest.mark.parametrize(
    "body",
    [
        lambda net, x: net.conv(x).relu(),
        lambda net, x: net.group(x),
        lambda net, x: net.up(x),
        lambda net, x: net.fc(x),
        lambda net, x: x @ x.mT,
        lambda net, x: torch.bmm(x[0], x[0].mT),
        lambda net, x: torch.addmm(x[0, 0], x[0, 0], x[0, 1]),
        lambda net, x: torch.einsum("bchw,bcvw->bhv", x, x),
    ],
)
def test_products_are_counted_as_torch_does(body: Callable[[Net, Tensor], Tensor]) -> None:
    model, x = Net(body), torch.ones(2, 4, 8, 8)
    with FlopCounterMode(display=False) as counter:
        model(x)
    index = GraphIndex(api.trace(model, (x,)))
    assert sum(flops(index, node) for node in index.graph.nodes if node.name in PRODUCTS) == counter.get_total_flops()


def test_attention_and_recurrent_layers_are_those_of_their_matrices() -> None:
    index = GraphIndex(api.trace(nn.LSTM(3, 5, num_layers=1), (torch.ones(7, 2, 3),)))
    assert flops(index, index.nodes["#0:lstm.0"]) == 2 * 7 * 2 * (20 * 3 + 20 * 5)
    index = GraphIndex(api.trace(nn.MultiheadAttention(8, 2), (torch.ones(6, 2, 8),) * 3))
    node = next(node for node in index.graph.nodes if node.name == "multi_head_attention_forward")
    assert flops(index, node) == 2 * 12 * (24 * 8 + 8 * 8) + 4 * 12 * 6 * 8

    def body(net: Net, x: Tensor) -> Tensor:
        return nn.functional.scaled_dot_product_attention(x, x, x)

    index = GraphIndex(api.trace(Net(body), (torch.ones(2, 4, 8, 16),)))
    assert flops(index, index.nodes["#0:scaled_dot_product_attention.0"]) == 2 * 2 * (2 * 4 * 8 * 8 * 16)


def test_what_moves_costs_no_operations_and_views_take_no_memory() -> None:
    index = GraphIndex(
        api.trace(Net(lambda net, x: torch.cat([x.flatten(1), x.flatten(1)]).exp()), (torch.ones(2, 4, 8, 8),))
    )
    nodes = {node.name: node for node in index.graph.nodes}
    assert [flops(index, nodes[name]) for name in ("flatten", "cat", "exp")] == [0, 0, 1024]
    assert [made_bytes(index, nodes[name]) for name in ("flatten", "cat", "exp")] == [0, 4096, 4096]
