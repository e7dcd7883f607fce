"""How long operations and module calls take: the least of several runs, after one that warms up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import perf_counter
from typing import Any

import torch
from torch import nn

from graphviz_torch.trace.contents import address
from graphviz_torch.trace.guard import unchanged
from graphviz_torch.trace.lazy import to_run
from graphviz_torch.trace.options import TraceOptions
from graphviz_torch.trace.probes.records import Timings
from graphviz_torch.trace.runtime import tracer
from graphviz_torch.trace.runtime.operations import Operation
from graphviz_torch.trace.runtime.recording import Recorder
from graphviz_torch.trace.runtime.records import Call, Op
from graphviz_torch.trace.statics import Statics

Tensor = torch.Tensor
Times = tuple[dict[str, float], dict[str, float]]
RUNS = 3


class TimingRecorder(Recorder):
    """Looks at the clock around each operation and each call.

    Attributes:
        seconds: by the operation, what it took; entered, left: of each call, when it began and when it ended.
        addresses: where the memory begins that was written.
    """

    def __init__(self, statics: Statics, about_to_write: Callable[[Tensor], None]) -> None:
        super().__init__(statics, self._writes_to)
        self._tell = about_to_write
        devices = {tensor.device.type for tensor in statics.tensors()}
        self._settle: Callable[[], None] = torch.cuda.synchronize if "cuda" in devices else _nothing
        self.seconds: list[tuple[Op, float]] = []
        self.entered: list[tuple[Call, float]] = []
        self.left: dict[int, float] = {}
        self.addresses: set[int] = set()

    def _writes_to(self, tensor: Tensor) -> None:
        self.addresses.add(address(tensor))
        self._tell(tensor)

    def run(self, info: Operation, function: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        """As for every recorder; the clock runs around the function alone."""
        spent = 0.0
        settle = self._settle

        def timed(*given: Any, **named: Any) -> Any:
            nonlocal spent
            settle()
            start = perf_counter()
            try:
                return function(*given, **named)
            finally:
                settle()
                spent = perf_counter() - start

        place = len(self.ops)
        try:
            return super().run(info, timed, args, kwargs)
        finally:
            if place < len(self.ops):
                self.ops[place].function = function
                self.seconds.append((self.ops[place], spent))

    def _open(self, call: Call) -> Call:
        self._settle()
        self.entered.append((call, perf_counter()))
        return super()._open(call)

    def _close(self, call: Call) -> None:
        self._settle()
        self.left[id(call)] = perf_counter()  # `entered` keeps the call, and so its identity
        super()._close(call)


def _nothing() -> None:
    """Where nothing runs behind our back there is nothing to wait for."""


def _times(finished: tracer.Finished[TimingRecorder]) -> Times:
    recorder = finished.recorder
    nodes = {id(op): node for node, op in finished.nodes.items()}
    operations = {nodes[id(op)]: seconds for op, seconds in recorder.seconds if id(op) in nodes}
    calls = {call.id: recorder.left[id(call)] - start for call, start in recorder.entered if id(call) in recorder.left}
    return operations, calls


def timings(
    model: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any], options: TraceOptions, runs: int = RUNS
) -> Timings | None:
    """Runs the model several times; `None` where it raises, or takes another way each time.

    Raises:
        TraceError: the model raised.
    """
    found: list[Times] = []
    written: set[int] = set()

    def look(finished: tracer.Finished[TimingRecorder]) -> None:
        found.append(_times(finished))
        written.update(finished.recorder.addresses)

    for _ in range(runs + 1):
        graph = tracer.trace_with(model, args, kwargs, options, TimingRecorder, look)
    if any(operations.keys() != found[0][0].keys() for operations, _ in found):
        return None
    total = min(_bare(model, args, kwargs, options, written) for _ in range(runs))
    operations, calls = zip(*found[1:], strict=True)
    return Timings(graph, runs, total, _least(operations), _least(calls))


def _least(found: Sequence[dict[str, float]]) -> dict[str, float]:
    return {key: min(times.get(key, seconds) for times in found) for key, seconds in found[0].items()}


def _bare(
    model: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any], options: TraceOptions, written: set[int]
) -> float:
    """One call that nobody watches; what it will write is known from the runs before."""
    model, statics = to_run(model, Statics(model))
    with unchanged(statics, options.training, options.seed, (args, kwargs)) as guard:
        guard.about_to_write_at(written)
        start = perf_counter()
        model(*args, **kwargs)
        return perf_counter() - start
