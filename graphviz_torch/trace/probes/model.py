"""The probes of one model and its arguments, joined; each is a file of its own."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from types import TracebackType
from typing import Any

import torch
from torch import nn

from graphviz_torch.errors import ArgumentsError, TraceError
from graphviz_torch.ir.graph import SourceLocation
from graphviz_torch.trace import frames, matching
from graphviz_torch.trace.options import TraceOptions
from graphviz_torch.trace.probes import batch, gradients, loose, timing
from graphviz_torch.trace.probes.definitions import Definitions
from graphviz_torch.trace.probes.kept import kept
from graphviz_torch.trace.probes.records import (
    Arguments,
    Backward,
    Conflict,
    Forward,
    Loose,
    OtherBatch,
    Raised,
    Run,
    Statistics,
    Timings,
)
from graphviz_torch.trace.probes.stats import StatsRecorder
from graphviz_torch.trace.random_state import random_state
from graphviz_torch.trace.runtime import tracer
from graphviz_torch.trace.runtime.recording import Recorder
from graphviz_torch.trace.runtime.structures import tensors_of
from graphviz_torch.trace.source import Sources
from graphviz_torch.trace.statics import Statics

TORCH_CALLS = ("_call_impl", "inner")


class Probes:
    """Answers questions about a model; each answer costs what it says, and is not kept.

    Args:
        options: how the model is run; always with the runtime tracer, at the level of the user's words.
        command: the command line so far, for hints that are lines to type; empty for none.
    """

    def __init__(
        self,
        model: nn.Module,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        options: TraceOptions,
        command: str = "",
    ) -> None:
        self._model = model
        self._args = args
        self._kwargs = kwargs
        self._options = replace(options, tracer="runtime", level="function")
        self._command = command

    @cached_property
    def _sources(self) -> Sources:
        return Sources(self._options.roots)

    @cached_property
    def _definitions(self) -> Definitions:
        return Definitions(self._model, self._sources)

    # ---- without running the model

    def arguments(self) -> Arguments | None:
        """What is wrong with the arguments; `None` where `forward` takes them."""
        try:
            matching.check(self._model, self._args, self._kwargs, type(self._model).__name__, self._command)
        except ArgumentsError as error:
            hint = error.hint if self._command else None
            return Arguments(error.message, error.details, hint or "", self.forward("").source)
        return None

    def loose(self) -> tuple[Loose, ...]:
        """The modules and tensors that the model holds and that are registered nowhere."""
        return loose.found(self._model)

    def place(self, path: str) -> SourceLocation | None:
        """Where the user's code makes an attribute of the model, by its path."""
        return self._definitions.place(path)

    def referenced(self, path: str) -> bool | None:
        """Whether the code of the model, but for constructors, speaks of an attribute by its name; `None`: unknown."""
        return self._definitions.referenced(path)

    def spoken_of(self, path: str) -> bool:
        """Whether any function in the files of the model reads an attribute of that name of something."""
        return self._definitions.spoken_of(path)

    def forward(self, path: str) -> Forward:
        """The `forward` of a module, as its source tells."""
        return self._definitions.forward(self._model.get_submodule(path))

    def batch_size(self) -> int:
        """The first dimension that most inputs have in common; 0 where that is not clear."""
        return batch.batch_of(self._model, self._args, self._kwargs)[0]

    # ---- one run

    def run(self, training: bool | None = None) -> Run:
        """Runs the model once.

        Args:
            training: the mode; that of the options where not given.
        """
        return self._run(self._options if training is None else replace(self._options, training=training), Recorder)

    def _run(
        self, options: TraceOptions, recorder: Callable[[Statics, Callable[[torch.Tensor], None]], Recorder]
    ) -> Run:
        finite: list[bool] = []
        left: list[frozenset[str]] = []

        def look(finished: tracer.Finished[Recorder]) -> None:
            left.append(kept(finished.statics, finished.recorder, (self._args, self._kwargs)))
            finite.append(all(_finite(tensor) for tensor in tensors_of(finished.out)))

        try:
            graph = tracer.trace_with(self._model, self._args, self._kwargs, options, recorder, look)
            return Run(graph, finite=all(finite), kept=left[0])
        except TraceError as error:
            return Run(error.graph, self._raised(error.__cause__ or error))

    def remembers(self) -> bool:
        """Whether the model answers otherwise when it is called once more, with the same random state."""
        seen: list[bool] = []
        options = replace(self._options, seed=self._options.seed or 0)

        def look(finished: tracer.Finished[Recorder]) -> None:
            try:
                with random_state(options.seed, []):
                    out = self._model(*self._args, **self._kwargs)
            except Exception:  # noqa: BLE001 - the user's model
                seen.append(True)
            else:
                seen.append(not _alike(tensors_of(finished.out), tensors_of(out)))

        try:
            tracer.trace_with(self._model, self._args, self._kwargs, options, Recorder, look)
        except TraceError:
            return False
        return any(seen)

    def other_batch(self) -> OtherBatch:
        """A run with a batch of another size."""
        size, names = batch.batch_of(self._model, self._args, self._kwargs)
        if not size:
            return OtherBatch(skipped="the inputs have no first dimension in common")
        other = batch.other_size(self._model, self._args, self._kwargs, size)
        args, kwargs = batch.enlarged(self._args, self._kwargs, size, other)
        return OtherBatch(size, other, Probes(self._model, args, kwargs, self._options).run(), names)

    def backward(self, loss: Callable[..., Any] | None = None) -> Backward:
        """A backward pass at the end of a run.

        Args:
            loss: from what the model returned to a scalar; gets the model's positional arguments too where it takes
                more than one.
        """
        look = gradients.Look(loss, self._args, self._sources)
        try:
            with torch.enable_grad():
                tracer.trace_with(self._model, self._args, self._kwargs, self._options, Recorder, look)
        except TraceError as error:
            return Backward(skipped=f"the model raised {type(error.__cause__).__name__}")
        return look.seen

    def conflicts(self) -> tuple[Conflict, ...]:
        """What a run kept for a backward pass and has written since, found without that pass."""
        found: list[Conflict] = []

        def look(finished: tracer.Finished[Recorder]) -> None:
            found.extend(gradients.conflicts(tensors_of(finished.out), finished))

        with torch.enable_grad(), suppress(TraceError):
            tracer.trace_with(self._model, self._args, self._kwargs, self._options, Recorder, look)
        return tuple(found)

    def stats(self, seed: int | None = None) -> Statistics:
        """The range of every value of a run, up to where it raised.

        Args:
            seed: of the run; that of the options where not given.
        """
        options = self._options if seed is None else replace(self._options, seed=seed)
        recorders: list[StatsRecorder] = []

        def recorder(statics: Statics, about_to_write: Callable[[torch.Tensor], None]) -> StatsRecorder:
            recorders.append(StatsRecorder(statics, about_to_write))
            return recorders[0]

        run = self._run(options, recorder)
        return Statistics(run, {held.id: found for held, found in recorders[0].ranges() if held.id is not None})

    def timings(self) -> Timings | None:
        """How long each operation and call takes; `None` where the model raises or takes another way each time."""
        try:
            return timing.timings(self._model, self._args, self._kwargs, self._options)
        except TraceError:
            return None

    def _raised(self, error: BaseException) -> Raised:
        return Raised(
            type(error).__name__,
            str(error),
            frames.places(error, self._sources),
            not (isinstance(error, TypeError) and _stopped_at_call(error.__traceback__)),
        )


def _finite(tensor: torch.Tensor) -> bool:
    if not (tensor.is_floating_point() or tensor.is_complex()) or tensor.device.type == "meta":
        return True
    with torch.no_grad():
        return tensor.layout is not torch.strided or bool(torch.isfinite(tensor).all())


def _alike(one: list[torch.Tensor], other: list[torch.Tensor]) -> bool:
    """Whether tensors hold the same, but for the last digits."""
    return len(one) == len(other) and all(
        first.shape == second.shape and torch.allclose(first, second, rtol=1e-4, atol=1e-6, equal_nan=True)
        for first, second in zip(one, other, strict=True)
        if first.device.type != "meta" and first.layout is torch.strided
    )


def _stopped_at_call(step: TracebackType | None) -> bool:
    """Whether an exception came from where torch calls a `forward`, before any of it ran."""
    while step is not None and step.tb_next is not None:
        step = step.tb_next
    code = step.tb_frame.f_code if step is not None else None
    return code is not None and code.co_name in TORCH_CALLS and code.co_filename.endswith("nn/modules/module.py")
