"""The words that every answer shares: a line a change, the totals, the verdict on old weights."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from graphviz_torch.diff.marks import renames_classes
from graphviz_torch.diff.result import Change, Comparison, Place, Severity
from graphviz_torch.diff.words import listed
from graphviz_torch.ir.graph import Diagnostic
from graphviz_torch.layout.changes import both_words, one_sided
from graphviz_torch.layout.rolled import rolled
from graphviz_torch.layout.words import humanised
from graphviz_torch.render.elide import one_line

GLYPHS = {"added": "+", "removed": "-", "moved": ">", "renamed": ">"}
CHANGED = "~"
WHOLE = "the model"
FEW = 3
SEVERITIES: tuple[Severity, ...] = ("breaking", "structural", "cosmetic", "info")
MINUS = "−"
LONGEST = 200


@dataclass(frozen=True, slots=True)
class Line:
    """One change in words.

    Attributes:
        glyph: `+`, `-`, `~` or `>`.
        where: the paths, rolled up.
        what: before and after.
        count: `12×`; empty for one place.
        source: `model.py:17`; empty where unknown.
    """

    glyph: str
    where: str
    what: str
    count: str
    severity: str
    kind: str
    source: str
    why: str


def line(change: Change) -> Line:
    """A change in words."""
    source = one_line(f"{change.source.file}:{change.source.line}", LONGEST) if change.source is not None else ""
    return Line(
        _glyph(change),
        where(change),
        what(change),
        f"{change.count}×" if change.count > 1 else "",
        change.severity,
        change.kind,
        source,
        change.why,
    )


def _glyph(change: Change) -> str:
    """An input or output that only one side has came or went."""
    if change.kind == "interface" and bool(change.before) != bool(change.after):
        return "+" if change.after else "-"
    return GLYPHS.get(change.kind, CHANGED)


def where(change: Change) -> str:
    """The paths of a change; for what has moved the old and the new ones."""
    if renames_classes(change) and any(not place.new_path for place in change.places):
        return WHOLE
    old, new = rolled(_paths(change.places, old=True)), rolled(_paths(change.places, old=False))
    if change.kind in ("moved", "renamed") and old and new and old != new:
        return f"{old} → {new}"
    return new or old or WHOLE


def _paths(places: Sequence[Place], *, old: bool) -> list[str]:
    found = [place.old_path if old else place.new_path for place in places]
    return [path for path in found if path]


def what(change: Change) -> str:
    """`GELU → SiLU`, `Dropout p=0.1`, `Embedding now with padding_idx=0`."""
    kind = change.op.rpartition(".")[2]
    if change.kind in ("moved", "renamed") and {change.before, change.after} <= {"", *_all_paths(change)}:
        return kind
    if change.before and change.after:
        both = both_words(change.before, change.after)
        if renames_classes(change):
            return f"class {both}"
        return both if change.kind in ("replaced", "rewired") or _says(kind, both) else f"{kind} {both}".strip()
    if change.kind not in ("added", "removed", "interface"):
        return f"{kind} {one_sided(change.before, change.after)}".strip()
    found = change.after or change.before
    if change.kind == "interface" and found == where(change):
        return kind
    return found if _says(kind, found) else f"{kind} {found}".strip()


def _all_paths(change: Change) -> set[str]:
    place = change.places[0]
    return {path for path in (place.old_path, place.new_path) if path}


def _says(kind: str, text: str) -> bool:
    return not kind or text.startswith(kind)


def headline(comparison: Comparison) -> str:
    """`4 changes: 2 breaking, 2 structural · 62 operations follow from them`."""
    if comparison.equal:
        return "no change"
    counts = Counter(change.severity for change in comparison.changes)
    listed = ", ".join(f"{counts[severity]} {severity}" for severity in SEVERITIES if counts[severity])
    words = counted(len(comparison.changes), "change") + (f": {listed}" if listed else "")
    follow = consequences(comparison)
    return f"{words} · {follow}" if follow else words


def consequences(comparison: Comparison) -> str:
    """`62 operations follow from them`; empty for none."""
    count = len(comparison.consequences)
    if not count:
        return ""
    verb = "follows" if count == 1 else "follow"
    return f"{counted(count, 'operation')} {verb} from {'it' if len(comparison.changes) == 1 else 'them'}"


def totals(comparison: Comparison) -> list[tuple[str, str]]:
    """Name and `before → after` of parameters, state-dict keys, modules and operations."""
    old, new = comparison.before, comparison.after
    return [
        ("parameters", _change(old.parameters, new.parameters)),
        ("state-dict keys", _change(old.state_dict_keys, new.state_dict_keys)),
        ("modules", _change(old.modules, new.modules)),
        ("operations", _change(old.operations, new.operations)),
    ]


def _change(old: int, new: int) -> str:
    if old == new:
        return _precise(new)
    shown = [_precise(old), _precise(new)]
    if shown[0] == shown[1]:  # a small change of a large number
        shown = [f"{old:,}", f"{new:,}"]
    return f"{shown[0]} → {shown[1]} ({_share(old, new)})"


def _precise(count: int) -> str:
    """`1.31 M`: three digits where `humanised` has two, since a small difference matters here."""
    size, unit = float(count), ""
    for unit in ("", "k", "M", "G", "T"):
        if size < 999.5 or unit == "T":
            break
        size /= 1000
    return f"{size:.3g} {unit}".strip()


def _share(old: int, new: int) -> str:
    sign = "+" if new > old else MINUS
    share = abs(new - old) / old * 100 if old else 0.0
    if not old or old < 1000:
        return f"{sign}{humanised(abs(new - old))}"
    return f"{sign}{share:.1f}%" if share >= 0.05 else f"{sign}{humanised(abs(new - old))}"


def checkpoint(comparison: Comparison) -> str:
    """`96 keys same, 18 renamed, 4 changed shape, 0 missing`; and what the new model has no place for."""
    found = comparison.state_dict
    words = [
        f"{len(found.same)} {'key' if len(found.same) == 1 else 'keys'} same",
        f"{len(found.renamed)} renamed",
        f"{len(found.reshaped)} changed shape",
        f"{len(found.added)} missing",
    ]
    if found.removed:
        words.append(f"{len(found.removed)} left over")
    return ", ".join(words)


def verdict(comparison: Comparison) -> str:
    """Whether old weights load, in one clause."""
    found = comparison.state_dict
    if found.fits:
        return "old weights load as they are"
    if found.reshaped or found.added:
        return "old weights do not fill the new model"
    if found.renamed:
        return "old weights load under new names (--state-dict-map)"
    return "old weights load, some are left over"


def counted(count: int, word: str) -> str:
    """`1 change`, `4 changes`."""
    return f"{count:,} {word}{'' if count == 1 else 's'}"


def below(comparison: Comparison, undrawn: Sequence[Change] = ()) -> tuple[Diagnostic, ...]:
    """What stands below a picture, as notes on the whole graph; `undrawn` are changes of what never ran."""
    parameters = totals(comparison)[0][1]
    never = listed([f"{_glyph(change)} {where(change)}" for change in undrawn][:FEW])
    more = f" and {len(undrawn) - FEW} more" if len(undrawn) > FEW else ""
    lines = (
        headline(comparison),
        f"parameters {parameters} · {verdict(comparison)}",
        f"checkpoint: {checkpoint(comparison)}",
        *((f"never called, so not drawn: {never}{more}",) if undrawn else ()),
        *(note for note in comparison.notes[:2]),
    )
    return tuple(Diagnostic("diff", "info", None, text) for text in lines)
