"""The user's frames of an exception, as places in the source."""

from __future__ import annotations

from types import CodeType, TracebackType

from graphviz_torch.ir.graph import SourceLocation
from graphviz_torch.trace.said import is_told
from graphviz_torch.trace.source import Sources

INSTALLED = "site-packages"


def places(error: BaseException, sources: Sources) -> tuple[SourceLocation, ...]:
    """The frames that are not torch's, the interpreter's or ours, innermost first.

    Those of installed packages are left out too where the user's own code is among them; of code that cannot be
    parsed it is where the parser stopped.
    """
    if isinstance(error, SyntaxError) and error.filename and error.lineno:
        return (_unparsed(error, sources),)
    told = [(code, at) for code, at in _steps(error.__traceback__) if is_told(code.co_filename)]
    own = [(code, at) for code, at in told if INSTALLED not in code.co_filename]
    return tuple(sources.place(code, at) for code, at in reversed(own or told))


def _steps(step: TracebackType | None) -> list[tuple[CodeType, int]]:
    found = []
    while step is not None:
        found.append((step.tb_frame.f_code, step.tb_lasti))
        step = step.tb_next
    return found


def _unparsed(error: SyntaxError, sources: Sources) -> SourceLocation:
    file, line = error.filename or "", error.lineno or 1
    end = error.end_offset or 0 if error.end_lineno in (None, line) else 0
    column = error.offset or 0
    return SourceLocation(sources.relative(file), line, column, max(end, column + 1), "", sources.line(file, line))
