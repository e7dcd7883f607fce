"""What came of a build or a check, in words and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graphviz_torch.errors import TorchvizError
from torchviz_cli import exit_codes
from torchviz_cli.documents import freshness
from torchviz_cli.documents.entries import Entry
from torchviz_cli.documents.freshness import Stale
from torchviz_cli.documents.pages import Block
from torchviz_cli.documents.snippets import snippet
from torchviz_cli.documents.work import Problem, Result

FORMAT, VERSION = "torchviz-docs", "1.0"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one entry.

    Attributes:
        files: path to what became of it, of a build.
        unwritten: why its files were not written though there were some.
    """

    entry: Entry
    result: Result
    files: Mapping[str, str] = field(default_factory=dict)
    unwritten: Problem | None = None

    @property
    def raised(self) -> bool:
        """Whether the model failed though it is not meant to."""
        return bool(self.result.raised) and not self.entry.raises

    @property
    def stale(self) -> tuple[Stale, ...]:
        """The files that a check found wanting."""
        return self.result.verdict.stale if self.result.verdict is not None else ()

    @property
    def state(self) -> str:
        """In one word."""
        if self.result.problem is not None:
            return "failed"
        if self.unwritten is not None:
            return "unwritten"
        if self.raised:
            return "raised"
        if self.result.verdict is None:
            return "built"
        return "stale" if self.stale else "fresh"


def errors(answer: Answer) -> list[TorchvizError]:
    """What is to be told of an entry as errors."""
    found = []
    if answer.raised:
        first, *more = answer.result.raised
        hint = "if it is meant to: raises = true"
        found.append(TorchvizError(f"{answer.entry.name}: the model raised {first}", details=tuple(more), hint=hint))
    for problem in (answer.result.problem, answer.unwritten):
        if problem is not None:
            told = f"{answer.entry.name}: {problem.message}"
            found.append(TorchvizError(told, details=problem.details, hint=problem.hint))
    return found


def exit_code(answers: Sequence[Answer], pages: Sequence[Block] = ()) -> int:
    """What is said to scripts; `pages` are blocks that are stale.

    A fault of ours outweighs a model that failed, that a file that could not be written, and that a stale one.
    """
    problems = [answer.result.problem for answer in answers if answer.result.problem is not None]
    if any(problem.is_ours for problem in problems):
        return exit_codes.OUR_ERROR
    if problems or any(answer.raised for answer in answers):
        return exit_codes.MODEL_RAISED
    if any(answer.unwritten for answer in answers):
        return exit_codes.USAGE
    return exit_codes.FINDINGS if pages or any(answer.stale for answer in answers) else exit_codes.DONE


def progress(answer: Answer) -> str:
    """A few words on what came of an entry."""
    if answer.state != "built":
        return answer.state
    changed = sum(state == "written" for state in answer.files.values())
    return f"{changed} written" if changed else "unchanged"


def in_words(answers: Sequence[Answer]) -> str:
    """The paths of what was built; or what is stale, what changed, and what to type."""
    built = [f"{path}\n" for answer in answers for path in answer.files]
    stale = {answer.entry.name: answer.stale for answer in answers if answer.stale}
    told = [line for answer in answers if answer.stale for line in _stale(answer)]
    if stale:
        count = f"{len(stale)} of {len(answers)} {'is' if len(stale) == 1 else 'are'} stale"
        told.append(f"{count}; to rebuild: {freshness.command(stale)}\n")
    return "".join([*built, *told])


def _stale(answer: Answer) -> Iterator[str]:
    yield f"{answer.entry.name} is stale\n"
    for stale in answer.stale:
        yield f"  {stale.path}: {stale.why}\n"
    changes = answer.result.verdict.changes if answer.result.verdict is not None else ""
    for line in changes.splitlines():
        yield f"    {line}\n" if line else "\n"
    yield "\n"


def as_json(entries: Sequence[Mapping[str, Any]], pages: Sequence[Block] = ()) -> str:
    """One document of all entries, and of the blocks in pages that are stale, or were."""
    blocks = [{"path": block.path, "line": block.start + 1, "name": block.name} for block in pages]
    document = {"format": FORMAT, "version": VERSION, "entries": list(entries), "pages": blocks}
    return json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def listed(entry: Entry) -> dict[str, Any]:
    """An entry as plain data."""
    files = [
        {"path": artefact.path, "format": artefact.format, "theme": artefact.theme} for artefact in entry.artefacts
    ]
    return {
        "name": entry.name,
        "target": entry.request.target,
        "inputs": list(entry.request.inputs),
        "title": entry.title,
        "alt": entry.alt,
        "snippet": snippet(entry),
        "graph": entry.kept,
        "files": files,
    }


def told(answer: Answer) -> dict[str, Any]:
    """An entry and what came of it, as plain data."""
    found = listed(answer.entry) | {"state": answer.state, "raised": list(answer.result.raised)}
    problem = answer.result.problem or answer.unwritten
    found["error"] = problem.message if problem is not None else ""
    verdict = answer.result.verdict
    if verdict is None:
        for file in found["files"]:
            file["state"] = answer.files.get(file["path"], "left")
        return found
    stale = [{"path": one.path, "kind": one.kind, "why": one.why} for one in verdict.stale]
    return found | {"stale": stale, "changes": verdict.comparison}
