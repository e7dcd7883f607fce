"""Layers that torch runs as one fused kernel unless somebody watches: the graph shows another way to the result.

`nn.TransformerEncoderLayer` and `nn.MultiheadAttention` take their fast path in inference only, and never while a
function mode is active. The conditions are those that torch documents for the two.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import torch
from torch import nn

from graphviz_torch.trace.runtime.records import Call, Held, Leave, Op

KINDS = frozenset((nn.TransformerEncoderLayer, nn.MultiheadAttention))
TEXT = "torch runs this layer as one fused kernel when nobody watches; its last bits can differ from what is shown here"


def fused(kinds: Iterable[type], events: list[Op | Call | Leave], ops: list[Op]) -> Iterator[Call]:
    """The calls of layers that would have been fused; what is inside of one is not named again.

    Args:
        kinds: of the modules that were called.
    """
    if KINDS.isdisjoint(kinds):
        return
    found: set[int] = set()
    for event in events:
        if isinstance(event, Call) and event.kind == "module" and event.in_torch and event.operands:
            if event.parent is not None and id(event.parent) in found:
                continue
            if _would_fuse(event, ops):
                found.add(id(event))
                yield event


def _would_fuse(call: Call, ops: list[Op]) -> bool:
    layer, given = call.module, call.operands
    if type(layer) is nn.TransformerEncoderLayer:
        attention = layer.self_attn
        fits = layer.activation_relu_or_gelu and layer.norm1.eps == layer.norm2.eps and not _hooked(layer)
    elif type(layer) is nn.MultiheadAttention:
        attention = layer
        fits = len(given) >= 3 and given[0] is given[1] is given[2]
    else:
        return False
    return bool(fits) and not layer.training and _plain(attention, given[0]) and not _learns(call, layer, ops)


def _plain(attention: nn.MultiheadAttention, query: Held) -> bool:
    """Whether the attention is of the kind that there is a kernel for."""
    kind: Any = attention
    return (
        torch.backends.mha.get_fastpath_enabled()
        and query.shape is not None
        and len(query.shape) == 3
        and kind.batch_first
        and kind._qkv_same_embed_dim
        and kind.in_proj_bias is not None
        and kind.num_heads % 2 == 0
        and kind.bias_k is None
        and not kind.add_zero_attn
        and query.device.type in ("cpu", "cuda", "xpu")
    )


def _learns(call: Call, layer: nn.Module, ops: list[Op]) -> bool:
    """Whether gradients were on and asked for."""
    inside = ops[call.first : call.last]
    if not inside or not inside[0].grad_mode:
        return False
    return any(held.grad for held in call.operands) or any(weight.requires_grad for weight in layer.parameters())


def _hooked(layer: nn.Module) -> bool:
    return any(module._forward_hooks or module._forward_pre_hooks for module in layer.modules())
