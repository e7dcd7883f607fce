"""Shows what a PyTorch model really does: traces it, draws what ran, compares versions, and says what is wrong."""

# A package that is loaded for the first time later would take the place of the function of the same name.
import graphviz_torch.check
import graphviz_torch.diff
import graphviz_torch.render
import graphviz_torch.trace  # noqa: F401
from graphviz_torch.api import render, render_diff, save
from graphviz_torch.display.functions import check, diff, load, trace
from graphviz_torch.display.graphs import ModelGraph
from graphviz_torch.errors import TorchvizError, TraceError
from graphviz_torch.version import __version__

__all__ = [
    "ModelGraph",
    "TorchvizError",
    "TraceError",
    "__version__",
    "check",
    "diff",
    "load",
    "render",
    "render_diff",
    "save",
    "trace",
]
