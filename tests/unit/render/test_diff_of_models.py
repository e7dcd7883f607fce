"""Merged pictures of real models: what folds, what is said in the nodes, and which edges have a colour."""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree import ElementTree

import pytest
import torch
from torch import Tensor, nn

from graphviz_torch import api
from graphviz_torch.diff.overlay import overlay
from graphviz_torch.errors import RenderLimitError
from graphviz_torch.ir.checker import check
from graphviz_torch.ir.graph import Graph
from graphviz_torch.layout.compose import scene
from graphviz_torch.layout.scene import Scene
from graphviz_torch.passes.changed import changed
from graphviz_torch.passes.options import ViewOptions
from graphviz_torch.render import mermaid
from graphviz_torch.render.options import RenderOptions
from tests.support.edges import traced
from tests.unit.render.test_dot import needs_dot, svg
from tests.unit.render.test_mermaid import LINE

X = torch.ones(2, 8)


class Block(nn.Module):
    def __init__(self, first: bool) -> None:
        super().__init__()
        self.first = first
        self.norm1, self.attn = nn.LayerNorm(8), nn.Sequential(nn.Linear(8, 8), nn.Tanh())
        self.norm2, self.mlp = nn.LayerNorm(8), nn.Sequential(nn.Linear(8, 8), nn.ReLU())

    def forward(self, x: Tensor) -> Tensor:
        if self.first:
            x = x + self.attn(self.norm1(x))
            return x + self.mlp(self.norm2(x))
        x = self.norm1(x + self.attn(x))
        return self.norm2(x + self.mlp(x))


class Net(nn.Module):
    """Six equal blocks, with names and parts that can be chosen."""

    def __init__(self, first: bool = True, blocks: str = "layers", tail: bool = False, idle: bool = False) -> None:
        super().__init__()
        self.stem = nn.Linear(8, 8)
        self.add_module(blocks, nn.ModuleList(Block(first) for _ in range(6)))
        self.tail = nn.ModuleList([nn.Linear(8, 8), nn.ReLU()] if tail else [])
        self.idle = nn.Linear(8, 8) if idle else None
        self.blocks = blocks

    def forward(self, x: Tensor) -> Tensor:
        x = self.stem(x)
        for layer in (*getattr(self, self.blocks), *self.tail):
            x = layer(x)
        return x * 2


class Renamed(Net):
    """The same of another class."""


def merged(old: nn.Module, new: nn.Module) -> Graph:
    one, other = traced(old, X), traced(new, X)
    found = overlay(one, other, api.diff(one, other))
    check(found)
    return found


def drawn(old: nn.Module, new: nn.Module) -> Scene:
    return scene(changed(merged(old, new)))


def said(picture: Scene, states: Iterable[str] = ("added", "removed", "changed", "moved")) -> list[str]:
    """Title and words of the cards that changed."""
    return [" | ".join(text.text for text in card.texts) for card in picture.cards if card.state in states]


@pytest.mark.parametrize(
    ("first", "words", "edges"),
    [
        (
            True,
            [
                "attn · Sequential | reads norm1 → input", "norm1 · LayerNorm | reads input → add",
                "mlp · Sequential | reads norm2 → norm1", "add | reads add → norm1",
                "norm2 · LayerNorm | reads add #1 → add #2",
            ],
            ("returns add → norm2", 3),
        ),
        (
            False,
            [
                "norm1 · LayerNorm | reads add → input", "attn · Sequential | reads input → norm1",
                "norm2 · LayerNorm | reads add #2 → add #1", "mlp · Sequential | reads norm1 → norm2",
                "add | reads norm1 → add",
            ],
            ("returns norm2 → add", 2),
        ),
    ],
)  # fmt: skip
def test_six_layers_with_the_same_change_are_drawn_once(first: bool, words: list[str], edges: tuple[str, int]) -> None:
    picture = drawn(Net(first), Net(not first))
    (box,) = (box for box in picture.boxes if box.state == "changed")
    assert [text.text for text in box.texts] == ["layers.0 … 5", "Block", f"· {edges[0]}", "176 params"]
    assert box.badges[0].text == "×6"
    assert sorted(said(picture)) == sorted(words)
    assert {edge.state for edge in picture.edges} == {"", "added", "removed"}
    assert [swatch.text.text for swatch in picture.legend] == ["+ added", "− removed", "~ changed"]


