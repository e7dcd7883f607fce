"""Matches inputs to the signature of a model, and says what is wrong where they do not fit."""

from __future__ import annotations

import difflib
import inspect
from dataclasses import dataclass
from inspect import Parameter
from typing import Any

from torch import nn

from graphviz_torch.errors import ArgumentsError
from graphviz_torch.trace import guesses
from graphviz_torch.trace.said import clip

BY_POSITION = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)
ONE = (*BY_POSITION, Parameter.KEYWORD_ONLY)
WIDEST = 100


@dataclass(frozen=True, slots=True)
class Mismatch:
    """Inputs that do not fit.

    Attributes:
        target: what the model is called.
        command: the command line so far, for a line to edit.
        problem: what Python says.
    """

    model: nn.Module
    signature: inspect.Signature
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    target: str
    command: str
    problem: str

    @property
    def parameters(self) -> list[Parameter]:
        """The parameters of `forward`."""
        return list(self.signature.parameters.values())

    @property
    def places(self) -> list[str]:
        """Names of what can be given by position."""
        return [p.name for p in self.parameters if p.kind in BY_POSITION]

    @property
    def missing(self) -> list[str]:
        """Names of what must be given and is not."""
        filled = {*self.places[: len(self.args)], *self.kwargs}
        return [p.name for p in self.parameters if p.kind in ONE and p.default is p.empty and p.name not in filled]

    @property
    def unknown(self) -> list[str]:
        """Names that were given and that `forward` has not."""
        if any(p.kind is p.VAR_KEYWORD for p in self.parameters):
            return []
        return [name for name in self.kwargs if name not in self.signature.parameters]


def check(
    model: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any], target: str, command: str = "torchviz-cli render"
) -> None:
    """Matches arguments to the signature of `forward`.

    Raises:
        ArgumentsError: too few, too many or misnamed; the message shows the signature and a line to edit.
    """
    try:
        signature = inspect.signature(model.forward)
    except (TypeError, ValueError):
        return
    try:
        signature.bind(*args, **kwargs)
    except TypeError as error:
        raise _told(Mismatch(model, signature, args, kwargs, target, command, str(error))) from None


def _told(found: Mismatch) -> ArgumentsError:
    missing = found.missing
    line, carets = _signature_lines(found, missing)
    details = (line, carets + "required") if missing else (line,)
    if found.unknown:
        message, hint = _misnamed(found)
    elif _too_many(found):
        message, hint = _surplus(found)
    elif missing:
        message, hint = _lacking(found, missing)
    else:
        message, hint = f"the inputs do not match `{found.target}`: {found.problem}", None
    return ArgumentsError(message, details=details, hint=hint)


def _too_many(found: Mismatch) -> bool:
    return len(found.args) > len(found.places) and not any(p.kind is p.VAR_POSITIONAL for p in found.parameters)


def _misnamed(found: Mismatch) -> tuple[str, str | None]:
    name = found.unknown[0]
    free = found.missing or [p.name for p in found.parameters if p.kind in ONE and p.name not in found.kwargs]
    close = difflib.get_close_matches(name[:100], free, 1) or free[:1]
    hint = f"did you mean `-i {close[0]}=...`?" if close else None
    return f"`{found.target}` has no input named `{clip(name)}`", hint


def _surplus(found: Mismatch) -> tuple[str, str | None]:
    names = [p.name for p in found.parameters if p.kind is p.KEYWORD_ONLY]
    open_ended = any(p.kind is p.VAR_KEYWORD for p in found.parameters)
    name = (found.missing or names or (["NAME"] if open_ended else [""]))[0]
    hint = f"`-i {name}=...`, as in `-i {name}={guesses.example(found.model, name)}`" if name else None
    if not found.places and name:
        return f"`{found.target}` takes its inputs by name", hint
    return f"`{found.target}` takes {_inputs(len(found.places))} by position, {_were(len(found.args))} given", hint


def _lacking(found: Mismatch, missing: list[str]) -> tuple[str, str]:
    given = len(found.args) + len(found.kwargs)
    required = sum(p.kind in ONE and p.default is p.empty for p in found.parameters)
    examples = [(name, guesses.example(found.model, name)) for name in missing]
    message = f"`{found.target}` needs {_inputs(required)}, {_were(given)} given"
    if not given:
        words = " ".join(f"-i {name}={words}" for name, words in examples)
        return message, f"{found.command} {words} (edit shapes and dtypes)"
    name, words = examples[0]
    return message, f"add `-i {name}=...`, as in `-i {name}={words}`"


def _inputs(count: int) -> str:
    return f"{count} input" if count == 1 else f"{count} inputs"


def _were(count: int) -> str:
    return "none was" if count == 0 else f"{count} was" if count == 1 else f"{count} were"


def _signature_lines(found: Mismatch, missing: list[str]) -> tuple[str, str]:
    """The signature, and below it a mark under each parameter that is missing; optional ones go where it is long."""
    words = _words(found.parameters)
    if sum(len(word) + 2 for word, _ in words) > WIDEST:
        told = {p.name for p in found.parameters if p.default is p.empty or p.name in found.kwargs}
        words = [*((word, name) for word, name in words if name in told), ("...", "")]
    line, carets = "forward(self", " " * len("forward(self")
    for word, name in words:
        line += f", {word}"
        carets += "  " + ("^" if name in missing else " ") * len(word)
    return line + ")", carets.rstrip() + " "


def _words(parameters: list[Parameter]) -> list[tuple[str, str]]:
    """Each parameter as in the source, without its annotation, with its name."""
    words: list[tuple[str, str]] = []
    for place, parameter in enumerate(parameters):
        starred = any(p.kind is p.VAR_POSITIONAL for p in parameters[:place])
        named = any(p.kind is p.KEYWORD_ONLY for p in parameters[:place])
        if parameter.kind is parameter.KEYWORD_ONLY and not starred and not named:
            words.append(("*", ""))
        words.append((clip(str(parameter.replace(annotation=parameter.empty))), parameter.name))
    return words
