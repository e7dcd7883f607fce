"""What a caller can ask of a tracer. No torch in here, so that the command line can read it."""

from __future__ import annotations

from dataclasses import dataclass

LEVELS = ("function", "both", "aten")


@dataclass(frozen=True, slots=True)
class TraceOptions:
    """One tracing run.

    Attributes:
        tracer: a name from `graphviz_torch.trace.tracers`.
        level: `function` (the words in the user's code), `both` (with the aten operations inside each), `aten`.
        training: the mode during the run, put back afterwards; `None` leaves every module as it is.
        seed: for the run; the process' own random state is put back; `None` runs from the present state.
        target: what is traced, as the user wrote it; it is kept in the graph.
        roots: folders that source files are named relative to, besides those on `sys.path`.
    """

    tracer: str = "runtime"
    level: str = "function"
    training: bool | None = None
    seed: int | None = None
    target: str = ""
    roots: tuple[str, ...] = ()
