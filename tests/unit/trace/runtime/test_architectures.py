"""Real architectures from the run to the picture: their graphs keep the rules, run again and are drawn soundly."""

from __future__ import annotations

import importlib.util
from functools import cache

import pytest
import torch

from graphviz_torch.ir.checker import check
from graphviz_torch.ir.graph import Graph
from graphviz_torch.layout.compose import scene
from graphviz_torch.passes.options import ViewOptions
from graphviz_torch.passes.view import view
from tests.models.architectures import ARCHITECTURES
from tests.models.control import Case
from tests.support import laws, taint
from tests.support.replay import Replay, trace_and_replay

torch.set_num_threads(1)


def case(name: str) -> Case:
    """The same model and inputs each time."""
    if name != "diffusion" and importlib.util.find_spec("transformers") is None:
        pytest.skip("transformers is not installed")
    torch.manual_seed(0)
    return ARCHITECTURES[name]()


@cache
def ran(name: str) -> tuple[Graph, Replay]:
    """One trace of a model, and its operations run again."""
    return trace_and_replay(*case(name))


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_the_graph_runs_again_bit_for_bit(name: str) -> None:
    graph, report = ran(name)
    check(graph)
    assert graph.failure is None
    assert report.same, report.cause
    assert report.opaque == 0


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_outputs_depend_on_what_the_graph_says(name: str) -> None:
    assert taint.differences(taint.claimed(ran(name)[0]), taint.real(*case(name))) == ()


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_the_picture_keeps_its_laws(name: str) -> None:
    graph = ran(name)[0]
    for options in (ViewOptions(), ViewOptions(depth="all", fold=False)):
        shown = view(graph, options)
        check(shown)
        laws.check(scene(shown))
