"""A model that runs much by itself is shown by the functions that this is written in."""

from __future__ import annotations

from dataclasses import replace

import pytest

from graphviz_torch.ir.checker import check
from graphviz_torch.ir.graph import Failure, Graph, SourceLocation
from graphviz_torch.layout.compose import scene
from graphviz_torch.passes.fold import fold
from graphviz_torch.passes.functions import by_function
from graphviz_torch.passes.options import ViewOptions
from graphviz_torch.passes.view import view
from tests.support import laws
from tests.support.graphs import Net

FUNCTIONS = ("Net.forward", "Net.decode", "Net.decode.<locals>.<listcomp>", "clip", "Net.decode", "Net.forward")


def written(functions: tuple[str, ...], each: int = 3, layer_after: int = -1) -> Graph:
    """A chain of operations, `each` in every function; a layer runs after one of them."""
    net = Net()
    x = net.input("x", 4, 8)
    root = net.enter("", None, x)
    places = []
    for number, function in enumerate(functions):
        for _ in range(each):
            x = net.op(f"op{len(places)}", root, x)
            places.append(function)
        if number == layer_after:
            x = net.linear("fc", root, x, 8, 8)
    graph = net.finish(_=x)
    found = iter(places)
    nodes = [
        replace(node, source=SourceLocation("net.py", 1, function=next(found))) if node.name[:2] == "op" else node
        for node in graph.nodes
    ]
    return replace(graph, nodes=tuple(nodes))


def groups(graph: Graph) -> list[tuple[str, int]]:
    """Name and size of the regions, in order."""
    names = {call.id: call.name for call in graph.calls}
    inside = [node.module_call for node in graph.nodes if names.get(node.module_call or "", "").endswith("()")]
    return [(names[call], inside.count(call)) for call in dict.fromkeys(inside) if call is not None]


def test_groups_are_what_ran_together_in_one_function() -> None:
    """A comprehension belongs to its function, and what is written in `forward` is in no group."""
    graph = by_function(written(FUNCTIONS))
    check(graph)
    assert groups(graph) == [("Net.decode()", 6), ("clip()", 3), ("Net.decode()", 3)]


def test_a_layer_cuts_a_group() -> None:
    graph = by_function(written(("Net.forward", "Net.decode", "Net.decode", "Net.forward"), layer_after=1))
    assert groups(graph) == [("Net.decode()", 3), ("Net.decode()", 3)]


def test_a_model_that_is_one_function_is_left_as_it_is() -> None:
    graph = written(("Net._forward",))
    assert by_function(graph) == graph


def test_the_failing_operation_is_in_no_group() -> None:
    graph = written(FUNCTIONS)
    failed = next(node.id for node in graph.nodes if node.name == "op5")
    graph = by_function(replace(graph, failure=Failure(failed, None, "ValueError", "no")))
    assert groups(graph) == [("Net.decode()", 2), ("Net.decode()", 3), ("clip()", 3), ("Net.decode()", 3)]


@pytest.mark.parametrize("depth", [1, "all"])
def test_whoever_asks_for_a_depth_gets_it(depth: int | str) -> None:
    assert view(written(FUNCTIONS, 20), ViewOptions(depth=depth)).calls == written(FUNCTIONS, 20).calls


def test_auto_closes_the_functions_of_what_is_too_large_and_of_nothing_else() -> None:
    large, small = written(FUNCTIONS, 20), written(FUNCTIONS, 4)
    assert view(small, ViewOptions()).nodes == small.nodes
    shown = view(large, ViewOptions())
    check(shown)
    closed = [node for node in shown.nodes if node.kind == "module"]
    assert [node.name for node in closed] == ["Net.decode()", "clip()", "Net.decode()"]
    assert len([node for node in shown.nodes if node.kind == "call"]) == 40
    assert view(shown, ViewOptions()) == shown
    picture = scene(shown)
    laws.check(picture)
    titles = [[text.text for text in card.texts] for card in picture.cards]
    assert ["Net.decode()", "40 operations"] in titles
    assert ["clip()", "20 operations"] in titles


def test_repeats_of_functions_are_no_runs_of_the_same_weights() -> None:
    graph = written(("Net.forward", *("Net.decode", "clip") * 4, "Net.forward"), 2)
    names = {f"op{number}": f"op{number % 4}" for number in range(2, 18)}
    nodes = [
        replace(node, name=names[node.name], op=f"torch.{names[node.name]}") if node.name in names else node
        for node in graph.nodes
    ]
    folded = fold(by_function(replace(graph, nodes=tuple(nodes))))
    assert [(mark.payload["count"], mark.payload["kind"]) for mark in folded.annotations] == [(4, "distinct")]
