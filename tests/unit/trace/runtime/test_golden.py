"""The graph of every tricky model, as text that was read and found right."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from graphviz_torch import api
from graphviz_torch.ir.checker import check
from graphviz_torch.ir.graph import Graph
from graphviz_torch.trace.options import TraceOptions
from tests.models.catalogue import MODELS
from tests.support.readable import readable

torch.set_num_threads(1)
FOLDER = Path(__file__).parents[3] / "golden" / "trace"
# Its first run in a process makes a tensor that later runs find again.
UNSTABLE = {"nested"}
LEVELS = [("in_place_layers", "both"), ("column_write", "aten"), ("fused_layer", "aten"), ("custom", "both")]

Golden = Callable[[str, str], None]


def graph_of(name: str, **options: object) -> Graph:
    torch.manual_seed(0)
    random.seed(0)
    np.random.seed(0)
    model, args, kwargs = MODELS[name]()
    graph = api.trace(model, args, kwargs, TraceOptions(seed=0, **options))  # type: ignore[arg-type]
    check(graph)
    return graph


@pytest.mark.parametrize("name", [name for name in MODELS if name not in UNSTABLE])
def test_graph(name: str, golden: Golden) -> None:
    golden(f"trace/{name}.txt", readable(graph_of(name)))


@pytest.mark.parametrize(("name", "level"), LEVELS)
def test_graph_at_other_levels(name: str, level: str, golden: Golden) -> None:
    golden(f"trace/{name}.{level}.txt", readable(graph_of(name, level=level)))


@pytest.mark.parametrize("name", ["reuse", "custom", "parameter_branch"])
def test_backward_graph(name: str, golden: Golden) -> None:
    golden(f"trace/{name}.autograd.txt", readable(graph_of(name, tracer="autograd")))


@pytest.mark.parametrize("name", ["reuse", "parameter_branch"])
def test_static_graph(name: str, golden: Golden) -> None:
    golden(f"trace/{name}.fx.txt", readable(graph_of(name, tracer="fx")))


def test_no_golden_file_is_left_behind() -> None:
    levels = {f"{name}.{level}" for name, level in LEVELS}
    others = {f"{name}.autograd" for name in ("reuse", "custom", "parameter_branch")}
    others |= {f"{name}.fx" for name in ("reuse", "parameter_branch")}
    assert {path.stem for path in FOLDER.iterdir()} == {*MODELS} - UNSTABLE | levels | others
