"""Nodes and values made in bulk.

A frozen dataclass sets each field through a function call, which takes four times as long as plain assignment. A draft
has the same slots, is filled like any object, and then becomes the frozen class.
"""

from __future__ import annotations

from typing import cast

from graphviz_torch.ir.graph import Node, NodeKind, SourceLocation, TensorMeta, Value
from graphviz_torch.ir.literals import Literal


class _Node:
    __slots__ = Node.__slots__

    def __init__(
        self,
        id: str,
        kind: NodeKind,
        name: str,
        op: str,
        operands: tuple[str, ...],
        results: tuple[str, ...],
        attributes: tuple[tuple[str, Literal], ...],
        module_call: str | None,
        source: SourceLocation | None,
        grad_fn: tuple[str, ...],
    ) -> None:
        self.id = id
        self.kind = kind
        self.name = name
        self.op = op
        self.operands = operands
        self.results = results
        self.attributes = attributes
        self.module_call = module_call
        self.source = source
        self.grad_fn = grad_fn
        self.__class__ = Node  # type: ignore[assignment]


class _Value:
    __slots__ = Value.__slots__

    def __init__(self, id: str, producer: str, index: int, meta: TensorMeta, view_of: str | None, version: int) -> None:
        self.id = id
        self.producer = producer
        self.index = index
        self.meta = meta
        self.view_of = view_of
        self.version = version
        self.__class__ = Value  # type: ignore[assignment]


make_node = cast(type[Node], _Node)
make_value = cast(type[Value], _Value)
