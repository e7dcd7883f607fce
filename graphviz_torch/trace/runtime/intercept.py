"""Interception: sees every operation and call of this thread while a block runs, and leaves nothing behind."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial, wraps
from itertools import islice
from types import GeneratorType
from typing import Any

import torch
from torch import nn

from graphviz_torch.trace import compat
from graphviz_torch.trace.runtime import unseen
from graphviz_torch.trace.runtime.modes import DispatchMode, FunctionMode
from graphviz_torch.trace.runtime.recording import Recorder

LONGEST_GENERATOR = 1000
ABSENT = object()
# What is patched belongs to the whole process, so runs in several threads wait for each other.
ONE_AT_A_TIME = threading.RLock()


@contextmanager
def intercepted(recorder: Recorder, level: str) -> Iterator[None]:
    """Records what runs inside the block on this thread."""
    with ONE_AT_A_TIME, ExitStack() as stack:
        interception = Interception(recorder, level, stack)
        stack.callback(_put_back, before := [])
        for owner, name, replacement in (
            *interception.patches(),
            *unseen.patches(recorder, interception.foreign, level),
        ):
            before.append((owner, name, owner.__dict__.get(name, ABSENT)))
            setattr(owner, name, replacement)
        stack.enter_context(compat.eager_stance())
        if level != "function":
            stack.enter_context(DispatchMode(recorder, inside=level == "both"))
        if level != "aten":
            stack.enter_context(FunctionMode(recorder))
        yield


def _put_back(before: list[tuple[Any, str, Any]]) -> None:
    """Takes replacements off again, the last one first."""
    for owner, name, original in reversed(before):
        if original is ABSENT:
            delattr(owner, name)
        else:
            setattr(owner, name, original)


class Interception:
    """The replacements of the few entry points that no mode of torch sees.

    Args:
        stack: where what is entered during the run is left at its end.
    """

    def __init__(self, recorder: Recorder, level: str, stack: ExitStack) -> None:
        self._recorder = recorder
        self._level = level
        self._stack = stack
        self._thread = threading.get_ident()
        self._eager = False

    def foreign(self) -> bool:
        """Whether what happens now is not to be recorded: another thread, or the inside of an operation."""
        return threading.get_ident() != self._thread or self._recorder.current is not None

    def patches(self) -> Iterator[tuple[Any, str, Any]]:
        """Owner, name and replacement of each patched attribute."""
        # What `nn.Module.__call__` ends in: to replace the special method itself would make Python update every
        # subclass there is, twice.
        yield nn.Module, "_call_impl", self._module_call()
        yield torch.autograd.Function, "apply", classmethod(self._apply())
        yield torch, "compile", self._compile()
        yield torch.autograd, "backward", self._backward()
        for kind in (torch._C.ScriptFunction, torch._C.ScriptMethod):
            if "__call__" in kind.__dict__:
                yield kind, "__call__", self._script_call(kind.__call__)

    def _module_call(self) -> Callable[..., Any]:
        original: Callable[..., Any] = nn.Module._call_impl
        recorder, thread, get_ident = self._recorder, self._thread, threading.get_ident
        known = recorder.knows

        def call_recorded(self: nn.Module, *args: Any, **kwargs: Any) -> Any:
            if get_ident() != thread:
                if known(self):
                    recorder.elsewhere = True
                return original(self, *args, **kwargs)
            if recorder.current is not None:
                return original(self, *args, **kwargs)
            call = recorder.enter(self, args, kwargs, "module")
            try:
                out = original(self, *args, **kwargs)
                if call.parent is None and isinstance(out, GeneratorType):  # nobody else would run its body
                    out = tuple(islice(out, LONGEST_GENERATOR))
            except BaseException as error:
                recorder.broke(call, error)
                raise
            recorder.leave(call, out)
            return out

        return call_recorded

    def _apply(self) -> Callable[..., Any]:
        original = torch.autograd.Function.__dict__["apply"]

        def apply_recorded(cls: type, *args: Any, **kwargs: Any) -> Any:
            apply = original.__get__(None, cls)
            if self.foreign():
                return apply(*args, **kwargs)
            return self._region("autograd_function", cls.__name__, cls, apply, args, kwargs)

        return apply_recorded

    def _backward(self) -> Callable[..., Any]:
        """A backward pass inside the run adds to gradients that are there already."""
        original: Callable[..., Any] = torch.autograd.backward

        @wraps(original)  # torch hands it to the mode as what it stands for
        def backward_guarded(*args: Any, **kwargs: Any) -> Any:
            if threading.get_ident() == self._thread:
                self._recorder.about_to_add_gradients()
            return original(*args, **kwargs)

        return backward_guarded

    def _script_call(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """Compiled functions and methods call aten past `__torch_function__`."""

        def script_recorded(script: Any, *args: Any, **kwargs: Any) -> Any:
            if self.foreign():
                return original(script, *args, **kwargs)
            name = str(script.name)
            if name == "forward":  # the call of its module is the region
                return self._dispatched(original, script, *args, **kwargs)
            function = partial(self._dispatched, original, script)
            return self._region("script", name, script, function, args, kwargs)

        return script_recorded

    def _dispatched(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        if self._level != "function":  # the mode is there already
            outer, self._recorder.in_script = self._recorder.in_script, True
            try:
                return function(*args, **kwargs)
            finally:
                self._recorder.in_script = outer
        with DispatchMode(self._recorder):
            return function(*args, **kwargs)

    def _region(self, kind: Any, name: str, what: Any, function: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        call = self._recorder.enter(what, args, kwargs, kind, name)
        call.seq = compat.sequence_number()
        try:
            out = function(*args, **kwargs)
        except BaseException as error:
            self._recorder.broke(call, error)
            raise
        self._recorder.leave(call, out)
        return out

    def _compile(self) -> Callable[..., Any]:
        """A model that compiles during the run is to run eagerly too; the compiler would trace the tracer."""
        original = torch.compile

        def compile_recorded(*args: Any, **kwargs: Any) -> Any:
            if threading.get_ident() == self._thread and not self._eager:
                self._eager = True
                self._stack.enter_context(compat.eager_stance(load=True))
            return original(*args, **kwargs)

        return compile_recorded
