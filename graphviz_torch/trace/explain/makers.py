"""Which operation made a size: the way back through all that hands a shape on unchanged."""

from __future__ import annotations

from graphviz_torch.ir.graph import Node, Value
from graphviz_torch.ir.walks import GraphIndex
from graphviz_torch.trace.explain import words
from graphviz_torch.trace.explain.case import Shape, owner, plain_name

_WORDS = (
    "relu relu6 gelu silu sigmoid tanh elu selu celu leaky_relu prelu hardtanh hardswish hardsigmoid mish softplus "
    "softmax log_softmax dropout dropout1d dropout2d dropout3d alpha_dropout feature_dropout layer_norm batch_norm "
    "group_norm instance_norm rms_norm normalize native_layer_norm native_batch_norm passthrough clone contiguous "
    "detach to float half double bfloat16 type requires_grad neg abs exp log sqrt rsqrt square clamp clip "
    "nan_to_num masked_fill"
)
HANDS_ON = frozenset(_WORDS.split())


def maker(index: GraphIndex, value: Value) -> Value:
    """The earliest value on the way back that had this shape already."""
    seen = {value.id}
    while True:
        earlier = _before(index, index.nodes[value.producer], value)
        if earlier is None or earlier.id in seen:
            return value
        seen.add(earlier.id)
        value = earlier


def _before(index: GraphIndex, node: Node, value: Value) -> Value | None:
    """The operand that a shape-preserving operation took its shape from."""
    if node.kind != "call" or plain_name(node.name) not in HANDS_ON or not node.operands:
        return None
    first = index.values[node.operands[0]]
    return first if first.meta.shape == value.meta.shape else None


def made_by(index: GraphIndex, value: Value, what: str = "") -> tuple[str, ...]:
    """`16 was made by layer1 (Linear 32 → 16)`: a note, if there is anything to say.

    Args:
        index: the graph.
        value: the offending operand.
        what: what is offending about it, `16`; its shape where not given.
    """
    origin = maker(index, value)
    what = what or words.sizes(value.meta.shape)
    node = index.nodes[origin.producer]
    if node.kind == "input":
        return (f"{what} comes from input {node.name} ({words.sizes(origin.meta.shape)})",)
    if node.kind != "call":
        return (f"{what} comes from {node.kind} {node.name} ({words.sizes(origin.meta.shape)})",)
    return (f"{what} was made by {operation_words(index, node, origin)}",)


def operation_words(index: GraphIndex, node: Node, result: Value) -> str:
    """`layer1 (Linear 32 → 16)` for a layer; `flatten (4×3×8 → 4×24) at model.py:12` for an operation."""
    module = owner(index, node.module_call)
    if module is not None:
        return words.called(module)
    at = f" at {node.source.file}:{node.source.line}" if node.source is not None else ""
    return f"{node.name} ({_change(index, node, result)}){at}"


def _change(index: GraphIndex, node: Node, result: Value) -> str:
    shapes: list[Shape | None] = [index.values[operand].meta.shape for operand in node.operands[:2]]
    before = ", ".join(words.sizes(shape) for shape in shapes)
    return f"{before} → {words.sizes(result.meta.shape)}" if before else words.sizes(result.meta.shape)
