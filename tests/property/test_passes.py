"""Laws of the passes: what they give is sound, says the same twice, and loses no link, mark or note."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graphviz_torch.errors import GraphError
from graphviz_torch.ir.checker import check
from graphviz_torch.ir.graph import Graph
from graphviz_torch.ir.walks import GraphIndex, reachable, successors
from graphviz_torch.passes.collapse import collapse
from graphviz_torch.passes.fold import fold
from graphviz_torch.passes.options import ViewOptions
from graphviz_torch.passes.prune import prune
from graphviz_torch.passes.view import view
from tests.support.random_graphs import graphs

VIEWS = st.builds(
    ViewOptions,
    depth=st.sampled_from(["auto", "all", 0, 1, 2, 3]),
    fold=st.booleans(),
    prune=st.booleans(),
    budget=st.sampled_from([4, 10, 60]),
)
QUICK = settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.too_slow])


def ends(graph: Graph) -> set[tuple[str, str]]:
    """(input, output) of every path through the graph."""
    following = successors(GraphIndex(graph))
    outputs = set(graph.outputs)
    return {(start, end) for start in graph.inputs for end in reachable([start], following) & outputs}


@QUICK
@given(graphs(), VIEWS)
def test_views_are_sound_and_stable(graph: Graph, options: ViewOptions) -> None:
    shown = view(graph, options)
    check(shown)
    assert view(graph, options) == shown
    # Closing a call may bring equal things side by side that were not so before; a second fold would join them.
    assert view(shown, replace(options, fold=False)) == shown
    assert shown.inputs == graph.inputs
    assert shown.outputs == graph.outputs
    assert ends(shown) >= ends(graph)


@QUICK
@given(graphs())
def test_pruning_changes_no_path(graph: Graph) -> None:
    assert ends(prune(graph)) == ends(graph)


@QUICK
@given(graphs(), st.sampled_from([None, 0, 1, 2]))
def test_collapsing_keeps_every_link_between_what_is_drawn(graph: Graph, depth: int | None) -> None:
    shown = collapse(graph, depth)
    drawn = {node.id for node in shown.nodes}
    index = GraphIndex(graph)

    def stands(node: str) -> str:
        around = [call for call in index.ancestors(index.nodes[node].module_call) if call in drawn]
        return around[-1] if around else node

    links = {(producer, consumer) for producer, consumer, _ in GraphIndex(shown).edges()}
    for producer, consumer, _ in index.edges():
        start, end = stands(producer), stands(consumer)
        leaf = index.nodes[producer].kind in ("parameter", "buffer", "constant") and start not in drawn
        assert start == end or leaf or (start, end) in links


@QUICK
@given(graphs())
def test_folding_keeps_every_link_to_the_outside(graph: Graph) -> None:
    """A link between two operations that both stay is there; so is one from an operation that stays to any other."""
    shown = fold(graph)
    index = GraphIndex(graph)
    drawn = {node.id for node in shown.nodes}
    links = {(producer, consumer) for producer, consumer, _ in GraphIndex(shown).edges()}
    for producer, consumer, _ in index.edges():
        if producer in drawn and consumer in drawn:
            assert (producer, consumer) in links
    readers = successors(GraphIndex(shown))
    for node in graph.inputs:
        assert bool(readers.get(node)) == bool(successors(index).get(node))


@QUICK
@given(graphs(), VIEWS)
def test_notes_marks_and_the_failure_stay(graph: Graph, options: ViewOptions) -> None:
    shown = view(graph, options)
    assert {note.message for note in shown.diagnostics} == {note.message for note in graph.diagnostics}
    nodes = {node.id for node in shown.nodes}
    assert all(note.target in nodes for note in shown.diagnostics)
    handled = [mark for mark in graph.annotations if mark.key == "handled"]
    assert sum(mark.key == "handled" and mark.target in nodes for mark in shown.annotations) == len(handled)
    assert (shown.failure is None) == (graph.failure is None)
    if graph.failure is not None:
        assert shown.failure is not None
        assert shown.failure.node in nodes


@QUICK
@given(graphs(), st.data())
def test_the_checker_sees_a_cut_or_turned_link(graph: Graph, data: st.DataObject) -> None:
    makers = [place for place, node in enumerate(graph.nodes) if node.results]
    place = data.draw(st.sampled_from(makers))
    node = graph.nodes[place]
    own = replace(node, operands=(*node.operands, node.results[0]), kind="call")
    gone = replace(node, results=node.results[1:])
    wrong = replace(node, operands=("no such value",), kind="call")
    broken = data.draw(st.sampled_from([own, gone, wrong]))
    nodes = (*graph.nodes[:place], broken, *graph.nodes[place + 1 :])
    with pytest.raises(GraphError):
        check(replace(graph, nodes=nodes))
