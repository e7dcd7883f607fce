"""PDF: vectors, text that can be selected, the same bytes every time."""

from __future__ import annotations

import logging
import re
import sys
import zlib
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from graphviz_torch.errors import FontWarning, RenderError, RenderLimitError
from graphviz_torch.layout.text_width import foreign_width
from graphviz_torch.render import pdf
from graphviz_torch.render.options import RenderOptions
from graphviz_torch.render.pdf_fonts import cut
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


def test_what_the_font_lacks_stays_text_that_can_be_found() -> None:
    net = graphs.Net()
    x = net.input("层 🤖 a\x00", 4, 8)
    graph = net.finish(_=net.op("relu", net.enter("", None, x), x))
    with pytest.warns(FontWarning, match="a PDF lacks 层 🤖: drawn"):
        data = pdf.render(graph, RenderOptions())
    streams = b"".join(map(_plain, re.findall(rb"stream\r?\n(.*?)endstream", data, re.DOTALL)))
    for code in (b"<5C42>", b"<D83EDD16>", b"<25A1>"):
        assert code in streams


def _plain(stream: bytes) -> bytes:
    try:
        return zlib.decompress(stream)
    except zlib.error:
        return stream


def test_a_box_is_as_wide_as_the_layout_takes_it_to_be(tmp_path: Path) -> None:
    cut("a层é\u200d𐀀", 400, tmp_path / "font.ttf")
    font = TTFont(tmp_path / "font.ttf")
    names = font.getBestCmap()
    size = font["head"].unitsPerEm
    widths = [font["hmtx"][names[ord(sign)]][0] * 1000 / size for sign in "层\u200d𐀀"]
    assert widths == pytest.approx([foreign_width(sign) for sign in "层\u200d𐀀"], abs=1)
    assert [font["glyf"][names[ord(sign)]].numberOfContours for sign in "层\u200d"] == [2, 0]


def test_missing_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fpdf", None)
    with pytest.raises(RenderError, match="fpdf2") as caught:
        pdf.render(graphs.mlp(), RenderOptions())
    assert caught.value.hint == "pip install 'torchviz-cli[pdf]'"


def test_limit() -> None:
    with pytest.raises(RenderLimitError, match="too large"):
        pdf.render(graphs.chain(6000), RenderOptions())
