"""The view as a whole: order of passes, size, speed."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from graphviz_torch import api
from graphviz_torch.ir import serial
from graphviz_torch.ir.checker import check
from graphviz_torch.passes.options import ViewOptions
from graphviz_torch.passes.view import part, view
from tests.support.graphs import Net, chain, tower


def layers(count: int):
    """Blocks of sixteen operations, no two neighbours alike."""
    net = Net("Layers")
    x = net.input("x", 4, 8)
    root = net.enter("", None, x)
    for number in range(count):
        call = net.enter(f"b.{number}", root, x)
        for step in range(14):
            x = net.op(f"op{step}_{number % 2}", call, x, k=number)
        x = net.linear(f"b.{number}.fc", call, x, 8, 8)
        x = net.op("add", call, x, k=number)
        net.leave(call, x)
    net.leave(root, x)
    return net.finish(_=x)


@pytest.mark.parametrize("fold", [True, False])
def test_ten_thousand_operations_are_viewed_quickly(fold: bool) -> None:
    graph = serial.loads(serial.dumps(layers(625)))
    started = time.process_time()
    shown = view(graph, ViewOptions(depth="all", fold=fold))
    spent = time.process_time() - started
    assert sum(node.kind in ("call", "module") for node in shown.nodes) == 10_000
    assert spent < 1.0  # 0.2 s on a quiet core; wide enough for a busy one


@pytest.mark.slow
def test_a_chain_of_fifty_thousand_needs_no_recursion() -> None:
    shown = view(chain(50_000), ViewOptions(depth="all"))
    assert len(shown.nodes) == 50_002


def test_calls_nested_a_thousand_deep() -> None:
    net = Net()
    x = net.input("x", 4, 8)
    call, path = net.enter("", None, x), "m"
    for _ in range(1000):
        x = net.op("add", call, x)
        call = net.enter(path, call, x)
        path += ".m"
    x = net.op("relu", call, x)
    graph = net.finish(_=x)
    for depth in ("all", "auto", 500):
        shown = view(graph, ViewOptions(depth=depth))
        check(shown)
    assert serial.loads(serial.dumps(graph)) == graph


def test_a_part_is_a_view_with_every_call_open() -> None:
    shown = part(tower(6), ViewOptions(depth=1))
    check(shown)
    assert "blocks.0.up#0" in {call.id for call in shown.calls}
    assert "blocks.1#0" not in {call.id for call in shown.calls}
    assert not any(node.kind == "parameter" for node in shown.nodes)


def test_nothing_asked_for_nothing_done() -> None:
    graph = chain(50)
    assert view(graph, ViewOptions(depth="all", fold=False, prune=False)) is graph


def test_saved_and_viewed_again(tmp_path: Path) -> None:
    api.save(tower(6, mask=True), tmp_path / "graph.json")
    assert view(api.load(tmp_path / "graph.json"), ViewOptions()) == view(tower(6, mask=True), ViewOptions())
