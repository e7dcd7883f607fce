"""What an operation costs, from the shapes that ran: floating-point operations, multiplying and adding as two.

1. Products (linear, matrix products, convolutions, attention, recurrent layers): as `torch.utils.flop_counter` counts
   them, additions of a bias not counted.
2. What only looks at memory, moves it or looks something up: none.
3. Anything else: one for each element that it makes.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable

from graphviz_torch.ir.graph import Node
from graphviz_torch.ir.walks import GraphIndex

Shape = tuple[int, ...]
MOVES = frozenset(
    """view reshape flatten unflatten transpose t T mT permute movedim squeeze unsqueeze getitem select narrow chunk
    split unbind expand expand_as repeat cat concat stack contiguous clone detach to cpu cuda copy_ zeros ones empty
    full arange zeros_like ones_like empty_like embedding gather index_select setitem pad roll flip
    passthrough""".split()
)


def flops(index: GraphIndex, node: Node) -> int:
    """The operations of one node."""
    if node.kind != "call" or not node.results:
        return 0
    shapes = [index.values[operand].meta.shape or () for operand in node.operands]
    result = index.values[node.results[0]].meta.shape or ()
    word = node.name.strip("_")
    for pattern, count in COUNTS:
        if re.fullmatch(pattern, word):
            return count(node, shapes, result)
    if word in MOVES or node.name in MOVES or index.values[node.results[0]].view_of is not None:
        return 0
    return sum(math.prod(index.values[made].meta.shape or ()) for made in node.results)


def made_bytes(index: GraphIndex, node: Node) -> int:
    """The memory that the results of a node take; what shows memory that is there already takes none."""
    made = (index.values[result] for result in node.results)
    return sum(value.meta.bytes or 0 for value in made if value.view_of is None)


def _linear(node: Node, shapes: list[Shape], result: Shape) -> int:
    return 2 * math.prod(result) * (shapes[0][-1] if shapes and shapes[0] else 1)


def _product(node: Node, shapes: list[Shape], result: Shape) -> int:
    left = 1 if node.name in ("addmm", "baddbmm", "addmv") else 0
    return 2 * math.prod(result) * (shapes[left][-1] if len(shapes) > left and shapes[left] else 1)


def _convolution(node: Node, shapes: list[Shape], result: Shape) -> int:
    if len(shapes) < 2:
        return 0
    moved = shapes[0] if "transpose" in node.name else result
    return 2 * math.prod(moved) * math.prod(shapes[1][1:])


def _attention(node: Node, shapes: list[Shape], result: Shape) -> int:
    if len(shapes) < 3 or not all(len(shape) > 1 for shape in shapes[:3]):
        return 0
    query, key, value = shapes[:3]
    scores = math.prod(query[:-1]) * key[-2]
    return 2 * scores * (query[-1] + value[-1])


def _multi_head(node: Node, shapes: list[Shape], result: Shape) -> int:
    """Four projections, and the attention between them."""
    matrices = sum(math.prod(shape) for shape in shapes if len(shape) == 2 and shape[-1] == result[-1])
    query = math.prod(result[:-1])
    keys = next((shape[0] for shape in shapes[1:] if len(shape) == 3), result[0])
    return 2 * query * matrices + 4 * query * keys * result[-1]


def _recurrent(node: Node, shapes: list[Shape], result: Shape) -> int:
    """Each weight matrix once for each step of each sequence."""
    steps = math.prod(shapes[0][:-1]) if shapes else 0
    states = 3 if node.name.startswith("lstm") else 2  # the input and what it starts with
    return 2 * steps * sum(math.prod(shape) for shape in shapes[states:] if len(shape) == 2)


def _einsum(node: Node, shapes: list[Shape], result: Shape) -> int:
    """Every letter once, for two operands."""
    equation = next((value for _, value in node.attributes if isinstance(value, str)), "")
    terms = re.sub(r"\s", "", equation).partition("->")[0].split(",")
    if len(terms) != len(shapes) or "." in equation:
        return math.prod(result)
    letters = dict(pair for term, shape in zip(terms, shapes, strict=True) for pair in zip(term, shape, strict=False))
    return 2 * math.prod(letters.values())


COUNTS: tuple[tuple[str, Callable[[Node, list[Shape], Shape], int]], ...] = (
    (r"linear", _linear),
    (r"r?matmul|mm|bmm|addmm|baddbmm|mv|dot", _product),
    (r"conv(_transpose)?\dd|convolution", _convolution),
    (r"scaled_dot_product_attention", _attention),
    (r"multi_head_attention_forward", _multi_head),
    (r"(lstm|gru|rnn_tanh|rnn_relu)(_cell)?", _recurrent),
    (r"einsum", _einsum),
)
