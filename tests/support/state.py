"""Everything about a model and its process that a tracer could leave changed, as something that compares."""

from __future__ import annotations

import gc
import random
import sys
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
import torch._dynamo  # a tracer may load it, which adds warning filters
from torch import Tensor, nn
from torch.nn.modules import module as torch_module
from torch.nn.parameter import is_lazy

NAMESPACES = (
    torch,
    torch.nn.functional,
    torch.Tensor,
    torch._C.TensorBase,
    nn.Module,
    torch.autograd,
    torch.autograd.Function,
    torch.nn.parameter.Parameter,
    torch._C.ScriptFunction,
    torch._C.ScriptMethod,
)
NOT_MINE = frozenset(("__dict__", "__weakref__", "__slotnames__"))  # the last is kept by Python's `copyreg`


def namespaces() -> dict[str, int]:
    """The identity of every public and private name of torch that could be patched."""
    return {
        f"{owner.__name__}.{name}": id(value)
        for owner in NAMESPACES
        for name, value in vars(owner).items()
        if name not in NOT_MINE
    }


def process() -> dict[str, Any]:
    """State of the process and of this thread."""
    return {
        "torch": torch.get_rng_state().tolist(),
        "python": random.getstate(),
        "numpy": repr(np.random.get_state()),
        "grad": (torch.is_grad_enabled(), torch.is_inference_mode_enabled()),
        "default": (torch.get_default_dtype(), torch.get_default_device()),
        "settings": settings(),
        "modes": [type(mode) for mode in torch.overrides._get_current_function_mode_stack()],
        "dispatch": torch._C._len_torch_dispatch_stack(),
        "path": list(sys.path),
        "warnings": list(warnings.filters),
        "gc": gc.isenabled(),
        "hooks": [list(getattr(torch_module, name)) for name in ("_global_forward_hooks", "_global_forward_pre_hooks")],
        "stance": repr(sys.modules["torch._dynamo.eval_frame"]._stance),
    }


def settings() -> dict[str, Any]:
    """What torch computes with."""
    return {
        "deterministic": (
            torch.are_deterministic_algorithms_enabled(),
            torch.is_deterministic_algorithms_warn_only_enabled(),
        ),
        "threads": torch.get_num_threads(),
        "precision": torch.get_float32_matmul_precision(),
        "denormal": (torch.tensor([1e-40]) * 1).tolist(),
        "warn": torch.is_warn_always_enabled(),
        "anomaly": torch.is_anomaly_enabled(),
        "autocast": (torch.is_autocast_enabled("cpu"), torch.get_autocast_dtype("cpu")),
        "cudnn": torch.backends.cudnn.benchmark,
        "mkldnn": torch.backends.mkldnn.enabled,
        "attention": (torch.backends.mha.get_fastpath_enabled(), torch.backends.cuda.flash_sdp_enabled()),
    }


def of_model(model: nn.Module) -> dict[str, Any]:
    """Every attribute of every module, by identity and by contents, and every tensor, bit for bit."""
    found: dict[str, Any] = {}
    for path, module in model.named_modules(remove_duplicate=False):
        for name, value in module.__dict__.items():
            found[f"{path}|{name}"] = (id(value), *_contents(value))
    for name, tensor in (*model.named_parameters(), *model.named_buffers()):
        found[f"tensor {name}"] = of_tensor(tensor)
    return found


def of_tensor(tensor: Tensor) -> tuple[Any, ...]:
    """A tensor: its memory, what is in it, and what it carries."""
    if is_lazy(tensor):
        return (id(tensor), type(tensor))
    grad = None if not tensor.is_leaf or tensor.grad is None else (id(tensor.grad), bits(tensor.grad))
    hooks = [list(getattr(tensor, name, None) or ()) for name in ("_backward_hooks", "_post_accumulate_grad_hooks")]
    place = 0 if tensor.layout is not torch.strided else tensor.data_ptr()
    written = None if tensor.is_inference() else tensor._version
    return (
        *(id(tensor), place, bits(tensor), tensor.requires_grad, tensor.grad_fn, written),
        *(grad, dict(tensor.__dict__), hooks),
    )


def bits(tensor: Tensor) -> Any:
    """What is in a tensor."""
    with torch.no_grad():
        plain = tensor.detach().to_dense() if tensor.layout is not torch.strided else tensor.detach()
        return plain.shape, plain.dtype, plain.clone().contiguous().view(-1).view(torch.uint8).tolist()


def _contents(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        yield from ((key, *_contents(item)) for key, item in value.items())
    elif isinstance(value, (list, tuple, set)):
        yield from (tuple(_contents(item)) for item in value)
    else:
        yield id(value)


def differences(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """Names of what is not as it was."""
    return sorted(key for key in before.keys() | after.keys() if before.get(key) != after.get(key))
