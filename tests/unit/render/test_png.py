"""PNG: the installed font and no other, the size in bounds."""

from __future__ import annotations

import struct
import warnings

import pytest
import resvg_py

from graphviz_torch.errors import RenderLimitError
from graphviz_torch.ir.graph import Graph
from graphviz_torch.layout.compose import scene
from graphviz_torch.render import characters, png, svg, theme
from graphviz_torch.render.options import RenderOptions
from tests.support import graphs, pictures


def size(picture: bytes) -> tuple[int, int]:
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    return struct.unpack(">II", picture[16:24])


def test_scale() -> None:
    one = size(png.render(graphs.mlp(), RenderOptions(scale=1.0)))
    two = size(png.render(graphs.mlp(), RenderOptions(scale=2.0)))
    assert two == pytest.approx((one[0] * 2, one[1] * 2), abs=2)


def test_no_variable_is_left_for_the_rasteriser() -> None:
    text = svg.write(scene(pictures.splits()), theme.fixed(RenderOptions()), resolved=True)
    assert "var(" not in text
    assert "prefers-color-scheme" not in text


def test_text_and_colours_are_really_drawn() -> None:
    image = png.render(graphs.mlp(), RenderOptions(scale=1.0))
    plain = scene(graphs.mlp())
    silent = plain._replace(cards=tuple(card._replace(texts=()) for card in plain.cards))
    assert len(png.write(silent, RenderOptions(scale=1.0))) < len(image) * 0.8
    assert png.render(graphs.mlp(), RenderOptions(scale=1.0, theme="dark")) != image
    assert png.render(graphs.mlp(), RenderOptions(scale=1.0, theme="auto")) == image


def test_the_scale_is_lowered_before_giving_up() -> None:
    tall = scene(graphs.mlp())._replace(height=20_000.0)
    assert png.fitting_scale(tall, 2.0) == pytest.approx(16_383 / 20_000)
    wide = scene(graphs.mlp())._replace(width=9_000.0, height=9_000.0)
    assert png.fitting_scale(wide, 2.0) == pytest.approx((40e6 / 81e6) ** 0.5)


@pytest.mark.parametrize("height", [8192.06, 8216.8, 9999.1])
def test_no_side_is_longer_than_the_limit(height: float) -> None:
    """Viewers and sites refuse a PNG with one pixel too many."""
    tall = scene(graphs.mlp())._replace(width=20.0, height=height)
    assert 16_380 < size(png.write(tall, RenderOptions(scale=2.0)))[1] <= png.SIDE


def test_a_picture_beyond_the_limit_is_refused_at_once() -> None:
    with pytest.raises(RenderLimitError, match="too large") as caught:
        png.render(graphs.chain(1000), RenderOptions())
    assert "--depth" in (caught.value.hint or "")


def named(name: str) -> Graph:
    """A graph with one name in it."""
    net = graphs.Net()
    x = net.input(name, 4, 8)
    return net.finish(_=net.op("relu", net.enter("", None, x), x))


@pytest.mark.parametrize("name", ["x", "слой", "δίκτυο", "ấn", "→×…"])
def test_what_the_installed_font_has_is_drawn_with_it_alone(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    real = resvg_py.svg_to_bytes
    monkeypatch.setattr(resvg_py, "svg_to_bytes", lambda **how: seen.append(how) or real(**how))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        png.render(named(name), RenderOptions())
    assert seen[-1]["skip_system_fonts"]


def test_a_picture_is_drawn_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where every character is one of the installed font's, nothing has to be drawn to know that."""
    seen = []
    real = resvg_py.svg_to_bytes
    monkeypatch.setattr(resvg_py, "svg_to_bytes", lambda **how: seen.append(how) or real(**how))
    characters._drawn.cache_clear()
    png.render(graphs.chain(3), RenderOptions())
    assert [how["zoom"] for how in seen] == [2.0]


def test_other_scripts_are_drawn_with_the_fonts_of_the_machine_and_what_they_lack_is_told() -> None:
    graph = named("שלום 𐀀")
    found = characters.foreign(scene(graph))
    assert found == tuple(sorted("שלום𐀀"))
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        png.render(graph, RenderOptions())
    lost = " ".join(characters.without_font(found))
    assert [str(one.message).partition(":")[0] for one in told] == [f"no font on this machine has {lost}"] * bool(lost)


@pytest.mark.filterwarnings("ignore::graphviz_torch.errors.FontWarning")
def test_hostile_names() -> None:
    width, height = size(png.render(pictures.hostile(), RenderOptions(scale=1.0)))
    assert width > 100
    assert height > 100
