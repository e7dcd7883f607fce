"""What compiled code tells of a class without its source: cheap, and for some classes more than is true."""

from __future__ import annotations

import dis
import inspect
from collections.abc import Iterator
from types import CodeType
from typing import Any

from graphviz_torch.trace.probes.syntax import INITIALISE

STORE_ATTR = dis.opmap["STORE_ATTR"]


def assigns(kind: type, name: str) -> bool:
    """Whether the code of a class may give something an attribute of that name; true for some that do not."""
    return any(
        name in code.co_consts  # `self.add_module(name, ...)`
        or (name in code.co_names and bytes((STORE_ATTR, code.co_names.index(name) % 256)) in code.co_code)
        for code in _codes(kind, frozenset())
    )


def reads(kind: type, name: str, words: frozenset[str] = frozenset()) -> bool:
    """Whether the code of a class, but for what initialises, has a name in it, or one of some words."""
    found = words | {name}
    return any(not found.isdisjoint(code.co_names) for code in _codes(kind, INITIALISE))


def _codes(kind: type, without: frozenset[str]) -> Iterator[CodeType]:
    """The code of the functions of a class, and of those inside of them."""
    todo = [code for name, value in vars(kind).items() if name not in without and (code := _code(value)) is not None]
    while todo:
        code = todo.pop()
        yield code
        todo.extend(inner for inner in code.co_consts if isinstance(inner, CodeType))


def any_code(kind: type) -> CodeType | None:
    """The code of one of the methods that a class defines itself; `None` where it has none."""
    for value in vars(kind).values():
        code = _code(value)
        if code is not None and code.co_qualname.startswith(f"{kind.__qualname__}."):
            return code
    return None


def _code(value: Any) -> CodeType | None:
    """The code of a function, under its decorators."""
    plain = value.__func__ if isinstance(value, (classmethod, staticmethod)) else value
    code = getattr(inspect.unwrap(plain) if callable(plain) else plain, "__code__", None)
    return code if isinstance(code, CodeType) else None
