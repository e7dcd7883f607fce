"""Shows what a PyTorch model really does: traces it, and draws the graph of layers and operations that ran."""

from graphviz_torch.api import load, render, save, trace
from graphviz_torch.errors import TorchvizError, TraceError
from graphviz_torch.version import __version__

__all__ = ["TorchvizError", "TraceError", "__version__", "load", "render", "save", "trace"]
