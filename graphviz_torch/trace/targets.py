"""The grammar of a target: `file.py[:object[(arguments)]]`, `dotted.module[:object[(arguments)]]` or `graph.json`.

No torch in here: a target is read before anything heavy is loaded.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graphviz_torch.errors import TargetError

WITH_OBJECT = re.compile(r"(?P<locator>.+?):(?P<object>[^\W\d]\w*(?:\.[^\W\d]\w*)*)(?P<call>\(.*\))?", re.DOTALL)
DOTTED = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")


@dataclass(frozen=True, slots=True)
class Target:
    """Where a model, or a saved graph, is found.

    Attributes:
        text: as the user wrote it.
        locator: a path or a dotted module.
        object: a dotted attribute; `None` to look for the one candidate.
        args, kwargs: literal arguments for the object.
    """

    text: str
    locator: str
    object: str | None = None
    args: tuple[Any, ...] = ()
    kwargs: tuple[tuple[str, Any], ...] = ()

    @property
    def is_graph(self) -> bool:
        """Whether it is a saved graph."""
        return self.object is None and self.locator.lower().endswith(".json")

    @property
    def is_file(self) -> bool:
        """Whether the locator is a path, not a dotted module."""
        return (
            self.locator.endswith(".py") or "/" in self.locator or "\\" in self.locator or Path(self.locator).exists()
        )

    @property
    def name(self) -> str:
        """A word for it: the object's name, else the file's."""
        return self.object or Path(self.locator).stem or self.locator


def parse(text: str, arguments: Sequence[str] = ()) -> Target:
    """Reads a target.

    Args:
        text: the target as written.
        arguments: `NAME=LITERAL` pairs that are passed as keyword arguments.

    Raises:
        TargetError: it is no target, or an argument is no literal.
    """
    if not text or "\0" in text:
        raise TargetError("the target is empty", hint="torchviz-cli render model.py:build --input 1x32")
    extra = tuple(_pair(argument) for argument in arguments)
    match = None if _exists(text) else WITH_OBJECT.fullmatch(text)
    if match is None:
        if not (text.endswith((".py", ".json")) or DOTTED.fullmatch(text) or "/" in text or "\\" in text):
            raise TargetError(f"`{_short(text)}` is no target", hint="FILE.py:OBJECT or package.module:OBJECT")
        return Target(text, text, None, (), extra)
    args, kwargs = _arguments(match["call"] or "()", text)
    return Target(text, match["locator"], match["object"], args, (*kwargs.items(), *extra))


def _exists(text: str) -> bool:
    try:
        return Path(text).exists()
    except OSError:  # longer than a file name can be
        return False


def _short(text: str) -> str:
    return text if len(text) <= 80 else text[:77] + "..."


def _pair(argument: str) -> tuple[str, Any]:
    name, equals, value = argument.partition("=")
    if not equals or not name.isidentifier():
        raise TargetError(f"`--arg {_short(argument)}` is not NAME=LITERAL", hint="--arg depth=12")
    try:
        return name, ast.literal_eval(value)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        raise TargetError(
            f"`{_short(value)}` in `--arg {name}=` is no Python literal", hint=f"--arg {name}=\"'text'\" for a string"
        ) from None


def _arguments(call: str, text: str) -> tuple[tuple[Any, ...], Mapping[str, Any]]:
    try:
        tree = ast.parse("f" + call, mode="eval").body
        if not isinstance(tree, ast.Call) or any(keyword.arg is None for keyword in tree.keywords):
            raise ValueError(call)
        args = tuple(ast.literal_eval(argument) for argument in tree.args)
        return args, {str(keyword.arg): ast.literal_eval(keyword.value) for keyword in tree.keywords}
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        raise TargetError(
            f"the arguments in `{_short(text)}` are no Python literals",
            hint="only numbers, strings, booleans, None, lists, tuples and dicts, as in 'model.py:Net(32, bias=False)'",
        ) from None
