"""DOT: exact text, and what real Graphviz makes of it for any name."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from html import unescape

import pytest

from graphviz_torch import api
from graphviz_torch.errors import EngineWarning
from graphviz_torch.ir.graph import Annotation, Diagnostic, Failure, Graph
from graphviz_torch.passes.options import ViewOptions
from graphviz_torch.render import dot, engine_dot
from graphviz_torch.render.elide import one_line
from graphviz_torch.render.options import RenderOptions
from tests.support.graphs import Net, mlp, tower
from tests.support.pictures import broken, siamese

needs_dot = pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed")

STRANGE = (
    'with "quotes"', "two\nlines", "a -> b", "<b>bold</b>", "<>", "{a|b}", "back\\slash\\N\\n", "\\", "😀 名前",
    "&amp; &lt; &", "nul\x00 bell\x07", "right\u202eto left", "\ud800 half", "", " ", "]; }",
    "x" * 20_000, "/* c */ // #", "$x$ %s {}",
)  # fmt: skip


def strange(name: str) -> Graph:
    """A graph with one name in every place."""
    net = Net(name)
    x = net.input(name, 4, 8)
    root = net.enter("", None, x)
    call = net.enter(name, root, x, type=f"pkg.{name}")
    x = net.op(name, call, x, note=name)
    x = net.op(name, call, x, net.parameter(name, 8))
    net.leave(call, x)
    net.leave(root, x)
    return net.finish(**{name or "_": x})


def svg(source: bytes) -> str:
    done = subprocess.run(["dot", "-Tsvg"], input=source, capture_output=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    assert b"syntax" not in done.stderr
    return done.stdout.decode()


def test_golden(golden) -> None:
    golden("dot/mlp.dot", api.render(mlp(), "dot").decode())
    golden("dot/tower.dot", api.render(tower(6, mask=True), "dot").decode())
    options = RenderOptions(theme="dark", direction="LR")
    golden("dot/tower-dark.dot", api.render(tower(2), "dot", ViewOptions(depth=1), options).decode())


def test_a_failure_is_explained_also_where_no_operation_failed() -> None:
    text = api.render(broken(), "dot").decode()
    assert '\twhy [label="needs 4×32, got 4×16\\lmodel.py:17 in MLP.forward\\l' in text
    assert "\tn3 -> why [arrowhead=none" in text
    between = api.render(replace(mlp(), failure=Failure(None, "#0", "ValueError", "no more")), "dot").decode()
    assert 'why [label="ValueError: no more\\l"' in between
    assert "-> why" not in between


def test_the_failing_operation_is_marked() -> None:
    graph = replace(mlp(), failure=Failure("#0:relu.0", "#0", "RuntimeError", "no"))
    source = api.render(graph, "dot").decode()
    (line,) = [line for line in source.splitlines() if "penwidth=2" in line]
    assert "label=relu" in line


@needs_dot
@pytest.mark.parametrize("name", STRANGE, ids=range(len(STRANGE)))
def test_any_name_is_drawn_as_it_is(name: str) -> None:
    source = dot.render(strange(name), RenderOptions())
    drawn = svg(source)
    texts = [unescape(text) for text in re.findall(r"<text [^>]*>([^<]*)</text>", drawn)]
    shown = one_line(name, 60).strip()
    assert any(shown in text.replace("\xa0", " ") for text in texts)
    assert drawn.count('<g id="node') == 5
    assert drawn.count('<g id="edge') == 4
    assert drawn.count('<g id="clust') == 1


def test_no_quoted_text_nears_the_limit_of_graphviz() -> None:
    source = dot.render(strange("\\" * 20_000 + "&" * 20_000), RenderOptions()).decode()
    assert max(map(len, source.splitlines())) < 8_000


@needs_dot
@pytest.mark.parametrize(("format", "magic"), [("svg", b"<?xml"), ("png", b"\x89PNG"), ("pdf", b"%PDF")])
def test_the_dot_engine_draws(format: str, magic: bytes) -> None:
    picture = api.render(mlp(), format, options=RenderOptions(engine="dot"))
    assert picture.startswith(magic)


def test_without_the_program_there_is_one_line_and_no_picture(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.warns(EngineWarning, match="not on the PATH") as warned:
        assert engine_dot.draw(mlp(), RenderOptions(), "svg") is None
    assert len(warned) == 1
    assert "\n" not in str(warned[0].message)


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("#!/bin/sh\nexec /bin/sleep 5\n", "took longer than 0.2 s"),
        ("#!/bin/sh\necho 'Error: no plugins' >&2\nexit 1\n", "failed: Error: no plugins"),
        ("#!/bin/sh\nexit 3\n", "exit status 3"),
        ("no program at all", "cannot be run"),
    ],
)
def test_a_program_that_does_not_serve(tmp_path, monkeypatch, script: str, said: str) -> None:
    program = tmp_path / "dot"
    program.write_text(script)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.warns(EngineWarning, match=said):
        assert engine_dot.draw(mlp(), RenderOptions(), "svg", seconds=0.2) is None


def test_the_native_engine_steps_in(tmp_path, monkeypatch) -> None:
    native = api.render(mlp(), "svg")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.warns(EngineWarning, match="native engine"):
        assert api.render(mlp(), "svg", options=RenderOptions(engine="dot")) == native


def test_outputs_of_one_value_are_one() -> None:
    net = Net()
    x = net.op("f", None, net.input("x", 4, 8))
    source = dot.render(net.finish(first=x, second=x, third=x), RenderOptions()).decode()
    assert 'label="first and 2 more' in source
    assert source.count("->") == 2


def test_runs_with_the_same_weights_are_counted() -> None:
    source = api.render(siamese(), "dot", ViewOptions(depth=1)).decode()
    assert re.findall(r"(↻ \d/\d)\\n", source) == ["↻ 1/2", "↻ 2/2"]


@pytest.mark.parametrize("format", ["dot", "mmd"])
def test_what_a_hook_did_and_where_data_leaves_is_written_on_the_node(format: str) -> None:
    graph = mlp()
    first, second = [node.id for node in graph.nodes if node.kind == "call"][:2]
    graph = replace(
        graph,
        annotations=(Annotation(first, "hook", {}),),
        diagnostics=(Diagnostic("item", "info", second, "`.item()` took a value out"),),
    )
    source = api.render(graph, format, ViewOptions(depth="all", fold=False, prune=False)).decode()
    assert "(hook)" in source
    assert "data leaves the graph: item" in source
