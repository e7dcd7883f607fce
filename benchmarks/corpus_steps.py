"""What is done with one model of a corpus, step by step."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable
from typing import Any

import torch
from torch import nn
from torch.overrides import TorchFunctionMode

from graphviz_torch import api
from graphviz_torch.errors import TraceError
from graphviz_torch.ir.checker import check
from graphviz_torch.ir.graph import Graph
from graphviz_torch.passes.options import ViewOptions
from graphviz_torch.trace.runtime.structures import tensors_of
from tests.support import taint
from tests.support.replay import SEED, trace_and_replay

Case = tuple[nn.Module, tuple[Any, ...], dict[str, Any]]
Say = Callable[[dict[str, Any]], None]
FORWARDS = 3


class Steps:
    """The steps of one model; each says `ok` or what went wrong, and none stops the next."""

    def __init__(self, factory: Callable[[], Case], raises: bool, say: Say) -> None:
        self._factory = factory
        self._raises = raises
        self._say = say
        self._errors: dict[str, str] = {}
        self.graph: Graph | None = None

    def step(self, name: str, work: Callable[[], dict[str, Any] | None]) -> None:
        """Runs one step."""
        self._say({"step": name})
        try:
            found = work() or {}
        except Exception as error:  # noqa: BLE001 - the model's, and ours: all of them are results here
            self._errors[name] = _cause(error)
            self._say({name: "failed", "errors": dict(self._errors)})
            return
        problem = found.pop("problem", "")
        if problem:
            self._errors[name] = problem
        self._say({name: "failed" if problem else "ok", **found, "errors": dict(self._errors)})

    def build(self) -> Case:
        """The model and its inputs, the same each time."""
        torch.manual_seed(0)
        model, args, kwargs = self._factory()
        return model, tuple(args), dict(kwargs)

    def bare(self) -> dict[str, Any]:
        """CPU seconds of the forward alone, and how many torch functions it calls."""
        model, args, kwargs = self.build()
        costs = []
        for _ in range(FORWARDS):
            start = time.process_time()
            _run(model, args, kwargs, self._raises)
            costs.append(time.process_time() - start)
        return {"bare_s": min(costs), "calls": calls_of(*self.build(), self._raises)}

    def trace(self) -> dict[str, Any]:
        """CPU seconds of a trace with a warm process, as a user waits for it."""
        model, args, kwargs = self.build()
        torch.manual_seed(SEED)
        start = time.process_time()
        try:
            graph = api.trace(model, args, kwargs)
        except TraceError as error:
            if not self._raises:
                raise
            graph = error.graph
        cost = time.process_time() - start
        self.graph = graph
        notes: dict[str, int] = {}
        for note in graph.diagnostics:
            notes[note.code] = notes.get(note.code, 0) + 1
        operations = sum(node.kind == "call" for node in graph.nodes)
        problem = "the failure is not in the graph" if self._raises and graph.failure is None else ""
        return {"trace_s": cost, "operations": operations, "notes": notes, "problem": problem}

    def check(self) -> None:
        """The rules of the data model."""
        check(self._graph())

    def taint(self) -> dict[str, Any]:
        """Each output is reached from exactly the inputs that the forward depends on."""
        model, args, kwargs = self.build()
        found = taint.differences(taint.claimed(self._graph()), taint.real(model, args, kwargs))
        return {"problem": "; ".join(found)[:300], "outputs": len(self._graph().outputs)}

    def replay(self) -> dict[str, Any]:
        """The operations, run again from the edges, give the same bits."""
        _, report = trace_and_replay(*self.build())
        return {"problem": report.cause, "replayed": report.operations, "opaque": report.opaque}

    def draw(self) -> dict[str, Any]:
        """The picture as it comes without options."""
        return self._draw("draw", ViewOptions())

    def draw_all(self) -> dict[str, Any]:
        """The picture with every operation."""
        return self._draw("draw_all", ViewOptions(depth="all", fold=False, prune=False))

    def _draw(self, name: str, options: ViewOptions) -> dict[str, Any]:
        start = time.process_time()
        picture = api.render(self._graph(), "svg", options)
        return {f"{name}_s": time.process_time() - start, f"{name}_bytes": len(picture)}

    def _graph(self) -> Graph:
        if self.graph is None:
            raise RuntimeError("there is no graph")
        return self.graph


def run_model(factory: Callable[[], Case], raises: bool, say: Say) -> None:
    """All steps of one model."""
    steps = Steps(factory, raises, say)
    warm()  # a forked process copies each page of memory that it is the first to write, which no user waits for
    steps.step("bare", steps.bare)
    steps.step("trace", steps.trace)
    if steps.graph is None:
        return
    steps.step("check", steps.check)
    if not raises:
        steps.step("taint", steps.taint)
        steps.step("replay", steps.replay)
    steps.step("draw", steps.draw)
    steps.step("draw_all", steps.draw_all)


def warm() -> None:
    """What the first trace of a process does once: imports, and reading torch's signatures."""
    api.trace(nn.Sequential(nn.Linear(4, 4), nn.ReLU()), (torch.zeros(1, 4),))


def _run(model: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any], raises: bool) -> None:
    torch.manual_seed(SEED)
    try:
        model(*args, **kwargs)
    except Exception:
        if not raises:
            raise


def calls_of(model: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any], raises: bool = False) -> int:
    """How many torch functions that return tensors a forward calls."""
    with _Count() as count:
        _run(model, args, kwargs, raises)
    return count.calls


class _Count(TorchFunctionMode):
    """Counts the torch functions that return tensors."""

    def __init__(self) -> None:
        super().__init__()
        self.calls = 0

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        out = func(*args, **(kwargs or {}))
        if getattr(func, "__name__", "") not in ("__get__", "__set__") and tensors_of(out):
            self.calls += 1
        return out


def _cause(error: BaseException) -> str:
    """The exception that started it, and where."""
    while error.__cause__ is not None:
        error = error.__cause__
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "graphviz_torch" in frame.filename or "/tests/" in frame.filename] or frames
    place = f" at {ours[-1].filename.rpartition('/')[2]}:{ours[-1].lineno}" if ours else ""
    first = str(error).strip().partition("\n")[0]
    return f"{type(error).__name__}: {first}"[:200] + place
