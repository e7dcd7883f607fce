"""What a notebook says where the model raised: the lines of the user's code and why, in place of frames of ours."""

from __future__ import annotations

from graphviz_torch import api
from graphviz_torch.display import graphs
from graphviz_torch.errors import TraceError


class ShownTraceError(TraceError):
    """A `TraceError` whose graph shows itself; `__cause__` is the model's own exception, with all its frames."""

    def _render_traceback_(self) -> list[str]:
        """The lines that IPython prints."""
        failure = self.graph.failure
        name = failure.exception if failure is not None else "TraceError"
        calls = reversed(failure.frames[1:] if failure is not None else ())
        places = [f"  {frame.file}:{frame.line} in {frame.function}: {frame.code}" for frame in calls]
        return [f"{name} in the model: {self.message}", *places, *api.explain(self.graph)]


def shown(error: TraceError) -> ShownTraceError:
    """The error as one that a notebook tells in a few lines."""
    return ShownTraceError(error.message, graph=graphs.shown(error.graph), details=error.details, hint=error.hint)
