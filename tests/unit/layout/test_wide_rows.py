"""Rows far too wide to be read become blocks of several rows, in which the laws of the layout hold; others stay."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphviz_torch.ir.graph import Graph
from graphviz_torch.layout.compose import scene
from graphviz_torch.layout.scene import Scene
from graphviz_torch.render.paths import moved
from tests.support.laws import check, check_room
from tests.support.pictures import Model

FUNCTIONS = ("sin", "cos", "exp", "scaled_dot_product_attention", "tanh")


def heads(count: int = 40) -> Graph:
    """One tensor, many heads, one result."""
    net = Model("Heads")
    x = net.input("x", 4, 16)
    root = net.enter("", None, x)
    x = net.dense("stem", root, x, 16, 16, (4, 16))
    made = [net.dense(f"heads.{number}", root, x, 16, number + 1, (4, number + 1)) for number in range(count)]
    return net.finish(_=net.op("cat", root, *made, shape=(4, 2000)))


def inputs(count: int = 55) -> Graph:
    """An input and a table of its own for each feature."""
    net = Model("Features")
    features = [net.input(f"feature_{number}", 4, dtype="int64") for number in range(count)]
    root = net.enter("", None, *features)
    made = [
        net.dense(f"tables.{number}", root, feature, 16, number + 1, (4, number + 1))
        for number, feature in enumerate(features)
    ]
    return net.finish(_=net.op("cat", root, *made, shape=(4, 2000)))


def outputs(count: int = 50) -> Graph:
    """One tensor, and a result for each task."""
    net = Model("Tasks")
    x = net.input("x", 4, 16)
    root = net.enter("", None, x)
    made = {
        f"task_{number}": net.dense(f"heads.{number}", root, x, 16, number + 1, (4, number + 1))
        for number in range(count)
    }
    return net.finish(**made)


def gated(count: int = 22) -> Graph:
    """Branches of several operations, which read a mask too, each with a gate and two results."""
    net = Model("Gated")
    x, mask = net.input("x", 4, 16), net.input("mask", 4, 16)
    root = net.enter("", None, x, mask)
    x = net.op("relu", root, x)
    gate = net.op("softmax", root, x)
    made, sums = [], []
    for number in range(count):
        y = net.dense(f"branches_with_a_long_name.{number}", root, x, 16, number + 1, (4, number + 1))
        if number % 3 == 0:
            y = net.op("mul", root, y, mask)
        sums.append(net.op("sum", root, y, shape=()))
        made.append(net.op("mul", root, net.op("add", root, y, x), net.op("getitem", root, gate)))
    return net.finish(_=net.op("cat", root, *made), loss=net.op("stack", root, *sums))


def two_blocks() -> Graph:
    """Many branches, their sum, and many again."""
    net = Model("Twice")
    x = net.input("x", 4, 16)
    root = net.enter("", None, x)
    for stage in range(2):
        made = [net.dense(f"heads.{stage}.{number}", root, x, 16, 1, (4, 1)) for number in range(40)]
        x = net.op("cat", root, *made)
    return net.finish(_=x)


def drawn_apart(picture: Scene) -> int:
    """In how many rows the cards stand that are alike."""
    return len({card.y for card in picture.cards if "Linear" in str(card.texts) and "stem" not in str(card.texts)})


@pytest.mark.parametrize("direction", ["TB", "LR"])
@pytest.mark.parametrize("make", [heads, inputs, outputs, gated, two_blocks])
def test_laws_hold_in_blocks_of_rows(make: Callable[[], Graph], direction: str) -> None:
    picture = scene(make(), direction=direction)
    check(picture)
    if direction == "TB":
        check_room(picture)
        assert picture.width < 5000


def test_branches_stand_in_rows_of_equal_length_in_reading_order() -> None:
    picture = scene(heads(60))
    cards = [card for card in picture.cards if card.texts[0].text.startswith("heads.")]
    assert [card.texts[0].text.split()[0] for card in sorted(cards, key=lambda card: (card.y, card.x))] == [
        f"heads.{number}" for number in range(60)
    ]
    assert drawn_apart(picture) > 4
    columns = {card.x for card in cards}
    assert len(columns) * drawn_apart(picture) - 60 < len(columns)


def test_branches_with_lines_of_their_own_are_read_down_the_columns() -> None:
    """So no two of these lines cross, however many rows there are."""
    picture = scene(inputs(60))
    pills = [card for card in picture.cards if card.texts[0].text.startswith("feature_")]
    middles = [round(card.x + card.width / 2) for card in pills]
    columns = [[card for card, at in zip(pills, middles, strict=True) if abs(at - x) < 30] for x in middles]
    first = sorted(columns[0], key=lambda card: card.y)
    assert [card.texts[0].text for card in first] == [f"feature_{number}" for number in range(len(first))]
    assert len(first) > 4


def test_every_line_still_leads_from_its_maker_to_its_reader() -> None:
    picture = scene(heads(60))
    cards = {card.texts[0].text.split()[0]: card for card in picture.cards}
    ends = {(round(line[0][0], 1), round(line[-1][-2], 1)) for edge in picture.edges for line in [moved(edge)]}
    middle = {name: round(card.x + card.width / 2, 1) for name, card in cards.items()}
    for number in range(60):
        assert (middle["stem"], middle[f"heads.{number}"]) in ends
        assert (middle[f"heads.{number}"], middle["cat"]) in ends


def test_a_row_that_can_be_read_stays_one_row() -> None:
    picture = scene(heads(24))
    assert drawn_apart(picture) == 1
    assert 3000 < picture.width < 5000


def test_a_web_is_no_row_of_branches() -> None:
    """What reads its neighbours cannot stand elsewhere."""
    net = Model("Web")
    x = net.input("x", 4, 16)
    root = net.enter("", None, x)
    made = [net.dense(f"first.{number}", root, x, 16, 1, (4, 1)) for number in range(40)]
    made = [net.op("add", root, one, other) for one, other in zip(made, made[1:] + made[:1], strict=True)]
    picture = scene(net.finish(_=net.op("cat", root, *made)))
    check(picture)
    assert drawn_apart(picture) == 1


@settings(max_examples=3, deadline=None)
@given(
    st.lists(st.lists(st.integers(0, 4), min_size=1, max_size=3), min_size=26, max_size=30),
    st.integers(2, 7),
    st.sampled_from(["TB", "LR"]),
)
def test_laws_hold_for_random_branches(branches: list[list[int]], every: int, direction: str) -> None:
    net = Model("Random")
    x, mask = net.input("x", 4, 16), net.input("mask", 4, 16)
    root = net.enter("", None, x, mask)
    made, seen = [], []
    for number, branch in enumerate(branches):
        y = net.dense(f"long_name_of_a_branch.{number}", root, x, 16, number, (4, number))
        for function in branch:
            y = net.op(FUNCTIONS[function], root, y, *([mask] if number % every == function else []))
        made.append(y)
        if number % every == 0:
            seen.append(net.op("sum", root, y, shape=()))
    graph = net.finish(_=net.op("cat", root, *made), **{f"seen_{n}": value for n, value in enumerate(seen)})
    check(scene(graph, direction=direction))
