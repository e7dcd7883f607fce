"""The contract of a tracer: afterwards everything is as before, whatever the model did and however the run ended."""

from __future__ import annotations

import gc
import os
import sys
import threading
import warnings
import weakref
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn.parameter import is_lazy
from torch.overrides import TorchFunctionMode

from graphviz_torch import api
from graphviz_torch.errors import TraceError, UnsupportedModelError
from graphviz_torch.ir import serial
from graphviz_torch.ir.graph import Graph
from graphviz_torch.trace.options import TraceOptions
from graphviz_torch.trace.settings import settings_kept
from tests.models.catalogue import MODELS
from tests.models.disorder import Disorder
from tests.support import state
from tests.support.replay import same_bits

torch.set_num_threads(1)
ENDS = [None, ValueError, KeyboardInterrupt]
RUNNING = ["runtime", "autograd"]


def attempt(model: nn.Module, *args: Any, **options: Any) -> Graph | BaseException:
    try:
        return api.trace(model, args, options=TraceOptions(**options))
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - whatever the model raised
        return error


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("training", [None, False, True])
@pytest.mark.parametrize("tracer", [*RUNNING, "fx"])
def test_everything_is_as_before(tracer: str, training: bool | None, end: type[BaseException] | None) -> None:
    torch.manual_seed(0)
    model = Disorder(end)
    x, extra = torch.randn(3, 4), {"list": [0]}
    x.grad = torch.ones(3, 4)
    before = state.of_model(model), state.of_tensor(x), state.process(), state.namespaces()
    loose = state.of_model(model.loose[0])
    plain = state.of_tensor(model.plain)
    result = attempt(model, x, extra, tracer=tracer, training=training, seed=3)
    after = state.of_model(model), state.of_tensor(x), state.process(), state.namespaces()
    assert state.differences(before[0], after[0]) == []
    assert before[1] == after[1]
    assert state.differences(before[2], after[2]) == []
    assert state.differences(before[3], after[3]) == []
    assert state.differences(loose, state.of_model(model.loose[0])) == []
    assert plain == state.of_tensor(model.plain)
    assert extra == {"list": [0]}
    if tracer == "runtime":
        expected = {None: Graph, ValueError: TraceError, KeyboardInterrupt: KeyboardInterrupt}[end]
        assert type(result) is expected


@pytest.mark.parametrize("level", ["both", "aten"])
def test_everything_is_as_before_at_every_level(level: str) -> None:
    torch.manual_seed(0)
    model, x = Disorder(), torch.randn(3, 4)
    before = state.of_model(model), state.of_tensor(x), state.process()
    attempt(model, x, {"list": []}, level=level)
    assert state.differences(before[0], state.of_model(model)) == []
    assert before[1] == state.of_tensor(x)
    assert state.differences(before[2], state.process()) == []


def test_the_disorder_is_real() -> None:
    torch.manual_seed(0)
    model, x = Disorder(), torch.randn(3, 4)
    before, world = state.of_model(model), state.process()
    with settings_kept():
        with torch.random.fork_rng(devices=[]):
            model(x, {"list": []})
        changed = state.differences(before, state.of_model(model))
        assert {"tensor left", "tensor right", "tensor fc.weight", "tensor graph", "tensor norm.running_mean"} <= {
            *changed
        }
        assert {"|history", "|state", "|_modules", "frozen|training", "fc|_forward_hooks"} <= {*changed}
        after = state.process()
        assert {"default", "grad", "python", "numpy"} <= {*state.differences(world, after)}
        assert state.differences(world["settings"], after["settings"]) == sorted(world["settings"])


@pytest.mark.parametrize("tracer", RUNNING)
def test_gradients_that_were_none_are_none_and_zeros_stay_zeros(tracer: str) -> None:
    model = nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 1))
    zeros = model[1].weight.grad = torch.zeros(1, 4)
    model.register_forward_hook(lambda module, inputs, out: out.sum().backward(retain_graph=True))
    api.trace(model, (torch.ones(2, 4),), options=TraceOptions(tracer=tracer))
    assert model[0].weight.grad is None
    assert model[1].weight.grad is zeros
    assert zeros.tolist() == [[0.0] * 4]


class Dropped(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Linear(4, 8), nn.BatchNorm1d(8), nn.ReLU(inplace=True), nn.Dropout(0.5), nn.Linear(8, 2)
        )

    def forward(self, x: Tensor) -> Tensor:
        return self.body(x)


