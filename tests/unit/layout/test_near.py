"""What belongs together stands together: side chains, unrelated parts, straight lines, references."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from graphviz_torch.ir.graph import Graph
from graphviz_torch.layout.build import build
from graphviz_torch.layout.compose import scene
from graphviz_torch.layout.references import add_references
from graphviz_torch.layout.scene import Card, Scene
from graphviz_torch.passes.collapse import collapse
from tests.support.graphs import block, mlp, tower
from tests.support.laws import check, check_room
from tests.support.pictures import Model, bert, unet


def cards(picture: Scene) -> dict[str, Card]:
    return {card.id: card for card in picture.cards}


def beside_a_block(*, masked: bool = True) -> Graph:
    """A tall block, and beside it a mask that is looked at once and a bias that is read after the block."""
    net = Model("Net")
    x = net.input("x", 4, 8)
    mask = net.input("mask", 4, 8)
    root = net.enter("", None, x, mask)
    if masked:
        seen = net.op("all", root, net.op("to", root, mask, dtype="bool"), shape=())
        node = net.builder.operation("bool", "torch.Tensor.bool", operands=(seen,), call=root)
        net.builder.diagnose("bool", "warning", node.id, "the value was looked at")
    bias = net.op("neg", root, net.op("arange", root, shape=(8,)), shape=(8,))
    inner = net.enter("tall", root, x)
    for _ in range(12):
        x = net.op("relu", inner, x)
    x = net.op("add", root, net.op("tanh", root, x), net.op("abs", root, bias))
    return net.finish(_=x)


def test_a_side_chain_stands_where_it_begins() -> None:
    picture = scene(beside_a_block())
    check(picture)
    found = cards(picture)
    to, every, leaves = (found[f"#0:{name}.0"] for name in ("to", "all", "bool"))
    assert to.y < every.y < leaves.y < to.y + 150
    assert max(card.y for card in picture.cards) > 600


def test_what_comes_from_nowhere_stands_before_its_reader() -> None:
    found = cards(scene(beside_a_block()))
    arange, neg, read = (found[f"#0:{name}.0"] for name in ("arange", "neg", "abs"))
    assert read.y - 150 < arange.y < neg.y < read.y


def joined_beside_a_block() -> Graph:
    """Beside a tall block, a short way that two chains join; its end is read together with that of the block."""
    net = Model("Net")
    x, y = net.input("x", 4, 8), net.input("y", 4, 8)
    root = net.enter("", None, x, y)
    inner = net.enter("tall", root, x)
    tall = x
    for _ in range(12):
        tall = net.op("relu", inner, tall)
    mask = net.op("neg", root, net.op("abs", root, y))
    joined = net.op("add", root, net.op("exp", root, y), mask)
    return net.finish(_=net.op("cat", root, net.op("sum", root, joined), tall))


def test_a_piece_that_joins_two_lines_stands_where_they_join() -> None:
    picture = scene(joined_beside_a_block())
    check(picture)
    check_room(picture)
    found = cards(picture)
    assert found["#0:neg.0"].y < found["#0:add.0"].y < found["#0:neg.0"].y + 120
    assert found["#0:sum.0"].y < found["#0:add.0"].y + 80


def test_a_frame_ends_with_what_is_in_it() -> None:
    """A side chain of more ranks than the trunk stands beside a tall block, and the trunk goes on right below."""
    net = Model("Net")
    x, mask = net.input("x", 4, 8), net.input("mask", 4, 8)
    root = net.enter("", None, x, mask)
    outer = net.enter("outer", root, x, mask)
    for name in ("to", "abs", "neg", "cumsum", "ne", "all", "any"):
        mask = net.op(name, outer, mask)
    inner = net.enter("outer.tall", outer, x)
    for _ in range(16):
        x = net.op("relu", inner, x)
    picture = scene(net.finish(_=net.op("tanh", root, net.op("view", outer, x))))
    check(picture)
    check_room(picture)


@pytest.mark.parametrize(
    "make", [lambda: beside_a_block(), lambda: tower(6, mask=True), lambda: bert(2), lambda: unet(3)]
)
def test_no_stretch_of_a_frame_is_empty(make: Callable[[], Graph]) -> None:
    check_room(scene(make()))


def test_no_room_is_left_empty_between_a_line_and_what_joins_it() -> None:
    picture = scene(mlp())
    assert picture.width < 400
    check(picture)


def test_a_reader_of_many_has_one_reference() -> None:
    net = Model("Dense")
    x = net.input("x", 4, 8)
    root = net.enter("", None, x)
    made = [net.op("relu", root, x)]
    for _ in range(12):
        made.append(net.op("relu", root, net.op("cat", root, *made)))
    graph = net.finish(_=made[-1])
    tree = build(graph)
    add_references(tree)
    frame = tree.bodies[1]
    references = [item for item in frame.items if item.reference is not None]
    for reader in {target for (_, target), source in frame.edges.items() if frame.items[source] in references}:
        beside = {source for (_, target), source in frame.edges.items() if target == reader}
        assert sum(frame.items[source].reference is not None for source in beside) <= 2
    assert [item.place for item in frame.items] == list(range(len(frame.items)))
    assert max(len(item.others) for item in references) > 4
    picture = scene(graph)
    check(picture)
    assert any("and 6 more" in text.text for card in picture.cards for text in card.texts)


def test_a_short_way_has_no_bend_that_it_does_not_need() -> None:
    """What pushes the end of a chain aside pushes all of it."""
    net = Model("Net")
    x = net.input("x", 4, 8)
    root = net.enter("", None, x)
    for _ in range(3):
        seen = net.op("gt", root, net.op("sum", root, x, shape=()), shape=())
        node = net.builder.operation("bool", "torch.Tensor.bool", operands=(seen,), call=root)
        net.builder.diagnose("bool", "warning", node.id, "the value was looked at")
        x = net.op("tanh", root, net.op("relu", root, x))
    found = cards(scene(net.finish(_=x)))
    middles = [found[f"#0:{name}.0"] for name in ("sum", "gt", "bool")]
    assert len({round(card.x + card.width / 2, 1) for card in middles}) == 1


def test_a_closed_call_of_a_method_has_no_type() -> None:
    net = Model("Net")
    x = net.input("x", 4, 8)
    root = net.enter("", None, x)
    call = net.builder.enter("head", 0, root, kind="inferred", name="head.decode")
    y = net.op("exp", call, net.op("neg", call, x))
    y = block(net, "tail", root, y)
    picture = scene(collapse(net.finish(_=y), 1))
    assert "head.decode" in {card.texts[0].text for card in picture.cards}


def test_a_module_that_the_model_does_not_know_has_neither_its_name_nor_its_parameters() -> None:
    net = Model("Net")
    x = net.linear("fc", root := net.enter("", None, net.input("x", 4, 8)), "in:x", 8, 8)
    call = net.builder.enter("", 0, root, kind="inferred", name="Linear")
    picture = scene(net.finish(_=net.op("exp", call, net.op("neg", call, x))))
    assert [[text.text for text in box.texts] for box in picture.boxes] == [["Net", "72 parameters"], ["Linear"]]


def test_outputs_stand_in_one_row() -> None:
    net = Model("Fan")
    x = net.input("x", 4, 8)
    root = net.enter("", None, x)
    for number in range(21):
        net.builder.output(f"o{number}", net.op("mul", root, x))
    picture = scene(net.finish())
    check(picture)
    assert len({card.y for card in picture.cards if card.shape == "pill"}) == 2
