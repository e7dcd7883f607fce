"""From a target on the command line to a graph: read it, or load the model, make its inputs and trace it."""

from __future__ import annotations

import gc
import shlex
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

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
    from graphviz_torch.trace.input_grammar import InputSpec


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
    specs = _parsed(request.inputs)
    _check_choices(request)
    if target.is_graph:
        return _read(target, request, console)
    if target.is_file:
        from graphviz_torch.trace import locating

        locating.existing(target)
    with time_limit(request.timeout), output_to_stderr():
        return _traced(request, target, specs, console)


def _parsed(inputs: tuple[str, ...]) -> tuple[InputSpec, ...]:
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


def _read(target: Target, request: Request, console: Console) -> Obtained:
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


def _traced(request: Request, target: Target, specs: Sequence[InputSpec], console: Console) -> Obtained:
    # Without NumPy torch warns at its first tensor; it is no concern of somebody who draws a model.
    warnings.filterwarnings("ignore", message="Failed to initialize NumPy")
    with console.stage("loading"):
        from graphviz_torch.trace import inputs, loading, matching

        loaded = loading.load(target, request.seed, examples=not specs)
        if target.object is None:
            console.note(f"using `{loaded.object}` of {target.locator}")
        args, kwargs = loaded.args, loaded.kwargs
        with loading.importable(loaded.roots):
            if specs:
                args, kwargs = inputs.make(loaded.model, specs, request.seed)
            if args is not None or request.tracer != "fx":
                matching.check(loaded.model, args or (), kwargs, loaded.object, _command(request))
    options = TraceOptions(
        request.tracer, request.level, request.train, request.seed, _shown(target, loaded.object), loaded.roots
    )
    name = loaded.object.rpartition(".")[2]
    with console.stage("tracing"), loading.importable(loaded.roots):
        try:
            return Obtained(api.trace(loaded.model, args or (), kwargs, options), name)
        except TraceError as error:
            return Obtained(error.graph, name, error)
        except SystemExit as error:
            raise TargetError(f"`{loaded.object}` ended the program while it ran", details=user_frames(error)) from None


def _command(request: Request) -> str:
    """The command line so far, as it would be typed again."""
    words = ["torchviz-cli", "render", request.target]
    for argument in request.arguments:
        words += ["--arg", argument]
    return shlex.join(words)


def _shown(target: Target, name: str) -> str:
    locator = target.locator
    if Path(locator).is_absolute():
        locator = Path(locator).name
    return f"{locator}:{name}"


def _json_files(folder: Path) -> tuple[str, ...]:
    names = sorted(path.name for path in folder.glob("*.json"))[:12] if folder.is_dir() else []
    return ("here are: " + ", ".join(names),) if names else ()
