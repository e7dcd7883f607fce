"""PDF: vectors, text that can be selected, the same bytes every time."""

from __future__ import annotations

import logging
import sys

import pytest

from graphviz_torch.errors import FontWarning, RenderError, RenderLimitError
from graphviz_torch.render import pdf
from graphviz_torch.render.options import RenderOptions
from tests.support import graphs, pictures


def test_the_same_bytes_twice() -> None:
    first = pdf.render(pictures.splits(), RenderOptions())
    assert first.startswith(b"%PDF-")
    assert first == pdf.render(pictures.splits(), RenderOptions())
    assert b"/Subtype /Image" not in first
    assert b"/ToUnicode" in first


def test_themes_differ() -> None:
    graph = pictures.broken()
    light = pdf.render(graph, RenderOptions(theme="light"))
    assert light == pdf.render(graph, RenderOptions(theme="auto"))
    assert light != pdf.render(graph, RenderOptions(theme="dark"))


def test_what_the_font_lacks_is_said_in_one_line(caplog: pytest.LogCaptureFixture) -> None:
    with (
        caplog.at_level(logging.WARNING),
        pytest.warns(FontWarning, match="a PDF lacks 🤖: drawn"),
    ):
        assert pdf.render(pictures.hostile(), RenderOptions()).startswith(b"%PDF-")
    assert "missing" not in caplog.text


def test_missing_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fpdf", None)
    with pytest.raises(RenderError, match="fpdf2") as caught:
        pdf.render(graphs.mlp(), RenderOptions())
    assert caught.value.hint == "pip install 'torchviz-cli[pdf]'"


def test_limit() -> None:
    with pytest.raises(RenderLimitError, match="too large"):
        pdf.render(graphs.chain(6000), RenderOptions())
