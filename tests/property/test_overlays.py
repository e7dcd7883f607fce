"""Laws of the merged picture: sound for any two graphs, whatever the view, with a mark for what changed."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graphviz_torch import api
from graphviz_torch.diff.overlay import overlay
from graphviz_torch.ir.checker import check
from graphviz_torch.ir.graph import Graph
from graphviz_torch.ir.walks import annotated
from graphviz_torch.layout.compose import scene
from graphviz_torch.passes.changed import changed
from tests.support.random_graphs import graphs

QUICK = settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])


@QUICK
@given(graphs(), graphs(), st.sampled_from([None, 0, 1, 3]))
def test_two_graphs_make_one_that_is_sound(old: Graph, new: Graph, context: int | None) -> None:
    comparison = api.diff(old, new)
    merged = overlay(old, new, comparison)
    check(merged)
    shown = changed(merged, context)
    check(shown)
    scene(shown)
    names = {node.id for node in new.nodes}
    assert [node.id for node in merged.nodes if node.id in names] == [node.id for node in new.nodes]
    # Every edit that can be shown is: on what is new where that is there, else on a ghost.
    marked = {mark.target for mark in annotated(merged, "change")}
    ids = {target for change in comparison.changes for place in change.places for target in place.new_ids}
    assert not comparison.changes or marked or not ids


@QUICK
@given(graphs())
def test_a_graph_and_itself(graph: Graph) -> None:
    merged = overlay(graph, graph, api.diff(graph, graph))
    assert merged == graph
