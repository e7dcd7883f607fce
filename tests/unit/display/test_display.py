"""What a graph, a comparison and a report show of themselves, in notebooks and elsewhere."""

from __future__ import annotations

import pickle
import subprocess
import sys
import xml.etree.ElementTree as ET
from dataclasses import FrozenInstanceError, fields, replace
from pathlib import Path

import pytest
import torch
from torch import nn

import graphviz_torch as viz
from graphviz_torch.display.look import Look
from graphviz_torch.display.pictures import MOST_BYTES
from graphviz_torch.errors import RenderError
from graphviz_torch.passes.options import ViewOptions
from graphviz_torch.render.options import RenderOptions


class Long(nn.Module):
    """Many operations, no two of one shape, and no module that could be closed."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for _ in range(7000):
            x = x[1:]
        return x


class Faulty(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Linear(8, 4)
        self.second = nn.Linear(8, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.second(self.first(x))


def perceptron(hidden: int = 4) -> nn.Module:
    return nn.Sequential(nn.Linear(8, hidden), nn.ReLU(), nn.Linear(hidden, 2))


@pytest.fixture(scope="module")
def graph() -> viz.ModelGraph:
    return viz.trace(perceptron(), torch.zeros(3, 8))


def test_a_graph_is_a_picture_and_a_tree(graph: viz.ModelGraph) -> None:
    shown = graph._repr_mimebundle_()
    assert list(shown) == ["image/svg+xml", "text/plain"]
    assert ET.fromstring(shown["image/svg+xml"]).tag.endswith("svg")
    assert shown["text/plain"] == str(graph)
    assert str(graph).startswith("Sequential            3×2  46\n├─ 0 · Linear  8 → 4  3×4  36\n")
    assert repr(graph) == "<graph of Sequential: 3 operations, 4 modules, 46 parameters>"


def test_a_graph_that_shows_itself_is_frozen_data_as_any_other(graph: viz.ModelGraph) -> None:
    assert pickle.loads(pickle.dumps(graph)) == graph
    assert isinstance(replace(graph, name="Other"), viz.ModelGraph)
    with pytest.raises(FrozenInstanceError):
        graph.name = "Other"  # type: ignore[misc]


def test_a_tensor_alone_is_the_only_argument(graph: viz.ModelGraph) -> None:
    assert graph == viz.trace(perceptron(), (torch.zeros(3, 8),))
    assert not viz.check(perceptron(), torch.zeros(3, 8)).worst("error")


def test_pictures_in_text(graph: viz.ModelGraph) -> None:
    assert graph.svg() == viz.render(graph, "svg").decode()
    assert graph.svg(theme="dark", direction="LR") != graph.svg()
    assert graph.to_dot().startswith("digraph")
    assert graph.picture(depth=0).svg != graph.picture().svg


def test_an_unknown_option_names_the_nearest(graph: viz.ModelGraph) -> None:
    with pytest.raises(RenderError, match="no option `detph`") as caught:
        graph.svg(detph=1)  # type: ignore[call-arg]
    assert caught.value.hint == "did you mean `depth`?"


def test_the_keywords_are_all_options_there_are() -> None:
    options = {field.name for kind in (ViewOptions, RenderOptions) for field in fields(kind)}
    assert set(Look.__annotations__) == options


def test_a_file_is_of_the_format_that_its_name_ends_in(graph: viz.ModelGraph, tmp_path: Path) -> None:
    for name, start in (("a.svg", b"<svg"), ("a.png", b"\x89PNG"), ("a.dot", b"digraph"), ("a.JSON", b"{")):
        graph.save(tmp_path / name)
        assert (tmp_path / name).read_bytes().startswith(start)
    assert viz.load(tmp_path / "a.JSON") == graph
    for name in ("a", "a.xyz"):
        with pytest.raises(RenderError):
            graph.save(tmp_path / name)
        assert not (tmp_path / name).exists()


def test_a_large_graph_is_shown_closed_and_a_word_says_where_more_was_asked_for() -> None:
    graph = viz.trace(Long(), torch.zeros(7001))
    shown = graph._repr_mimebundle_()
    assert len(shown["image/svg+xml"]) < MOST_BYTES
    assert "7,000 operations in all; modules are closed so that the picture fits" in shown["image/svg+xml"]
    opened = graph.picture(depth="all")._repr_mimebundle_()
    assert list(opened) == ["text/plain"]
    assert "graph.save('model.svg', depth='all') writes it to a file" in opened["text/plain"]


def test_a_comparison_is_words_and_a_picture(graph: viz.ModelGraph, tmp_path: Path) -> None:
    found = graph.diff(viz.trace(perceptron(hidden=5), torch.zeros(3, 8)))
    shown = found._repr_mimebundle_()
    assert shown["text/plain"] == found.text() == str(found)
    assert shown["text/html"].startswith("<pre style=")
    assert ">before → after\n" in shown["text/html"]
    assert "data:image/svg+xml," in shown["text/html"]
    assert repr(found) == "<comparison of before and after: 1 change, 3 consequences>"
    assert found.to_dict()["equal"] is False
    found.save(tmp_path / "diff.svg", theme="light")
    assert (tmp_path / "diff.svg").read_text(encoding="utf-8") == found.svg(theme="light")


def test_equal_graphs_have_no_picture_of_what_changed(graph: viz.ModelGraph) -> None:
    shown = graph.diff(graph)._repr_mimebundle_()
    assert "<img" not in shown["text/html"]


def test_a_report_is_words_with_the_findings_pinned_to_a_picture(tmp_path: Path) -> None:
    report = viz.check(Faulty(), torch.zeros(3, 8))
    shown = report._repr_mimebundle_()
    assert shown["text/plain"] == report.text() == str(report)
    assert "`second` expects 8 features but receives 4" in shown["text/html"]
    assert "data:image/svg+xml," in shown["text/html"]
    assert report._repr_html_() == shown["text/html"]
    report.save(tmp_path / "report.svg")
    assert b"S001" in (tmp_path / "report.svg").read_bytes()


def test_what_ran_before_the_model_raised_shows_itself_and_can_be_checked() -> None:
    with pytest.raises(viz.TraceError) as caught:
        viz.trace(Faulty(), torch.zeros(3, 8))
    graph = caught.value.graph
    assert isinstance(graph, viz.ModelGraph)
    assert repr(graph).endswith("raised RuntimeError>")
    assert isinstance(caught.value.__cause__, RuntimeError)
    told = caught.value._render_traceback_()  # type: ignore[attr-defined]
    assert told[0] == "RuntimeError in the model: mat1 and mat2 shapes cannot be multiplied (3x4 and 8x2)"
    assert "  why: second (Linear 8 → 2) needs 3×8, got 3×4" in told
    assert not [line for line in told if "graphviz_torch" in line]
    assert [finding.code for finding in graph.check()] == ["S001"]


SAVED = """
import sys
import graphviz_torch as viz
graph = viz.load(sys.argv[1])
graph._repr_mimebundle_(), graph.diff(graph)._repr_mimebundle_(), graph.check()._repr_html_()
print(str(graph))
assert "torch" not in sys.modules and "IPython" not in sys.modules
"""


def test_a_saved_graph_shows_itself_without_torch(graph: viz.ModelGraph, tmp_path: Path) -> None:
    graph.save(tmp_path / "graph.json")
    done = subprocess.run(
        [sys.executable, "-c", SAVED, str(tmp_path / "graph.json")], capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == (f"{graph}\n", "")