def test_the_words_of_what_moved_are_short() -> None:
    one, other = traced(Net(True), X), traced(Net(False), X)
    (change,) = api.diff(one, other).changes
    assert change.count == 6
    assert (change.before, change.after) == (
        "norm1 before attn, norm2 before mlp", "norm1 after attn, norm2 after mlp",
    )  # fmt: skip
    assert "attn(norm1) → attn(input), norm1(input) → norm1(add)" in change.why


def test_a_list_of_modules_is_drawn_by_what_is_in_it() -> None:
    renamed = drawn(Net(), Net(blocks="body"))
    assert said(renamed) == ["body.0 … 5 · Block | was layers"]
    assert said(drawn(Net(), Net(tail=True))) == ["tail.0 · Linear | 8 → 8 · 72 params", "tail.1 · ReLU"]
    gone = drawn(Net(tail=True), Net())
    assert said(gone) == ["tail.0 · Linear | 8 → 8 · 72 params", "tail.1 · ReLU"]
    assert sum(edge.state == "removed" for edge in gone.edges) == 3


class Wrapped(nn.Module):
    def __init__(self, name: str, act: nn.Module) -> None:
        super().__init__()
        self.add_module(name, nn.Sequential(nn.Sequential(nn.Linear(8, 8), act)))

    def forward(self, x: Tensor) -> Tensor:
        return next(self.children())(x) * 2


def test_a_wrapper_that_changed_has_a_frame_though_there_is_but_one_thing_in_it() -> None:
    picture = drawn(Wrapped("layers", nn.ReLU()), Wrapped("body", nn.Tanh()))
    assert [[text.text for text in box.texts][:3] for box in picture.boxes if box.state] == [
        ["body", "Sequential", "· was layers"]
    ]
    assert said(picture) == ["1 · ReLU → Tanh"]


def test_removed_blocks_keep_their_edges_on_both_sides() -> None:
    long, short = Net(), Net()
    short.layers = short.layers[:4]  # type: ignore[index,assignment]
    picture = drawn(long, short)
    assert [said(picture), len([edge for edge in picture.edges if edge.state == "removed"])] == [
        ["layers.4 … 5 · Block | 8 operations · 176 params"], 2,
    ]  # fmt: skip


def test_what_never_ran_is_told_below() -> None:
    one, other = traced(Net(), X), traced(Net(idle=True), X)
    picture = api.render_diff(one, other, api.diff(one, other), "svg").decode()
    assert "never called, so not drawn: + idle" in picture


def test_a_class_of_another_name_is_marked_once_and_opens_nothing() -> None:
    picture = drawn(Net(), Renamed())
    assert said(picture) == []
    (box,) = (box for box in picture.boxes if box.state)
    assert (box.state, [text.text for text in box.texts][:2]) == ("moved", ["Renamed", "Net → Renamed"])


def test_colour_says_nothing_but_what_changed() -> None:
    picture = drawn(Net(), Net(tail=True))
    assert {card.colour for card in picture.cards} == {""}
    assert [swatch.text.text for swatch in picture.legend] == ["+ added"]


class Masked(nn.Module):
    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        return (x * mask).sigmoid()


