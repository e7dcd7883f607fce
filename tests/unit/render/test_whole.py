"""Formats that are the graph itself: JSON keeps all of it, text shows the view."""

from __future__ import annotations

from graphviz_torch import api
from graphviz_torch.ir import serial
from graphviz_torch.passes.options import ViewOptions
from tests.support.graphs import tower


def test_json_is_the_whole_graph_whatever_the_view() -> None:
    graph = tower(6)
    assert serial.loads(api.render(graph, "json", ViewOptions(depth=0))) == graph


def test_text_is_what_is_shown() -> None:
    text = api.render(tower(6), "txt", ViewOptions(depth=1)).decode()
    assert "  blocks.0#0 -> blocks.0#0:add.0: float32[4,8] = module model.Block(stem#0:linear.0)" in text.splitlines()


def test_saved_and_loaded(tmp_path) -> None:
    api.save(tower(2), tmp_path / "graph.json")
    assert api.load(tmp_path / "graph.json") == tower(2)
