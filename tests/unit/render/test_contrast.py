"""Every theme can be read, and its kinds are told apart: computed, for all that stands on something."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations

import pytest

from graphviz_torch import api
from graphviz_torch.ir.graph import Graph
from graphviz_torch.layout.compose import scene
from graphviz_torch.layout.findings import ROLES
from graphviz_torch.layout.kinds import KINDS
from graphviz_torch.layout.painter import COLOURS
from graphviz_torch.render import contrast, pdf, textures
from graphviz_torch.render.style_sheet import STATES
from graphviz_torch.render.theme import BUILT_IN, text_colour
from tests.support import graphs, pictures
from tests.support.colours import VISIONS, difference, seen

SIDES = {
    f"{name}{side}": colours
    for name, theme in BUILT_IN.items()
    for side, colours in (("", theme.colours), (", dark", theme.dark))
    if colours is not None
}
KINDS_AND_GROUPS = (*(f"k-{kind}" for kind in KINDS), *(f"c{number}" for number in range(COLOURS)))
GROUPS = {
    "kinds": ([f"k-{kind}" for kind in KINDS], 10.0),
    "groups": ([f"c{number}" for number in range(COLOURS)], 15.0),
    "changes": ([f"d-{state}" for state in STATES], 15.0),
    "findings": ([f"f-{severity}" for severity in ROLES], 15.0),
}
FAR = 12.0  # in lightness, of two greys


def test_the_ratio_is_that_of_wcag() -> None:
    assert contrast.ratio("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast.ratio("#ffffff", "#777777") == pytest.approx(4.48, abs=0.005)
    assert contrast.ratio("#767676", "#ffffff") >= 4.5


def test_the_difference_is_ciede2000() -> None:
    # From the data that Sharma, Wu and Dalal published to test implementations with.
    assert difference((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485)) == pytest.approx(2.0425, abs=1e-4)
    assert difference((50.0, 2.5, 0.0), (58.0, 24.0, 15.0)) == pytest.approx(19.4535, abs=1e-4)
    assert difference((2.0776, 0.0795, -1.135), (0.9033, -0.0636, -0.5514)) == pytest.approx(0.9082, abs=1e-4)


@pytest.mark.parametrize("side", SIDES)
def test_text_and_lines_can_be_read_on_all_that_they_stand_on(side: str) -> None:
    assert list(contrast.weak(SIDES[side])) == []


@pytest.mark.parametrize("side", SIDES)
def test_bars_can_be_seen(side: str) -> None:
    colours = SIDES[side]
    ratios = {
        (name, ground): contrast.ratio(colours[name], colours[ground])
        for name in (*KINDS_AND_GROUPS, "warnline")
        for ground in ("fill", "bg")
    }
    assert min(ratios.values()) >= contrast.LEAST_OF_SHAPES, min(ratios, key=lambda pair: ratios[pair])


@pytest.mark.parametrize("side", [name for name in SIDES if name.startswith("colorblind")])
@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("group", GROUPS)
def test_colours_are_told_apart_by_everybody(side: str, vision: str, group: str) -> None:
    names, least = GROUPS[group]
    found = {
        (one, other): difference(seen(SIDES[side][one], vision), seen(SIDES[side][other], vision))
        for one, other in combinations(names, 2)
    }
    assert min(found.values()) >= least, min(found, key=lambda pair: found[pair])


def test_paper_is_grey() -> None:
    assert all(colour[1:3] == colour[3:5] == colour[5:] for colour in BUILT_IN["paper"].colours.values())


@pytest.mark.parametrize("group", GROUPS)
def test_greys_of_one_texture_are_told_apart(group: str) -> None:
    colours = BUILT_IN["paper"].colours
    light = {name: seen(colours[name], "all cones")[0] for name in GROUPS[group][0]}
    alike = [pair for pair in combinations(light, 2) if textures.OF.get(pair[0]) == textures.OF.get(pair[1])]
    assert alike
    assert all(abs(light[one] - light[other]) >= FAR for one, other in alike)


def drawn() -> Iterator[Graph]:
    yield from (graphs.mlp(), pictures.broken(), pictures.splits(), pictures.hostile(), pictures.transformer(3))


def test_nothing_stands_on_what_was_not_looked_at() -> None:
    for graph in drawn():
        picture = scene(graph)
        for card in picture.cards:
            fill = pdf.look(card)[0] or "bg"
            for text in card.texts:
                front = text_colour(text.style, text.role, card.shape)
                assert fill in contrast.GROUNDS[front], (card.id, front, fill)
        for note in picture.notes:
            assert all("bg" in contrast.GROUNDS[text_colour(text.style, text.role)] for text in note.texts)


def _with(colours: Mapping[str, str], **own: str) -> dict[str, str]:
    return {**colours, **own}


def test_what_is_too_weak_is_found() -> None:
    found = list(contrast.weak(_with(BUILT_IN["light"].colours, sub="#999999")))
    assert {front for front, _, _ in found} == {"sub"}
    assert ("sub", "fill") in {(front, ground) for front, ground, _ in found}


def test_every_format_takes_every_theme() -> None:
    from graphviz_torch.render.options import THEMES, RenderOptions

    for name in ("svg", "png", "dot", "mmd"):
        found = {theme: api.render(pictures.splits(), name, options=RenderOptions(theme=theme)) for theme in THEMES}
        alike = len(THEMES) - len(set(found.values()))
        # Only SVG follows the reader; the nodes of DOT and Mermaid have no colours of kinds.
        assert alike <= {"svg": 0, "png": 2, "dot": 4, "mmd": 4}[name], name
