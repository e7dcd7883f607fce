"""Hooks: whose they are, whether they changed something, and that the graph goes through them."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.modules.module import register_module_forward_hook, register_module_forward_pre_hook

from graphviz_torch import api
from tests.models.catalogue import MODELS
from tests.support.edges import edges, marks


def test_each_hook_says_whether_it_changed_the_value() -> None:
    model, args, kwargs = MODELS["hooked"]()
    graph = api.trace(model, args, kwargs)
    hooks = next(module.hooks for module in graph.modules if module.path == "fc")
    told = [(hook.kind, hook.name, hook.changed) for hook in hooks]
    assert told == [("forward_pre", "_shift", True), ("forward", "_halve", True), ("forward", "_look", False)]
    assert [hook.source.code for hook in hooks if hook.source is not None][1].startswith("def _halve(")


def test_a_hook_that_did_not_run_says_nothing() -> None:
    model = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2))
    model[1].register_forward_hook(lambda module, args, out: None)
    model.forward = model[0].forward  # type: ignore[method-assign]
    graph = api.trace(model, (torch.ones(1, 2),))
    assert [hook.changed for module in graph.modules for hook in module.hooks] == [None]


def test_hooks_of_the_whole_process() -> None:
    def before(module: nn.Module, args: Any) -> Any:
        return (args[0] + 1,) if isinstance(module, nn.Linear) else None

    def after(module: nn.Module, args: Any, out: Tensor) -> Tensor | None:
        return out * 2 if isinstance(module, nn.Linear) else None

    handles = register_module_forward_pre_hook(before), register_module_forward_hook(after)
    try:
        graph = api.trace(nn.Sequential(nn.Linear(2, 2)), (torch.ones(1, 2),))
    finally:
        for handle in handles:
            handle.remove()
    assert edges(graph) == [
        "0#0:add.0 <- in:input",
        "0#0:linear.0 <- 0#0:add.0",
        "0#0:mul.0 <- 0#0:linear.0",
        "out: <- 0#0:mul.0",
    ]
    assert {mark["kind"] for mark in marks(graph, "hook").values()} == {"forward_pre", "forward"}
    assert {mark["module"] for mark in marks(graph, "hook").values()} == {""}


def test_a_hook_that_takes_itself_off_is_there_again() -> None:
    model = nn.Linear(2, 2)
    runs: list[int] = []

    def once(module: nn.Module, args: Any, out: Tensor) -> None:
        runs.append(1)
        handle.remove()

    handle = model.register_forward_hook(once)
    api.trace(model, (torch.ones(1, 2),))
    assert list(model._forward_hooks.values()) == [once]
    model(torch.ones(1, 2))
    assert runs == [1, 1]
