"""Mermaid: exact text, no syntax from names, and never beyond the viewers' limits."""

from __future__ import annotations

import re

import pytest

from graphviz_torch import api
from graphviz_torch.errors import RenderLimitError
from graphviz_torch.passes.options import ViewOptions
from graphviz_torch.render import mermaid
from graphviz_torch.render.options import RenderOptions
from tests.support.graphs import Net, chain, mlp, tower
from tests.support.pictures import broken
from tests.unit.render.test_dot import STRANGE, strange

LINE = re.compile(
    r"""
    flowchart\ (TB|LR)
    | \s*subgraph\ c\d+\["[^"]*"\] | \s*end
    | \s*(?:n\d+|why)(\["[^"]*"\] | \(\["[^"]*"\]\) | \[/"[^"]*"/\])
    | \s*n\d+\ (-->|-\.->|-\.-)(\|"[^"]*"\|)?\ (n\d+|why)
    | \s*linkStyle\ [\d,]+\ [\w#:,-]+
    | \s*classDef\ \w+\ [\w#:,\ -]+ | \s*class\ ([nc\d,]+|why)\ \w+
    """,
    re.VERBOSE,
)


def test_golden(golden) -> None:
    golden("mermaid/mlp.mmd", api.render(mlp(), "mmd").decode())
    golden(
        "mermaid/tower.mmd", api.render(tower(6, mask=True), "mermaid", options=RenderOptions(direction="LR")).decode()
    )


@pytest.mark.parametrize(
    "name", [*STRANGE, "`md`", "**b**", "__init__", "1. list", "- item", "%%{init}%%", "end", "#35;"]
)
def test_any_name_stays_inside_its_quotes(name: str) -> None:
    text = mermaid.render(strange(name), RenderOptions()).decode()
    for line in text.splitlines():
        assert LINE.fullmatch(line), line
        label = re.search(r'"([^"]*)"', line)
        if label:
            plain = re.sub(r"#\d+;|<br/>", "", label[1])
            assert not re.search(r"[<>&#\"`*%\\{}\[\]]", plain), plain
            assert not re.match(r"\d+\. |[-+] ", plain)


def test_a_failure_is_explained() -> None:
    text = api.render(broken(), "mmd").decode()
    assert all(LINE.fullmatch(line) for line in text.splitlines())
    (failed,) = re.findall(r"class (n\d+) failed", text)
    assert f"{failed} -.- why\n" in text
    (said,) = re.findall(r'why\["(.*)"\]', text)
    assert said.split("<br/>")[:2] == ["needs 4×32, got 4×16", "model.py:17 in MLP.forward"]


def test_entities_are_the_characters() -> None:
    text = mermaid.render(strange("a<b"), RenderOptions()).decode()
    assert "a#60;b" in text


def test_what_is_read_again_after_decoding_is_broken_up() -> None:
    text = mermaid.render(strange("a\\nb $$x$$"), RenderOptions()).decode()
    assert "a#92;#8203;nb #36;#8203;#36;#8203;x#36;#8203;#36;#8203;" in text


def test_no_label_is_empty() -> None:
    assert '""' not in mermaid.render(strange(""), RenderOptions()).decode()


def test_too_many_edges_or_characters_are_refused() -> None:
    with pytest.raises(RenderLimitError, match="1001 edges"):
        mermaid.render(chain(1000), RenderOptions())
    net = Net()
    x = net.input("x", 4, 8)
    for number in range(300):
        x = net.op(f"{number:03}" + "<" * 50, None, x)
    with pytest.raises(RenderLimitError, match="characters") as error:
        mermaid.render(net.finish(_=x), RenderOptions())
    assert error.value.hint is not None


def wide(modules: int, operations: int):
    """Modules that all differ, so that nothing folds."""
    net = Net("Wide")
    x = net.input("x", 4, 8)
    root = net.enter("", None, x)
    for number in range(modules):
        call = net.enter(f"m{number}", root, x, type=f"model.Block{number}")
        for step in range(operations):
            x = net.op(f"op{number}_{step}", call, x)
        net.leave(call, x)
    net.leave(root, x)
    return net.finish(_=x)


def test_modules_are_closed_until_the_picture_fits() -> None:
    graph = wide(8, 100)
    text = api.render(graph, "mmd", ViewOptions(budget=2000)).decode()
    assert len(text) <= mermaid.MOST_CHARACTERS
    assert text.count("-->") <= mermaid.MOST_EDGES
    assert text.count("subgraph") > 1
    many = api.render(wide(600, 2), "mmd").decode()
    assert many.count("-->") == 2


def test_an_explicit_depth_is_obeyed_even_where_it_cannot_fit() -> None:
    with pytest.raises(RenderLimitError):
        api.render(wide(8, 100), "mmd", ViewOptions(depth="all"))
