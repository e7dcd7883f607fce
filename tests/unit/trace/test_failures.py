"""A model that raises: what ran before is there, the culprit is named, and so is the user's line."""

from __future__ import annotations

import sys
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from graphviz_torch import api
from graphviz_torch.errors import TraceError
from graphviz_torch.ir.checker import check
from graphviz_torch.ir.graph import Graph
from graphviz_torch.trace.explain import describe

torch.set_num_threads(1)


class Broken(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        return x @ x

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Tensor:
        return grad


class Net(nn.Module):
    """A layer, then whatever goes wrong."""

    def __init__(self, wrong: Any = None) -> None:
        super().__init__()
        self.fc = nn.Linear(4, 3)
        self.norm = nn.BatchNorm1d(3)
        self.wrong = wrong

    def forward(self, x: Tensor) -> Tensor:
        y = self.fc(x)
        return self.wrong(self, y)


def failed(model: nn.Module, *args: Any) -> Graph:
    with pytest.raises(TraceError) as raised:
        api.trace(model, args)
    graph = raised.value.graph
    check(graph)
    assert graph.failure is not None
    assert raised.value.__cause__ is not None
    assert type(raised.value.__cause__).__name__ == graph.failure.exception
    return graph


def place(graph: Graph) -> tuple[str | None, str | None, str, str]:
    failure = graph.failure
    assert failure is not None
    code = failure.frames[0].code if failure.frames else ""
    return failure.node, failure.module_call, failure.exception, code


def shape_fault(net: Net, y: Tensor) -> Tensor:
    return y.view(7)


def attribute(net: Net, y: Tensor) -> Any:
    return net.nothing(y)


def asserted(net: Net, y: Tensor) -> Any:
    assert y.shape[0] == 77, "seventy-seven rows"
    return y


def own_function(net: Net, y: Tensor) -> Any:
    return Broken.apply(y)


def inside_torch(net: Net, y: Tensor) -> Any:
    return net.norm(y[:1])


def inside_torch_too(net: Net, y: Tensor) -> Any:
    return net.norm(y[0])


def memory(net: Net, y: Tensor) -> Any:
    return torch.empty(2**50)


def key(net: Net, y: Tensor) -> Any:
    return {"a": y}["b"]


CASES = {
    "shape_fault": (shape_fault, ("#0:view.0", "#0", "RuntimeError", "return y.view(7)")),
    "attribute": (attribute, (None, "#0", "AttributeError", "return net.nothing(y)")),
    "asserted": (asserted, (None, "#0", "AssertionError", 'assert y.shape[0] == 77, "seventy-seven rows"')),
    "own_function": (own_function, ("#0:Broken.0:matmul.0", "#0:Broken.0", "RuntimeError", "return x @ x")),
    "inside_torch": (inside_torch, ("norm#0:batch_norm.0", "norm#0", "ValueError", "return net.norm(y[:1])")),
    "inside_torch_too": (inside_torch_too, (None, "norm#0", "ValueError", "return net.norm(y[0])")),
    "memory": (memory, ("#0:empty.0", "#0", "RuntimeError", "return torch.empty(2**50)")),
    "key": (key, (None, "#0", "KeyError", 'return {"a": y}["b"]')),
}


@pytest.mark.parametrize("name", CASES)
def test_where_it_failed(name: str) -> None:
    wrong, expected = CASES[name]
    graph = failed(Net(wrong).train(), torch.ones(2, 4))
    assert place(graph) == expected
    names = [node.name for node in graph.nodes if node.kind == "call"]
    assert names[0] == "linear"
    if expected[0] is not None:
        assert graph.nodes[-1].id == expected[0]
        assert graph.nodes[-1].results == ()


def test_the_message_has_all_that_is_known() -> None:
    lines = describe(failed(Net(shape_fault), torch.ones(2, 4)))
    assert lines[0] == "operation `view` in module Net"
    assert lines[1] == "  operand 0: 2×3:float32@cpu <- linear in fc (Linear 4 → 3)"
    assert lines[2].endswith("in shape_fault: return y.view(7)")
    assert "test_failures.py:" in lines[2]
    assert lines[3].endswith("in Net.forward: return self.wrong(self, y)")
    assert lines[4] == "  why: view to 7 needs 7 elements; 2×3 has 6"


def test_operands_on_several_devices_are_named() -> None:
    model = Net(lambda net, y: y + torch.ones(3, device="meta"))
    lines = describe(failed(model, torch.ones(2, 4)))
    assert lines[1].startswith("  operand 0: 2×3:float32@cpu <- linear")
    assert lines[2].startswith("  operand 1: 3:float32@meta <- ones")


@pytest.mark.parametrize("kind", ["forward_pre", "forward"])
def test_a_hook_that_raises(kind: str) -> None:
    def hook(module: nn.Module, *args: Any) -> None:
        raise LookupError("not found")

    model = Net(lambda net, y: y)
    register = model.fc.register_forward_pre_hook if kind == "forward_pre" else model.fc.register_forward_hook
    register(hook)
    graph = failed(model, torch.ones(2, 4))
    assert place(graph) == (None, "fc#0", "LookupError", 'raise LookupError("not found")')
    assert [node.name for node in graph.nodes if node.kind == "call"] == ([] if kind == "forward_pre" else ["linear"])


def test_an_operation_of_a_hook_that_raises() -> None:
    model = Net(lambda net, y: y)
    model.fc.register_forward_hook(lambda module, args, out: out.view(5))
    graph = failed(model, torch.ones(2, 4))
    assert graph.failure is not None
    assert graph.failure.node == "fc#0:view.0"
    hooked = next(mark for mark in graph.annotations if mark.key == "hook")
    assert hooked.target == "fc#0:view.0"


def test_without_a_forward() -> None:
    class Empty(nn.Module):
        pass

    graph = failed(Empty(), torch.ones(2))
    assert place(graph)[:3] == (None, "#0", "NotImplementedError")


def test_wrong_arguments() -> None:
    graph = failed(nn.Sequential(nn.Linear(2, 2)), torch.ones(2), torch.ones(2))
    assert place(graph)[:3] == (None, "#0", "TypeError")


class Endless(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self(x + 1)
        return out


def test_endless_recursion() -> None:
    before = sys.getrecursionlimit()
    graph = failed(Endless(), torch.ones(2))
    assert sys.getrecursionlimit() == before
    assert graph.failure is not None
    assert graph.failure.exception == "RecursionError"
    assert len(graph.calls) > 20
    assert api.trace(nn.Linear(2, 2), (torch.ones(2),)).failure is None


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
@pytest.mark.parametrize("tracer", ["runtime", "autograd"])
def test_an_interruption_goes_through(tracer: str, error: type[BaseException]) -> None:
    def stop(net: Net, y: Tensor) -> Any:
        raise error

    with pytest.raises(error):
        api.trace(Net(stop), (torch.ones(2, 4),), options=api.TraceOptions(tracer=tracer))


class Forgiving(nn.Module):
    """Tries, fails, and tries another way; then fails for good, or not."""

    def __init__(self, in_the_end: bool) -> None:
        super().__init__()
        self.fc, self.wide = nn.Linear(4, 4), nn.Linear(5, 4)
        self.in_the_end = in_the_end

    def forward(self, x: Tensor) -> Tensor:
        try:
            return self.wide(x)
        except RuntimeError:
            y = self.fc(x)
        if self.in_the_end:
            y.view(3)
        return y


def test_a_caught_exception_is_a_success_with_the_operation_marked() -> None:
    graph = api.trace(Forgiving(False), (torch.ones(2, 4),))
    check(graph)
    assert graph.failure is None
    assert [(mark.target, mark.key) for mark in graph.annotations] == [("wide#0:linear.0", "handled")]
    assert graph.nodes[-1].operands == ("fc#0:linear.0",)


def test_a_caught_exception_is_not_taken_for_the_fatal_one() -> None:
    graph = failed(Forgiving(True), torch.ones(2, 4))
    assert place(graph) == ("#0:view.0", "#0", "RuntimeError", "y.view(3)")
    assert [mark.target for mark in graph.annotations if mark.key == "handled"] == ["wide#0:linear.0"]


def test_many_caught_exceptions_are_told_from_the_fatal_one() -> None:
    def stubborn(net: Net, y: Tensor) -> Any:
        for rows in range(7, 30):
            try:
                y.view(rows)
            except RuntimeError:
                continue
        raise RuntimeError("enough")

    graph = failed(Net(stubborn), torch.ones(2, 4))
    assert place(graph) == (None, "#0", "RuntimeError", 'raise RuntimeError("enough")')
    assert sum(mark.key == "handled" for mark in graph.annotations) == 23


def test_an_exception_that_is_raised_from_another() -> None:
    def again(net: Net, y: Tensor) -> Any:
        try:
            return y.view(7)
        except RuntimeError as error:
            raise ValueError("wrong rows") from error

    graph = failed(Net(again), torch.ones(2, 4))
    assert place(graph)[:3] == ("#0:view.0", "#0", "ValueError")


@pytest.mark.parametrize("level", ["both", "aten"])
def test_failures_at_other_levels(level: str) -> None:
    with pytest.raises(TraceError) as raised:
        api.trace(Net(shape_fault), (torch.ones(2, 4),), options=api.TraceOptions(level=level))
    failure = raised.value.graph.failure
    check(raised.value.graph)
    assert failure is not None
    assert failure.node is not None
    assert failure.node.startswith("#0:view")
