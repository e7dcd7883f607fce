"""Collapse and auto depth: what is closed is one node, and says what is in it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from graphviz_torch.ir.checker import check
from graphviz_torch.ir.graph import Annotation, Diagnostic, Failure, Graph
from graphviz_torch.ir.walks import GraphIndex
from graphviz_torch.passes.auto_depth import auto_depth
from graphviz_torch.passes.collapse import collapse
from graphviz_torch.passes.fold import fold
from graphviz_torch.passes.prune import prune
from tests.support.graphs import Net, block, mlp, tower


def drawn(graph: Graph) -> list[str]:
    return [node.id for node in graph.nodes]


def links(graph: Graph) -> list[tuple[str, str]]:
    return [(producer, consumer) for producer, consumer, _ in GraphIndex(graph).edges()]


def collapsed(graph: Graph, depth: int | None) -> Graph:
    shown = collapse(graph, depth)
    check(shown)
    assert collapse(shown, depth) == shown
    return shown


def test_depth_counts_the_open_levels() -> None:
    graph = tower(2)
    assert drawn(collapsed(graph, 0)) == ["in:x", "#0", "out:logits"]
    assert drawn(collapsed(graph, 1)) == ["in:x", "stem#0", "blocks.0#0", "blocks.1#0", "head#0", "out:logits"]
    inner = ["blocks.0.up#0", "blocks.0.act#0", "blocks.0.down#0", "blocks.0#0:add.0"]
    assert drawn(collapsed(graph, 2))[2:6] == inner
    assert collapsed(graph, 99) == collapsed(graph, 2) == collapsed(graph, None)


def test_skip_connections_are_lifted() -> None:
    shown = collapsed(tower(2, mask=True), 1)
    assert links(shown) == [
        ("in:x", "stem#0"),
        ("stem#0", "blocks.0#0"),
        ("in:mask", "blocks.0#0"),
        ("blocks.0#0", "blocks.1#0"),
        ("in:mask", "blocks.1#0"),
        ("blocks.1#0", "head#0"),
        ("head#0", "out:logits"),
    ]


def test_a_closed_call_says_what_is_in_it() -> None:
    shown = collapsed(tower(2), 1)
    marks = GraphIndex(shown).annotations
    assert marks["blocks.0#0"] == {"inside": {"operations": 4}, "parameters": 144}
    node = GraphIndex(shown).nodes["blocks.0#0"]
    assert (node.kind, node.name, node.op) == ("module", "blocks.0", "model.Block")
    assert node.results == ("blocks.0#0:add.0",)


def test_repeats_inside_are_counted() -> None:
    shown = collapsed(fold(prune(tower(10))), 0)
    assert GraphIndex(shown).annotations["#0"]["inside"] == {"operations": 42}
    assert not any(mark.key == "fold" for mark in shown.annotations)


def test_a_layer_of_one_operation_is_one_node_with_its_arguments() -> None:
    shown = collapsed(prune(mlp()), None)
    fc1 = GraphIndex(shown).nodes["fc1#0"]
    assert fc1.kind == "module"
    assert fc1.source is not None
    assert dict(fc1.attributes)["1"] == next(
        literal
        for node in prune(mlp()).nodes
        if node.id == "fc1#0:linear.0"
        for name, literal in node.attributes
        if name == "1"
    )


def test_wrappers_around_one_node_are_that_node() -> None:
    net = Net()
    x = net.input("x", 4, 8)
    root = net.enter("", None, x)
    x = net.op("relu", root, x)
    outer = net.enter("a", root, x, type="model.Wrapper")
    middle = net.enter("a.b", outer, x, type="model.Wrapper")
    x = net.linear("a.b.c", middle, x, 8, 8)
    net.leave(middle, x)
    net.leave(outer, x)
    net.leave(root, x)
    graph = net.finish(_=x)
    shown = collapsed(graph, None)
    assert drawn(shown) == ["in:x", "#0:relu.0", "a.b.c#0", "out:"]
    assert [call.id for call in shown.calls] == ["#0"]
    assert drawn(collapsed(graph, 1)) == ["in:x", "#0:relu.0", "a#0", "out:"]


def test_a_wrapper_with_a_mark_of_its_own_keeps_it() -> None:
    net = Net()
    x = net.input("x", 4, 8)
    root = net.enter("", None, x)
    x = net.op("relu", root, x)
    for _ in range(3):
        outer = net.enter("a", root, x, type="model.Wrapper")
        x = net.linear("a.fc", outer, x, 8, 8)
        net.leave(outer, x)
    net.leave(root, x)
    shown = collapsed(fold(prune(net.finish(_=x))), None)
    assert drawn(shown) == ["in:x", "#0:relu.0", "a#0", "out:"]
    assert GraphIndex(shown).annotations["a#0"]["fold"]["count"] == 3


def test_calls_in_which_nothing_ran_are_not_drawn() -> None:
    net = Net()
    x = net.input("x", 4, 8)
    root = net.enter("", None, x)
    x = net.op("relu", root, net.op("sin", root, x))
    net.leave(net.enter("idle", root, x), x)
    net.leave(root, x)
    assert [call.id for call in collapsed(net.finish(_=x), None).calls] == ["#0"]


def test_marks_notes_and_the_failure_move_to_the_closed_call() -> None:
    failing = "blocks.1.down#0:linear.0"
    graph = replace(
        tower(2),
        annotations=(Annotation("blocks.1#0:add.0", "hook", {"module": "blocks.1"}),),
        diagnostics=(Diagnostic("item", "warning", "blocks.1.act#0:gelu.0", "left"),),
        failure=Failure(failing, "blocks.1.down#0", "RuntimeError", "no"),
    )
    shown = collapsed(graph, 1)
    assert GraphIndex(shown).annotations["blocks.1#0"]["hook"] == {"module": "blocks.1"}
    assert shown.diagnostics[0].target == "blocks.1#0"
    assert shown.failure is not None
    assert (shown.failure.node, shown.failure.module_call) == ("blocks.1#0", "#0")


def test_parameters_read_elsewhere_stay_operands() -> None:
    net = Net()
    x = net.input("x", 4, 8)
    root = net.enter("", None, x)
    x = block(net, "b", root, x)
    x = net.op("linear", root, x, net.parameter("b.up.weight", 8, 8))
    net.leave(root, x)
    shown = collapsed(net.finish(_=x), 1)
    assert ("param:b.up.weight", "b#0") in links(shown)
    assert ("param:b.up.weight", "#0:linear.0") in links(shown)
    assert "param:b.down.weight" not in drawn(shown)


def test_interleaved_calls_stay_open() -> None:
    net = Net()
    x = net.input("x", 4, 8)
    root = net.enter("", None, x)
    a, b = net.enter("a", root, x), net.enter("b", root, x)
    for number in range(4):
        x = net.op("add", (a, b)[number % 2], x, k=number)
    net.leave(root, x)
    shown = collapsed(net.finish(_=x), 1)
    assert drawn(shown) == ["in:x", "a#0:add.0", "b#0:add.0", "a#0:add.1", "b#0:add.1", "out:"]


@pytest.mark.parametrize("budget", [1, 5, 10, 20, 60, 500])
def test_auto_depth_keeps_about_the_budget(budget: int) -> None:
    graph = prune(tower(8, mask=True))
    shown = auto_depth(graph, budget)
    check(shown)
    assert auto_depth(shown, budget) == shown
    operations = [node for node in shown.nodes if node.kind in ("call", "module")]
    assert len(operations) <= max(1.25 * budget, 10)  # the root is always open


def test_auto_depth_opens_equal_modules_alike() -> None:
    shown = auto_depth(prune(tower(8)), 20)
    opened = [call.id for call in shown.calls if call.id.startswith("blocks.")]
    assert opened == []
    shown = auto_depth(prune(tower(8)), 40)
    assert len([call for call in shown.calls if call.path.startswith("blocks.")]) == 8


def test_auto_depth_opens_the_way_to_the_failure() -> None:
    failing = "blocks.3.down#0:linear.0"
    graph = replace(prune(tower(8)), failure=Failure(failing, "blocks.3.down#0", "RuntimeError", "no"))
    shown = auto_depth(graph, 4)
    check(shown)
    assert [call.id for call in shown.calls] == ["#0", "blocks.3#0"]
    assert shown.failure is not None
    assert shown.failure.node == "blocks.3.down#0"


def test_auto_depth_opens_repeats_where_all_do_not_fit() -> None:
    net = Net()
    x = net.input("x", 4, 8)
    root = net.enter("", None, x)
    for stage in range(4):
        x = net.op(f"resize{stage}", root, x)
        for number in range(2 * stage):
            x = block(net, f"{stage}.{number}", root, x)
    net.leave(root, x)
    shown = auto_depth(fold(prune(net.finish(_=x))), 10)
    assert {call.path for call in shown.calls if "." not in call.path} == {""}
    x = block(net, "tail", root, net.op("last", root, x))
    mixed = auto_depth(fold(prune(net.finish(_=x))), 15)
    assert [call.id for call in mixed.calls] == ["#0", "1.0#0", "2.0#0", "3.0#0"]


def test_auto_depth_opens_a_norm_at_the_end_no_sooner_than_those_in_the_blocks() -> None:
    net = Net()
    x = net.input("x", 4, 8)
    root = net.enter("", None, x)
    for path in ("blocks.0.norm", "blocks.1.norm", "norm"):
        around = net.enter(path.removesuffix(".norm"), root, x) if "." in path else root
        x = net.op("relu", around, x)
        inner = net.enter(path, around, x, type="model.Norm")
        for name in ("pow", "mean", "rsqrt", "mul"):
            x = net.op(name, inner, x)
    net.leave(root, x)
    graph = net.finish(_=x)
    assert [call.path for call in auto_depth(graph, 7).calls] == ["", "blocks.0", "blocks.1"]
    assert len(auto_depth(graph, 20).calls) == 6
