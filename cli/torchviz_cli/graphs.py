"""From a target on the command line to a graph: read it, or load the model, make its inputs and trace it."""

from __future__ import annotations

import gc
import shlex
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graphviz_torch import api, plugins
from graphviz_torch.errors import GraphFormatError, TargetError, TorchvizError, TraceError
from graphviz_torch.ir.graph import Graph
from graphviz_torch.trace import targets, tracers
from graphviz_torch.trace.options import LEVELS, TraceOptions
from graphviz_torch.trace.said import clip, user_frames
from graphviz_torch.trace.targets import Target
from torchviz_cli.console import Console
from torchviz_cli.limits import output_to_stderr, time_limit

if TYPE_CHECKING:
    from torch import nn

    from graphviz_torch.trace.input_grammar import InputSpec

NO_NUMPY = "Failed to initialize NumPy"


@dataclass(frozen=True, slots=True)
class Request:
    """What graph is wanted.

    Attributes:
        inputs: as written; arguments: `NAME=LITERAL` for the factory.
        timeout: seconds that loading and running may take; 0 for no limit.
    """

    target: str
    inputs: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    train: bool = False
    seed: int = 0
    tracer: str = "runtime"
    level: str = "function"
    timeout: float = 0.0


@dataclass(frozen=True, slots=True)
class Ready:
    """A model with its arguments, as a request wants it.

    Attributes:
        given: whether there are arguments at all; without any, a model that needs none can still run.
        object: the name of the object that was used.
        roots: folders that must stay importable while the model runs.
        command: the command line so far, for hints that are lines to type.
    """

    model: nn.Module
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    given: bool
    object: str
    roots: tuple[str, ...]
    command: str


@dataclass(frozen=True, slots=True)
class Obtained:
    """A graph, the name of the object it is of, and the error where the model raised."""

    graph: Graph
    name: str
    error: TraceError | None = None


def name_of(request: Request) -> str:
    """What output files are called where nothing else is said and no model was loaded yet."""
    return short_name(targets.parse(request.target, request.arguments))


def short_name(target: Target) -> str:
    """The last part of the object's name, else the file's."""
    return target.name.rpartition(".")[2] if target.object else target.name


def obtain(request: Request, console: Console) -> Obtained:
    """The graph of a request.

    Raises:
        TorchvizError: the target, the model or an input is not right.
    """
    target = targets.parse(request.target, request.arguments)
    specs = parsed(request.inputs)
    _check_choices(request)
    if target.is_graph:
        return read(target, request, console)
    if target.is_file:
        from graphviz_torch.trace import locating

        locating.existing(target)
    with time_limit(request.timeout), output_to_stderr():
        return _traced(request, target, specs, console)


def parsed(inputs: Sequence[str]) -> tuple[InputSpec, ...]:
    """Inputs as they were written, read before anything heavy is loaded.

    Raises:
        InputError: one of them is no input.
    """
    if not inputs:
        return ()
    from graphviz_torch.trace import input_grammar

    return tuple(input_grammar.parse(text) for text in inputs)


def _check_choices(request: Request) -> None:
    """Refuses before anything heavy is loaded."""
    if request.tracer not in tracers.TRACERS and request.tracer not in (
        known := plugins.names(tracers.TRACERS, tracers.GROUP)
    ):
        raise TorchvizError(f"there is no tracer named `{request.tracer}`", details=(f"known: {', '.join(known)}",))
    if request.level not in LEVELS:
        raise TorchvizError(f"there is no level named `{request.level}`", details=(f"known: {', '.join(LEVELS)}",))


