"""Names made safe for one line."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from graphviz_torch.render.elide import one_line


@given(st.text(st.characters(), max_size=80), st.integers(4, 60))
def test_always_one_printable_line_of_the_length(text: str, longest: int) -> None:
    shown = one_line(text, longest)
    assert len(shown) <= longest
    assert len(shown.splitlines()) <= 1
    shown.encode("utf-8")


def test_both_ends_are_kept() -> None:
    assert one_line("abcdefghij", 7) == "abcd…ij"
    assert one_line("plain ×12 → 😀", 40) == "plain ×12 → 😀"
    assert one_line("a\tb\u202ec\x00", 9) == "a b�c�"
