"""The two modes that torch hands its functions to: at the level of the user's code, and of aten."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode

from graphviz_torch.trace.runtime.operations import Operation, classify
from graphviz_torch.trace.runtime.recording import Recorder
from graphviz_torch.trace.runtime.records import Op


class FunctionMode(TorchFunctionMode):
    """Hands every torch function to the recorder."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._known: dict[Callable[..., Any], Operation | None] = {}

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        try:
            info = self._known[func]
        except KeyError:
            info = self._known[func] = classify(func)
        if info is None or self._recorder.current is not None:
            return func(*args, **kwargs) if kwargs else func(*args)
        return self._recorder.run(info, func, args, kwargs)


class DispatchMode(TorchDispatchMode):
    """Hands every aten operation to the recorder that no function stood for.

    Args:
        inside: whether those that a function stands for are noted too, as what it consists of.
    """

    supports_higher_order_operators = True

    def __init__(self, recorder: Recorder, *, inside: bool = False) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._recorder = recorder
        self._inside = inside
        self._known: dict[tuple[Callable[..., Any], bool], Operation] = {}

    @classmethod
    def ignore_compile_internals(cls) -> bool:
        """Compiled code is left alone."""
        return True

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        outer = self._recorder.current
        if outer is not None and (not self._inside or _silent(outer)):
            return func(*args, **(kwargs or {}))
        key = func, self._inside and outer is None and not self._recorder.in_script
        info = self._known.get(key)
        if info is None:
            info = self._known[key] = _aten(*key)
        with torch._C.DisableTorchFunction():
            return self._recorder.run(info, func, args, kwargs)


def _silent(op: Op) -> bool:
    """Whether what an operation consists of is not noted: that of the tracer's own, and of what lies below already."""
    info = getattr(op, "info", None)
    return info is None or info.below


def _aten(func: Any, loose: bool) -> Operation:
    """The operation behind an aten function."""
    schema = getattr(func, "_schema", None)
    writes = schema is not None and schema.is_mutable
    fresh = schema is not None and all(result.alias_info is None for result in schema.returns)
    name = func.__name__.partition(".")[0]
    return Operation(name, f"torch.ops.{func}", False, writes, below=True, aside=True, loose=loose, fresh=fresh)
