"""The arguments of an operation with placeholders where its tensors were, so that a record keeps no tensor alive."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
# Where tensors are among arguments, where tuples are, which may hold more of them, and the template of tensors alone.
Places = tuple[tuple[int, ...], tuple[int, ...], tuple[OperandAt, ...]]
ANYWHERE: Places = ((), (-1,), ())


class Templates:
    """Makes them; where tensors are is found once for all arguments of the same types."""

    def __init__(self) -> None:
        self._known: dict[Kinds, Places] = {}

    def positional(self, args: Sequence[Any], tensors: list[Tensor]) -> Sequence[Any]:
        """The template of arguments by place; adds their tensors to `tensors`, which holds none yet."""
        kinds = tuple(map(type, args))
        places = self._known.get(kinds)
        if places is None:
            places = self._known[kinds] = _places(kinds)
        direct, nested, alone = places
        if alone:
            tensors += args
            return alone
        if nested and not (places is not ANYWHERE and _plain(args, nested)):
            return [template(value, tensors) for value in args]
        found = list(args)
        for place, operand in zip(direct, OPERANDS):  # noqa: B905 - there are never more
            found[place] = operand
            tensors.append(args[place])
        return found


def named(kwargs: Mapping[str, Any], tensors: list[Tensor]) -> dict[str, Any]:
    """The template of arguments by name; adds their tensors to `tensors`."""
    found = {}
    for name, value in kwargs.items():
        found[name] = value if type(value) in SCALARS else template(value, tensors)
    return found


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
    direct = tuple(place for place, kind in enumerate(kinds) if kind is Tensor or kind is Parameter)
    if len(direct) > FEW or not SCALARS.union((Tensor, Parameter, tuple)).issuperset(kinds):
        return ANYWHERE
    alone = OPERANDS[: len(kinds)] if len(direct) == len(kinds) else ()
    return direct, tuple(place for place, kind in enumerate(kinds) if kind is tuple), alone


def _plain(args: Sequence[Any], places: tuple[int, ...]) -> bool:
    """Whether the tuples at some places hold no tensors, and nothing else that could: sizes and strides."""
    return all(SCALARS.issuperset(map(type, args[place])) for place in places)
