"""The checker: it accepts what the builder makes and names what is wrong with the rest."""

from __future__ import annotations

from dataclasses import replace

import pytest

from graphviz_torch.errors import GraphError
from graphviz_torch.ir.checker import check
from graphviz_torch.ir.graph import Annotation, Diagnostic, Failure, Graph, ModuleCall, Value
from tests.support.graphs import chain, meta, mlp, tower


@pytest.mark.parametrize("graph", [mlp(), tower(3, True), chain(5), chain(5, parent=False), Graph("Empty")])
def test_built_graphs_pass(graph: Graph) -> None:
    check(graph)


def _node(graph: Graph, place: int, **changes: object) -> Graph:
    nodes = list(graph.nodes)
    nodes[place] = replace(nodes[place], **changes)
    return replace(graph, nodes=tuple(nodes))


def _value(graph: Graph, place: int, **changes: object) -> Graph:
    values = list(graph.values)
    values[place] = replace(values[place], **changes)
    return replace(graph, values=tuple(values))


def _call(graph: Graph, place: int, **changes: object) -> Graph:
    calls = list(graph.calls)
    calls[place] = replace(calls[place], **changes)
    return replace(graph, calls=tuple(calls))


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (lambda g: _node(g, 1, id="in:x"), "the id in:x is used twice"),
        (lambda g: _node(g, 1, id="fc1#0"), "the id fc1#0 is used twice"),
        (lambda g: replace(g, values=(*g.values, g.values[0])), "has two producers"),
        (lambda g: _node(g, 3, results=("fc1#0:linear.0", "nothing")), "makes nothing, which is no value"),
        (lambda g: _node(g, 3, results=()), "is made by no node"),
        (lambda g: _value(g, 3, producer="in:x"), "but it names in:x, result 0"),
        (lambda g: _value(g, 3, index=1), "result 1"),
        (lambda g: replace(g, values=(g.values[1], g.values[0], *g.values[2:])), "order"),
        (lambda g: replace(g, values=(*g.values, Value("lost", "gone", 0, meta()))), "lost is made by no node"),
        (lambda g: _node(g, 3, operands=("nothing",)), "reads nothing, which is no value"),
        (lambda g: _node(g, 3, operands=("#0:relu.0",)), "reads #0:relu.0, which is read before it is made"),
        (lambda g: _node(g, 3, operands=("fc1#0:linear.0",)), "which is read before it is made"),
        (lambda g: _value(g, 3, view_of="nothing"), "view of nothing"),
        (lambda g: _node(g, 1, operands=("in:x",)), "should read nothing and make one value"),
        (lambda g: _node(g, 8, operands=()), "should read one value and make none"),
        (lambda g: replace(g, inputs=()), "the list of inputs"),
        (lambda g: replace(g, outputs=("out:", "out:")), "the list of outputs"),
        (lambda g: _call(g, 0, parent="fc1#0"), "no call before #0 is its parent"),
        (lambda g: _call(g, 1, parent="fc1#0"), "no call before fc1#0 is its parent"),
        (lambda g: _call(g, 1, parent="nothing"), "is its parent nothing"),
        (lambda g: _call(g, 1, operands=("nothing",)), "the call fc1#0 names nothing"),
        (lambda g: _call(g, 1, results=("nothing",)), "the call fc1#0 names nothing"),
        (lambda g: replace(g, calls=(*g.calls, ModuleCall("in:x", "a"))), "used twice"),
        (lambda g: _node(g, 3, module_call="nothing"), "ran in nothing"),
        (lambda g: replace(g, annotations=(Annotation("nothing", "k", 1),)), "annotation k is about nothing"),
        (lambda g: replace(g, diagnostics=(Diagnostic("c", "info", "nothing", ""),)), "diagnostic c is about nothing"),
        (lambda g: replace(g, failure=Failure("nothing", None, "E", "")), "failure is about nothing"),
        (lambda g: replace(g, failure=Failure(None, "nothing", "E", "")), "failure is in nothing"),
    ],
)
def test_broken_graphs_are_named(broken, said: str) -> None:
    with pytest.raises(GraphError) as error:
        check(broken(mlp()))
    assert said in error.value.message


def test_the_message_shows_the_neighbourhood() -> None:
    with pytest.raises(GraphError) as error:
        check(_node(mlp(), 4, operands=("fc2#0:linear.0",)))
    assert error.value.message == "#0:relu.0 reads fc2#0:linear.0, which is read before it is made"
    marked = [line for line in error.value.details if line.startswith("> ")]
    assert marked == ["> #0:relu.0: float32[4,16] = relu(fc2#0:linear.0) @ model.py:9"]
    assert len(error.value.details) == 7


def test_long_names_are_cut_in_messages() -> None:
    with pytest.raises(GraphError) as error:
        check(_node(mlp(), 3, operands=("x" * 20_000,)))
    assert len(error.value.message) <= 200