class Plain(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x.cos().floor() - 1


class Mixed(nn.Module):
    """Three operations in place of one; a block that reads a mask, and another one that does not."""

    def __init__(self, masked: bool) -> None:
        super().__init__()
        self.stem, self.block, self.head = nn.Linear(8, 8), Masked() if masked else Plain(), nn.Linear(8, 8)

    def forward(self, x: Tensor) -> Tensor:
        x = self.stem(x)
        if isinstance(self.block, Masked):
            return self.head(torch.relu(self.block(x, torch.ones(8).cumsum(0))))
        return self.head(self.block(x).tanh().abs().sqrt())


def test_operations_that_came_instead_of_others_are_drawn_as_gone_and_come() -> None:
    picture = drawn(Mixed(True), Mixed(False))
    assert said(picture, ("added",)) == ["tanh", "abs", "sqrt"]
    assert said(picture, ("changed",)) == ["block · Masked → Plain | 3 operations"]
    assert [words.partition(" ")[0] for words in said(picture, ("removed",))] == ["ones", "cumsum", "relu"]


def test_what_a_replaced_module_read_keeps_its_edge() -> None:
    found = merged(Mixed(True), Mixed(False))
    (reader,) = (node for node in found.nodes if node.name == "cos")
    assert reader.operands[1].startswith("old:")


STRANGE = ('"quoted"', "two\nlines", "<b>&amp;", "{a|b}", "back\\N", "😀 名前", "]; }", "#35; `x` **y**", "end")


class Strange(nn.Module):
    """Modules under names that mean something in some language."""

    def __init__(self, new: bool) -> None:
        super().__init__()
        for number, name in enumerate(STRANGE):
            if number % 3 != (0 if new else 1):
                act: nn.Module = nn.GELU() if new else nn.ReLU()
                self.add_module(name, nn.Sequential(nn.Linear(8, 8), act))

    def forward(self, x: Tensor) -> Tensor:
        for module in self.children():
            x = module(x)
        return x


def strange(format: str) -> str:
    one, other = traced(Strange(False), X), traced(Strange(True), X)
    return api.render_diff(one, other, api.diff(one, other), format).decode()


def test_any_name_is_safe_in_mermaid_and_svg() -> None:
    lines = strange("mmd").splitlines()
    assert [line for line in lines if not LINE.fullmatch(line)] == []
    assert len([line for line in lines if "ReLU → GELU" in line]) == 6
    texts = "".join(ElementTree.fromstring(strange("svg")).itertext())
    for name in STRANGE:
        assert name.replace("\n", " ") in texts.replace("\n", " ")


@needs_dot
def test_any_name_is_safe_in_dot() -> None:
    drawn = svg(strange("dot").encode())
    assert drawn.count("ReLU → GELU") >= 6
    assert "~ changed" in drawn
    assert "😀 名前" in drawn


@needs_dot
def test_the_dot_engine_draws_a_comparison() -> None:
    one, other = traced(Net(), X), traced(Net(False), X)
    drawn = api.render_diff(one, other, api.diff(one, other), "svg", RenderOptions(engine="dot")).decode()
    assert "Generated by graphviz" in drawn
    assert "reads norm1" in drawn


class Wide(nn.Module):
    """Blocks that all differ, each with operations that changed."""

    def __init__(self, function: str) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(Many(number, function) for number in range(4))

    def forward(self, x: Tensor) -> Tensor:
        for block in self.blocks:
            x = block(x)
        return x


class Many(nn.Module):
    def __init__(self, number: int, function: str) -> None:
        super().__init__()
        self.number, self.function = number, getattr(torch, function)

    def forward(self, x: Tensor) -> Tensor:
        for step in range(120):
            x = self.function(x) * (1 + self.number + step / 7)
        return x


def test_changed_modules_are_closed_where_mermaid_could_not_hold_them() -> None:
    one, other = traced(Wide("tanh"), X), traced(Wide("sigmoid"), X)
    found = api.diff(one, other)
    text = api.render_diff(one, other, found, "mmd").decode()
    assert len(text) <= mermaid.MOST_CHARACTERS
    assert text.count("-->") <= mermaid.MOST_EDGES
    assert "1 change inside" in text
    with pytest.raises(RenderLimitError):
        api.render_diff(one, other, found, "mmd", view_options=ViewOptions(depth="all"))


class Dense(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(8, 16), nn.Linear(16, 4)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc2(torch.relu(self.fc1(x)))


class Recurrent(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.rnn, self.out = nn.GRU(8, 6), nn.Conv1d(6, 4, 1)

    def forward(self, x: Tensor) -> Tensor:
        return self.out(self.rnn(x)[0].t())


def test_of_another_model_all_that_is_in_it_went_or_came() -> None:
    picture = drawn(Dense(), Recurrent())
    assert [card.state for card in picture.cards if card.shape != "pill"].count("") == 0
    titles = {state: [words.partition(" | ")[0] for words in said(picture, [state])] for state in ("removed", "added")}
    assert titles == {
        "removed": ["fc1 · Linear", "relu", "fc2 · Linear"],
        "added": ["rnn · GRU", "t", "out · Conv1d"],
    }
    assert [box.state for box in picture.boxes] == ["changed"]
