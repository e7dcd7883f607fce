"""The merged picture of two graphs: what it says, in colour and in glyphs, in every format."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest

from graphviz_torch import api
from graphviz_torch.diff.overlay import overlay
from graphviz_torch.errors import RenderError
from graphviz_torch.ir.checker import check
from graphviz_torch.ir.graph import Graph
from graphviz_torch.layout.compose import scene
from graphviz_torch.layout.scene import Card, Scene
from graphviz_torch.passes.changed import changed
from graphviz_torch.render.options import RenderOptions
from tests.support import laws
from tests.support.graphs import Net, mlp
from tests.support.pictures import bert, resnet, transformer, unet


def _net(new: bool, blocks: int = 4) -> Graph:
    """A stem, an encoder, equal blocks, a head: in the new one without `aux`, with `drop`, GELU and fewer classes."""
    net = Net("Net")
    x = net.input("x", 4, 32)
    root = net.enter("", None, x)
    hidden = net.linear("stem", root, x, 8, 32)
    encoder = net.enter("encoder", root, hidden, type="model.Encoder")
    for number in range(3):
        hidden = net.linear(f"encoder.{number}", encoder, hidden, 8, 8)
    net.leave(encoder, hidden)
    for number in range(blocks):
        call = net.enter(f"layers.{number}", root, hidden)
        inner = net.linear(f"layers.{number}.fc", call, hidden, 8, 8)
        kind, op = ("activation.GELU", "gelu") if new else ("activation.ReLU", "relu")
        inner = net.layer(f"layers.{number}.act", call, inner, kind, op)
        hidden = net.op("add", call, hidden, inner)
        net.leave(call, hidden)
    outputs = {}
    if new:
        hidden = net.layer("drop", root, hidden, "dropout.Dropout", "dropout")
    else:
        outputs["aux"] = net.linear("aux", root, hidden, 1000, 8)
    outputs["logits"] = net.linear("head", root, hidden, 10 if new else 1000, 8)
    net.leave(root, outputs["logits"])
    return net.finish(**outputs)


def _skipping(new: bool) -> Graph:
    """The old one adds the input again at the end, the new one adds the middle."""
    net = Net("Skip")
    x = net.input("x", 4, 8)
    root = net.enter("", None, x)
    first = net.linear("fc1", root, x, 8, 8)
    second = net.linear("fc2", root, first, 8, 8)
    result = net.op("add", root, second, first if new else x)
    net.leave(root, result)
    return net.finish(_=result)


@pytest.fixture(scope="module")
def picture() -> Scene:
    old, new = _net(False), _net(True)
    return scene(changed(overlay(old, new, api.diff(old, new))))


def _card(picture: Scene, title: str) -> Card:
    return next(card for card in picture.cards if card.texts[0].text == title)


@pytest.mark.parametrize(
    ("title", "state", "glyph", "words"),
    [
        ("act · ReLU → GELU", "changed", "~", []),
        ("drop · Dropout", "added", "+", []),
        ("aux · Linear", "removed", "−", ["8 → 1000 · 9.0 k"]),
        ("head · Linear", "changed", "~", ["out_features=1000 → 10"]),
        ("logits", "", "", ["4×10"]),
        ("aux", "removed", "−", ["4×1000"]),
        ("encoder · Encoder", "", "", ["3 operations · 216 params"]),
        ("fc · Linear", "", "", ["8 → 8 · 72 params"]),
    ],
)
def test_cards(title: str, state: str, glyph: str, words: list[str], picture: Scene) -> None:
    card = _card(picture, title)
    assert (card.state, "".join(badge.text for badge in card.badges)) == (state, glyph)
    assert [text.text for text in card.texts[1:]] == words


@pytest.mark.parametrize("direction", ["TB", "LR"])
@pytest.mark.parametrize(
    ("old", "new"),
    [
        (_net(False), _net(True)), (_net(True), _net(False)), (resnet(8), resnet(16)), (bert(4), transformer(4)),
        (unet(4), unet(3)), (unet(3), unet(4)),
    ],
)  # fmt: skip
def test_nothing_lies_over_anything(old: Graph, new: Graph, direction: str) -> None:
    picture = scene(changed(overlay(old, new, api.diff(old, new))), direction=direction)
    signs = [
        (card.x + badge.x, card.y + badge.y, card.x + badge.x + badge.width, card.y + badge.y + badge.height)
        for card in picture.cards
        for badge in card.badges
        if badge.role
    ]
    cards = [card._replace(badges=tuple(badge for badge in card.badges if not badge.role)) for card in picture.cards]
    laws.check(picture._replace(cards=tuple(cards)))
    assert signs
    # The sign of a change sits on the corner of its card, and on nothing else.
    others = [laws.rect_of(card) for card in cards] + [laws.text_rect(label.text) for label in picture.labels]
    for sign in signs:
        assert sum(laws.overlap(sign, other) for other in others) == 1


def test_unchanged_modules_are_closed_and_equal_blocks_still_fold(picture: Scene) -> None:
    assert [box.texts[0].text for box in picture.boxes] == ["Net", "layers.0 … 3"]
    assert picture.boxes[1].badges[0].text == "×4"
    assert [swatch.text.text for swatch in picture.legend][:3] == ["+ added", "− removed", "~ changed"]


def test_edges_of_ghosts_are_dashed(picture: Scene) -> None:
    assert sum(edge.state == "removed" for edge in picture.edges) == 4


def test_an_edge_that_only_one_side_has() -> None:
    old, new = _skipping(False), _skipping(True)
    merged = overlay(old, new, api.diff(old, new))
    check(merged)
    (edges,) = (mark for mark in merged.annotations if mark.key == "edges")
    assert edges.payload == {"removed": ("in:x",), "added": (new.nodes[-2].operands[1],)}
    states = [edge.state for edge in scene(changed(merged)).edges]
    assert sorted(filter(None, states)) == ["added", "removed", "removed"]


def _read_by_many(new: bool) -> Graph:
    """Two masks, made at the start, and twelve layers that all read the one or the other."""
    net = Net("Far")
    x = net.input("x", 4, 8)
    root = net.enter("", None, x)
    masks = net.op("tanh", root, x), net.op("sigmoid", root, x)
    for _ in range(12):
        x = net.op("add", root, x, masks[new])
    return net.finish(_=x)


def test_many_edges_that_only_one_side_has_are_drawn_as_references() -> None:
    old, new = _read_by_many(False), _read_by_many(True)
    merged = overlay(old, new, api.diff(old, new))
    picture = scene(merged)
    references = [card.texts[0].text for card in picture.cards if card.shape == "ref"]
    assert Counter(references) == {"tanh": 10, "sigmoid": 10}
    assert {label.text.text for label in picture.labels} == {"4×8"}


def test_a_removed_module_whose_path_is_taken_has_a_name_of_its_own() -> None:
    old, new = _net(False), _net(True)
    comparison = api.diff(old, new)
    other = replace(next(module for module in new.modules if module.path == "drop"), path="aux")
    merged = overlay(old, replace(new, modules=(*new.modules, other)), comparison)
    check(merged)
    assert "aux (old)" in {module.path for module in merged.modules}


def test_context_gathers_what_is_far_from_a_change() -> None:
    old, new = _net(False), _net(True)
    merged = overlay(old, new, api.diff(old, new))
    near = scene(changed(merged, 1))
    assert [text.text for text in _card(near, "unchanged").texts] == ["unchanged", "2 modules · 4 operations"]
    assert len(near.cards) < len(scene(changed(merged, 9)).cards)


def test_removed_parameters_count_in_no_total(picture: Scene) -> None:
    total = api.summary(_net(True))["parameters"]
    assert [text.text for text in picture.boxes[0].texts] == ["Net", f"{total} parameters"]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("format", ["svg", "png", "pdf", "dot", "mmd"])
def test_every_format(format: str, theme: str) -> None:
    old, new = _net(False), _net(True)
    found = api.render_diff(old, new, api.diff(old, new), format, RenderOptions(theme=theme))
    assert found
    if format in ("svg", "dot", "mmd"):
        text = found.decode()
        for word in ("GELU", "Dropout", "aux"):
            assert word in text
        assert "dash" in text


def test_mermaid(golden: Callable[[str, str], None]) -> None:
    old, new = _net(False), _net(True)
    golden("mermaid/diff.mmd", api.render_diff(old, new, api.diff(old, new), "mmd").decode())


def test_a_picture_without_changes_has_no_colours_of_them() -> None:
    plain = api.render(mlp(), "svg").decode()
    assert "d-added" not in plain
    assert api.render_diff(mlp(), mlp(), api.diff(mlp(), mlp()), "svg").decode().count("no change") == 1


def test_a_graph_is_no_picture() -> None:
    with pytest.raises(RenderError, match="no picture of a comparison"):
        api.render_diff(mlp(), mlp(), api.diff(mlp(), mlp()), "json")
