"""The runtime tracer: runs the model once, eagerly, and makes the graph of what ran."""

from __future__ import annotations

import gc
import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar

import torch
from torch import nn

from graphviz_torch.errors import TraceError
from graphviz_torch.ir.builder import GraphBuilder
from graphviz_torch.ir.graph import Failure, Graph, Origin, SourceLocation
from graphviz_torch.trace.guard import unchanged
from graphviz_torch.trace.lazy import to_run
from graphviz_torch.trace.metadata import Metas
from graphviz_torch.trace.modules import module_tree
from graphviz_torch.trace.options import TraceOptions
from graphviz_torch.trace.runtime.aside import written_outside
from graphviz_torch.trace.runtime.assemble import Assembly
from graphviz_torch.trace.runtime.autograd_link import GradNodes
from graphviz_torch.trace.runtime.below import AtenRecorder, KeepingAtenRecorder
from graphviz_torch.trace.runtime.hooks import HookWatch
from graphviz_torch.trace.runtime.intercept import intercepted
from graphviz_torch.trace.runtime.keeping import KeepingRecorder
from graphviz_torch.trace.runtime.nested import KeepingNestedRecorder, NestedRecorder
from graphviz_torch.trace.runtime.places import is_user
from graphviz_torch.trace.runtime.recording import Recorder
from graphviz_torch.trace.runtime.records import Op
from graphviz_torch.trace.runtime.structures import named_tensors
from graphviz_torch.trace.runtime.unwritten import TEXT, unwritten
from graphviz_torch.trace.source import Sources
from graphviz_torch.trace.statics import Statics

VERSION = torch.__version__.partition("+")[0]
RecorderKind = TypeVar("RecorderKind", bound=Recorder)
RECORDERS: dict[str, type[Recorder]] = {"function": Recorder, "both": NestedRecorder, "aten": AtenRecorder}
KEEPING: dict[str, type[KeepingRecorder]] = {
    "function": KeepingRecorder,
    "both": KeepingNestedRecorder,
    "aten": KeepingAtenRecorder,
}


@dataclass(frozen=True, slots=True)
class Recording:
    """What replaying needs beside the graph.

    Attributes:
        operations: by node id, the function and its arguments with operand placeholders.
        kept: by value id, copies of the tensors that no operation made, as they were when they were first met.
        outputs: copies of the tensors that the model returned, in order.
        marked: ids of values that autograd was told to track after they were made.
    """

    operations: dict[str, Op] = field(default_factory=dict)
    kept: dict[str, torch.Tensor] = field(default_factory=dict)
    outputs: tuple[torch.Tensor, ...] = ()
    marked: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Finished(Generic[RecorderKind]):
    """A run that came to its end and is not let go yet; what is done with it now is undone with the rest.

    Attributes:
        out: what the model returned.
        nodes: the recorded operation behind each node.
    """

    out: Any
    recorder: RecorderKind
    nodes: dict[str, Op]
    statics: Statics


def trace(model: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any], options: TraceOptions) -> Graph:
    """Runs the model once and returns the graph; see `graphviz_torch.api.trace`."""
    with _without_collections():
        return _graph_alone(model, args, kwargs, options)


def _graph_alone(model: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any], options: TraceOptions) -> Graph:
    """The graph of a run whose records are gone on return, so that the next collection has not to look through them."""
    graph, _, recorder, _ = _traced(model, args, kwargs, options, RECORDERS[options.level])
    recorder.forget()
    return graph


def trace_with(
    model: nn.Module,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    options: TraceOptions,
    recorder: Callable[[Statics, Callable[[torch.Tensor], None]], RecorderKind],
    look: Callable[[Finished[RecorderKind]], None] | None = None,
) -> Graph:
    """The graph of a run with another recorder, which can note more than a graph needs.

    Args:
        recorder: makes it.
        look: looks at the run when it came to its end, before everything is put back as it was.

    Raises:
        TraceError: the model raised.
    """
    with _without_collections():
        return _traced(model, args, kwargs, options, recorder, look)[0]


def trace_with_recording(
    model: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any], options: TraceOptions
) -> tuple[Graph, Recording]:
    """The graph, and what is needed to run it again."""
    kind = KEEPING[options.level]
    graph, assembly, recorder, outputs = _traced(model, args, kwargs, options, kind)
    kept = {held.id: tensor for held, tensor in reversed(recorder.kept) if held.id is not None}
    marked = frozenset(held.id for held in recorder.marked if held.id is not None)
    return graph, Recording(assembly.nodes, kept, outputs, marked)


