"""Laws of comparing, over random graphs and edits."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graphviz_torch.diff.compare import compare
from graphviz_torch.diff.result import Comparison
from graphviz_torch.ir.checker import check
from graphviz_torch.ir.graph import Graph, Module, Node, Tensor
from graphviz_torch.ir.walks import GraphIndex
from tests.support.graphs import meta
from tests.support.patches import Patched, operation, row
from tests.support.random_graphs import graphs

MANY = int(os.environ.get("DIFF_EXAMPLES", "1000"))
QUICK = settings(deadline=None, max_examples=50, suppress_health_check=list(HealthCheck), derandomize=True)
SLOW = settings(QUICK, max_examples=MANY)
INVERSE = {"added": "removed", "removed": "added"}


@st.composite
def edited(draw: st.DrawFn) -> tuple[Graph, Graph]:
    """A graph, and the same after some edits."""
    old = draw(graphs().filter(lambda graph: graph.failure is None))
    new = old
    for _ in range(draw(st.integers(1, 3))):
        new = draw(st.sampled_from(EDITS))(draw, new)
    check(new)
    return old, new


def unrelated() -> st.SearchStrategy[tuple[Graph, Graph]]:
    """Two graphs that have nothing to do with each other."""
    whole = graphs().filter(lambda graph: graph.failure is None)
    return st.tuples(whole, whole)


def _rename(draw: st.DrawFn, graph: Graph) -> Graph:
    """Another name for a module and all below it, everywhere."""
    paths = [module.path for module in graph.modules if module.path]
    if not paths:
        return graph
    path = draw(st.sampled_from(paths))
    other = f"{path.rpartition('.')[0]}.fresh".lstrip(".")
    return graph if any(module.path == other for module in graph.modules) else renamed(graph, path, other)


def _operation(draw: st.DrawFn, graph: Graph) -> Graph:
    """Another operation in the same place."""
    nodes = [node for node in graph.nodes if node.kind == "call"]
    return _with(graph, replace(draw(st.sampled_from(nodes)), name="sigmoid", op="torch.sigmoid")) if nodes else graph


def _literal(draw: st.DrawFn, graph: Graph) -> Graph:
    nodes = [node for node in graph.nodes if node.kind == "call"]
    if not nodes:
        return graph
    node = draw(st.sampled_from(nodes))
    return _with(graph, replace(node, attributes=(*node.attributes, ("extra", draw(st.sampled_from([1, 2.5, "s"]))))))


def _operand(draw: st.DrawFn, graph: Graph) -> Graph:
    """An operation reads the first input instead."""
    nodes = [node for node in graph.nodes if node.kind == "call" and node.operands]
    if not nodes or not graph.inputs:
        return graph
    node = draw(st.sampled_from(nodes))
    place = draw(st.integers(0, len(node.operands) - 1))
    operands = (*node.operands[:place], graph.inputs[0], *node.operands[place + 1 :])
    return _with(graph, replace(node, operands=operands))


def _argument(draw: st.DrawFn, graph: Graph) -> Graph:
    module = draw(st.sampled_from(graph.modules))
    return _with_module(graph, replace(module, arguments=draw(st.sampled_from(["p=0.5", "p=0.1, k=3", ""]))))


def _tensor(draw: st.DrawFn, graph: Graph) -> Graph:
    module = draw(st.sampled_from(graph.modules))
    if any(tensor.name == "extra" for tensor in module.parameters):
        return graph
    return _with_module(graph, replace(module, parameters=(*module.parameters, Tensor("extra", meta(3)))))


def _module(draw: st.DrawFn, graph: Graph) -> Graph:
    """A module that never runs."""
    if any(module.path == "unused" for module in graph.modules):
        return graph
    return replace(graph, modules=(*graph.modules, Module("unused", "model.Unused", "k=3")))


EDITS = (_rename, _operation, _literal, _operand, _argument, _tensor, _module)


def _with(graph: Graph, node: Node) -> Graph:
    return replace(graph, nodes=tuple(node if other.id == node.id else other for other in graph.nodes))


def _with_module(graph: Graph, module: Module) -> Graph:
    return replace(graph, modules=tuple(module if other.path == module.path else other for other in graph.modules))


def renamed(graph: Graph, old: str, new: str) -> Graph:
    """The graph with a module under another path; ids of calls and operations follow."""

    def moved(name: str) -> str:
        for prefix in ("", "param:", "buffer:"):
            for end in (".", "#"):
                if name.startswith(prefix + old + end):
                    return prefix + new + name[len(prefix + old) :]
        return new if name == old else name

    def all_moved(names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(map(moved, names))

    return replace(
        graph,
        nodes=tuple(
            replace(
                node, id=moved(node.id), name=moved(node.name) if node.kind != "call" else node.name,
                operands=all_moved(node.operands), results=all_moved(node.results),
                module_call=node.module_call and moved(node.module_call),
            )
            for node in graph.nodes
        ),
        values=tuple(
            replace(
                value,
                id=moved(value.id),
                producer=moved(value.producer),
                view_of=value.view_of and moved(value.view_of),
            )
            for value in graph.values
        ),
        calls=tuple(
            replace(
                call, id=moved(call.id), path=moved(call.path), parent=call.parent and moved(call.parent),
                operands=all_moved(call.operands), results=all_moved(call.results),
            )
            for call in graph.calls
        ),
        modules=tuple(replace(module, path=moved(module.path)) for module in graph.modules),
        annotations=(), diagnostics=(),
    )  # fmt: skip


def law_equal(graph: Graph) -> None:
    found = compare(graph, graph)
    assert found.equal
    assert all(pair.old_path == pair.new_path for pair in found.mapping)
    assert not found.state_dict.renamed
    assert found.state_dict.fits


def law_inverse(pair: tuple[Graph, Graph]) -> None:
    there, back = compare(*pair), compare(*reversed(pair))
    assert sorted(told(there)) == sorted(told(back, turned=True))
    assert {(one.old_path, one.new_path) for one in there.mapping} == {
        (one.new_path, one.old_path) for one in back.mapping
    }
    assert set(there.operations) == {(other, one) for one, other in back.operations}
    assert there.state_dict.added == back.state_dict.removed
    assert there.state_dict.map == {other: one for one, other in back.state_dict.map.items()}


def told(found: Comparison, turned: bool = False) -> Iterator[tuple[str, ...]]:
    """Each change at each place; for the way back with its sides turned."""
    for change in found.changes:
        kind = INVERSE.get(change.kind, change.kind) if turned else change.kind
        for place in change.places:
            ends = (place.old_path, place.new_path)
            yield (kind, change.severity, *map(str, reversed(ends) if turned else ends))


def law_apply(pair: tuple[Graph, Graph]) -> None:
    """Applying the changes to the old graph gives the new one."""
    old, new = pair
    patched = Patched(old, new, compare(old, new))
    assert Counter(patched.modules()) == Counter(row(module, module.path) for module in new.modules)
    index = GraphIndex(new)
    assert Counter(patched.operations()) == Counter(operation(node, index) for node in new.nodes)


def law_order(pair: tuple[Graph, Graph]) -> None:
    """The order in which named modules were registered means nothing."""
    old, new = pair
    shuffled = replace(
        new, modules=tuple(sorted(new.modules, key=lambda module: (module.path.count("."), module.path)))
    )
    assert sorted(told(compare(old, shuffled))) == sorted(told(compare(old, new)))


def law_one_rename(graph: Graph) -> None:
    """One renamed module is one change."""
    paths = [module.path for module in graph.modules if module.path and not module.path.rpartition(".")[2].isdigit()]
    for path in paths[:1]:
        found = compare(graph, renamed(graph, path, f"{path}_fresh"))
        assert [change.kind for change in found.changes] == ["renamed"]
        assert found.changes[0].count == 1
        assert not found.consequences


@QUICK
@given(graphs())
def test_a_graph_is_equal_to_itself(graph: Graph) -> None:
    law_equal(graph)


@QUICK
@given(edited() | unrelated())
def test_the_way_back_is_the_inverse(pair: tuple[Graph, Graph]) -> None:
    law_inverse(pair)


@QUICK
@given(edited() | unrelated())
def test_applying_the_changes_to_the_old_gives_the_new(pair: tuple[Graph, Graph]) -> None:
    law_apply(pair)


@QUICK
@given(edited())
def test_the_order_of_registration_means_nothing(pair: tuple[Graph, Graph]) -> None:
    law_order(pair)


@QUICK
@given(graphs())
def test_one_renamed_module_is_one_change(graph: Graph) -> None:
    law_one_rename(graph)


@pytest.mark.slow
@SLOW
@given(graphs(), edited() | unrelated())
def test_every_law_holds_often(graph: Graph, pair: tuple[Graph, Graph]) -> None:
    law_equal(graph)
    law_one_rename(graph)
    law_inverse(pair)
    law_apply(pair)
    law_order(pair)
