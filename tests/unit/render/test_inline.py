"""SVG in a page: two pictures share no name and no rule, and references inside each still lead where they did."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from graphviz_torch import api
from graphviz_torch.passes.options import ViewOptions
from graphviz_torch.render import svg
from graphviz_torch.render.inline import DARK_PAGES, LIGHT_PAGES, inline
from graphviz_torch.render.options import RenderOptions
from tests.support import graphs, pictures

NAME = re.compile(r'\bid="([^"]*)"')
REFERENCE = re.compile(r'(?:href="#|url\(#)([^")]*)|aria-labelledby="([^"]*)"')


def drawn(graph: object, **options: object) -> str:
    return svg.render(graph, RenderOptions(**options)).decode()  # type: ignore[arg-type]


def references(text: str) -> set[str]:
    return {name for match in REFERENCE.findall(text) for name in (match[0] or match[1]).split()}


def test_two_pictures_share_no_name() -> None:
    first, second = (inline(drawn(graphs.mlp(), theme=theme)) for theme in ("light", "dark"))
    assert not set(NAME.findall(first)) & set(NAME.findall(second))


def test_references_lead_where_they_did() -> None:
    for graph in (graphs.mlp(), pictures.broken(), pictures.hostile()):
        before, after = drawn(graph), inline(drawn(graph))
        names = set(NAME.findall(after))
        assert len(references(after)) == len(references(before))
        assert references(after) <= names
        assert len(names) == len(set(NAME.findall(before)))


def test_every_rule_is_about_this_picture_alone() -> None:
    text = inline(drawn(graphs.mlp()))
    scope = ET.fromstring(text).get("class") or ""
    style = text[text.index("<style>") + 7 : text.index("</style>")].replace("@media(prefers-color-scheme:dark){", "")
    selectors = [one for found in re.findall(r"([^{}]+)\{", style) for one in found.split(",")]
    assert len(selectors) > 30
    assert [one for one in selectors if not one.startswith((f".{scope}", f"[id^={scope}-]"))] == [
        f"{page} .{scope}" for page in (*LIGHT_PAGES, *DARK_PAGES)
    ]


def test_cards_that_are_drawn_by_reference_keep_their_colours() -> None:
    text = inline(drawn(graphs.mlp()))
    scope = ET.fromstring(text).get("class")
    assert re.search(rf'<g id="{scope}-[^"]+"><rect class="n"', text)
    assert f"[id^={scope}-]>.n{{fill:var(--fill)" in text


@pytest.mark.parametrize(
    ("name", "depth"), [("transformer_encoder", 1), ("mixture_of_experts", "all"), ("gpt2", "auto")]
)
def test_whatever_is_drawn_by_reference_has_rules_that_need_nothing_around_it(name: str, depth: int | str) -> None:
    graph = api.load(Path(__file__).parents[3] / f"docs/gallery/graphs/{name}.json")
    text = inline(api.render(graph, "svg", ViewOptions(depth=depth)).decode())
    scope = ET.fromstring(text).get("class")
    definitions = text[text.index("</marker>", text.rindex("<marker")) : text.index("</defs>")]
    classes = {one for found in re.findall(r'class="([^"]*)"', definitions) for one in found.split()}
    assert classes > {"n"}
    own = " ".join(re.findall(rf"\[id\^={scope}-\][^,{{]*", text))
    assert [one for one in classes if f".{one}" not in own] == []


def test_equal_pictures_are_equal_in_a_page_too() -> None:
    assert inline(drawn(graphs.mlp())) == inline(drawn(graphs.mlp()))


def test_a_theme_that_was_asked_for_stays_whatever_the_page_is() -> None:
    assert ".vscode-dark" in inline(drawn(graphs.mlp()))
    assert ".vscode-dark" not in inline(drawn(graphs.mlp(), theme="light"))


def test_a_page_costs_less_than_four_kilobytes() -> None:
    text = drawn(graphs.mlp())
    assert len(inline(text)) - len(text) < 4_000
