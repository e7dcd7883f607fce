"""The forward hooks of a model while it runs: which operations they run, and whether they change a value."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from threading import get_ident
from typing import Any

import torch
from torch.nn.modules import module as torch_module

from graphviz_torch.ir.graph import Module
from graphviz_torch.trace.runtime.recording import Recorder
from graphviz_torch.trace.runtime.records import HookRun
from graphviz_torch.trace.runtime.structures import tensors_of
from graphviz_torch.trace.statics import Statics

TABLES = (("forward_pre", "_forward_pre_hooks"), ("forward", "_forward_hooks"))
GLOBAL_TABLES = (("forward_pre", "_global_forward_pre_hooks"), ("forward", "_global_forward_hooks"))


class HookWatch:
    """Puts a shell around every forward hook for the time of a run, and takes it off again.

    Attributes:
        runs: what is known of each hook, by module path and kind, in the order of registration.
    """

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._thread = get_ident()
        self.runs: dict[tuple[str, str], list[HookRun]] = {}

    @contextmanager
    def around(self, statics: Statics) -> Iterator[None]:
        """Watches the hooks of all modules, and those of the whole process."""
        shells: list[tuple[dict[int, Any], int, Any, Any]] = []
        try:
            for path, module in statics.hooked():
                for kind, name in TABLES:
                    table = module.__dict__.get(name)
                    if table:
                        self._wrap(table, path, kind, shells)
            for kind, name in GLOBAL_TABLES:
                if table := getattr(torch_module, name, None):
                    self._wrap(table, "", kind, shells)
            yield
        finally:
            for table, key, shell, function in shells:
                if table.get(key) is shell:
                    table[key] = function

    def _wrap(self, table: dict[int, Any], path: str, kind: str, shells: list[Any]) -> None:
        runs = self.runs.setdefault((path, kind), [])
        for key, function in list(table.items()):
            run = HookRun(path, kind, hook_name(function))
            runs.append(run)
            shell = self._shell(function, run)
            table[key] = shell
            shells.append((table, key, shell, function))

    def _shell(self, function: Callable[..., Any], run: HookRun) -> Callable[..., Any]:
        def hook_recorded(*args: Any, **kwargs: Any) -> Any:
            if get_ident() != self._thread or self._recorder.current is not None:
                return function(*args, **kwargs)
            before = tensors_of(args[1:] if run.kind == "forward_pre" else args[-1])
            versions = [_version(tensor) for tensor in before]
            outer, self._recorder.hook = self._recorder.hook, run
            try:
                out = function(*args, **kwargs)
            finally:
                self._recorder.hook = outer
            run.changed = bool(run.changed) or _changed(out, before, versions)
            return out

        return hook_recorded

    def told(self, modules: tuple[Module, ...]) -> tuple[Module, ...]:
        """The static tree, where each hook that ran says whether it changed something."""
        if not self.runs:
            return modules
        return tuple(self._told(module) if module.hooks else module for module in modules)

    def _told(self, module: Module) -> Module:
        left = {kind: iter(self.runs.get((module.path, kind), ())) for kind, _ in TABLES}
        hooks = []
        for hook in module.hooks:
            run = next(left[hook.kind], None) if hook.kind in left else None
            hooks.append(hook if run is None else replace(hook, changed=run.changed))
        return replace(module, hooks=tuple(hooks))


def hook_name(function: Any) -> str:
    """The qualified name of a hook, or of its class."""
    return str(getattr(function, "__qualname__", type(function).__qualname__))


def _changed(out: Any, before: list[torch.Tensor], versions: list[int]) -> bool:
    """Whether a hook returned other tensors than it was given, or wrote one of them."""
    if any(_version(tensor) != version for tensor, version in zip(before, versions, strict=True)):
        return True
    after = tensors_of(out)
    return out is not None and bool(after) and [id(t) for t in after] != [id(t) for t in before]


def _version(tensor: torch.Tensor) -> int:
    return -1 if tensor.is_inference() else tensor._version
