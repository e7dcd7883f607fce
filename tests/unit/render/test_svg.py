"""SVG: well-formed for any name, light and dark, small, and the same bytes everywhere."""

from __future__ import annotations

import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphviz_torch import api
from graphviz_torch.passes.options import ViewOptions
from graphviz_torch.render import style_sheet, svg
from graphviz_torch.render.options import RenderOptions
from tests.support import graphs, pictures

NS = {"s": "http://www.w3.org/2000/svg"}
ROOT = Path(__file__).parents[3]


def drawn(graph: object, **options: object) -> str:
    return svg.render(graph, RenderOptions(**options)).decode()  # type: ignore[arg-type]


def test_mlp(golden: Callable[[str, str], None]) -> None:
    golden("svg/mlp.svg", drawn(graphs.mlp()))


def test_failure(golden: Callable[[str, str], None]) -> None:
    golden("svg/failure.svg", drawn(pictures.broken()))


def test_the_picture_says_in_words_what_it_shows() -> None:
    root = ET.fromstring(drawn(graphs.mlp()))
    assert root.get("role") == "img"
    title, description = root.find("s:title", NS), root.find("s:desc", NS)
    assert title is not None
    assert title.text == "MLP"
    assert description is not None
    assert description.text == "Data flow of MLP: 3 operations from x to the output. 596 parameters."


@pytest.mark.parametrize(
    "kept", sorted((ROOT / "docs" / "gallery" / "graphs").glob("*.json")), ids=lambda path: path.stem
)
def test_every_class_that_has_a_rule_has_it_in_the_sheet(kept: Path) -> None:
    picture = api.render(api.load(kept), "svg", ViewOptions(depth=1)).decode()
    sheet = picture[picture.index("<style>") : picture.index("</style>")]
    used = {name for found in re.findall('class="([^"]*)"', picture) for name in found.split()}
    ruled = {name for name, _ in style_sheet.RULES if name}
    assert {name for name in used & ruled if not re.search(rf"\.{name}\b", sheet)} == set()


def test_every_node_has_an_id_and_a_tooltip() -> None:
    graph = graphs.mlp()
    root = ET.fromstring(drawn(graph))
    named = {group.get("id"): group.findtext("s:title", None, NS) for group in root.iter(f"{{{NS['s']}}}g")}
    shown = {node.id for node in graph.nodes if node.kind != "parameter"}
    assert shown <= named.keys()
    assert named["fc1#0:linear.0"] == "fc1 · linear.Linear\n4×32, 16×32, 16 → 4×16\nmodel.py:1 in Net.forward"


def test_hostile_names_survive() -> None:
    text = drawn(pictures.hostile())
    root = ET.fromstring(text)
    titles = [element.text or "" for element in root.iter(f"{{{NS['s']}}}title")]
    assert any("x" * 20_000 in title for title in titles)
    assert any("two\nlines" in title for title in titles)
    assert any("🤖 robot" in title for title in titles)
    texts = [element.text or "" for element in root.iter(f"{{{NS['s']}}}text")]
    assert "a<b" in texts
    assert max(map(len, texts)) < 100


