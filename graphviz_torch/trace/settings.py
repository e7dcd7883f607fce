"""What the whole process or thread computes with: torch's settings, put back after a run.

What belongs to the interpreter (`sys.path`, the environment, the current folder) stays as the run leaves it, and is
told: modules that were imported meanwhile stay too, and may have set it once and for all.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any

import torch

AUTOCAST = ("cpu", "cuda")
SMALLEST_NORMAL = sys.float_info.min
UNREADABLE = object()
CPU = torch.device("cpu")

Setting = tuple[Callable[[], Any], Callable[[Any], Any]]


def _core(name: str, read: Callable[[], Any]) -> Callable[[], Any]:
    """What torch itself reads a setting with, without the layers of Python around it; them where it is called else."""
    found: Callable[[], Any] = getattr(torch._C, name, read)
    return found


def _attribute(owner: Any, name: str, core: str) -> Setting:
    return _core(core, partial(getattr, owner, name)), partial(setattr, owner, name)


def _default_device() -> torch.device:
    """To ask torch takes as long as all other settings, and hardly ever is there one to be found."""
    given = getattr(torch, "_GLOBAL_DEVICE_CONTEXT", UNREADABLE)
    told = given is UNREADABLE or getattr(given, "device_context", None) is not None
    return torch.get_default_device() if told or _of_core("_len_torch_function_stack") != 0 else CPU


DETERMINISTIC = _core("_get_deterministic_algorithms", torch.are_deterministic_algorithms_enabled)
WARN_ONLY = _core("_get_deterministic_algorithms_warn_only", torch.is_deterministic_algorithms_warn_only_enabled)


def _deterministic() -> tuple[bool, bool]:
    return DETERMINISTIC(), WARN_ONLY()


def _set_deterministic(before: tuple[bool, bool]) -> None:
    torch.use_deterministic_algorithms(before[0], warn_only=before[1])


def _anomaly() -> tuple[bool, bool]:
    return torch.is_anomaly_enabled(), torch.is_anomaly_check_nan_enabled()


def _flushes() -> bool:
    """Whether the processor takes the smallest numbers for zero; torch has no word for it."""
    return SMALLEST_NORMAL / 2 == 0.0


def _autocast(device: str) -> tuple[Setting, Setting]:
    return (
        (partial(torch.is_autocast_enabled, device), partial(torch.set_autocast_enabled, device)),
        (partial(torch.get_autocast_dtype, device), partial(torch.set_autocast_dtype, device)),
    )


SETTINGS: tuple[Setting, ...] = (
    (torch.is_grad_enabled, torch.set_grad_enabled),
    (torch.get_default_dtype, torch.set_default_dtype),
    (_default_device, torch.set_default_device),
    (torch.get_num_threads, torch.set_num_threads),
    (_deterministic, _set_deterministic),
    _attribute(torch.utils.deterministic, "fill_uninitialized_memory", "_get_deterministic_fill_uninitialized_memory"),
    (
        _core("_get_float32_matmul_precision", torch.get_float32_matmul_precision),
        torch.set_float32_matmul_precision,
    ),
    (_flushes, torch.set_flush_denormal),
    (_anomaly, lambda before: torch.set_anomaly_enabled(*before)),
    (_core("_get_warnAlways", torch.is_warn_always_enabled), torch.set_warn_always),
    *(setting for device in AUTOCAST for setting in _autocast(device)),
    (torch.is_autocast_cache_enabled, torch.set_autocast_cache_enabled),
    *(
        _attribute(torch.backends.cudnn, name, f"_get_cudnn_{name}")
        for name in ("enabled", "benchmark", "deterministic")
    ),
    _attribute(torch.backends.mkldnn, "enabled", "_get_mkldnn_enabled"),
    (torch.backends.mha.get_fastpath_enabled, torch.backends.mha.set_fastpath_enabled),
    (_core("_get_flash_sdp_enabled", torch.backends.cuda.flash_sdp_enabled), torch.backends.cuda.enable_flash_sdp),
    (
        _core("_get_mem_efficient_sdp_enabled", torch.backends.cuda.mem_efficient_sdp_enabled),
        torch.backends.cuda.enable_mem_efficient_sdp,
    ),
    (_core("_get_math_sdp_enabled", torch.backends.cuda.math_sdp_enabled), torch.backends.cuda.enable_math_sdp),
    (
        torch.__future__.get_swap_module_params_on_conversion,
        torch.__future__.set_swap_module_params_on_conversion,
    ),
)


@contextmanager
def settings_kept() -> Iterator[None]:
    """Puts torch's settings back after the block."""
    before = _all()
    try:
        yield
    finally:
        now = _all()
        if now != before:
            for (_, write), value, other in zip(SETTINGS, before, now, strict=True):
                if value is not UNREADABLE and other != value:
                    with suppress(RuntimeError):
                        write(value)


def _all() -> list[Any]:
    try:
        return [read() for read, _ in SETTINGS]
    except RuntimeError:
        return [_read(read) for read, _ in SETTINGS]


def _read(read: Callable[[], Any]) -> Any:
    try:
        return read()
    except RuntimeError:  # matmul precision is not told where it was set in the newer of two ways
        return UNREADABLE


def standing() -> list[Any]:
    """What torch computes with and no object of Python's holds, to be compared with what it is later."""
    operations = _of_core("_dispatch_get_all_op_names")
    return [
        *_all(),
        bytes(torch.default_generator.get_state().tolist()),
        len(operations or ()),
        _of_core("_len_torch_function_stack"),
        _of_core("_len_torch_dispatch_stack"),
        torch.get_num_interop_threads(),
        torch.cuda.is_initialized(),  # type: ignore[no-untyped-call]
    ]


def _of_core(name: str) -> Any:
    """What a function of torch's core tells; nothing where a release has none of this name."""
    found = getattr(torch._C, name, None)
    return None if found is None else found()


class Surroundings:
    """What a run may change in the interpreter, to be compared afterwards."""

    def __init__(self) -> None:
        self._before = _surroundings()

    def changed(self) -> list[str]:
        """What is not as it was."""
        now, before = _surroundings(), self._before
        if now == before:
            return []
        return [name for name in now if now[name] != before[name] and not _torchs_own(now[name], before[name])]


def _surroundings() -> dict[str, Any]:
    return {
        "os.environ": _environment(),
        "sys.path": list(sys.path),
        "os.getcwd()": _folder(),
        "sys.getrecursionlimit()": sys.getrecursionlimit(),
    }


def _environment() -> dict[Any, Any]:
    """As the interpreter holds it, which is not decoded; that takes longer than all else here."""
    return dict(getattr(os.environ, "_data", os.environ))


def _torchs_own(now: Any, before: Any) -> bool:
    """Whether only what torch sets for itself differs, when it loads a part of its own late."""
    if not isinstance(now, dict):
        return False
    differing = [name for name in {*now, *before} if now.get(name) != before.get(name)]
    return all(name[:5] in (b"TORCH", "TORCH") for name in differing)


def _folder() -> str:
    try:
        return os.getcwd()
    except OSError:  # it is gone
        return ""
