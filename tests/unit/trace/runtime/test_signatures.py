"""The names of the parameters of torch's functions, against what Python itself says of them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import torch
from torch.overrides import get_overridable_functions

from graphviz_torch.trace.runtime.signatures import NATIVE, POSITIONAL, parameters


def native() -> Iterator[Callable[..., Any]]:
    """The functions in C that torch hands to a mode, as far as they have a signature."""
    for functions in get_overridable_functions().values():
        for function in functions:
            if isinstance(function, NATIVE) and getattr(function, "__text_signature__", None) is not None:
                yield function


def test_signatures_that_are_spelled_are_read_as_python_reads_them() -> None:
    found = list(native())
    assert torch.Tensor.__getitem__ in found
    for function in found:
        known = inspect.signature(function).parameters
        assert parameters(function)[0] == tuple(name for name, kind in known.items() if kind.kind in POSITIONAL)


@pytest.mark.parametrize(
    ("function", "names"),
    [
        (torch.Tensor.__setitem__, ("self", "key", "value")),
        (torch.Tensor.T.__get__, ("instance", "owner")),
        (torch.add, ("input", "other", "alpha", "out")),
        (torch.nn.functional.relu, ("input", "inplace")),
    ],
)
def test_names(function: Callable[..., Any], names: tuple[str, ...]) -> None:
    assert parameters(function)[0] == names
