"""What is said when the model raised: the operation, its operands, the place in the user's code, and why."""

from __future__ import annotations

import traceback as tracebacks

from graphviz_torch import api
from graphviz_torch.errors import TorchvizError, TraceError
from torchviz_cli.console import Console


def told(error: TraceError, console: Console, traceback: bool = False) -> None:
    """Says what failed, where and why; with the whole traceback of the model's own exception where it is wanted."""
    if traceback and error.__cause__ is not None:
        tracebacks.print_exception(error.__cause__)
    failure = error.graph.failure
    name = failure.exception if failure is not None else type(error.__cause__).__name__
    lines = error.message.splitlines() or [""]
    console.error(
        TorchvizError(
            f"the model raised {name}: {lines[0]}",
            details=(*lines[1:4], *api.explain(error.graph)),
            hint=(failure.hint or None) if failure is not None else None,
        )
    )