@contextmanager
def _without_collections() -> Iterator[None]:
    """Thousands of new records would set off full garbage collections over the user's heap."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _traced(
    model: nn.Module,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    options: TraceOptions,
    kind: Callable[[Statics, Callable[[torch.Tensor], None]], RecorderKind],
    look: Callable[[Finished[RecorderKind]], None] | None = None,
) -> tuple[Graph, Assembly, RecorderKind, tuple[torch.Tensor, ...]]:
    model, statics = to_run(model, Statics(model))
    sources = Sources(options.roots)
    builder = GraphBuilder(type(model).__name__, _origin(model, options))
    metas = Metas()
    tree = module_tree(statics, sources, metas)
    inputs = inputs_of(model, args, kwargs)
    out, error = None, None
    with unchanged(statics, options.training, options.seed, (args, kwargs)) as guard:
        _uncompiled(statics)
        if options.level == "aten":  # `x.data = y` is no aten operation
            guard.keep_places()
        recorder = kind(statics, guard.about_to_write)
        hooks = HookWatch(recorder)
        given = [recorder.hold(tensor, "input", None, name) for name, tensor in inputs]
        try:
            with intercepted(recorder, options.level), hooks.around(statics):
                out = model(*args, **kwargs)
        except Exception as raised:  # noqa: BLE001 - the user's model
            error = raised
        written_outside(recorder, list(recorder.arrays))
        builder.set_modules(hooks.told(tree))
        keeps = isinstance(recorder, KeepingRecorder)
        copies = tuple(t.detach().clone() for _, t in named_tensors(out, "")) if keeps else ()
        returned = [(name, recorder.operand(tensor)) for name, tensor in named_tensors(out, "")]
        if error is None and not returned:
            _nothing_returned(builder, out)
        grads = GradNodes([t.grad_fn for _, t in named_tensors(out, "") if t.grad_fn is not None])
        kept, out = out if look is not None else None, None
        assembly = Assembly(recorder, builder, sources, metas, grads, options.level)
        for held in given:
            assembly.value(held)
        assembly.run()
        assembly.mark_handled(error)
        for held in unwritten(recorder.ops, recorder.events, [held for _, held in returned]):
            builder.diagnose("unwritten", "warning", held.id, TEXT)
        for name, held in returned:
            builder.output(name, assembly.value(held))
        if look is not None and error is None:
            look(Finished(kept, recorder, assembly.nodes, statics))
        kept = None
    for name in guard.changed_globals():
        builder.diagnose("global", "warning", None, f"the run changed `{name}`, which stays as it left it")
    for name in guard.changed_objects():
        text = f"the run changed {name} that the model holds, which stays as it left it"
        builder.diagnose("object", "warning", None, text)
    grads.release()
    if error is not None:
        failed = _failed(recorder, builder, assembly, sources, error)
        recorder.broken.clear()
        raise failed from error
    recorder.broken.clear()  # exceptions hold frames, and frames the tensors in them
    return builder.finish(), assembly, recorder, copies


def _nothing_returned(builder: GraphBuilder, out: Any) -> None:
    """Says so where a model gives nothing back that a graph could end in."""
    if out is None:
        builder.diagnose("no_output", "warning", None, "forward returns nothing")
    else:
        builder.diagnose("no_tensor", "warning", None, f"forward returns no tensor, but {type(out).__name__}")


def _uncompiled(statics: Statics) -> None:
    """Lets modules that were compiled in place run as they are written; the guard puts the compiled code back."""
    for _, module in statics.modules:
        module.__dict__.pop("_compiled_call_impl", None)


def _origin(model: nn.Module, options: TraceOptions) -> Origin:
    training = model.training if options.training is None else options.training
    return Origin("runtime", options.level, options.target, training, torch.is_grad_enabled(), VERSION)


def inputs_of(model: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[tuple[str, torch.Tensor]]:
    """The tensors that a model is given, each once, named after the parameters of `forward`."""
    found: dict[int, tuple[str, torch.Tensor]] = {}
    for name, value in _bound(model.forward, args, kwargs).items():
        for path, tensor in named_tensors(value, name):
            found.setdefault(id(tensor), (path, tensor))
    return list(found.values())


def _bound(forward: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
    """The arguments by the names of the parameters they are for."""
    code = getattr(getattr(forward, "__func__", None), "__code__", None)
    if code is not None and not hasattr(forward, "__wrapped__") and len(args) < code.co_argcount:
        return {**dict(zip(code.co_varnames[1:], args, strict=False)), **kwargs}  # what `inspect` would take long for
    try:
        return inspect.signature(forward).bind(*args, **kwargs).arguments
    except (TypeError, ValueError):
        return {"args": args, **kwargs}


def _failed(
    recorder: Recorder, builder: GraphBuilder, assembly: Assembly, sources: Sources, error: Exception
) -> TraceError:
    op, call = recorder.breaking(error)
    builder.fail(
        Failure(
            assembly.id_of(op),
            call.id if call else None,
            type(error).__name__,
            str(error),
            tuple(_frames(error, sources)),
        )
    )
    graph = builder.finish()
    from graphviz_torch.trace.explain import explain  # only where a model raised

    return TraceError(str(error), graph=replace(graph, failure=explain(graph) or graph.failure))


def _frames(error: Exception, sources: Sources) -> list[SourceLocation]:
    """The user's frames, innermost first."""
    found = []
    step = error.__traceback__
    while step is not None:
        if is_user(step.tb_frame.f_code):
            found.append(sources.place(step.tb_frame.f_code, step.tb_lasti))
        step = step.tb_next
    return found[::-1]
