"""Laws of saved graphs."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import jsonschema
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graphviz_torch.errors import GraphFormatError
from graphviz_torch.ir import decode, serial, text
from graphviz_torch.ir.builder import GraphBuilder
from graphviz_torch.ir.checker import check
from graphviz_torch.ir.graph import Graph, Origin
from graphviz_torch.ir.readers import MalformedError, listed
from graphviz_torch.ir.reading import Reader
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


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(graphs(8), graphs(8), st.data())
def test_what_two_graphs_share_is_read_as_if_alone(one: Graph, other: Graph, data: st.DataObject) -> None:
    lines = serial.dumps(one).split("\n")
    at = data.draw(st.integers(0, len(lines)))
    changed = data.draw(st.sampled_from([lines[at:], [*lines[at : at + 1], *lines[at:]], lines[at + 1 :]]))
    texts = [serial.dumps(one), "\n".join([*lines[:at], *changed]), serial.dumps(other), serial.dumps(one)]
    reader = Reader()
    assert [_loaded(reader.loads, text) for text in texts] == [_loaded(serial.loads, text) for text in texts]
    assert [_loaded(serial.loads, text) for text in texts] == [_loaded(_as_a_whole, text) for text in texts]


DAMAGE = ['"', "\\", "\x01", " ", ",", '", "', '\\"', "\\u0001", "NaN", "0", "[", "}"]


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(graphs(), st.data())
def test_a_damaged_line_is_what_it_is_in_any_layout(graph: Graph, data: st.DataObject) -> None:
    saved = serial.dumps(graph)
    at = data.draw(st.integers(saved.index('"nodes"') + 11, saved.index('"calls"')))
    damaged = saved[:at] + data.draw(st.sampled_from(DAMAGE)) + saved[at + data.draw(st.integers(0, 2)) :]
    other = damaged.replace('"nodes": [\n', '"nodes":  [\n')
    assert _loaded(serial.loads, damaged) == _loaded(serial.loads, other)


def _loaded(load: Callable[[str], Graph], text: str) -> str:
    try:
        return repr(load(text))
    except GraphFormatError as error:
        return str((error.message, error.details))


def _as_a_whole(text: str) -> Graph:
    """Read from a text that is laid out in another way."""
    with suppress(ValueError):
        text = json.dumps(json.loads(text))
    return serial.loads(text)


ODD = st.sampled_from(
    [None, True, -1, 0, 1, 9999, 0.5, "", "in:x0", [], ["a"], ["a", 0], [["a", 0]], [["a", 0, None]], {}]
)


def _read(read: Callable[..., Any], document: dict[str, Any]) -> str:
    """What a reader makes of the nodes, or says of them."""
    metas, sources = listed(decode.meta)(document["metas"]), listed(decode.source)(document["sources"])
    try:
        return repr(read(document["nodes"], metas, sources)[:2])
    except MalformedError as error:
        return f"{error.place} {error.wrong}"


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(graphs(4), st.data())
def test_quick_and_careful_readers_agree(graph: Graph, data: st.DataObject) -> None:
    document = json.loads(serial.dumps(graph))
    row = data.draw(st.sampled_from(document["nodes"]))
    field = data.draw(st.sampled_from([*row, "operands", "results", "attributes", "module_call", "source", "grad_fn"]))
    row[field] = data.draw(ODD)
    assert _read(decode.nodes, document) == _read(decode.nodes_with_care, document)


@settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(graphs(8))
def test_saved_graphs_obey_the_schema(graph: Graph) -> None:
    jsonschema.validate(json.loads(serial.dumps(graph)), serial.schema())
