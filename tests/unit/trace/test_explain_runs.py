"""Explanations of real models that really fail."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor, nn

from graphviz_torch import api
from graphviz_torch.errors import TraceError
from graphviz_torch.ir.graph import Failure, Graph
from graphviz_torch.trace.explain import describe

torch.set_num_threads(1)


class Mlp(nn.Module):
    """The second layer takes what the first does not give."""

    def __init__(self) -> None:
        super().__init__()
        self.layer1 = nn.Linear(32, 16)
        self.act = nn.ReLU()
        self.drop = nn.Dropout(0.1)
        self.layer2 = nn.Linear(32, 8)

    def forward(self, x: Tensor) -> Tensor:
        x = self.drop(self.act(self.layer1(x)))
        return self.layer2(x)


class Flat(nn.Module):
    """Flattens to a size that was computed for another input."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)

    def forward(self, x: Tensor) -> Tensor:
        return self.conv(x).view(-1, 100)


class Calls(nn.Module):
    """One function, and what it needs."""

    def __init__(self, function: Any, **parts: nn.Module) -> None:
        super().__init__()
        self.function = function
        for name, part in parts.items():
            self.add_module(name, part)

    def forward(self, *args: Any) -> Any:
        return self.function(self, *args)


def failing(model: nn.Module, *args: Any) -> tuple[Graph, Failure]:
    with pytest.raises(TraceError) as caught:
        api.trace(model, args)
    graph = caught.value.graph
    assert graph.failure is not None
    return graph, graph.failure


@pytest.mark.parametrize("device", ["cpu", "meta"])
def test_the_mlp_is_explained_alike_on_every_device(device: str) -> None:
    _, failure = failing(Mlp().to(device), torch.zeros(4, 32, device=device))
    assert failure.reason == "layer2 (Linear 32 → 8) needs 4×32, got 4×16"
    assert failure.notes == ("16 was made by layer1 (Linear 32 → 16)",)
    assert failure.hint == "Linear(16, 8)"


def test_describe_says_where() -> None:
    graph, failure = failing(Mlp(), torch.zeros(4, 32))
    lines = describe(graph)
    assert lines[0] == "operation `linear` in module layer2 (Linear 32 → 8)"
    assert lines[1] == "  operand 0: 4×16:float32@cpu <- dropout in drop (Dropout)"
    assert lines[2] == "  operand 1: 8×32:float32@cpu <- parameter layer2.weight"
    assert failure.frames[0].code == "return self.layer2(x)"
    assert any(line.startswith("  at ") and line.endswith("Mlp.forward: return self.layer2(x)") for line in lines)


def layered(layer: nn.Module) -> nn.Module:
    return nn.Sequential(layer)


