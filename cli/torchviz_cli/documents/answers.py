"""What came of a build, in words and as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graphviz_torch.errors import TorchvizError
from torchviz_cli import exit_codes
from torchviz_cli.documents.entries import Entry
from torchviz_cli.documents.work import Problem, Result

FORMAT, VERSION = "torchviz-docs", "1.0"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one entry.

    Attributes:
        files: path to what became of it.
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
    def state(self) -> str:
        """In one word."""
        if self.result.problem is not None:
            return "failed"
        if self.unwritten is not None:
            return "unwritten"
        return "raised" if self.raised else "built"


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


def exit_code(answers: Sequence[Answer]) -> int:
    """A fault of ours outweighs a model that failed, and that a file that could not be written."""
    problems = [answer.result.problem for answer in answers if answer.result.problem is not None]
    if any(problem.is_ours for problem in problems):
        return exit_codes.OUR_ERROR
    if problems or any(answer.raised for answer in answers):
        return exit_codes.MODEL_RAISED
    return exit_codes.USAGE if any(answer.unwritten for answer in answers) else exit_codes.DONE


def as_json(entries: Sequence[Mapping[str, Any]]) -> str:
    """One document of all entries."""
    document = {"format": FORMAT, "version": VERSION, "entries": list(entries)}
    return json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def listed(entry: Entry) -> dict[str, Any]:
    """An entry as plain data."""
    files = [
        {"path": artefact.path, "format": artefact.format, "theme": artefact.look.theme} for artefact in entry.artefacts
    ]
    return {
        "name": entry.name,
        "target": entry.request.target,
        "inputs": list(entry.request.inputs),
        "title": entry.title,
        "alt": entry.alt,
        "graph": entry.kept,
        "files": files,
    }


def told(answer: Answer) -> dict[str, Any]:
    """An entry and what came of it, as plain data."""
    found = listed(answer.entry) | {"state": answer.state, "raised": list(answer.result.raised)}
    for file in found["files"]:
        file["state"] = answer.files.get(file["path"], "left")
    problem = answer.result.problem or answer.unwritten
    found["error"] = problem.message if problem is not None else ""
    return found
