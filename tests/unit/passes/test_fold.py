"""Fold: repeats are drawn once, and no link is lost."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from graphviz_torch.ir.checker import check
from graphviz_torch.ir.graph import Failure, Graph
from graphviz_torch.ir.literals import Literal, Slice, Symbol
from graphviz_torch.ir.walks import GraphIndex
from graphviz_torch.passes.fold import fold
from graphviz_torch.passes.prune import prune
from tests.support.graphs import Net, block, chain, tower


def folds(graph: Graph) -> dict[str, tuple[int, str]]:
    return {
        mark.target: (mark.payload["count"], mark.payload["kind"]) for mark in graph.annotations if mark.key == "fold"
    }


def folded(graph: Graph) -> Graph:
    shown = fold(graph)
    check(shown)
    assert fold(shown) == shown
    return shown


def picked(graph: Graph) -> Literal:
    """What the only index of a graph is."""
    (node,) = [node for node in graph.nodes if node.name == "getitem"]
    return dict(node.attributes)["key"]


def links(graph: Graph) -> set[tuple[str, str]]:
    return {(producer, consumer) for producer, consumer, _ in GraphIndex(graph).edges()}


def sequential(pairs: int, *, width: int = 8) -> Graph:
    net = Net("Seq")
    x = net.input("x", 4, 32)
    root = net.enter("", None, x)
    x = net.linear("0", root, x, width, 32)
    for number in range(pairs):
        x = net.layer(str(2 * number + 1), root, x, "ReLU", "relu")
        x = net.linear(str(2 * number + 2), root, x, 8, 8)
    net.leave(root, x)
    return net.finish(_=x)


@pytest.mark.parametrize("pruned", [True, False])
def test_equal_blocks_in_a_row_are_one(pruned: bool) -> None:
    graph = tower(6, mask=True)
    shown = folded(prune(graph) if pruned else graph)
    assert folds(shown) == {"blocks.0#0": (6, "distinct")}
    assert {("in:mask", "blocks.0#0:mul.0"), ("blocks.0#0:add.0", "head#0:linear.0")} <= links(shown)
    assert not any("blocks.1" in node.id for node in shown.nodes)


def test_paths_of_all_copies_are_kept() -> None:
    (mark,) = [mark for mark in fold(tower(3)).annotations if mark.key == "fold"]
    assert mark.payload["paths"] == ("blocks.0", "blocks.1", "blocks.2")


def test_a_period_of_two_gets_a_frame() -> None:
    shown = folded(prune(sequential(12)))
    assert folds(shown) == {"#0:repeat.0": (12, "distinct")}
    repeat = next(call for call in shown.calls if call.kind == "repeat")
    inside = [call.id for call in shown.calls if call.parent == repeat.id]
    assert inside == ["1#0", "2#0"]
    assert repeat.parent == "#0"
    assert shown.calls.index(repeat) < shown.calls.index(next(call for call in shown.calls if call.id == "1#0"))


def test_the_window_begins_with_the_layer_that_has_weights() -> None:
    net = Net("Seq")
    x = net.input("x", 4, 8)
    root = net.enter("", None, x)
    x = net.linear("first", root, x, 8, 4)
    x = net.layer("relu", root, x, "ReLU", "relu")
    for number in range(5):
        x = net.linear(f"{number}", root, x, 8, 8)
        x = net.layer(f"r{number}", root, x, "ReLU", "relu")
    net.leave(root, x)
    shown = folded(prune(net.finish(_=x)))
    assert [call.id for call in shown.calls if call.parent == "#0:repeat.0"] == ["0#0", "r0#0"]


def test_two_small_layers_stay_two() -> None:
    assert folds(folded(prune(sequential(2)))) == {}
    assert folds(folded(prune(tower(2)))) == {"blocks.0#0": (2, "distinct")}


def test_the_same_weights_many_times() -> None:
    net = Net()
    x = net.input("x", 4, 8)
    root = net.enter("", None, x)
    for _ in range(5):
        x = net.linear("cell", root, x, 8, 8)
    net.leave(root, x)
    assert folds(folded(prune(net.finish(_=x)))) == {"cell#0": (5, "shared")}


def test_other_shapes_are_other_blocks() -> None:
    net = Net()
    x = net.input("x", 4, 8)
    root = net.enter("", None, x)
    for number in range(6):
        x = net.linear(f"{number}", root, x, 8 + number, 8)
    net.leave(root, x)
    assert folds(folded(prune(net.finish(_=x)))) == {}


def test_plain_operations_from_three_on() -> None:
    net = Net()
    x = net.input("x", 4, 8)
    for _ in range(2):
        x = net.op("sin", None, x)
    assert folds(folded(net.finish(_=x))) == {}
    for _ in range(3):
        x = net.op("tanh", None, net.op("cos", None, x))
    shown = folded(net.finish(y=x))
    assert folds(shown) == {":repeat.0": (3, "distinct")}


def test_query_key_and_value_stay_apart_but_experts_fold() -> None:
    def side_by_side(count: int) -> Graph:
        net = Net()
        x = net.input("x", 4, 8)
        root = net.enter("", None, x)
        found = [net.linear(f"e{number}", root, x, 8, 8) for number in range(count)]
        result = net.op("stack", root, *found)
        net.leave(root, result)
        return folded(prune(net.finish(_=result)))

    assert folds(side_by_side(3)) == {}
    shown = side_by_side(8)
    assert folds(shown) == {"e0#0": (8, "distinct")}
    assert next(node for node in shown.nodes if node.name == "stack").operands == ("e0#0:linear.0",) * 8


def test_what_the_other_copies_read_becomes_an_extra_operand() -> None:
    net = Net()
    x, *sides = [net.input(name, 4, 8) for name in ("x", "a", "b", "c")]
    root = net.enter("", None, x)
    for number, side in enumerate(sides):
        x = block(net, f"blocks.{number}", root, x, side)
    net.leave(root, x)
    shown = folded(prune(net.finish(_=x)))
    assert folds(shown) == {"blocks.0#0": (3, "distinct")}
    multiply = next(node for node in shown.nodes if node.name == "mul")
    assert multiply.operands[1:] == ("in:a", "in:b", "in:c")


def test_what_is_read_of_any_copy_is_read_of_the_first() -> None:
    net = Net()
    x = net.input("x", 4, 8)
    root = net.enter("", None, x)
    states = []
    for number in range(4):
        x = block(net, f"blocks.{number}", root, x)
        states.append(x)
    net.leave(root, x)
    shown = folded(prune(net.finish(**{f"hidden{number}": state for number, state in enumerate(states)})))
    assert {node.operands for node in shown.nodes if node.kind == "output"} == {("blocks.0#0:add.0",)}
    assert len(shown.outputs) == 4


def test_another_wiring_is_no_repeat() -> None:
    """Blocks that all read the input instead of one another differ from those in a row."""
    net = Net()
    x = net.input("x", 4, 8)
    root = net.enter("", None, x)
    first = block(net, "b.0", root, x)
    second = block(net, "b.1", root, first)
    third = block(net, "b.2", root, first)
    result = net.op("cat", root, second, third)
    net.leave(root, result)
    shown = folded(prune(net.finish(_=result)))
    assert folds(shown) == {"b.0#0": (2, "distinct")}
    assert "b.2#0" in {call.id for call in shown.calls}


def test_repeats_of_repeats() -> None:
    net = Net()
    x = net.input("x", 4, 8)
    root = net.enter("", None, x)
    for stage in range(3):
        call = net.enter(f"stages.{stage}", root, x, type="model.Stage")
        for number in range(4):
            x = block(net, f"stages.{stage}.{number}", call, x)
        x = net.op("norm", call, x)
        net.leave(call, x)
    net.leave(root, x)
    shown = folded(prune(net.finish(_=x)))
    assert folds(shown) == {"stages.0#0": (3, "distinct"), "stages.0.0#0": (4, "distinct")}


def test_what_failed_is_unlike_all_else() -> None:
    graph = tower(6)
    failing = "blocks.3.down#0:linear.0"
    shown = folded(replace(graph, failure=Failure(failing, "blocks.3.down#0", "RuntimeError", "no")))
    assert folds(shown) == {"blocks.0#0": (3, "distinct"), "blocks.4#0": (2, "distinct")}
    assert failing in {node.id for node in shown.nodes}


def test_a_chain_without_repeats_is_untouched() -> None:
    graph = chain(300)
    assert fold(graph) is graph


def test_a_long_chain_of_one_operation() -> None:
    net = Net()
    x = net.input("x", 4, 8)
    for _ in range(2000):
        x = net.op("relu", None, x)
    shown = folded(net.finish(_=x))
    assert folds(shown) == {":relu.0": (2000, "distinct")}
    assert len(shown.nodes) == 3


def test_a_loop_that_counts_is_a_loop() -> None:
    net = Net()
    x, h = net.input("x", 10, 4, 8), net.input("h", 4, 8)
    root = net.enter("", None, x, h)
    for step in range(10):
        now = net.op("getitem", root, x, key=step)
        call = net.enter("cell", root, now, h)
        h = net.op("gru_cell", call, now, h)
        net.leave(call, h)
    net.leave(root, h)
    shown = folded(net.finish(_=h))
    assert folds(shown) == {"#0:repeat.0": (10, "shared")}
    assert len(shown.nodes) == 5
    assert picked(shown) == Symbol("ellipsis", "…")


def test_a_loop_over_the_batch_begins_where_its_body_does() -> None:
    net = Net()
    x = net.input("x", 6, 4, 8)
    rows = [net.op("relu", None, net.op("getitem", None, x, key=(Slice(row, row + 1, None), 3))) for row in range(6)]
    shown = folded(net.finish(_=net.op("cat", None, *rows)))
    assert folds(shown) == {":repeat.0": (6, "distinct")}
    assert [node.name for node in shown.nodes if node.kind == "call"] == ["getitem", "relu", "cat"]
    assert picked(shown) == (Slice(Symbol("ellipsis", "…"), Symbol("ellipsis", "…"), None), 3)


def test_parts_that_are_picked_side_by_side_stay_apart() -> None:
    net = Net()
    x = net.input("x", 4, 4, 8)
    gates = [net.op("getitem", None, x, key=gate) for gate in range(4)]
    assert folds(folded(net.finish(_=net.op("gate", None, *gates)))) == {}


def test_the_frame_has_an_id_of_its_own() -> None:
    net = Net()
    x = net.op("repeat", None, net.input("x", 4, 8))
    for _ in range(3):
        x = net.op("tanh", None, net.op("cos", None, x))
    assert folds(folded(net.finish(_=x))) == {":repeat.1": (3, "distinct")}


def test_a_long_row_that_is_linked_at_odds_takes_no_longer() -> None:
    net = Net()
    values = [net.input("x", 4, 8)]
    for number in range(6000):
        values.append(net.op("add", None, values[-1], values[(number * 7919) % len(values)]))
    graph = net.finish(_=values[-1])
    started = time.process_time()
    folded(graph)
    assert time.process_time() - started < 3.0
