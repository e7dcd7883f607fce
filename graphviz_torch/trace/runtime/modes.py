"""The two modes that torch hands its functions to: at the level of the user's code, and of aten."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode

from graphviz_torch.trace.runtime.operations import Operation, classify
from graphviz_torch.trace.runtime.recording import Recorder

UNSEEN = object()


class FunctionMode(TorchFunctionMode):
    """Hands every torch function to the recorder."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._known: dict[Callable[..., Any], Operation | None] = {}

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        info = self._known.get(func, UNSEEN)
        if info is UNSEEN:
            info = self._known[func] = classify(func)
        if info is None or self._recorder.current is not None:
            return func(*args, **kwargs) if kwargs else func(*args)
        return self._recorder.run(info, func, args, kwargs)  # type: ignore[arg-type]


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
        self._known: dict[Callable[..., Any], Operation] = {}

    @classmethod
    def ignore_compile_internals(cls) -> bool:
        """Compiled code is left alone."""
        return True

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        outer = self._recorder.current
        if outer is not None and (not self._inside or outer.info is None or outer.info.below):
            return func(*args, **(kwargs or {}))
        info = self._known.get(func)
        if info is None:
            info = self._known[func] = _aten(func)
        with torch._C.DisableTorchFunction():
            return self._recorder.run(info, func, args, kwargs)


def _aten(func: Any) -> Operation:
    """The operation behind an aten function."""
    schema = getattr(func, "_schema", None)
    writes = schema is not None and schema.is_mutable
    return Operation(func.__name__.partition(".")[0], f"torch.ops.{func}", False, writes, below=True, aside=True)
