"""The arguments of an operation that a reader wants to see: `dim=1`, `p=0.1`."""

from __future__ import annotations

from collections.abc import Mapping as MappingType
from dataclasses import replace

from graphviz_torch.ir.graph import Json, Module, Node
from graphviz_torch.ir.literals import Literal, Mapping, Operand, Symbol, format_literal

PLACES = {
    "cat": {"1": "dim"},
    "stack": {"1": "dim"},
    "softmax": {"1": "dim"},
    "log_softmax": {"1": "dim"},
    "sum": {"1": "dim"},
    "mean": {"1": "dim"},
    "argmax": {"1": "dim"},
    "unsqueeze": {"1": "dim"},
    "squeeze": {"1": "dim"},
    "flatten": {"1": "start_dim"},
    "chunk": {"1": "chunks", "2": "dim"},
    "split": {"1": "size", "2": "dim"},
    "cumsum": {"1": "dim"},
    "dropout": {"1": "p"},
    "max_pool2d": {"1": "kernel_size", "2": "stride"},
}
SHOWN = frozenset(
    "dim dims dim0 dim1 chunks size from p kernel_size stride padding dilation groups output_size scale_factor mode "
    "keepdim dtype device exponent other alpha is_causal approximate negative_slope num_heads repeats shifts k "
    "normalized_shape diagonal start_dim split_size_or_sections num_classes min max upscale_factor equation".split()
)
HIDDEN = frozenset(
    "view reshape expand expand_as contiguous linear embedding batch_norm layer_norm conv1d conv2d conv3d zeros ones "
    "empty full arange zeros_like ones_like full_like empty_like new_zeros new_ones new_full rand randn".split()
)
POSITIONAL = frozenset("permute transpose pow repeat".split())
BARE = frozenset("dim0 dim1 dims exponent other".split())
INDEXED = frozenset("getitem __getitem__ setitem __setitem__".split())
ARITHMETIC = frozenset("add sub mul div truediv eq ne lt gt le ge pow floordiv rsub rtruediv radd rmul".split())
LIMIT = 40


def operation_words(node: Node) -> str:
    """Short words for the arguments that matter, empty for none."""
    if not node.attributes or node.name in HIDDEN:
        return ""
    places = PLACES.get(node.name, {})
    words = [
        _word(node, places.get(name, name), value) for name, value in node.attributes if type(value) is not Operand
    ]
    found = [word for word in words if word]
    text = (" " if any("=" in word for word in found) else ", ").join(found)
    return text if len(text) <= LIMIT else text[: LIMIT - 1] + "…"


def single_words(module: Module | None, node: Node, inside: Json = None) -> str:
    """The only operation of a module whose type does not say what it is: `softmax dim=1`; else empty.

    Args:
        module: what is drawn as one node.
        node: the operation, or the closed module.
        inside: what a closed module is noted to hold.
    """
    if module is None or module.of_torch:
        return ""
    name = node.name if node.kind == "call" else inside.get("operation") if isinstance(inside, MappingType) else None
    if not isinstance(name, str):
        return ""
    words = operation_words(replace(node, name=name))
    told = name.replace("_", "").lower() in module.type_name.lower()  # `GELUActivation` says that it is `gelu`
    return words if told else f"{name} {words}".rstrip()


def _word(node: Node, name: str, value: Literal) -> str:
    """One argument, empty where it says nothing."""
    if value is None or value is False or not _is_plain(value):
        return ""
    if node.name in INDEXED:
        spelled = _spell(value)
        return f"[{spelled[1:-1].rstrip(',') if isinstance(value, tuple) and value else spelled}]"
    if name in BARE:
        return _spell(value)
    if name.isdigit():
        return _spell(value) if node.name in POSITIONAL or node.name.strip("_") in ARITHMETIC else ""
    return f"{name}={_spell(value)}" if name in SHOWN else ""


def _is_plain(value: Literal) -> bool:
    """Whether an argument holds no tensor and has a short spelling."""
    todo: list[Literal] = [value]
    for _ in range(32):
        if not todo:
            return True
        item = todo.pop()
        if isinstance(item, Operand | Mapping) or (isinstance(item, Symbol) and item.kind in ("function", "object")):
            return False
        if isinstance(item, tuple):
            todo.extend(item)
    return False


def _spell(value: Literal) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, str):
        return value[:24]
    return format_literal(value).replace(", ", ",")
