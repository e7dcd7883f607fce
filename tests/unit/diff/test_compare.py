"""Comparing as a whole: the map, what cannot be compared, runs that raised, shared and uncalled parts."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch import Tensor, nn

from graphviz_torch import api
from graphviz_torch.diff.compare import compare
from graphviz_torch.diff.options import DiffOptions
from graphviz_torch.errors import DiffError, TraceError
from graphviz_torch.ir.graph import Graph, Module, Origin
from graphviz_torch.trace.options import TraceOptions
from tests.support.edges import traced
from tests.support.graphs import mlp, tower
from tests.support.listing import lines

X = torch.ones(2, 8)


def test_the_map_comes_before_all_evidence() -> None:
    old = nn.Sequential(nn.Linear(8, 8), nn.Linear(8, 8))
    new = nn.Sequential(nn.Linear(8, 8), nn.Linear(8, 8))
    found = compare(traced(old, X), traced(new, X), DiffOptions(map=(("0", "1"),)))
    pairs = {(pair.old_path, pair.new_path): pair.why for pair in found.mapping}
    assert pairs["0", "1"] == "map"
    assert pairs["1", "0"] == "move"
    assert found.state_dict.map["0.weight"] == "1.weight"


@pytest.mark.parametrize(
    ("given", "message", "details"),
    [
        (("fc9", "fc1"), "--map fc9=fc1: the old model has no module `fc9`", ("nearest: fc2, fc1",)),
        (("fc1", "zzz"), "--map fc1=zzz: the new model has no module `zzz`", ()),
    ],
)
def test_a_map_of_unknown_paths_is_refused(given: tuple[str, str], message: str, details: tuple[str, ...]) -> None:
    with pytest.raises(DiffError) as caught:
        compare(mlp(), mlp(), DiffOptions(map=(given,)))
    assert (caught.value.message, caught.value.details) == (message, details)


def test_a_map_names_a_module_once() -> None:
    with pytest.raises(DiffError, match="--map names the old module `fc1` twice"):
        compare(mlp(), mlp(), DiffOptions(map=(("fc1", "fc1"), ("fc1", "fc2"))))


@pytest.mark.parametrize(("word", "other"), [("tracer", Origin(tracer="fx")), ("level", Origin(level="aten"))])
def test_graphs_made_in_different_ways_are_refused(word: str, other: Origin) -> None:
    with pytest.raises(DiffError) as caught:
        compare(mlp(), replace(mlp(), origin=other))
    value = getattr(other, word)
    assert caught.value.hint == f"make both with --{word} {value}; a saved graph is made anew by torchviz-cli render"


class Breaking(nn.Module):
    def __init__(self, width: int, p: float = 0.1) -> None:
        super().__init__()
        self.first, self.drop, self.last = nn.Linear(8, 8), nn.Dropout(p), nn.Linear(width, 4)

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(self.last(self.drop(self.first(x))))


def test_a_side_that_raised_is_compared_as_far_as_it_ran() -> None:
    with pytest.raises(TraceError) as caught:
        api.trace(Breaking(9, 0.5), (X,))
    found = compare(traced(Breaking(8), X), caught.value.graph)
    assert lines(found) == [
        "attribute breaking last [Linear]: in_features=8 -> in_features=9",
        "attribute structural drop [Dropout]: p=0.1 -> p=0.5",
    ]
    assert found.notes == ("the new model raised RuntimeError; it is compared as far as it ran",)


@pytest.mark.parametrize(
    ("tracer", "level"), [("runtime", "aten"), ("runtime", "both"), ("fx", "function"), ("autograd", "function")]
)
def test_graphs_of_every_tracer_are_compared(tracer: str, level: str) -> None:
    def graph(p: float, act: type[nn.Module]) -> Graph:
        model = nn.Sequential(nn.Linear(8, 8), act(), nn.Dropout(p), nn.Linear(8, 4)).eval()
        return api.trace(model, (X,), None, TraceOptions(tracer=tracer, level=level))

    assert lines(compare(graph(0.1, nn.ReLU), graph(0.1, nn.ReLU))) == []
    assert lines(compare(graph(0.1, nn.ReLU), graph(0.5, nn.Tanh))) == [
        "replaced structural 1 [Tanh]: ReLU -> Tanh",
        "attribute structural 2 [Dropout]: p=0.1 -> p=0.5",
    ]


def test_modules_that_never_run_take_part() -> None:
    old = mlp()
    unused = Module("unused", "model.Unused", "k=1")
    assert lines(compare(old, replace(old, modules=(*old.modules, unused)))) == [
        "added structural None => unused [Unused]:  -> k=1"
    ]


def test_an_inserted_block_says_that_keys_shift() -> None:
    found = compare(tower(3), tower(4))
    assert [(change.kind, change.count) for change in found.changes] == [("added", 1)]
    assert found.state_dict.added


def test_hooks_parts_and_sharing() -> None:
    def net() -> nn.Sequential:
        return nn.Sequential(nn.Linear(8, 8), nn.Sequential(nn.Linear(8, 8), nn.ReLU()), nn.Linear(8, 8))

    def told(edit: str) -> list[str]:
        old, new = net(), net()
        if edit == "hook":
            new[0].register_forward_hook(_look)
        elif edit == "frozen":
            new[1].requires_grad_(False)
        elif edit == "tied":
            new[2].weight = new[0].weight
        elif edit == "half":
            new = new.to(torch.bfloat16)
        x = X.to(torch.bfloat16) if edit == "half" else X
        return lines(compare(traced(old, X), traced(new, x)))

    assert told("hook") == ["attribute structural 0 [Linear]:  -> forward hook _look"]
    assert told("frozen") == ["attribute structural 1 [Sequential]: requires_grad=True -> requires_grad=False"]
    assert told("tied") == ["attribute structural 2 [Linear]: weight of its own -> weight shared with 0.weight"]
    assert told("half") == [
        "interface breaking input [input]: 2×8 f32 -> 2×8 bf16",
        "attribute structural (root) [Sequential]: float32 -> bfloat16",
    ]


def _look(module: nn.Module, args: object, result: object) -> None:
    """A hook that changes nothing."""
