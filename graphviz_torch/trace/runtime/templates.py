"""The arguments of an operation with placeholders where its tensors were, so that a record keeps no tensor alive."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch.nn.parameter import Parameter

from graphviz_torch.trace.runtime.records import OperandAt
from graphviz_torch.trace.runtime.structures import SCALARS

Tensor = torch.Tensor
Kinds = tuple[type, ...]
NOTHING: dict[str, Any] = {}
FEW = 64
OPERANDS = tuple(OperandAt(place) for place in range(FEW))
ALONE = OPERANDS[:1]


@dataclass(frozen=True, slots=True)
class Places:
    """Where the tensors are among arguments of some types.

    Attributes:
        operands: what stands for them, each with its place; `None` where each argument has to be looked into.
        tuples: where tuples are, which may hold more of them.
        alone: the template, where there is nothing but tensors.
    """

    operands: tuple[tuple[int, OperandAt], ...] | None
    tuples: tuple[int, ...] = ()
    alone: Sequence[OperandAt] = ()


class Templates:
    """Makes them; where tensors are is found once for all arguments of the same types."""

    def __init__(self) -> None:
        self._known: dict[Kinds, Places] = {}

    def positional(self, args: Sequence[Any]) -> tuple[Sequence[Any], Sequence[Tensor]]:
        """The template of arguments by place, and the tensors among them."""
        kinds = (type(args[0]), type(args[1])) if len(args) == 2 else tuple(map(type, args))  # most have two
        places = self._known.get(kinds)
        if places is None:
            places = self._known[kinds] = _places(kinds)
        if places.alone:
            return places.alone, args
        tensors: list[Tensor] = []
        if places.operands is None or (places.tuples and not _plain(args, places.tuples)):
            return [template(value, tensors) for value in args], tensors
        found = list(args)
        for place, operand in places.operands:
            found[place] = operand
            tensors.append(args[place])
        return found, tensors


def named(kwargs: Mapping[str, Any], before: Sequence[Tensor]) -> tuple[dict[str, Any], Sequence[Tensor]]:
    """The template of arguments by name, and the tensors of these and of those by place."""
    if SCALARS.issuperset(map(type, kwargs.values())):
        return dict(kwargs), before
    tensors = [*before]
    return {name: template(value, tensors) for name, value in kwargs.items()}, tensors


def template(value: Any, tensors: list[Tensor]) -> Any:
    """The template of one argument; adds its tensors to `tensors`."""
    kind = type(value)
    if kind is Tensor or kind is Parameter or isinstance(value, Tensor):
        tensors.append(value)
        place = len(tensors) - 1
        return OPERANDS[place] if place < FEW else OperandAt(place)
    if kind in SCALARS:
        return value
    if isinstance(value, (list, tuple)):
        items = [template(item, tensors) for item in value]
        return items if isinstance(value, list) else tuple(items)  # an index that is a list is no tuple
    if isinstance(value, dict):
        return {key: template(item, tensors) for key, item in value.items()}
    return value


def _places(kinds: Kinds) -> Places:
    direct = [place for place, kind in enumerate(kinds) if kind is Tensor or kind is Parameter]
    if len(direct) > FEW or not SCALARS.union((Tensor, Parameter, tuple)).issuperset(kinds):
        return Places(None)
    alone = OPERANDS[: len(kinds)] if len(direct) == len(kinds) else ()
    tuples = tuple(place for place, kind in enumerate(kinds) if kind is tuple)
    return Places(tuple(zip(direct, OPERANDS, strict=False)), tuples, alone)


def _plain(args: Sequence[Any], places: tuple[int, ...]) -> bool:
    """Whether the tuples at some places hold no tensors, and nothing else that could: sizes and strides."""
    return all(SCALARS.issuperset(map(type, args[place])) for place in places)
