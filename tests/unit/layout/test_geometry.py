"""Laws of every picture: nothing overlaps, nothing is clipped, no line crosses a title or a card."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from graphviz_torch.ir.graph import Graph
from graphviz_torch.layout.compose import scene
from graphviz_torch.layout.scene import Edge
from graphviz_torch.render.paths import moved
from tests.support import graphs, pictures
from tests.support.laws import check

GRAPHS = {
    "mlp": graphs.mlp,
    "tower": lambda: graphs.tower(6, mask=True),
    "skips": lambda: pictures.skips(120),
    "resnet": lambda: pictures.resnet(4),
    "unet": lambda: pictures.unet(3),
    "transformer": lambda: pictures.transformer(9),
    "bert": lambda: pictures.bert(2),
    "experts": lambda: pictures.experts(8),
    "deep": lambda: pictures.deep(8),
    "broken": pictures.broken,
    "devices": pictures.two_devices,
    "splits": pictures.splits,
    "hostile": pictures.hostile,
    "empty": lambda: pictures.Model("Nothing").finish(),
}


@pytest.mark.parametrize("direction", ["TB", "LR"])
@pytest.mark.parametrize("name", GRAPHS)
def test_laws_hold(name: str, direction: str) -> None:
    picture = scene(GRAPHS[name](), direction=direction)
    check(picture)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 60), st.sampled_from(["TB", "LR"]))
def test_laws_hold_for_random_nests(seed: int, size: int, direction: str) -> None:
    check(scene(pictures.nested(seed, size), direction=direction))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 24), st.integers(0, 24)), max_size=60),
    st.integers(1, 25),
    st.lists(st.integers(0, 7), min_size=1, max_size=9),
    st.sampled_from(["TB", "LR"]),
)
@example([(0, 1), (1, 8), (11, 12)], 17, [1, 0, 0, 1, 0, 0, 0, 0], "LR")  # a line against the flow, beside a label
def test_laws_hold_for_random_wires(edges: list[tuple[int, int]], count: int, homes: list[int], direction: str) -> None:
    check(scene(pictures.wired(edges, count, homes), direction=direction))


def test_the_laws_can_fail() -> None:
    picture = scene(graphs.mlp())
    astray = picture.cards[1]._replace(x=picture.cards[2].x, y=picture.cards[2].y)
    with pytest.raises(AssertionError):
        check(picture._replace(cards=(*picture.cards, astray)))
    title = picture.boxes[0].texts[0]
    edge = Edge(title.x, title.y, ((-9, -3), (50, -3)), arrow=False)
    with pytest.raises(AssertionError):
        check(picture._replace(edges=(edge,)))


def graph_of(name: str) -> Graph:
    return GRAPHS[name]()


def test_every_edge_ends_at_a_card_or_a_frame() -> None:
    picture = scene(graph_of("bert"))
    tips = [moved(edge)[-1] for edge in picture.edges if edge.arrow]
    ends = {(round(tip[-2], 1), round(tip[-1], 1)) for tip in tips}
    tops = {(round(card.x + card.width / 2, 1), round(card.y, 1)) for card in picture.cards}
    assert ends <= tops
    assert len(ends) > 20


def test_the_same_graph_gives_the_same_scene() -> None:
    assert scene(graph_of("transformer")) == scene(graph_of("transformer"))
