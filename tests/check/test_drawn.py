"""Measurements on pictures: ranges and times at what they are of, also where one stands for several."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
import torch
from torch import Tensor, nn

from graphviz_torch import api
from graphviz_torch.check.drawn import drawn
from graphviz_torch.check.options import CheckOptions
from graphviz_torch.check.report import Report
from graphviz_torch.ir.graph import Annotation
from graphviz_torch.passes.options import ViewOptions
from graphviz_torch.passes.view import view
from graphviz_torch.render.options import RenderOptions

torch.set_num_threads(1)


class Block(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc, self.act = nn.Linear(4, 4), nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        return x + self.act(self.fc(x))


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.blocks = nn.Sequential(*(Block() for _ in range(3)))

    def forward(self, x: Tensor) -> Tensor:
        return torch.log(self.blocks(x) - 1.0)


def report(**options: bool) -> Report:
    torch.manual_seed(0)
    return api.check(Net(), (torch.linspace(-1, 1, 8).reshape(2, 4),), None, CheckOptions(**options))


def timed(seconds: dict[str, float]) -> Report:
    """A report as if operations had taken so long, by the end of their ids; the others a microsecond."""
    found = report()
    spent = tuple(
        Annotation(node.id, "seconds", next((long for end, long in seconds.items() if node.id.endswith(end)), 1e-6))
        for node in found.graph.nodes
        if node.kind == "call"
    )
    return replace(found, graph=replace(found.graph, annotations=(*found.graph.annotations, *spent)), findings=())


def svg(found: Report, **view_options: int) -> str:
    return api.render_report(found, "svg", ViewOptions(**view_options)).decode()


def test_a_card_says_the_range_of_what_it_gives_and_what_is_no_number_in_red() -> None:
    text = svg(report(stats=True), depth=1)
    words = re.findall(r"<text[^>]*>([^<]*)</text>", text)
    assert "· -1 .. 1" in words
    assert any(re.fullmatch(r'<text class="s bad".*\d NaN</text>', one) for one in re.findall(r"<text.*?</text>", text))
    assert "a card says the least and the greatest element of what it gives" in words


def test_what_stands_for_several_has_the_range_and_the_time_of_all() -> None:
    found = timed({"linear.0": 0.002})
    stats = report(stats=True)
    whole = replace(found.graph, annotations=(*found.graph.annotations, *stats.graph.annotations))
    graph = view(drawn(whole), ViewOptions(depth="all", fold=True))
    notes = {mark.target: mark.payload for mark in graph.annotations if mark.key == "time"}
    assert notes["blocks.0#0"]["seconds"] == pytest.approx(3 * (0.002 + 2e-6))
    values = {mark.target: mark.payload for mark in graph.annotations if mark.key == "range"}
    of_each = [mark.payload for mark in stats.graph.annotations if re.fullmatch(r"blocks\.\d#0:add\.0", mark.target)]
    assert len(of_each) == 3
    [folded] = [payload for target, payload in values.items() if re.fullmatch(r"blocks\.\d#0:add\.0", target)]
    assert folded["minimum"] == min(one["minimum"] for one in of_each)
    assert folded["maximum"] == max(one["maximum"] for one in of_each)
    assert folded["elements"] == 24
    assert "mean" not in folded


def test_time_tints_cards_and_the_legend_says_how_much() -> None:
    text = svg(timed({"log.0": 0.004, "sub.0": 0.001}), depth=1)
    assert re.search(r'class="[^"]*heat4"[^>]*><title>torch\.log', text)
    assert re.search(r'class="[^"]*heat3"[^>]*><title>torch\.Tensor\.sub', text)
    assert "4 ms · 80%" in text
    assert "30% of the time or more" in text
    assert "times are of operations" in text


def test_pictures_without_measurements_know_no_heat() -> None:
    text = svg(report())
    assert "heat" not in text
    assert "of the time" not in text


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("format", ["svg", "png", "pdf"])
def test_every_picture_shows_heat(format: str, theme: str) -> None:
    found = timed({"log.0": 0.004})
    assert api.render_report(found, format, None, RenderOptions(theme=theme))
