"""Interception: sees every operation and call of this thread while a block runs, and leaves nothing behind."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import torch
from torch import nn
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode

from graphviz_torch.trace import compat
from graphviz_torch.trace.runtime.operations import Operation, classify
from graphviz_torch.trace.runtime.recording import Recorder

UNSEEN = object()
compiler_at_work = torch._guards.TracingContext.try_get
is_compiling = torch.compiler.is_dynamo_compiling


class FunctionMode(TorchFunctionMode):
    """Hands every torch function to the recorder."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._known: dict[Callable[..., Any], Operation | None] = {}

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if is_compiling():  # the compiler looks at this very function; it is to see the model alone
            return func(*args, **(kwargs or {}))
        info = self._known.get(func, UNSEEN)
        if info is UNSEEN:
            info = self._known[func] = classify(func)
        if info is None or self._recorder.current is not None:
            return func(*args, **kwargs) if kwargs else func(*args)
        return self._recorder.run(info, func, args, kwargs)  # type: ignore[arg-type]


class DispatchMode(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Hands every aten operation to the recorder that no function stood for."""

    supports_higher_order_operators = True

    def __init__(self, recorder: Recorder) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._recorder = recorder

    @classmethod
    def ignore_compile_internals(cls) -> bool:
        """Compiled code is left alone."""
        return True

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if self._recorder.current is not None:
            return func(*args, **(kwargs or {}))
        name = func.__name__.partition(".")[0]
        info = Operation(name, f"torch.ops.{func}", False, _mutable(func), below=True)
        with torch._C.DisableTorchFunction():
            return self._recorder.run(info, func, args, kwargs)


def _mutable(func: Any) -> bool:
    """Whether an aten operation writes an argument."""
    schema = getattr(func, "_schema", None)
    return schema is not None and schema.is_mutable


@contextmanager
def intercepted(recorder: Recorder, level: str) -> Iterator[None]:
    """Records what runs inside the block on this thread."""
    module_call = nn.Module.__call__
    function_apply = torch.autograd.Function.__dict__["apply"]
    thread = threading.get_ident()

    def foreign() -> bool:
        # A compiler that is at work calls modules and functions with tensors that stand for others.
        return threading.get_ident() != thread or recorder.current is not None or compiler_at_work() is not None

    def call_recorded(self: nn.Module, *args: Any, **kwargs: Any) -> Any:
        if foreign():
            return module_call(self, *args, **kwargs)
        scripted = isinstance(self, torch.jit.ScriptModule)
        call = recorder.enter(self, args, kwargs, "module")
        try:
            if scripted and level == "function":
                with DispatchMode(recorder):
                    out = module_call(self, *args, **kwargs)
            else:
                out = module_call(self, *args, **kwargs)
        except BaseException as error:
            recorder.broke(call, error)
            raise
        recorder.leave(call, out)
        return out

    def apply_recorded(cls: type, *args: Any, **kwargs: Any) -> Any:
        apply = function_apply.__get__(None, cls)
        if foreign():
            return apply(*args, **kwargs)
        call = recorder.enter(cls, args, kwargs, "autograd_function", cls.__name__)
        try:
            out = apply(*args, **kwargs)
        except BaseException as error:
            recorder.broke(call, error)
            raise
        recorder.leave(call, out)
        return out

    nn.Module.__call__ = call_recorded  # type: ignore[method-assign]
    torch.autograd.Function.apply = classmethod(apply_recorded)  # type: ignore[assignment, method-assign]
    try:
        with ExitStack() as stack:
            stack.enter_context(compat.eager_stance())
            if level != "function":
                stack.enter_context(DispatchMode(recorder))
            if level != "aten":
                stack.enter_context(FunctionMode(recorder))
            yield
    finally:
        nn.Module.__call__ = module_call  # type: ignore[method-assign]
        torch.autograd.Function.apply = function_apply  # type: ignore[method-assign]
