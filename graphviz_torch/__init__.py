"""Shows what a PyTorch model really does: traces it, draws what ran, and compares versions of it."""

from graphviz_torch.api import diff, load, render, render_diff, save, trace
from graphviz_torch.errors import TorchvizError, TraceError
from graphviz_torch.version import __version__

__all__ = ["TorchvizError", "TraceError", "__version__", "diff", "load", "render", "render_diff", "save", "trace"]
