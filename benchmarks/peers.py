"""Other tools, each behind one call that does all it has to do for a graph; nothing of a drawing where that can be."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from torch import Tensor, nn

from graphviz_torch.trace.runtime.structures import tensors_of

Tool = Callable[[nn.Module, Sequence[Any], Mapping[str, Any]], Any]
# Those that capture operations; torchviz draws the graph of autograd.
CAPTURE = ("torchview", "torchvista", "torchlens")


def torchviz(model: nn.Module, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    from torchviz import make_dot

    made = tuple(tensors_of(model(*args, **kwargs)))
    return make_dot(made[0] if len(made) == 1 else made, params=dict(model.named_parameters()))


def torchview(model: nn.Module, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    from torchview import draw_graph

    if not args:
        return draw_graph(model, input_data=dict(kwargs), device="cpu", depth=1000)
    return draw_graph(model, input_data=list(args), device="cpu", depth=1000, **kwargs)


def torchvista(model: nn.Module, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    from torchvista.tracer import trace_model

    if kwargs:  # it takes no names
        model, args = Positional(model, len(args), tuple(kwargs)).eval(), (*args, *kwargs.values())
    with tempfile.TemporaryDirectory() as folder:
        return trace_model(model, tuple(args), export_path=str(Path(folder) / "graph.html"))


def torchlens(model: nn.Module, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    import torchlens as lens

    return lens.trace(model, list(args), dict(kwargs), capture=lens.options.CaptureOptions(layers_to_save=None))


class Positional(nn.Module):
    """A model that takes by place what it took by name."""

    def __init__(self, inner: nn.Module, plain: int, names: tuple[str, ...]) -> None:
        super().__init__()
        self.inner = inner
        self.plain = plain
        self.names = names

    def forward(self, *given: Tensor) -> Any:
        return self.inner(*given[: self.plain], **dict(zip(self.names, given[self.plain :], strict=True)))


# The last ones change torch or the model for good, so they come last.
PEERS: dict[str, Tool] = {
    "torchviz": torchviz,
    "torchview": torchview,
    "torchvista": torchvista,
    "torchlens": torchlens,
}
