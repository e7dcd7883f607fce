"""The names of the parameters of torch's functions."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from functools import lru_cache
from types import BuiltinFunctionType, FunctionType, MethodDescriptorType, MethodWrapperType, WrapperDescriptorType
from typing import Any

import torch

INTEGER_LISTS = frozenset(("List[int]", "List[SymInt]", "int[]", "SymInt[]"))
NATIVE = (BuiltinFunctionType, MethodDescriptorType, WrapperDescriptorType, MethodWrapperType)
# What the signature of a native method is spelled like where all of its parameters can be given by place.
SPELLED = re.compile(r"\(\$?\w+(, \w+(=\w+)?)*(, /)?\)")
POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


@lru_cache(maxsize=4096)
def parameters(function: Callable[..., Any]) -> tuple[tuple[str, ...], frozenset[str]]:
    """The names of the positional parameters, and which of them may be spelled without brackets.

    Both are empty where neither Python nor the operator's schema tells.
    """
    names = _python_names(function)
    if names:
        return names, frozenset()
    name = getattr(function, "__name__", "")
    if name in ("tensor", "as_tensor"):
        return ("data",), frozenset()
    return _schema_names(name) or _schema_names(name.strip("_")) or ((), frozenset())  # `x.normal_(0)` is no `normal`


def _schema_names(name: str) -> tuple[tuple[str, ...], frozenset[str]] | None:
    """As `parameters`, from the longest schema of an operator; `None` where there is no such operator."""
    try:
        schemas: list[Any] = torch._C._jit_get_schemas_for_operator(f"aten::{name}")
    except RuntimeError:
        return None
    if not schemas:
        return None
    arguments = max([schema.arguments for schema in schemas], key=len)  # each reading of them makes them anew
    # torch's manual calls `input` what the schemas call `self`.
    names = tuple(["input" if argument.name == "self" else argument.name for argument in arguments])
    own = [argument for argument in arguments if argument.name != "self" and not argument.kwarg_only]
    # torch takes `x.view(2, -1)` for `x.view((2, -1))` where the list is the only positional parameter.
    loose = [argument.name for argument in own if len(own) == 1 and str(argument.type) in INTEGER_LISTS]
    return names, frozenset(loose)


def _python_names(function: Callable[..., Any]) -> tuple[str, ...]:
    """What `inspect.signature` tells, without its detours for what nearly all functions of torch are."""
    function = inspect.unwrap(function, stop=lambda found: hasattr(found, "__signature__"))
    if type(function) is FunctionType and "__signature__" not in function.__dict__:
        return function.__code__.co_varnames[: function.__code__.co_argcount]
    if isinstance(function, NATIVE):
        spelled = getattr(function, "__text_signature__", None)
        if spelled is None:
            return ()
        if SPELLED.fullmatch(spelled):
            return _spelled_names(spelled, getattr(function, "__self__", None) is not None)
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        return ()
    return tuple(name for name, parameter in signature.parameters.items() if parameter.kind in POSITIONAL)


def _spelled_names(signature: str, bound: bool) -> tuple[str, ...]:
    """The names in `($self, key, /)`; to read them `inspect` would copy the table of all modules first."""
    parts = signature[1:-1].split(", ")
    names = [part.partition("=")[0] for part in parts if part != "/" and not (bound and part[0] == "$")]
    return tuple([name.removeprefix("$") for name in names])
