from __future__ import annotations

from dataclasses import replace

from graphviz_torch.ir.essence import essence, fingerprint
from graphviz_torch.ir.graph import Diagnostic, Failure, Graph, SourceLocation
from tests.support.graphs import mlp, tower

LINE = SourceLocation("model.py", 17, 9, 20, "Net.forward", "x = self.fc(x)")


def _elsewhere(graph: Graph) -> Graph:
    """The same model on another machine, in another file, with another torch."""
    return replace(
        graph,
        nodes=tuple(replace(node, source=LINE, grad_fn=("AddmmBackward0",)) for node in graph.nodes),
        values=tuple(replace(value, meta=replace(value.meta, stride=(7,), device="cuda:0")) for value in graph.values),
        calls=tuple(replace(call, source=LINE) for call in graph.calls),
        modules=tuple(
            replace(
                module,
                source=LINE,
                parameters=tuple(
                    replace(tensor, meta=replace(tensor.meta, stride=None, device="cuda:0"))
                    for tensor in module.parameters
                ),
            )
            for module in graph.modules
        ),
        origin=replace(graph.origin, torch="9.9", target="/elsewhere/model.py:build"),
    )


def test_the_machine_makes_no_difference() -> None:
    assert _elsewhere(mlp()) != mlp()
    assert essence(_elsewhere(mlp())) == essence(mlp())
    assert fingerprint(essence(_elsewhere(mlp()))) == fingerprint(essence(mlp()))


def test_places_and_devices_count_where_they_are_asked_for() -> None:
    assert essence(_elsewhere(mlp()), places=True) != essence(mlp(), places=True)
    assert essence(_elsewhere(mlp()), devices=True) != essence(mlp(), devices=True)


def test_one_of_several_devices_counts() -> None:
    graph = mlp()
    first = graph.values[0]
    moved = replace(graph, values=(replace(first, meta=replace(first.meta, device="cuda:1")), *graph.values[1:]))
    assert fingerprint(essence(moved)) != fingerprint(essence(graph))


def test_another_model_differs() -> None:
    assert fingerprint(essence(tower(2))) != fingerprint(essence(tower(3)))


def test_what_is_left_of_a_graph_is_left_as_it_is() -> None:
    once = essence(mlp())
    assert essence(once) == once


def test_words_of_failures_and_notes_make_no_difference() -> None:
    said = replace(
        mlp(),
        failure=Failure(None, None, "ValueError", "in /home/me", (LINE,), "why", ("note",), "hint"),
        diagnostics=(Diagnostic("item", "info", None, "words"),),
    )
    other = replace(
        mlp(),
        failure=Failure(None, None, "ValueError", "in /home/you"),
        diagnostics=(Diagnostic("item", "info", None, "other words"),),
    )
    assert essence(said) == essence(other)
    assert essence(said) != essence(mlp())
