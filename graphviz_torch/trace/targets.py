"""The grammar of a target: `file.py[:object[(arguments)]]`, the same of a dotted module, `graph.json`, `program.pt2`.

No torch in here: a target is read before anything heavy is loaded.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from shlex import quote
from typing import Any

from graphviz_torch.errors import TargetError

WITH_OBJECT = re.compile(r"(?P<locator>.+?):(?P<object>[^\W\d]\w*(?:\.[^\W\d]\w*)*)(?P<call>\(.*\))?", re.DOTALL)
DOTTED = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")
OBJECT_OF_FILE = re.compile(r"(?P<locator>.+?\.py):(?P<rest>.*)", re.DOTALL)
# Endings that make a bare word a path, not a dotted module: what can be read, and what people try.
FILES = (".py", ".json", ".ipynb", ".pt", ".pth", ".pt2", ".ckpt", ".bin", ".safetensors", ".onnx")
RENDER = "torchviz-cli render"


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
    def is_program(self) -> bool:
        """Whether it is an exported program."""
        return self.object is None and self.locator.lower().endswith(".pt2")

    @property
    def is_file(self) -> bool:
        """Whether the locator is a path, not a dotted module."""
        path = self.locator
        if path.lower().endswith(FILES) or "/" in path or "\\" in path:
            return True
        return exists(path) and not (Path(path) / "__init__.py").exists()

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
    if not text.strip() or "\0" in text:
        raise TargetError("the target is empty", hint="torchviz-cli render model.py:build --input 1x32")
    extra = tuple(_pair(argument) for argument in arguments)
    match = None if exists(text) else WITH_OBJECT.fullmatch(text)
    if match is not None and not match["locator"].endswith(":"):
        args, kwargs = _arguments(match["call"] or "()", text)
        return Target(text, match["locator"], match["object"], args, (*kwargs.items(), *extra))
    if not exists(text):
        _refuse_malformed(text)
    return Target(text, text, None, (), extra)


def exists(text: str) -> bool:
    """Whether there is a file or folder of this name."""
    try:
        return Path(text).exists()
    except (OSError, ValueError):  # longer than a file name can be
        return False


def _refuse_malformed(text: str) -> None:
    """What is neither a path nor a dotted module, nor one of these with an object behind it."""
    file = OBJECT_OF_FILE.fullmatch(text)
    locator, colon, rest = (file["locator"], ":", file["rest"]) if file else text.partition(":")
    if colon and not rest.strip(":"):
        raise TargetError(f"`{_short(text)}` names no object after its colon", hint=f"{RENDER} {quote(locator)}")
    drive = rest.startswith(("/", "\\")) and len(locator) == 1
    if colon and (file or (DOTTED.fullmatch(locator) and not drive)):
        name = re.search(r"[^\W\d]\w*", rest)
        raise TargetError(
            f"`{_short(rest)}` in `{_short(text)}` is no object",
            details=("an object is a name, with literal arguments if it needs some: build, Net(32, bias=False)",),
            hint=f"{RENDER} {quote(locator)}:{name[0]}" if name and len(name[0]) < 80 else None,
        )
    if not (text.lower().endswith(FILES) or DOTTED.fullmatch(text) or "/" in text or "\\" in text):
        raise TargetError(f"`{_short(text)}` is no target", hint="FILE.py:OBJECT or package.module:OBJECT")


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
            f"`{_short(value)}` in `--arg {_short(name)}=` is no Python literal", hint=_literal(name, value)
        ) from None


def _literal(name: str, value: str) -> str:
    """The same argument as a literal: a constant that is spelled as elsewhere, else a string."""
    constant = {"true": "True", "false": "False", "none": "None", "null": "None"}.get(value.lower())
    text = constant or quote(repr(value if value and len(value) < 80 else "text"))
    return f"--arg {_short(name)}={text}"


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
