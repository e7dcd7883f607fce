"""Whether the files of an entry still show its model: by what they say of themselves, never by the machine.

A file is stale where the graph or the options are not those in its stamp. The graph that it was drawn from is kept
beside it, and what has changed since is told by comparing the two.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from graphviz_torch import api
from graphviz_torch.diff.options import DiffOptions
from graphviz_torch.diff.result import Comparison
from graphviz_torch.errors import GraphFormatError
from graphviz_torch.ir import serial
from graphviz_torch.ir.essence import essence, fingerprint, fingerprint_of
from graphviz_torch.ir.graph import Graph
from graphviz_torch.passes.options import ViewOptions
from graphviz_torch.render import stamp
from graphviz_torch.render.options import RenderOptions
from graphviz_torch.render.stamp import Stamp
from graphviz_torch.report import json, text
from graphviz_torch.version import __version__
from torchviz_cli.documents import drawing
from torchviz_cli.documents.entries import Artefact, Entry, options
from torchviz_cli.documents.runs import Run

DEFAULTS = {field.name: field.default for part in (ViewOptions, RenderOptions) for field in fields(part)}
NOT_OURS = ("foreign", "edited")


@dataclass(frozen=True, slots=True)
class Stale:
    """One file that is not as it should be.

    Attributes:
        kind: `missing`, `foreign`, `edited`, `graph`, `options` or `bytes`.
    """

    path: str
    kind: str
    why: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check found on one entry.

    Attributes:
        changes: what changed in the model, in words; empty where it did not.
        comparison: the same as plain data.
    """

    stale: tuple[Stale, ...] = ()
    changes: str = ""
    comparison: Mapping[str, Any] | None = None


def check(entry: Entry, run: Run, *, strict: bool) -> Verdict:
    """Looks at every file of an entry.

    Args:
        strict: the bytes must be those that this version draws, on this machine.
    """
    saved = drawing.saved(entry, run.graph)
    word = drawing.word(entry, run, saved)
    found = [stale for artefact in entry.artefacts if (stale := _picture(entry, artefact, word, saved)) is not None]
    kept = _saved(entry, entry.kept, saved, whole=False)
    found += [kept] if kept is not None else []
    if strict and not found:
        found += _other_bytes(entry, run)
    if not any(stale.kind == "graph" for stale in found):
        return Verdict(tuple(found))
    if kept is None and entry.against:
        return Verdict(tuple(found), f"the model is as it was; {entry.against} is another one\n")
    compared = _compared(entry, run.graph)
    if compared is None:
        return Verdict(tuple(found), f"there is no {entry.kept} to compare with, so what changed is not known\n")
    return Verdict(tuple(found), text.render(compared), json.document(compared))


def command(verdicts: Mapping[str, Sequence[Stale]]) -> str:
    """What to type to have the stale entries made anew."""
    force = any(stale.kind in NOT_OURS for found in verdicts.values() for stale in found)
    return shlex.join(["torchviz-cli", "docs", *(["--force"] if force else []), *verdicts])


def _picture(entry: Entry, artefact: Artefact, word: str, saved: str) -> Stale | None:
    path = artefact.path
    if artefact.format == "json":
        return _saved(entry, path, saved, whole=True)
    try:
        data = Path(path).read_bytes()
    except OSError:
        return Stale(path, "missing", "it is not there")
    found = stamp.read(data, artefact.format)
    if found is None:
        return Stale(path, "foreign", "it was not made by `torchviz-cli docs`")
    if not found.intact:
        return Stale(path, "edited", "it was edited by hand")
    if found.stamp.graph != word:
        return Stale(path, "graph", _why(entry))
    words = _changed(found.stamp, options(entry, artefact))
    return Stale(path, "options", words) if words else None


def _saved(entry: Entry, path: str, saved: str, *, whole: bool) -> Stale | None:
    """What is wrong with a saved graph; of a `whole` one its essence is what counts."""
    try:
        data = Path(path).read_bytes()
    except OSError:
        return Stale(path, "missing", "it is not there")
    if data == saved.encode("ascii"):
        return None
    graph = _loaded(path)
    if graph is None:
        return Stale(path, "foreign", "it is no saved graph")
    same = fingerprint(drawing.shown(entry, graph) if whole else graph) == fingerprint_of(saved)
    return None if same else Stale(path, "graph", _why(entry))


def _why(entry: Entry) -> str:
    changed = f"the model changed, or {entry.against}" if entry.against else "the model changed"
    return f"{changed}, or where its code is" if entry.look.source_url else changed


def _loaded(path: str) -> Graph | None:
    try:
        return serial.loads(Path(path).read_bytes())
    except (OSError, GraphFormatError):
        return None


def _changed(old: Stamp, new: Mapping[str, Any]) -> str:
    """`depth auto → 2, theme light → dark`; empty where the options are the same."""
    names = sorted({*old.options, *new})
    pairs = [(name, old.options.get(name, DEFAULTS.get(name)), new.get(name, DEFAULTS.get(name))) for name in names]
    told = [f"{_key(name)} {_value(before)} → {_value(after)}" for name, before, after in pairs if before != after]
    return ", ".join(told)


def _key(name: str) -> str:
    """An option as it is called in pyproject.toml."""
    return {"description": "alt", "start": "from", "end": "to"}.get(name, name.replace("_", "-"))


def _value(value: Any) -> str:
    if value is None or value in ("", ()):
        return "none"
    if isinstance(value, Mapping):
        return " ".join(f"{name} {colour}" for name, colour in value.items())
    return str(value).lower() if isinstance(value, bool) else str(value)


def _other_bytes(entry: Entry, run: Run) -> Iterator[Stale]:
    for path, data in drawing.files(entry, run).items():
        if Path(path).read_bytes() != data:
            yield Stale(path, "bytes", f"its bytes are not those that version {__version__} makes here")


def _compared(entry: Entry, graph: Graph) -> Comparison | None:
    old = _loaded(entry.kept)
    if old is None:
        return None
    # The places of the new one are for the reader, who wants to know where the change is.
    new = essence(graph, places=True, devices=entry.look.color_by == "device")
    return api.diff(old, new, DiffOptions(old=f"{entry.name} as it is drawn", new=entry.request.target))
