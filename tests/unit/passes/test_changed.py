"""The pass that shows what has changed: what is open, what is closed, what is gathered."""

from __future__ import annotations

from dataclasses import replace

from graphviz_torch.ir.checker import check
from graphviz_torch.ir.graph import Annotation, Graph
from graphviz_torch.passes.changed import changed
from graphviz_torch.passes.collapse import collapse
from graphviz_torch.passes.options import ViewOptions
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


def _changes(graph: Graph) -> dict[str, object]:
    return {mark.target: mark.payload for mark in graph.annotations if mark.key == "change"}


def test_a_depth_closes_changed_modules_and_counts_what_is_inside() -> None:
    graph = _marked(tower(2), "blocks.1.act#0", "blocks.1.down#0", "head#0")
    shown = changed(graph, options=ViewOptions(depth=1))
    check(shown)
    assert _operations(shown) == ["stem#0", "blocks.0#0", "blocks.1#0", "head#0"]
    said = _changes(shown)
    assert said["blocks.1#0"] == {"mark": "changed", "words": "1 change inside", "more": ""}
    assert said["head#0"] == {"mark": "changed"}


def test_equal_changes_inside_count_once_and_others_each() -> None:
    graph = tower(1)
    first, second = ({"mark": "changed", "words": words} for words in ("p=0.1 → 0.5", "a → b"))
    marks = (
        Annotation("blocks.0.up#0", "change", first), Annotation("blocks.0.act#0", "change", first),
        Annotation("blocks.0.down#0", "change", second),
    )  # fmt: skip
    shown = changed(replace(graph, annotations=marks), options=ViewOptions(depth=1))
    assert _changes(shown)["blocks.0#0"] == {
        "mark": "changed", "words": "2 changes inside", "more": "p=0.1 → 0.5\na → b",
    }  # fmt: skip


def test_a_closed_module_that_changed_itself_says_that() -> None:
    graph = _marked(tower(1), "blocks.0#0", "blocks.0.act#0")
    assert _changes(changed(graph, options=ViewOptions(depth=1))) == {
        "blocks.0#0": {"mark": "changed", "words": "1 change inside", "more": ""}
    }
    moved = {"mark": "moved", "words": "was layers", "more": "why"}
    marks = (Annotation("blocks.0#0", "change", moved), Annotation("blocks.0.act#0", "change", {"mark": "changed"}))
    shown = changed(replace(tower(1), annotations=marks), options=ViewOptions(depth=1))
    assert _changes(shown) == {"blocks.0#0": {"mark": "moved", "words": "was layers · 1 change inside", "more": "why"}}


def test_all_opens_what_has_not_changed_but_nothing_that_came_as_a_whole() -> None:
    graph = _marked(tower(2), "blocks.1#0", mark="added")
    assert _operations(changed(graph, options=ViewOptions(depth="all", fold=False))) == [
        "stem#0", "blocks.0.up#0", "blocks.0.act#0", "blocks.0.down#0", "blocks.0#0:add.0", "blocks.1#0", "head#0",
    ]  # fmt: skip


def test_focus_shows_one_module() -> None:
    graph = _marked(tower(2), "blocks.1.act#0", "head#0")
    assert _operations(changed(graph, options=ViewOptions(focus="blocks.1"))) == [
        "blocks.1.up#0", "blocks.1.act#0", "blocks.1.down#0", "blocks.1#0:add.0",
    ]  # fmt: skip
