"""What differs between torch releases, each thing behind one name and found by feature test."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext, suppress
from typing import Any

import torch

try:
    sequence_number: Callable[[], int] = torch._C._autograd._get_sequence_nr
except AttributeError:  # the number is a hint for linking autograd nodes; without it they stay unlinked

    def sequence_number() -> int:
        """Stands in where torch does not tell the next autograd sequence number."""
        return -1


def set_version(tensor: torch.Tensor, count: int) -> None:
    """Sets how often a tensor was written, where torch lets us; what was saved for a backward pass stays usable."""
    setter = getattr(torch._C._autograd, "_unsafe_set_version_counter", None)
    if setter is not None:
        with suppress(TypeError):  # earlier releases take no tuples
            setter((tensor,), (count,))


def functorch_base(tensor: torch.Tensor) -> torch.Tensor:
    """The plain tensor under the wrappers of vmap, grad and jvp; the tensor itself where there are none."""
    functorch = getattr(torch._C, "_functorch", None)
    if functorch is None:
        return tensor
    while functorch.is_functorch_wrapped_tensor(tensor):
        tensor = functorch.get_unwrapped(tensor)
    return tensor


def outside_transforms() -> AbstractContextManager[Any]:
    """Leaves vmap, grad and jvp for a while, so that plain tensors can be handled inside of them."""
    try:
        from torch._functorch.pyfunctorch import temporarily_clear_interpreter_stack
    except ImportError:
        return nullcontext()
    return temporarily_clear_interpreter_stack()


def eager_stance(*, load: bool = False) -> AbstractContextManager[Any]:
    """Makes compiled modules run eagerly.

    Args:
        load: whether to load dynamo, which takes a second; while it is not loaded nothing is compiled.
    """
    set_stance = getattr(torch.compiler, "set_stance", None)
    if set_stance is None or not (load or "torch._dynamo" in sys.modules):
        return nullcontext()
    stance: AbstractContextManager[Any] = set_stance("force_eager")
    return stance
