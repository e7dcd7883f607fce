"""Each output of a graph is reached from exactly the inputs that the forward depends on."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch import Tensor, nn

from graphviz_torch import api
from tests.models.catalogue import MODELS
from tests.support import taint

torch.set_num_threads(1)


@pytest.mark.parametrize("name", MODELS)
def test_outputs_depend_on_what_the_graph_says(name: str) -> None:
    torch.manual_seed(0)
    model, args, kwargs = MODELS[name]()
    torch.manual_seed(taint.SEED)
    graph = api.trace(model, args, kwargs)
    torch.manual_seed(0)
    assert taint.differences(taint.claimed(graph), taint.real(*MODELS[name]())) == ()


class Two(nn.Module):
    """One output for each input, one for both."""

    def forward(self, a: Tensor, b: Tensor) -> dict[str, Tensor]:
        kept = torch.zeros(2)
        kept[0] = a.sum()
        return {"a": a + 1, "b": b.view(-1)[:1], "both": kept.add_(b), "neither": torch.ones(1)}


def test_the_truth_of_a_small_model() -> None:
    none: frozenset[str] = frozenset()
    assert taint.real(Two(), (torch.ones(2), torch.ones(2)), {}) == {
        "a": frozenset("a"),
        "b": frozenset("b"),
        "both": frozenset("ab"),
        "neither": none,
    }


def test_a_lost_edge_is_told() -> None:
    args = (torch.ones(2), torch.ones(2))
    graph = api.trace(Two(), args)
    nodes = tuple(replace(node, operands=node.operands[:1]) if node.name == "add_" else node for node in graph.nodes)
    broken = replace(graph, nodes=nodes)
    shows = taint.real(Two(), args, {})
    assert taint.differences(taint.claimed(graph), shows) == ()
    assert taint.differences(taint.claimed(broken), shows) == ("output `both` misses b",)


def test_an_edge_too_many_and_an_output_too_few_are_told() -> None:
    says = {"x": frozenset("ab")}
    shows = {"x": frozenset("a"), "y": frozenset("a")}
    assert taint.differences(says, shows) == ("output `x` has b beyond the truth", "output `y` is not in the graph")
