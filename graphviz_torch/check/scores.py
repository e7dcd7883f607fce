"""Losses that are given what a layer gave, where they take probabilities or their logarithms."""

from __future__ import annotations

import re

from graphviz_torch.ir.graph import Node
from graphviz_torch.ir.walks import GraphIndex

HANDS_ON = frozenset(
    (
        *("view", "reshape", "flatten", "unflatten", "squeeze", "unsqueeze", "contiguous", "clone", "detach", "alias"),
        *("transpose", "permute", "t", "T", "mT", "movedim", "swapaxes", "to", "float", "double", "half", "bfloat16"),
        *("type_as", "getitem", "gather", "index_select", "masked_select", "select", "narrow", "take_along_dim"),
        *("passthrough", "rearrange"),
    )
)
LOSSES = frozenset(("nll_loss", "binary_cross_entropy"))
LAYERS = re.compile(r"linear|bilinear|addmm|conv(_transpose)?\dd|(batch|layer|group)_norm")


def bare(index: GraphIndex, node: Node) -> Node | None:
    """The layer whose result such a loss is given as it is."""
    if node.kind != "call" or node.name not in LOSSES or not node.operands:
        return None
    maker = index.nodes[index.values[node.operands[0]].producer]
    while maker.name in HANDS_ON and maker.operands:
        maker = index.nodes[index.values[maker.operands[0]].producer]
    return maker if maker.kind == "call" and LAYERS.fullmatch(maker.name) else None