def read(target: Target, request: Request, console: Console) -> Obtained:
    """A graph that was saved.

    Raises:
        TorchvizError: it cannot be read.
    """
    if request.inputs or request.arguments:
        raise TargetError(
            "a saved graph takes no inputs and no arguments", hint=f"torchviz-cli render {shlex.quote(target.text)}"
        )
    path = Path(target.locator)
    try:
        # A process that draws one saved graph ends soon and makes no cycles; to look for them costs a third of it.
        gc.disable()
        with console.stage("reading"):
            return Obtained(api.load(path), target.name)
    except FileNotFoundError:
        raise TargetError(f"there is no file `{clip(target.locator)}`", details=_json_files(path.parent)) from None
    except GraphFormatError as error:
        raise GraphFormatError(
            f"{clip(target.locator)}: {error.message}", details=error.details, hint=error.hint
        ) from None
    except IsADirectoryError:
        raise TargetError(f"`{clip(target.locator)}` is a folder", hint="name a saved graph, a .json file") from None
    except OSError as error:
        raise TargetError(f"cannot read `{clip(target.locator)}`: {error.strerror or error}") from error


def ready(
    request: Request, target: Target, specs: Sequence[InputSpec], console: Console, command: str = "render"
) -> Ready:
    """Loads the model of a target, and makes its arguments.

    Raises:
        TorchvizError: the target or an input is not right.
    """
    without_a_word_on_numpy()
    with console.stage("loading"):
        from graphviz_torch.trace import inputs, loading

        loaded = loading.load(target, request.seed, examples=not specs)
        if target.object is None and not target.is_program:
            console.note(f"using `{loaded.object}` of {target.locator}")
        args, kwargs = loaded.args, loaded.kwargs
        if specs:
            with loading.importable(loaded.roots):
                args, kwargs = inputs.make(loaded.model, specs, request.seed)
    line = _command(request, command)
    return Ready(loaded.model, args or (), kwargs, args is not None, loaded.object, loaded.roots, line)


def without_a_word_on_numpy() -> None:
    """Without NumPy torch warns at its first tensor; it is no concern of somebody who draws a model."""
    if not any(getattr(message, "pattern", "") == NO_NUMPY for _, message, *_ in warnings.filters):
        warnings.filterwarnings("ignore", message=NO_NUMPY)


def fitting(found: Ready) -> None:
    """Refuses arguments that `forward` does not take.

    Raises:
        ArgumentsError: with the signature, and a line to edit.
    """
    from graphviz_torch.trace import loading, matching

    with loading.importable(found.roots):
        matching.check(found.model, found.args, found.kwargs, found.object, found.command)


def _traced(request: Request, target: Target, specs: Sequence[InputSpec], console: Console) -> Obtained:
    found = ready(request, target, specs, console)
    if found.given or request.tracer != "fx":
        fitting(found)
    options = TraceOptions(
        request.tracer, request.level, request.train, request.seed, shown_target(target, found.object), found.roots
    )
    name = found.object.rpartition(".")[2]
    from graphviz_torch.trace.importing import importable

    with console.stage("tracing"), importable(found.roots):
        try:
            return Obtained(api.trace(found.model, found.args, found.kwargs, options), name)
        except TraceError as error:
            return Obtained(error.graph, name, error)
        except SystemExit as error:
            raise ended(found, error) from None


def ended(found: Ready, error: SystemExit) -> TargetError:
    """What is said of a model that ends the program while it runs."""
    return TargetError(f"`{found.object}` ended the program while it ran", details=user_frames(error))


def _command(request: Request, command: str) -> str:
    """The command line so far, as it would be typed again."""
    words = ["torchviz-cli", command, request.target]
    for argument in request.arguments:
        words += ["--arg", argument]
    return shlex.join(words)


def shown_target(target: Target, name: str) -> str:
    """A target as graphs and reports name it: without an absolute path."""
    locator = target.locator
    if Path(locator).is_absolute():
        locator = Path(locator).name
    return locator if target.is_program else f"{locator}:{name}"


def _json_files(folder: Path) -> tuple[str, ...]:
    names = sorted(path.name for path in folder.glob("*.json"))[:12] if folder.is_dir() else []
    return ("here are: " + ", ".join(names),) if names else ()
