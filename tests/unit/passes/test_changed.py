"""The pass that shows what has changed: what is open, what is closed, what is gathered."""

from __future__ import annotations

from dataclasses import replace

from graphviz_torch.ir.checker import check
from graphviz_torch.ir.graph import Annotation, Graph
from graphviz_torch.passes.changed import changed
from graphviz_torch.passes.collapse import collapse
from tests.support.graphs import Net, chain, tower


def _marked(graph: Graph, *targets: str, mark: str = "changed") -> Graph:
    marks = tuple(Annotation(target, "change", {"mark": mark}) for target in targets)
    return replace(graph, annotations=(*graph.annotations, *marks))


def _operations(graph: Graph) -> list[str]:
    return [node.id for node in graph.nodes if node.kind in ("call", "module")]


def test_only_the_way_to_a_change_is_open() -> None:
    shown = changed(_marked(tower(2), "blocks.1.act#0"))
    assert [call.id for call in shown.calls] == ["#0", "blocks.1#0"]
    assert _operations(shown) == [
        "stem#0", "blocks.0#0", "blocks.1.up#0", "blocks.1.act#0", "blocks.1.down#0", "blocks.1#0:add.0", "head#0",
    ]  # fmt: skip


def test_what_is_added_as_a_whole_is_closed() -> None:
    shown = changed(_marked(tower(2), "blocks.1#0", mark="added"))
    assert _operations(shown) == ["stem#0", "blocks.0#0", "blocks.1#0", "head#0"]


def test_equal_changes_fold_and_others_do_not() -> None:
    same = changed(_marked(tower(6), *(f"blocks.{number}.act#0" for number in range(6))))
    assert [mark.payload["count"] for mark in same.annotations if mark.key == "fold"] == [6]  # type: ignore[index,call-overload]
    one = changed(_marked(tower(6), "blocks.5.act#0"))
    assert [mark.payload["count"] for mark in one.annotations if mark.key == "fold"] == [5]  # type: ignore[index,call-overload]


def test_a_large_graph_is_cut_down_to_what_is_near() -> None:
    graph = _marked(chain(300), "#0:add.75")
    assert len(_operations(changed(graph))) == 2 * 6 + 1 + 2
    near = changed(graph, 1)
    check(near)
    assert _operations(near)[1:4] == ["#0:mul.75", "#0:add.75", "#0:mul.76"]
    assert len(_operations(near)) == 5


def test_a_marked_wrapper_takes_the_empty_calls_in_it_along() -> None:
    net = Net("Empty")
    x = net.input("x", 4, 8)
    root = net.enter("", None, x)
    outer = net.enter("outer", root, x)
    inner = net.enter("outer.inner", outer, x)
    empty = net.enter("outer.inner.identity", inner, x)
    net.leave(empty, x)
    hidden = net.op("mul", inner, net.op("add", inner, x))
    net.leave(inner, hidden)
    net.leave(outer, hidden)
    result = net.op("sub", root, hidden)
    net.leave(root, result)
    shown = collapse(_marked(net.finish(_=result), outer), 2)
    check(shown)
    assert _operations(shown) == ["outer#0", "#0:sub.0"]