class Seen(nn.Module):
    """Keeps what its model returned."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model
        self.kept: dict[str, Any] = {}

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        out = self.model(*args, **kwargs)
        KEPT.append(out)
        return out


KEPT: list[Any] = []


@pytest.mark.parametrize("level", ["function", "both", "aten"])
@pytest.mark.parametrize("training", [False, True])
def test_outputs_and_gradients_are_the_same_bits_as_without(training: bool, level: str) -> None:
    torch.manual_seed(0)
    model, x = Dropped(), torch.randn(6, 4)
    KEPT.clear()
    api.trace(Seen(model), (x,), options=TraceOptions(training=training, seed=1, level=level))
    (traced,) = KEPT
    torch.manual_seed(1)
    bare = model.train(training)(x)
    assert same_bits(traced, bare)
    given = list(model.parameters())
    for one, other in zip(
        torch.autograd.grad(traced.sum(), given), torch.autograd.grad(bare.sum(), given), strict=True
    ):
        assert same_bits(one, other)


@pytest.mark.parametrize("name", ["lstm", "attention", "experts", "custom", "checkpointed", "windows", "batched"])
def test_outputs_of_tricky_models_are_the_same_bits_as_without(name: str) -> None:
    torch.manual_seed(0)
    model, args, kwargs = MODELS[name]()
    KEPT.clear()
    api.trace(Seen(model), args, kwargs, TraceOptions(seed=1))
    torch.manual_seed(1)
    bare = model(*args, **kwargs)
    traced = KEPT[0]
    pairs = zip(traced, bare, strict=True) if isinstance(bare, tuple) else [(traced, bare)]
    assert all(same_bits(*pair) for pair in pairs if isinstance(pair[0], Tensor))


@pytest.mark.parametrize("tracer", RUNNING)
def test_other_threads_are_neither_recorded_nor_changed(tracer: str) -> None:
    other, probe = nn.Linear(4, 4), torch.ones(1, 4)
    expected = other(probe)
    started, stop, results = threading.Event(), threading.Event(), []

    def work() -> None:
        while not stop.is_set():
            results.append(torch.equal(other(probe), expected) and torch.is_grad_enabled())
            started.set()

    class Waiting(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.fc = nn.Linear(4, 4)

        def forward(self, x: Tensor) -> Tensor:
            started.clear()
            started.wait(300)
            return self.fc(x)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        graph = api.trace(Waiting(), (probe,), options=TraceOptions(tracer=tracer))
    finally:
        stop.set()
        thread.join()
    assert len(results) > 1
    assert all(results)
    names = [node.name for node in graph.nodes if node.kind == "call"]
    assert names == (["linear"] if tracer == "runtime" else ["AddmmBackward0", "TBackward0"])
    assert graph.diagnostics == () or all(note.code == "saved" for note in graph.diagnostics)


@pytest.mark.parametrize("fails", [False, True])
def test_nothing_keeps_the_tensors_of_a_run_alive(fails: bool) -> None:
    kept: list[weakref.ref[Tensor]] = []

    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.fc = nn.Linear(4, 4)

        def forward(self, x: Tensor) -> Tensor:
            y = self.fc(x)
            kept.append(weakref.ref(y))
            z = y.relu()
            kept.append(weakref.ref(z))
            if fails:
                raise ValueError
            return z * 2

    model, x = Net(), torch.ones(2, 4)
    kept.append(weakref.ref(x))
    attempt(model, x)
    del x
    gc.collect()
    assert [found() for found in kept] == [None, None, None]


def test_the_cause_and_its_traceback_reach_the_caller() -> None:
    class Net(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return x.view(7)

    with pytest.raises(TraceError) as raised:
        api.trace(Net(), (torch.ones(2, 4),))
    cause = raised.value.__cause__
    assert isinstance(cause, RuntimeError)
    names = []
    step = cause.__traceback__
    while step is not None:
        names.append(step.tb_frame.f_code.co_qualname)
        step = step.tb_next
    assert names[-1].endswith("Net.forward") or "Net.forward" in " ".join(names)


class Inner(nn.Module):
    """Traces another model in its forward."""

    def __init__(self, traces: bool) -> None:
        super().__init__()
        self.a, self.b = nn.Linear(4, 4), nn.Linear(4, 4)
        self.traces = traces

    def forward(self, x: Tensor) -> Tensor:
        h = self.a(x)
        if self.traces:
            GRAPHS.append(api.trace(self.b, (h,)))
        return self.b(h)


GRAPHS: list[Graph] = []


def test_a_trace_inside_a_trace() -> None:
    GRAPHS.clear()
    outer = api.trace(Inner(True), (torch.ones(2, 4),))
    (inner,) = GRAPHS
    assert [node.id for node in inner.nodes if node.kind == "call"] == ["#0:linear.0"]
    calls = [node.name for node in outer.nodes if node.kind == "call"]
    assert calls == ["linear", "linear", "linear"]
    assert outer.nodes[-1].operands == ("b#1:linear.0",)


class Halving(TorchFunctionMode):
    """Halves what relu returns."""

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        out = func(*args, **(kwargs or {}))
        return out / 2 if func in (torch.relu, torch.Tensor.relu) else out


def test_under_a_function_mode_of_the_users() -> None:
    class Net(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            y = x.relu() + 1
            KEPT.append(y)
            return y

    KEPT.clear()
    with Halving() as mode:
        graph = api.trace(Net(), (torch.ones(2),))
        assert torch.overrides._get_current_function_mode_stack() == [mode]
    assert [node.name for node in graph.nodes if node.kind == "call"] == ["relu", "add"]
    assert KEPT[0].tolist() == [1.5, 1.5]


def test_a_function_mode_inside_the_model() -> None:
    class Net(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            with Halving():
                return x.relu()

    graph = api.trace(Net(), (torch.ones(2),))
    assert [node.name for node in graph.nodes if node.kind == "call"] == ["relu", "div"]


def test_what_a_backward_pass_waits_for_stays_usable() -> None:
    torch.manual_seed(0)
    model, x = Disorder(), torch.randn(3, 4)
    waiting = (model.norm(x) * model.left).sum()
    api.trace(model, (x, {"list": []}))
    waiting.backward()


class Settles(nn.Module):
    """Changes what belongs to the interpreter."""

    def forward(self, x: Tensor) -> Tensor:
        os.environ["SETTLED_BY_A_MODEL"] = "1"
        sys.path.append("/nowhere")
        warnings.simplefilter("ignore")
        return x + 1


def test_what_is_the_interpreters_stays_which_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SETTLED_BY_A_MODEL", raising=False)
    monkeypatch.setattr(sys, "path", list(sys.path))
    with warnings.catch_warnings():
        graph = api.trace(Settles(), (torch.ones(2),))
    assert (os.environ.pop("SETTLED_BY_A_MODEL"), sys.path[-1]) == ("1", "/nowhere")
    assert [(note.code, note.message) for note in graph.diagnostics] == [
        ("global", f"the run changed `{name}`, which stays as it left it") for name in ("os.environ", "sys.path")
    ]


@pytest.mark.parametrize("tracer", [*RUNNING, "fx"])
def test_weights_that_have_no_shape_yet_get_none(tracer: str) -> None:
    model, args, _ = MODELS["lazy"]()
    kinds = [type(tensor) for tensor in (*model.parameters(), *model.buffers())]
    attempt(model, *args, tracer=tracer)
    assert [type(tensor) for tensor in (*model.parameters(), *model.buffers())] == kinds
    assert sum(map(is_lazy, model.parameters())) == 6


@pytest.mark.parametrize("name", ["counters", "experts", "hooks", "lstm", "data_writes", "random", "written_weights"])
def test_two_traces_give_the_same_bytes(name: str) -> None:
    torch.manual_seed(0)
    model, args, kwargs = MODELS[name]()
    first, second = (serial.dumps(api.trace(model, args, kwargs, TraceOptions(seed=0))) for _ in range(2))
    assert first == second


def test_a_model_that_changed_itself_is_traced_as_it_was() -> None:
    torch.manual_seed(0)
    model, x = Disorder(), torch.randn(3, 4)
    first, second = (serial.dumps(api.trace(model, (x, {"list": []}), options=TraceOptions(seed=0))) for _ in range(2))
    assert first == second


def test_what_fx_cannot_follow_changes_nothing_either() -> None:
    model = Disorder()
    before = state.of_model(model)
    with pytest.raises(UnsupportedModelError):
        api.trace(model, options=TraceOptions(tracer="fx"))
    assert state.differences(before, state.of_model(model)) == []
