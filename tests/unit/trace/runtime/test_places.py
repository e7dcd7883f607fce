"""Places in the source: the user's, and nobody else's."""

from __future__ import annotations

import torch
from torch import nn

from graphviz_torch import api
from graphviz_torch.trace.options import TraceOptions
from graphviz_torch.trace.runtime.places import is_user_file


def test_a_model_without_code_of_the_users_has_no_places() -> None:
    for tracer in ("runtime", "autograd"):
        graph = api.trace(nn.Sequential(nn.Linear(2, 2)), (torch.ones(1, 2),), options=TraceOptions(tracer=tracer))
        assert [node.source for node in graph.nodes if node.kind == "call" and node.source is not None] == []


def test_operations_of_torchs_modules_are_placed_at_the_users_call() -> None:
    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner = nn.Linear(2, 2)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.inner(x)

    graph = api.trace(Net(), (torch.ones(1, 2),))
    place = next(node.source for node in graph.nodes if node.name == "linear")
    assert place is not None
    assert (place.file.rpartition("/")[2], place.code) == ("test_places.py", "return self.inner(x)")
    assert place.code[place.column - 1 - 12 : place.end_column - 1 - 12] == "self.inner(x)"


def test_only_torch_itself_is_torch() -> None:
    folder = torch.__path__[0]
    assert not is_user_file(f"{folder}/nn/functional.py")
    assert is_user_file(f"{folder}vision/models/resnet.py")
    assert is_user_file(f"{folder}_geometric/nn/conv/gat_conv.py")


def test_a_folder_of_the_users_may_be_called_like_our_command_line() -> None:
    import torchviz_cli

    assert is_user_file("/home/me/torchviz_cli/model.py")
    assert not is_user_file(torchviz_cli.__file__)
