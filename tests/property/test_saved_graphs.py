"""Laws of saved graphs."""

from __future__ import annotations

import json
from contextlib import suppress

import jsonschema
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graphviz_torch.errors import GraphFormatError
from graphviz_torch.ir import serial, text
from graphviz_torch.ir.builder import GraphBuilder
from graphviz_torch.ir.checker import check
from graphviz_torch.ir.graph import Graph, Origin
from tests.support.graphs import meta
from tests.support.random_graphs import LITERALS, graphs


@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(graphs())
def test_loading_gives_back_what_was_saved(graph: Graph) -> None:
    check(graph)
    saved = serial.dumps(graph)
    assert serial.loads(saved) == graph
    assert text.dumps(serial.loads(saved)) == text.dumps(graph)


@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(LITERALS, st.text(st.characters(), max_size=30))
def test_any_argument_and_any_name_survive(literal, name: str) -> None:
    builder = GraphBuilder(name, Origin())
    x = builder.leaf("input", name, meta(2))
    builder.operation(name, name, operands=(x,), metas=(meta(2),), attributes=((name, literal),))
    graph = builder.finish()
    again = serial.loads(serial.dumps(graph))
    assert repr(again) == repr(graph)
    assert len(text.dumps(graph).split("\n")) == 4


@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(graphs(8), st.data())
def test_a_damaged_file_is_refused_or_read_but_never_crashes(graph: Graph, data: st.DataObject) -> None:
    saved = serial.dumps(graph)
    start = data.draw(st.integers(0, len(saved)))
    end = data.draw(st.integers(start, min(len(saved), start + 40)))
    damaged = saved[:start] + data.draw(st.sampled_from(["", "null", "[]", '"', "7", "{}", "-", "in:x0"])) + saved[end:]
    with suppress(GraphFormatError):
        check(serial.loads(damaged))


@settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(graphs(8))
def test_saved_graphs_obey_the_schema(graph: Graph) -> None:
    jsonschema.validate(json.loads(serial.dumps(graph)), serial.schema())
