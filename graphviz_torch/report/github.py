"""Annotations of GitHub's workflows: a change is shown at the line of the code that made it."""

from __future__ import annotations

from collections.abc import Mapping

from graphviz_torch.diff.result import Change, Comparison
from graphviz_torch.report import words
from graphviz_torch.report.threshold import reaches

COMMANDS = {"breaking": "warning", "structural": "warning"}
DATA = {"%": "%25", "\r": "%0D", "\n": "%0A"}
PROPERTY = {**DATA, ":": "%3A", ",": "%2C"}


def render(comparison: Comparison, *, files: Mapping[str, str] | None = None, fail_on: str | None = None) -> str:
    """A line a change, and one for the whole.

    Args:
        files: where the source files lie, from the root of the repository.
        fail_on: changes of this severity are errors.
    """
    lines = [_annotation(change, files or {}, fail_on) for change in comparison.changes]
    whole = f"{words.headline(comparison)} · checkpoint: {words.checkpoint(comparison)}"
    title = f"{comparison.old} → {comparison.new}"
    lines.append(f"::notice title={_escaped(title, PROPERTY)}::{_escaped(whole, DATA)}")
    return "\n".join(lines) + "\n"


def _annotation(change: Change, files: Mapping[str, str], fail_on: str | None) -> str:
    found = words.line(change)
    command = "error" if reaches(change.severity, fail_on) else COMMANDS.get(change.severity, "notice")
    properties = []
    if change.source is not None and change.kind != "removed":
        file = files.get(change.source.file, change.source.file)
        properties += [f"file={_escaped(file, PROPERTY)}", f"line={change.source.line}"]
    properties.append(f"title={_escaped(f'{change.severity}: {change.kind}', PROPERTY)}")
    count = f" ({found.count})" if found.count else ""
    text = f"{found.glyph} {found.where}: {found.what}{count}" + (f"\n{found.why}" if found.why else "")
    return f"::{command} {','.join(properties)}::{_escaped(text, DATA)}"


def _escaped(text: str, table: Mapping[str, str]) -> str:
    return "".join(table.get(character, character) for character in text)
