"""A layer of torch that makes its parts itself: one argument of it is one line, whatever its parts show."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from graphviz_torch.diff.compare import compare
from graphviz_torch.diff.result import Comparison
from tests.support.edges import traced
from tests.support.listing import lines

X = torch.ones(2, 3, 8)


def _layer(p: float = 0.1, **options: float) -> nn.Module:
    return nn.TransformerEncoderLayer(8, 2, 16, dropout=p, batch_first=True, **options)  # type: ignore[arg-type]


def _stack(p: float = 0.1) -> nn.Module:
    return nn.TransformerEncoder(_layer(p), 2)


class Seq2Seq(nn.Module):
    """Layers of both kinds in one layer of torch."""

    def __init__(self, p: float = 0.1) -> None:
        super().__init__()
        self.both = nn.Transformer(8, 2, 2, 1, 16, dropout=p, batch_first=True)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.both(x, x)
        return out


class Own(nn.Module):
    """The user's own layer, whose parts are edited one by one."""

    def __init__(self, p: float = 0.1) -> None:
        super().__init__()
        self.attn = nn.MultiheadAttention(8, 2, dropout=p, batch_first=True)
        self.drop = nn.Dropout(p)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.drop(self.attn(x, x, x, need_weights=False)[0])
        return out


def _compared(old: nn.Module, new: nn.Module) -> Comparison:
    return compare(traced(old.train(), X), traced(new.train(), X))


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (_layer, ["attribute structural (root) [TransformerEncoderLayer]: p=0.1 -> p=0.5"]),
        (_stack, ["attribute structural layers.0 [TransformerEncoderLayer]: p=0.1 -> p=0.5 2×"]),
        (Seq2Seq, ["attribute structural both [Transformer]: p=0.1 -> p=0.5"]),
        (
            Own,
            [
                "attribute structural drop [Dropout]: p=0.1 -> p=0.5",
                "attribute structural attn [multi_head_attention_forward]: dropout_p=0.1 -> dropout_p=0.5",
            ],
        ),
    ],
)
def test_one_argument_is_one_line_where_the_layer_is_torchs(
    make: Callable[[float], nn.Module], expected: list[str]
) -> None:
    assert lines(_compared(make(0.1), make(0.5))) == expected
    assert len(_compared(make(0.5), make(0.1)).changes) == len(expected)


def test_the_line_names_the_parts_and_draws_them() -> None:
    (change,) = _compared(_layer(0.1), _layer(0.5)).changes
    assert change.why == "it makes parts of its own with this argument: dropout, dropout1, dropout2, self_attn"
    assert len(change.places[0].new_ids) == 4


def test_parts_that_differ_in_other_values_stay_apart() -> None:
    new = _layer(0.1)
    new.dropout1.p, new.self_attn.dropout = 0.3, 0.5  # type: ignore[union-attr, assignment]
    assert lines(_compared(_layer(0.1), new)) == [
        "attribute structural dropout1 [Dropout]: p=0.1 -> p=0.3",
        "attribute structural self_attn [multi_head_attention_forward]: dropout_p=0.1 -> dropout_p=0.5",
    ]
    assert lines(_compared(_layer(0.1), _layer(0.1, layer_norm_eps=0.1))) == [
        "attribute structural norm1 [LayerNorm]: eps=1e-05 -> eps=0.1 2×"
    ]
