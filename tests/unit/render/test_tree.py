"""The tree for the terminal, and the totals."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from graphviz_torch import api
from graphviz_torch.ir.graph import Diagnostic, Failure, Graph, Module, Tensor
from graphviz_torch.passes.options import ViewOptions
from graphviz_torch.render.tree import render_tree
from tests.support.graphs import Net, chain, meta, mlp, tower
from tests.support.pictures import siamese


def failing() -> Graph:
    net = Net("MLP")
    x = net.input("x", 4, 32)
    root = net.enter("", None, x)
    hidden = net.linear("layer1", root, x, 16, 32)
    net.module("layer2", "torch.nn.modules.linear.Linear", "in_features=32, out_features=8", {"weight": (8, 32)})
    call = net.enter("layer2", root, hidden)
    node = net.builder.operation("linear", "torch.nn.functional.linear", operands=(hidden,), call=call)
    net.modules.append(Module("layer3", "torch.nn.modules.linear.Linear", "in_features=8, out_features=2"))
    net.builder.fail(
        Failure(node.id, call, "RuntimeError", "mat1 and mat2\nshapes", reason="16 is not 32", hint="in=16")
    )
    return net.finish()


def test_golden(golden) -> None:
    golden("tree/mlp.txt", api.show(mlp()))
    golden("tree/mlp-operations.txt", api.show(mlp(), operations=True))
    golden("tree/tower.txt", api.show(tower(6, mask=True)))
    golden("tree/failing.txt", api.show(failing()))
    noted = replace(mlp(), diagnostics=(Diagnostic("item", "warning", "#0:relu.0", "`.item()` took a value out"),))
    golden("tree/noted.txt", api.show(noted, width=50))


@pytest.mark.parametrize("width", [1, 40, 60, 100, 200])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    net = Net("N" * 300)
    x = net.input("input" * 50, 4, 8)
    root = net.enter("", None, x)
    path = "deep"
    call = root
    for _ in range(12):
        call = net.enter(path, call, x)
        x = net.linear(f"{path}.layer", call, x, 8, 8)
        x = net.linear(f"{path}.other", call, x, 9, 8)
        path += ".deep"
    text = api.show(net.finish(**{"o" * 500: x}), width=width)
    assert max(map(len, text.splitlines())) <= max(width, 40)


def test_colour_changes_nothing_but_colour() -> None:
    plain, coloured = api.show(failing(), operations=True), api.show(failing(), color=True, operations=True)
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == plain
    assert "\x1b[1;31mlayer2" in coloured


def test_depth_and_focus_are_obeyed() -> None:
    assert "up · Linear" not in api.show(tower(6), ViewOptions(depth=1))
    shown = api.show(tower(6), ViewOptions(focus="blocks.1"))
    assert "├─ up · Linear    8 → 8  4×8   72" in shown.splitlines()
    assert "stem" not in api.show(tower(6), ViewOptions(focus="blocks.1")).split("\n\n")[0]


def test_long_chains_need_no_recursion() -> None:
    net = Net()
    x = net.input("x", 4, 8)
    call = net.enter("", None, x)
    path = "m"
    for _ in range(1500):
        call = net.enter(path, call, x)
        path += ".m"
    x = net.op("relu", call, x)
    assert len(render_tree(net.finish(_=x)).splitlines()) > 1500
    assert render_tree(chain(20_000), operations=True).count("\n") > 20_000


def test_totals_count_shared_weights_once() -> None:
    graph = mlp()
    twin = Module("fc3", "torch.nn.Linear", parameters=(Tensor("weight", meta(16, 32), "fc1.weight"),),
                  buffers=(Tensor("b", meta(3)),))  # fmt: skip
    totals = api.summary(replace(graph, modules=(*graph.modules, twin)))
    assert totals["parameters"] == totals["trainable"] == 16 * 32 + 16 + 4 * 16 + 4
    assert totals["parameter_bytes"] == totals["parameters"] * 4
    assert (totals["buffers"], totals["buffer_bytes"]) == (3, 12)
    assert (totals["operations"], totals["module_calls"]) == (3, 3)
    assert totals["inputs"] == [{"name": "x", "shape": [4, 32], "dtype": "float32", "device": "cpu"}]
    assert totals["uncalled"] == ["fc3"]
    json.dumps(totals)


def test_totals_of_a_failed_run() -> None:
    totals = api.summary(failing())
    assert totals["failure"]["node"] == "layer2#0:linear.0"
    assert totals["uncalled"] == ["layer3"]


def test_totals_are_of_the_whole_graph() -> None:
    text = api.show(tower(6), ViewOptions(focus="blocks.1"))
    assert "26 operations in 27 module calls" in text


def test_what_never_ran_is_named_shortly() -> None:
    graph = mlp()
    idle = [Module(f"layers.{number}.dropout", "torch.nn.Dropout") for number in range(12)]
    text = api.show(replace(graph, modules=(*graph.modules, *idle, Module("aux", "model.Aux"))))
    assert "never called  layers.{0-11}.dropout, aux" in text.splitlines()


@pytest.mark.parametrize("depth", ["all", 1])
def test_runs_of_one_module_are_counted_and_what_is_inside_them_is_not(depth: int | str) -> None:
    text = api.show(siamese(), ViewOptions(depth=depth))
    assert re.findall(r"(\S+) · \S+ (↻ \S+)", text) == [("encoder", "↻ 1/2"), ("encoder", "↻ 2/2")]


@pytest.mark.parametrize("operations", [False, True])
def test_a_layer_of_the_users_own_type_names_its_only_operation(operations: bool) -> None:
    net = Net()
    x = net.input("x", 4, 8)
    root = net.enter("", None, x)
    y = net.op("relu", net.enter("act", root, x, type="model.One"), x)
    net.leave(net.entered[-1], y)
    text = api.show(net.finish(_=net.op("tanh", root, y)), operations=operations)
    assert re.search(r"act · One +relu +4×8", text)


def test_rows_are_in_order_of_time_where_calls_are_not() -> None:
    """Passes put the regions that they make behind all calls."""
    net = Net()
    x = net.input("x", 4, 8)
    root = net.enter("", None, x)
    y = net.linear("second", root, net.linear("first", root, x, 8, 8), 8, 8)
    graph = net.finish(_=y)
    call, first, second = graph.calls
    text = api.show(replace(graph, calls=(call, second, first)))
    assert re.findall(r"(\w+) · Linear", text) == ["first", "second"]
