"""From a target on the command line to a graph: read it, or load the model, make its inputs and trace it."""

from __future__ import annotations

import contextlib
import gc
import signal
import sys
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from graphviz_torch import api
from graphviz_torch.errors import TargetError, TraceError
from graphviz_torch.ir.graph import Graph
from graphviz_torch.trace import input_grammar, targets
from graphviz_torch.trace.options import TraceOptions
from graphviz_torch.trace.targets import Target
from torchviz_cli.console import Console


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
    return targets.parse(request.target, request.arguments).name.rpartition(".")[2]


def obtain(request: Request, console: Console) -> Obtained:
    """The graph of a request.

    Raises:
        TorchvizError: the target, the model or an input is not right.
    """
    target = targets.parse(request.target, request.arguments)
    specs = tuple(input_grammar.parse(text) for text in request.inputs)
    if target.is_graph:
        if specs or request.arguments:
            raise TargetError(
                "a saved graph takes no inputs and no arguments", hint=f"torchviz-cli render {target.text}"
            )
        if not Path(target.locator).is_file():
            raise TargetError(f"there is no file `{target.locator}`", details=_json_files(Path(target.locator).parent))
        # A process that draws one saved graph ends soon and makes no cycles; to look for them costs a third of it.
        gc.disable()
        with console.stage("reading"):
            return Obtained(api.load(target.locator), target.name)
    with _time_limit(request.timeout), _user_output_to_stderr():
        return _traced(request, target, specs, console)


def _traced(request: Request, target: Target, specs: Sequence[input_grammar.InputSpec], console: Console) -> Obtained:
    # Without NumPy torch warns at its first tensor; it is no concern of somebody who draws a model.
    warnings.filterwarnings("ignore", message="Failed to initialize NumPy")
    with console.stage("loading"):
        from graphviz_torch.trace import inputs, loading

        loaded = loading.load(target, request.seed)
        if target.object is None:
            console.note(f"using `{loaded.object}` of {target.locator}")
        args, kwargs = loaded.args, loaded.kwargs
        if specs:
            args, kwargs = inputs.make(loaded.model, specs, request.seed)
    static = request.tracer == "fx"
    if args is None and inputs.needs_input(loaded.model) and not static:
        inputs.check(loaded.model, (), {}, loaded.object)
    if args is not None or not static:
        inputs.check(loaded.model, args or (), kwargs, loaded.object)
    options = TraceOptions(
        request.tracer, request.level, request.train, request.seed, _shown(target, loaded.object), loaded.roots
    )
    with console.stage("tracing"), loading.importable(loaded.roots):
        try:
            return Obtained(api.trace(loaded.model, args or (), kwargs, options), loaded.object)
        except TraceError as error:
            return Obtained(error.graph, loaded.object, error)


def _shown(target: Target, name: str) -> str:
    locator = target.locator
    if Path(locator).is_absolute():
        locator = Path(locator).name
    return f"{locator}:{name}"


def _json_files(folder: Path) -> tuple[str, ...]:
    names = sorted(path.name for path in folder.glob("*.json"))[:12] if folder.is_dir() else []
    return ("here are: " + ", ".join(names),) if names else ()


@contextlib.contextmanager
def _user_output_to_stderr() -> Iterator[None]:
    """What the user's code prints must not end up in the middle of a picture on stdout."""
    with contextlib.redirect_stdout(sys.stderr):
        yield


@contextlib.contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    """Raises `TimeoutError` inside the user's code after some seconds, so that the partial graph shows where it was."""
    if seconds <= 0 or not hasattr(signal, "setitimer"):
        yield
        return

    def stop(number: int, frame: FrameType | None) -> None:
        raise TimeoutError(f"stopped after {seconds:g} seconds (--timeout)")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
