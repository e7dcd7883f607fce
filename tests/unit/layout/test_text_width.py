"""Text widths: the table is that of the installed font, and names are cut in the middle."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphviz_torch.layout import inter_widths
from graphviz_torch.layout.text_width import elide, text_width, wrap

SCRIPT = Path(__file__).parents[3] / "scripts" / "make_text_widths.py"


@pytest.mark.slow
def test_the_table_is_current() -> None:
    spec = importlib.util.spec_from_file_location("make_text_widths", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert Path(inter_widths.__file__).read_text(encoding="utf-8") == module.table()


def test_the_table_matches_the_font_at_its_usual_weight() -> None:
    from fontTools.ttLib import TTFont

    from graphviz_torch.render.fonts import FONT

    font = TTFont(FONT, lazy=True)
    cmap, widths = font.getBestCmap(), font["hmtx"]
    for sign in "aWi0→×·…↻":
        assert text_width(sign, "q") == pytest.approx(widths[cmap[ord(sign)]][0] / 2048 * 12, abs=0.01)


def test_semi_bold_is_wider() -> None:
    assert text_width("layer1 · Linear", "t") > text_width("layer1 · Linear", "q")


def test_foreign_characters_have_room() -> None:
    assert text_width("漢字", "q") >= 24
    assert text_width("🤖", "q") >= 12
    assert text_width("e\u0301", "q") == text_width("e", "q")


def test_the_middle_is_left_out() -> None:
    short = elide("encoder." + "layer." * 40 + "output.dense", "t", 200)
    assert short.startswith("encoder.layer")
    assert short.endswith("dense")
    assert "…" in short


@given(st.text(max_size=600), st.floats(20, 400))
def test_never_wider_than_asked(text: str, limit: float) -> None:
    short = elide(text, "s", limit)
    assert text_width(short, "s") <= limit
    assert short == text or "…" in short


def test_a_long_message_is_broken_between_words() -> None:
    lines = wrap("mat1 and mat2 shapes cannot be multiplied (4x16 and 32x8) " * 3, "t", 300, 3)
    assert lines[0] == "mat1 and mat2 shapes cannot be multiplied (4x16"
    assert len(lines) == 3
    assert "…" in lines[-1]
    assert wrap("short", "t", 300, 3) == ["short"]
    assert wrap("x" * 900, "t", 300, 3)[0].count("…") == 1
