"""What a page can ask for, and what is said where it asks for what there is not."""

from __future__ import annotations

import pytest

from graphviz_torch.errors import SettingsError
from graphviz_torch.sites import picture, wish


def test_options_as_pages_spell_them() -> None:
    found = wish.read(
        " pkg.net:Net ",
        {"input": "ids=1x4:i64 'n=py:[1, 2]'", "tracer": "fx", "depth": "2", "no-fold": None, "caption": "Two\n lines"},
    )
    assert found == wish.Wish(
        "pkg.net:Net", inputs=("ids=1x4:i64", "n=py:[1, 2]"), tracer="fx", depth=2, fold=False, caption="Two lines"
    )
    assert found.view.depth == 2


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"inptu": "1x4"}, "there is no option `inptu`"),
        ({"depth": "-1"}, "`depth: -1` is not right: a depth is auto, all or a number of levels"),
        ({"input": "'1x4"}, "`input: '1x4` is not right: No closing quotation"),
        ({"align": "middle"}, "`align: middle` is not right: it is one of left, center, right"),
        ({"raises": "perhaps"}, "`raises: perhaps` is not right: it is a flag"),
        ({"focus": None}, "`focus: ` is not right: it is empty"),
    ],
)
def test_what_is_wrong_is_said(given: dict[str, str | None], message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        wish.read("pkg:Net", given)
    assert caught.value.message == message


def test_no_target() -> None:
    with pytest.raises(SettingsError, match="no target"):
        wish.read(" ", {})


def test_names_that_something_may_be_documented_under() -> None:
    assert picture.shorter("torch.nn.modules.linear.Linear") == (
        "torch.nn.modules.linear.Linear", "torch.nn.modules.Linear", "torch.nn.Linear", "torch.Linear",
    )  # fmt: skip