CASES: dict[str, tuple[nn.Module, tuple[Any, ...], str]] = {
    "view": (Flat(), (torch.zeros(1, 3, 8, 8),), "view to -1×100 needs a multiple of 100 elements; 1×4×6×6 has 144"),
    "reshape": (
        Calls(lambda s, x: x.reshape(5, -1)), (torch.zeros(2, 3),),
        "reshape to 5×-1 needs a multiple of 5 elements; 2×3 has 6",
    ),
    "view of a transposed": (
        Calls(lambda s, x: x.t().view(-1)), (torch.zeros(2, 3),), "view needs memory in order; 3×2 has strides (1, 3)",
    ),
    "channels": (
        layered(nn.Conv2d(3, 8, 3)), (torch.zeros(1, 1, 9, 9),), "0 (Conv2d 3 → 8) needs 1×3×9×9, got 1×1×9×9",
    ),
    "groups": (
        layered(nn.Conv1d(4, 8, 3, groups=2)), (torch.zeros(1, 6, 9),), "0 (Conv1d 4 → 8) needs 1×4×9, got 1×6×9",
    ),
    "transposed convolution": (
        layered(nn.ConvTranspose2d(4, 8, 2)), (torch.zeros(1, 3, 9, 9),),
        "0 (ConvTranspose2d 4 → 8) needs 1×4×9×9, got 1×3×9×9",
    ),
    "too small": (
        layered(nn.Conv2d(3, 8, 7, padding=1)), (torch.zeros(1, 3, 9, 4),),
        "0 (Conv2d 3 → 8) needs a width of at least 5, got 1×3×9×4",
    ),
    "pool": (
        layered(nn.MaxPool2d(2)), (torch.zeros(1, 3, 1, 4),), "0 (MaxPool2d) needs a height of at least 2, got 1×3×1×4",
    ),
    "embedding of floats": (
        layered(nn.Embedding(10, 4)), (torch.zeros(2, 3),),
        "0 (Embedding 10 → 4) needs int64 indices, got float32 from input input",
    ),
    "embedding out of range": (
        layered(nn.Embedding(10, 4)), (torch.tensor([[3, 10]]),),
        "0 (Embedding 10 → 4) has rows 0 to 9; an index of 1×2 is outside",
    ),
    "cat": (
        Calls(lambda s, x: torch.cat([x, x[:, :3].t(), x], 1)), (torch.zeros(2, 8),),
        "cat along dimension 1 needs 2 in dimension 0: operand 1 (the result of t) is 3×2",
    ),
    "stack": (
        Calls(lambda s, x: torch.stack([x, x[:, :3]])), (torch.zeros(2, 8),),
        "stack needs 8 in dimension 1: operand 1 (the result of getitem) is 2×3",
    ),
    "broadcast": (
        Calls(lambda s, x: x + x[:, :3]), (torch.zeros(2, 8),),
        "add cannot broadcast 2×8 with 2×3: dimension -1 is 8 and 3",
    ),
    "broadcast in place": (
        Calls(lambda s, x: x.clone().mul_(x[:, :3])), (torch.zeros(2, 8),),
        "mul_ cannot broadcast 2×8 with 2×3: dimension -1 is 8 and 3",
    ),
    "matmul": (
        Calls(lambda s, x: x @ x), (torch.zeros(2, 8),), "matmul of 2×8 and 2×8: the inner sizes are 8 and 2",
    ),
    "bmm": (
        Calls(lambda s, x: torch.bmm(x, x[:1])), (torch.zeros(2, 8, 8),),
        "bmm: the batch sizes differ in dimension -3: 2 and 1",
    ),
    "einsum": (
        Calls(lambda s, x: torch.einsum("bi,ij->bj", x, x)), (torch.zeros(2, 8),),
        "einsum `bi,ij->bj`: `i` is 8 in operand 0 and 2 in operand 1",
    ),
    "half": (
        layered(nn.Linear(8, 8).half()), (torch.zeros(2, 8),),
        "0 (Linear 8 → 8) needs float16, got float32 from input input",
    ),
    "device": (
        layered(nn.Linear(8, 8, device="meta")), (torch.zeros(2, 8),),
        "0 (Linear 8 → 8) needs one device: input input on cpu, 0.weight on meta, 0.bias on meta",
    ),
    "layer norm": (
        layered(nn.LayerNorm(32)), (torch.zeros(2, 24),), "0 (LayerNorm 32) needs 2×32, got 2×24",
    ),
    "batch norm": (
        layered(nn.BatchNorm2d(8)), (torch.zeros(2, 6, 4, 4),), "0 (BatchNorm2d 8) needs 2×8×4×4, got 2×6×4×4",
    ),
    "batch norm of a matrix": (
        layered(nn.BatchNorm2d(8)), (torch.zeros(2, 8),), "0 (BatchNorm2d 8) needs 4 dimensions, got 2×8",
    ),
    "batch of one": (
        layered(nn.BatchNorm1d(8)), (torch.zeros(1, 8),),
        "0 (BatchNorm1d 8) in training needs more than one value a channel, got 1×8",
    ),
    "group norm": (
        layered(nn.GroupNorm(2, 8)), (torch.zeros(2, 6, 4),), "0 (GroupNorm 2 → 8) needs 2×8×4, got 2×6×4",
    ),
    "lstm": (
        layered(nn.LSTM(4, 8)), (torch.zeros(2, 5, 6),), "0 (LSTM 4 → 8) needs 2×5×4, got 2×5×6",
    ),
    "attention": (
        Calls(lambda s, x: s.mha(x, x, x), mha=nn.MultiheadAttention(8, 2)), (torch.zeros(2, 5, 6),),
        "mha (MultiheadAttention) needs 2×5×8, got 2×5×6",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_reasons(name: str) -> None:
    model, args, reason = CASES[name]
    assert failing(model, *args)[1].reason == reason


def test_a_misspelt_layer() -> None:
    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.encoder = nn.Linear(4, 4)

        def forward(self, x: Tensor) -> Tensor:
            x = x * 2
            return self.encodr(x)

    _, failure = failing(Net(), torch.zeros(2, 4))
    assert failure.reason == "Net has no `encodr`"
    assert failure.hint == "self.encoder"
    assert failure.node is None


def test_an_exception_of_the_users_own_is_left_as_it_is() -> None:
    class Net(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            raise ValueError("not today")

    graph, failure = failing(Net(), torch.zeros(2, 4))
    assert (failure.exception, failure.message, failure.reason) == ("ValueError", "not today", "")
    assert describe(graph)[0] == "between two operations in module Net"
