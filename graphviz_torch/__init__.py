"""Shows what a PyTorch model really does: traces it, draws what ran, and compares versions of it."""

# A package that is loaded for the first time later would take the place of the function of the same name.
import graphviz_torch.diff
import graphviz_torch.render
import graphviz_torch.trace  # noqa: F401
from graphviz_torch.api import diff, load, render, render_diff, save, trace
from graphviz_torch.errors import TorchvizError, TraceError
from graphviz_torch.version import __version__

__all__ = ["TorchvizError", "TraceError", "__version__", "diff", "load", "render", "render_diff", "save", "trace"]
