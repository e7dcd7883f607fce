"""Themes of a project: a base, and colours by their names."""

from __future__ import annotations

from pathlib import Path

import pytest

from graphviz_torch import api
from graphviz_torch.errors import RenderError, SettingsError
from graphviz_torch.render import own_themes
from graphviz_torch.render.options import RenderOptions
from graphviz_torch.render.theme import NAMES, of
from tests.support import graphs

HOUSE = {"base": "auto", "text": "#003", "kind-linear": "#00529B", "dark": {"text": "#eef"}}


def test_colours_stand_in_place_of_those_of_the_base() -> None:
    look = own_themes.resolved(RenderOptions("house"), own_themes.read({"house": HOUSE}))
    found = of(look)
    assert found.dark is not None
    assert (found.colours["ink"], found.dark["ink"], found.colours["k-linear"]) == ("#000033", "#eeeeff", "#00529b")
    assert found.dark["k-linear"] == of(RenderOptions("auto")).dark["k-linear"]  # type: ignore[index]
    svg = api.render(graphs.mlp(), "svg", options=look).decode()
    assert "--ink:#000033" in svg
    assert "--ink:#eeeeff" in svg[svg.index("@media") :]


def test_each_side_is_a_theme_of_its_own() -> None:
    themes = own_themes.read({"house": HOUSE})
    assert list(themes) == ["house", "house-light", "house-dark"]
    dark = own_themes.resolved(RenderOptions("house-dark"), themes)
    assert (dark.theme, dark.colours) == ("dark", (("text", "#eeeeff"),))
    assert list(own_themes.read({"plain": {"base": "paper"}})) == ["plain"]


@pytest.mark.parametrize(
    ("table", "told", "hint"),
    [
        (3, "is no table of tables", "[tool.torchviz-cli.themes.house]"),
        ({"house": 3}, "is no table of tables", None),
        ({"house": {"base": "sepia"}}, "`base = 'sepia'` is no theme", None),
        ({"house": {"txet": "#000"}}, "there is no colour `txet`", "did you mean `text`?"),
        ({"house": {"kind-lineal": "#000"}}, "there is no colour `kind-lineal`", "did you mean `kind-linear`?"),
        ({"house": {"dark": {"txet": "#000"}}}, "there is no colour `dark.txet`", "did you mean `text`?"),
        ({"house": {"text": "blue"}}, "`text = 'blue'` is no colour", '#rgb or #rrggbb, as in text = "#1f2933"'),
        ({"house": {"text": 12}}, "`text = 12` is no colour", None),
        ({"house": {"dark": "#000"}}, "`dark` is a table of colours", None),
        ({"house": {"base": "light", "dark": {"text": "#000"}}}, "`light` has no dark side", None),
        ({"paper": {"text": "#000"}}, "there is a theme of that name already", None),
    ],
)
def test_what_is_wrong_is_named(table: object, told: str, hint: str | None) -> None:
    with pytest.raises(SettingsError, match=r".") as caught:
        own_themes.read(table)
    assert told in caught.value.message
    assert hint is None or caught.value.hint == hint


def test_an_unknown_theme_names_the_nearest() -> None:
    with pytest.raises(RenderError, match="no theme `hose`") as caught:
        own_themes.resolved(RenderOptions("hose"), own_themes.read({"house": HOUSE}))
    assert caught.value.hint == "did you mean `house`?"


def test_what_is_hard_to_read_is_told_with_its_ratio() -> None:
    look = own_themes.resolved(
        RenderOptions("house"), own_themes.read({"house": {"quiet": "#999999", "dark": {"badge-text": "#777777"}}})
    )
    told = own_themes.weak("house", look)
    assert "theme `house`: `quiet` on `card` has a contrast of 2.8:1, less than 4.5:1" in told
    assert "theme `house`: `dark.badge-text` on `dark.badge` has a contrast of 2.8:1, less than 4.5:1" in told
    assert (
        own_themes.weak("house", own_themes.resolved(RenderOptions("house"), own_themes.read({"house": HOUSE}))) == ()
    )


def test_the_nearest_project_with_themes_is_asked(tmp_path: Path) -> None:
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    (tmp_path / "pyproject.toml").write_text('[tool.torchviz-cli.themes.house]\ntext = "#003"\n', encoding="utf-8")
    (tmp_path / "a" / "pyproject.toml").write_text("[project]\n", encoding="utf-8")
    assert own_themes.file(inner) == tmp_path / "pyproject.toml"
    assert "house" in own_themes.find(inner)


def test_the_manual_has_every_colour() -> None:
    manual = (Path(__file__).parents[3] / "docs/pictures.md").read_text(encoding="utf-8")
    told = set(manual.replace("`", " ").replace(",", " ").split())
    plain = {name for name in NAMES if not name.startswith(("kind-", "group-", "heat-"))}
    assert plain <= told
    assert {"kind-linear", "group-1", "heat-1"} <= told
