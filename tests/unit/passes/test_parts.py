"""Focus and between: a part of the graph, with its surroundings named."""

from __future__ import annotations

import pytest

from graphviz_torch.errors import ViewError
from graphviz_torch.ir.checker import check
from graphviz_torch.ir.graph import Graph, Module
from graphviz_torch.ir.walks import GraphIndex
from graphviz_torch.passes.between import between
from graphviz_torch.passes.focus import focus
from graphviz_torch.passes.options import ViewOptions
from graphviz_torch.passes.view import view
from tests.support.graphs import Net, block, tower


def ends(graph: Graph, kind: str) -> list[str]:
    return [node.name for node in graph.nodes if node.kind == kind]


def test_focus_shows_one_module_with_ports() -> None:
    graph = tower(4, mask=True)
    shown = focus(graph, "blocks.1")
    check(shown)
    assert focus(shown, "blocks.1") == shown
    assert ends(shown, "input") == ["mask", "blocks.0"]
    assert ends(shown, "output") == ["blocks.2.up"]
    assert [call.id for call in shown.calls] == ["blocks.1#0", "blocks.1.up#0", "blocks.1.act#0", "blocks.1.down#0"]
    assert shown.calls[0].parent is None


def test_focus_on_a_container_shows_what_is_in_it() -> None:
    shown = focus(tower(3), "blocks")
    check(shown)
    assert [call.id for call in shown.calls if call.parent is None] == ["blocks.0#0", "blocks.1#0", "blocks.2#0"]
    assert ends(shown, "input") == ["stem"]
    assert ends(shown, "output") == ["head"]


def test_focus_shows_every_call_or_the_one_that_is_named() -> None:
    net = Net()
    x, y = net.input("x", 4, 8), net.input("y", 4, 8)
    root = net.enter("", None, x, y)
    sides = [block(net, "tower", root, side) for side in (x, y)]
    result = net.op("sub", root, *sides)
    net.leave(root, result)
    graph = net.finish(_=result)
    assert [call.id for call in focus(graph, "tower").calls if call.parent is None] == ["tower#0", "tower#1"]
    shown = focus(graph, "tower#1")
    check(shown)
    assert ends(shown, "input") == ["y"]
    assert ends(shown, "output") == ["sub"]


def test_focus_on_the_root_is_the_graph() -> None:
    graph = tower(2)
    assert focus(graph, "") == graph


def test_an_unknown_path_lists_the_nearest() -> None:
    with pytest.raises(ViewError, match=r"has no module named `block\.1`") as error:
        focus(tower(3), "block.1")
    assert "blocks.1" in error.value.details[0]
    with pytest.raises(ViewError) as error:
        focus(tower(3), "x" * 20_000)
    assert len(error.value.message) < 200


def test_a_module_that_never_ran_says_so() -> None:
    net = Net()
    x = net.input("x", 4, 8)
    root = net.enter("", None, x)
    x = net.op("relu", root, x)
    net.modules.append(Module("idle", "model.Idle"))
    with pytest.raises(ViewError, match="never called"):
        focus(net.finish(_=x), "idle")


def test_between_keeps_only_the_paths() -> None:
    graph = tower(4, mask=True)
    shown = between(graph, "blocks.1", "blocks.2")
    check(shown)
    assert between(shown, "blocks.1", "blocks.2") == shown
    assert {node.module_call.partition(".")[0] for node in shown.nodes if node.module_call} == {"blocks"}
    paths = {GraphIndex(shown).calls[node.module_call].path[:8] for node in shown.nodes}
    assert paths == {"blocks.1", "blocks.2"}


def test_between_from_an_input_and_to_an_output() -> None:
    graph = tower(3, mask=True)
    shown = between(graph, "mask", None)
    check(shown)
    assert "stem#0:linear.0" not in {node.id for node in shown.nodes}
    assert shown.inputs == ("in:mask",)
    assert between(graph, None, "logits").outputs == ("out:logits",)
    assert "head#0:linear.0" not in {node.id for node in between(graph, None, "blocks.0").nodes}


def test_between_takes_ids() -> None:
    shown = between(tower(3), "blocks.0#0:add.0", "blocks.1#0:add.0")
    assert shown.nodes[0].id == "blocks.0#0:add.0"
    assert shown.nodes[-1].id == "blocks.1#0:add.0"


def test_no_path_is_said() -> None:
    with pytest.raises(ViewError, match=r"no path leads from `blocks\.2` to `blocks\.1`"):
        between(tower(3), "blocks.2", "blocks.1")
    with pytest.raises(ViewError, match="no module or node named `nothing`"):
        between(tower(3), "nothing", None)


@pytest.mark.parametrize(
    "options",
    [
        ViewOptions(focus="blocks.1"),
        ViewOptions(focus="blocks", depth=1),
        ViewOptions(start="blocks.0", end="blocks.2"),
        ViewOptions(focus="blocks.1", start="mask", depth="all"),
        ViewOptions(start="stem", fold=False, prune=False),
    ],
)
def test_views_of_parts_are_sound(options: ViewOptions) -> None:
    shown = view(tower(4, mask=True), options)
    check(shown)
    assert shown.nodes


@pytest.mark.parametrize("depth", ["deep", "-1", "1.5", "²"])
def test_a_strange_depth_is_refused(depth: str) -> None:
    with pytest.raises(ViewError, match="a depth is"):
        view(tower(1), ViewOptions(depth=depth))