@settings(max_examples=80, deadline=None)
@given(st.text(alphabet=st.characters(codec=None, exclude_categories=[]), max_size=40))
def test_any_name_gives_well_formed_xml(name: str) -> None:
    net = pictures.Model(name)
    x = net.input(name, 2, 3)
    root = net.enter("", None, x)
    net.module(name or "m", f"model.{name}")
    call = net.enter(name or "m", root, x)
    y = net.op(name or "op", call, net.op(name or "op", call, x))
    document = ET.fromstring(drawn(net.finish(out=y), source_url="http://x/{file}?a&b#{line}"))
    ids = [element.get("id") for element in document.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    assert all(" " not in (found or "") for found in ids)


def test_themes() -> None:
    auto, light, dark = (drawn(graphs.mlp(), theme=theme) for theme in ("auto", "light", "dark"))
    assert "prefers-color-scheme:dark" in auto
    assert "prefers-color-scheme" not in light + dark
    assert "--bg:#ffffff" in light
    assert "--bg:#11161c" in dark


def test_no_colour_stands_outside_the_style_sheet() -> None:
    text = drawn(pictures.splits())
    body = re.sub(r"<style>.*?</style>", "", text)
    assert not re.search(r'(fill|stroke|color)="', body)
    used = set(re.findall(r"var\(--([\w-]+)\)", text))
    assert used
    assert used <= set(re.findall(r"--([\w-]+):", text))


def test_links_to_the_source() -> None:
    root = ET.fromstring(drawn(graphs.mlp(), source_url="https://host/{file}#L{line}"))
    links = {link.get("href") for link in root.iter(f"{{{NS['s']}}}a")}
    assert "https://host/model.py#L9" in links


def test_links_to_the_documentation_come_first() -> None:
    found = {"torch.nn.modules.linear.Linear": "api.html#linear", "torch.nn.functional.relu": "api.html#relu"}
    text = drawn(graphs.mlp(), source_url="https://host/{file}#L{line}", links=tuple(found.items()))
    assert text.count('<a href="api.html#linear" target="_top"><g id="fc1#0') == 1
    assert '<a href="https://host/model.py#L9" target="_top">' in text


def test_a_far_reference_leads_to_what_it_stands_for() -> None:
    root = ET.fromstring(drawn(pictures.transformer(9)))
    links = [link.get("href") for link in root.iter(f"{{{NS['s']}}}a")]
    assert links.count("#in:attention_mask") >= 5


def test_bytes_for_each_node() -> None:
    graph = graphs.chain(2000)
    assert len(svg.render(graph, RenderOptions())) / len(graph.nodes) < 340


def test_numbers_have_one_decimal() -> None:
    body = re.sub(r"<style>.*?</style>|<marker.*?</marker>", "", drawn(pictures.bert(1)))
    assert not re.search(r'(?:[xywdth]|height)="[^"]*\d\.\d\d', body)


@pytest.mark.parametrize("seed", ["0", "1", "4711"])
def test_the_same_bytes_with_any_hash_seed(seed: str) -> None:
    code = (
        "from hashlib import sha256; from tests.support import pictures; from graphviz_torch.render import svg;"
        "from graphviz_torch.render.options import RenderOptions;"
        "print(sha256(svg.render(pictures.transformer(8), RenderOptions())).hexdigest())"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
    )
    from hashlib import sha256

    assert run.stdout.strip() == sha256(svg.render(pictures.transformer(8), RenderOptions())).hexdigest()


def test_a_long_chain_needs_no_recursion() -> None:
    limit = sys.getrecursionlimit()
    assert limit < 5000
    assert drawn(graphs.chain(6000)).count("<use ") > 6000
    assert drawn(pictures.deep(300)).count('class="g') == 301


@pytest.mark.slow
def test_fifty_thousand_operations_in_a_row() -> None:
    _, _, body = drawn(graphs.chain(50_000)).partition("</defs>")
    assert body.count("<use ") == 50_000


@pytest.mark.slow
@pytest.mark.parametrize("family", sorted(pictures.FAMILIES.keys() - {"deep", "unet"}))
def test_time_grows_with_size_only(family: str) -> None:
    def cost(size: int) -> float:
        graph = pictures.FAMILIES[family](size)
        start = process_time()
        svg.render(graph, RenderOptions())
        return (process_time() - start) / len(graph.nodes)

    cost(300)
    assert cost(10_000) < 4 * cost(1_000)
    assert cost(10_000) < 0.5e-3


def test_title_and_description_are_those_that_are_asked_for() -> None:
    text = drawn(graphs.mlp(), title="The <net>", description="Two layers & no more")
    assert '<title id="title">The &lt;net&gt;</title><desc id="desc">Two layers &amp; no more</desc>' in text
