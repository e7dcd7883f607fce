"""What programs hand over: a model, and what it is to be called with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from torch import nn

from graphviz_torch.errors import ArgumentsError, TargetError


def call_of(model: Any, args: Any, kwargs: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """The positional arguments and those by name.

    Args:
        model: is to be an `nn.Module`.
        args: a tuple or list of the positional arguments, or the only one.
        kwargs: a mapping, or `None` for none.

    Raises:
        TargetError: the model is none.
        ArgumentsError: `kwargs` is no mapping from names.
    """
    if not isinstance(model, nn.Module):
        raise _no_model(model)
    if kwargs is not None and not (isinstance(kwargs, Mapping) and all(isinstance(name, str) for name in kwargs)):
        raise ArgumentsError(
            f"arguments by name are a mapping from their names, not {_kind(kwargs)}",
            hint="several positional arguments are one tuple: trace(model, (x, y))",
        )
    return tuple(args) if isinstance(args, (tuple, list)) else (args,), dict(kwargs or {})


def _no_model(found: Any) -> TargetError:
    if isinstance(found, type) and issubclass(found, nn.Module):
        return TargetError(f"{found.__name__} is a class; make a model of it", hint=f"trace({found.__name__}(...), x)")
    return TargetError(f"a model is an nn.Module, not {_kind(found)}", hint="call it in the forward of an nn.Module")


def _kind(found: Any) -> str:
    """`a value of type Tensor`."""
    return f"a value of type {type(found).__name__}"
