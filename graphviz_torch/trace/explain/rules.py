"""The table of rules, and the one that fits first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from graphviz_torch.ir.graph import Failure, Graph
from graphviz_torch.ir.walks import GraphIndex
from graphviz_torch.trace.explain import products, shapes, types, windows
from graphviz_torch.trace.explain.case import Case, Reason
from graphviz_torch.trace.explain.outside import outside

Rule = Callable[[Case], Reason | None]

ELEMENTWISE = (
    "add sub mul div truediv floordiv true_divide floor_divide multiply subtract divide pow fmod remainder mod "
    "maximum minimum where lerp addcmul addcdiv eq ne lt le gt ge and or xor logical_and logical_or logical_xor "
    "bitwise_and bitwise_or bitwise_xor masked_fill atan2 hypot mse_loss l1_loss smooth_l1_loss copy rsub"
)
CONVOLUTIONS = "conv1d conv2d conv3d conv_transpose1d conv_transpose2d conv_transpose3d convolution"
PRODUCTS = "matmul mm bmm addmm baddbmm addbmm mv addmv dot"
POOLS = " ".join(
    f"{kind}_pool{rank}d" for kind in ("max", "avg", "lp", "adaptive_avg", "adaptive_max") for rank in "123"
)
RECURRENT = "lstm gru rnn_tanh rnn_relu lstm_cell gru_cell rnn_tanh_cell rnn_relu_cell"

# The first reason counts; devices come first, as torch looks at them first.
RULES: tuple[tuple[str, Rule], ...] = (
    ("*", types.devices),
    ("linear", products.linear),
    (PRODUCTS, products.matmul),
    ("einsum", products.einsum),
    ("scaled_dot_product_attention", products.attention),
    ("multi_head_attention_forward", products.multi_head),
    (RECURRENT, products.recurrent),
    (CONVOLUTIONS, windows.conv),
    (POOLS, windows.pool),
    ("batch_norm instance_norm native_batch_norm", windows.batch_norm),
    ("layer_norm rms_norm native_layer_norm", windows.layer_norm),
    ("group_norm", windows.group_norm),
    ("embedding embedding_bag", types.embedding),
    ("cross_entropy nll_loss cross_entropy_loss", types.targets),
    ("binary_cross_entropy binary_cross_entropy_with_logits", shapes.alike),
    ("gather index_select scatter scatter_add index_add take_along_dim", types.indices),
    ("cat concat concatenate", shapes.cat),
    ("stack", shapes.stack),
    ("view reshape", shapes.view),
    ("expand broadcast_to", shapes.expand),
    (ELEMENTWISE, shapes.broadcast),
    ("masked_fill masked_select where multi_head_attention_forward scaled_dot_product_attention", types.masks),
    (f"linear einsum scaled_dot_product_attention {PRODUCTS} {CONVOLUTIONS} {RECURRENT}", types.dtypes),
)


def explain(graph: Graph) -> Failure | None:
    """The failure of a graph with reason, notes and hint, as far as a rule knows them.

    Args:
        graph: a partial graph; its failure has node, module call, exception, message and frames.
    """
    failure = graph.failure
    if failure is None:
        return None
    reason = reason_of(GraphIndex(graph), failure)
    if reason is None:
        return failure
    return replace(failure, reason=reason.reason, notes=reason.notes, hint=reason.hint)


def reason_of(index: GraphIndex, failure: Failure) -> Reason | None:
    """Why a run failed, with the operands that are to blame; `None` where no rule knows."""
    node = index.nodes.get(failure.node or "")
    if node is None:
        return outside(index, failure)
    case = Case(index, failure, node, tuple(index.values[operand] for operand in node.operands))
    for names, rule in RULES:
        if names == "*" or case.name in names.split():
            reason = rule(case)
            if reason is not None:
                return reason
    return None
