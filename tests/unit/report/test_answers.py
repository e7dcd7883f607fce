"""What a comparison says in text, JSON, Markdown and annotations."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from graphviz_torch.diff.result import Change, Comparison, Consequence, Pair, Place, StateDict, Totals
from graphviz_torch.ir.graph import SourceLocation
from graphviz_torch.layout.rolled import rolled
from graphviz_torch.report import github, markdown, text
from graphviz_torch.report import json as documents
from graphviz_torch.report.threshold import fails
from graphviz_torch.report.words import what, where

SOURCE = SourceLocation("net.py", 17, 5, 20, "Net.__init__", "self.act = nn.SiLU()")
COMPARISON = Comparison(
    "HEAD:net.py:build",
    "net.py:build (working tree)",
    (
        Change("checkpoint", "breaking", (Place("head", "head"),), "torch.nn.Linear", "64 → 1000", "64 → 10"),
        Change("moved", "breaking", (Place("enc.norm", "norm"),), "torch.nn.LayerNorm", "enc.norm", "norm"),
        Change(
            "replaced", "structural", tuple(Place(f"layers.{n}.act", f"layers.{n}.act") for n in range(12)),
            "torch.nn.SiLU", "GELU", "SiLU", "another type in the same place", SOURCE,
        ),
        Change("removed", "structural", (Place("aux", None),), "torch.nn.Linear", "64 → 1000", "", "", SOURCE),
        Change("added", "structural", (Place(None, "drop"),), "torch.nn.Dropout", "", "p=0.1"),
    ),
    (Consequence(Place("head", "head"), "linear", "4×1000", "4×10", 0),),
    (Pair("", "", "root"), Pair("enc.norm", "norm", "move")),
    (),
    StateDict(
        ("layers.0.weight",), (("enc.norm.weight", "norm.weight"),),
        (("head.weight", "head.weight", (1000, 64), (10, 64)),), (), ("aux.weight",),
        {"layers.0.weight": "layers.0.weight", "enc.norm.weight": "norm.weight"},
    ),
    Totals(1_310_000, 98, 40, 62), Totals(1_250_000, 97, 40, 62),
    ("HEAD is 1a2b3c4d5",),
)  # fmt: skip


def _many(count: int, word: str = "p") -> Comparison:
    changes = tuple(
        Change(
            "attribute", "structural", (Place(f"{word}{'x' * n}", f"{word}{'x' * n}"),), "torch.nn.Dropout", "a", "b"
        )
        for n in range(count)
    )
    return Comparison("old", "new", changes)


@pytest.mark.parametrize(
    ("paths", "word"),
    [
        (["head"], "head"),
        ([f"layers.{n}.act" for n in range(12)], "layers.{0-11}.act"),
        (["l.0.a", "l.2.a", "l.3.a", "l.4.a"], "l.{0,2-4}.a"),
        (["l.0", "l.1"], "l.{0,1}"),
        ([f"layer{a}.{b}.relu" for a in (1, 2, 3, 4) for b in (0, 1)], "layer{1-4}.{0,1}.relu"),
        (["l.0.0", "l.0.1", "l.1.0"], "l.0.{0,1}, l.1.0"),
        (["a", "b", "c", "d", "e"], "a, b, c and 2 more"),
        (["a.0", "b", "c", "d.1"], "a.0, b, c, d.1"),
        (["l.0.q", "l.0.k", "l.1.q", "l.1.k", "head"], "l.{0,1}.{q,k}, head"),
        (["a.1", "a.1"], "a.1"),
        ([], ""),
    ],
)
def test_rolled(paths: list[str], word: str) -> None:
    assert rolled(paths) == word


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (Change("attribute", "structural", (Place("p", "p"),), "nn.Dropout", "p=0.1", "p=0.5"), "Dropout p=0.1 → 0.5"),
        (Change("attribute", "structural", (Place("p", "p"),), "op", "a=1, b=2", "a=2, b=3"), "op a=1, b=2 → a=2, b=3"),
        (
            Change("attribute", "structural", (Place("p", "p"),), "nn.E", "", "padding_idx=0"),
            "E now with padding_idx=0",
        ),
        (Change("attribute", "structural", (Place("p", "p"),), "nn.E", "padding_idx=0"), "E now without padding_idx=0"),
        (Change("checkpoint", "breaking", (Place("p", "p"),), "Net", "pos 1×5", "pos 1×6"), "Net pos 1×5 → 1×6"),
        (Change("interface", "breaking", (Place("aux", None),), "output", "aux"), "output"),
        (Change("rewired", "structural", (Place("", ""),), "add", "add(x)", "add(y)"), "add(x) → add(y)"),
        (
            Change("renamed", "cosmetic", (Place("", ""), Place("a", "a")), "RobertaModel", "Bert…", "Roberta…"),
            "class Bert… → Roberta…",
        ),
        (
            Change("renamed", "breaking", (Place("layers", "blocks"),), "nn.ModuleList", "layers", "blocks"),
            "ModuleList",
        ),
    ],
)
def test_what_is_said_of_a_change(change: Change, word: str) -> None:
    assert what(change) == word


def test_classes_that_all_have_another_name_are_one_place() -> None:
    places = (Place("", ""), Place("a", "a"), Place("a.b", "a.b"))
    assert where(Change("renamed", "cosmetic", places, "RobertaModel", "Bert…", "Roberta…")) == "the model"
    assert where(Change("renamed", "cosmetic", places[1:2], "My", "Your", "My")) == "a"


def test_text(golden: Callable[[str, str], None]) -> None:
    golden("report/diff.txt", text.render(COMPARISON))


def test_text_of_no_change() -> None:
    assert text.render(Comparison("a", "b")).splitlines()[:2] == ["a → b", "no change"]


def test_colour_is_beside_the_glyph_never_in_its_place() -> None:
    coloured = text.render(COMPARISON, color=True)
    assert "\x1b[31m-\x1b[0m \x1b[31maux\x1b[0m" in coloured
    plain = coloured
    for code in ("0", "1", "2", "31", "32", "33", "34", "1;31"):
        plain = plain.replace(f"\x1b[{code}m", "")
    assert plain == text.render(COMPARISON)


def test_a_narrow_terminal_still_shows_every_change() -> None:
    found = text.render(COMPARISON, width=40)
    assert sum(line.startswith("  ") for line in found.splitlines()) == 5


def test_json(golden: Callable[[str, str], None]) -> None:
    golden("report/diff.json", documents.render(COMPARISON))
    found = json.loads(documents.render(COMPARISON))
    assert set(found) == {
        "format_version", "equal", "summary", "changes", "consequences", "mapping", "state_dict",
    }  # fmt: skip
    assert set(found["changes"][0]) == {
        "class", "severity", "old_path", "new_path", "paths", "op", "count", "before", "after", "why", "source",
    }  # fmt: skip
    assert set(found["state_dict"]) == {"same", "renamed", "reshaped", "added", "removed", "map"}
    assert found["changes"][2]["paths"] == [f"layers.{n}.act" for n in range(12)]


def test_markdown(golden: Callable[[str, str], None]) -> None:
    golden("report/diff.md", markdown.render(COMPARISON, "flowchart TB\n  n0 --> n1\n"))


def test_markdown_folds_what_is_beyond_fifteen_rows() -> None:
    found = markdown.render(_many(17))
    first, _, rest = found.partition("<details>\n<summary>2 more</summary>")
    assert first.count("`~`") == 15
    assert rest.count("`~`") == 2
    assert "<details>" not in markdown.render(_many(15))


def test_markdown_keeps_within_the_limit_of_a_comment() -> None:
    for found in (markdown.render(_many(3000)), markdown.render(COMPARISON, "x" * 70_000)):
        assert len(found) <= 65_536
        assert found.startswith("<!-- torchviz-cli diff -->\n")
    assert "the rest is left out" in markdown.render(_many(3000))
    assert "mermaid" not in markdown.render(COMPARISON, "x" * 70_000)


def test_markdown_of_names_that_mean_something_in_markdown() -> None:
    change = Change("added", "structural", (Place(None, "a|b`c"),), "op", "", "<b>*x*</b>|\n| y")
    found = markdown.render(Comparison("old", "new", (change,)))
    row = next(line for line in found.splitlines() if "structural |" in line)
    assert row == "| `+` | ``a\\|b`c`` | op \\<b\\>\\*x\\*\\</b\\>\\| \\| y | structural |  |"


def test_github() -> None:
    found = github.render(COMPARISON, files={"net.py": "src/net.py"}, fail_on="breaking").splitlines()
    assert found[0] == "::error title=breaking%3A checkpoint::~ head: Linear 64 → 1000 becomes 64 → 10"
    assert found[2] == (
        "::warning file=src/net.py,line=17,title=structural%3A replaced::~ layers.{0-11}.act: GELU → SiLU (12×)"
        "%0Aanother type in the same place"
    )
    # The code of what was removed is not in the files that are shown.
    assert found[3] == "::warning title=structural%3A removed::- aux: Linear 64 → 1000"
    assert found[-1].startswith("::notice title=HEAD%3Anet.py%3Abuild → net.py%3Abuild (working tree)::5 changes")


def test_github_escapes() -> None:
    place = SourceLocation("a,b:c%.py", 3)
    change = Change("added", "cosmetic", (Place(None, "x"),), "op", "", "100%\r\n::error::", "", place)
    first = github.render(Comparison("old", "new", (change,))).splitlines()[0]
    assert first == (
        "::notice file=a%2Cb%3Ac%25.py,line=3,title=cosmetic%3A added::+ x: op 100%25%0D%0A::error::"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("severity", "threshold", "bad"),
    [
        ("breaking", "breaking", True), ("structural", "breaking", False), ("structural", "structural", True),
        ("breaking", "structural", True), ("cosmetic", "structural", False), ("cosmetic", "any", True),
        ("info", "any", True), ("breaking", None, False),
    ],
)  # fmt: skip
def test_thresholds(severity: str, threshold: str | None, bad: bool) -> None:
    change = replace(COMPARISON.changes[0], severity=severity)  # type: ignore[arg-type]
    assert fails(Comparison("a", "b", (change,)), threshold) is bad


def test_what_follows_from_the_inputs_alone_fails_any() -> None:
    assert fails(Comparison("a", "b", (), COMPARISON.consequences), "any")
    assert not fails(Comparison("a", "b", (), COMPARISON.consequences), "structural")
