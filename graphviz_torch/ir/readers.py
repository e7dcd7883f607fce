"""Readers of plain JSON data, each of which says what is wrong and where."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

Reader = Callable[[Any], Any]
Item = TypeVar("Item")

_REQUIRED: Any = object()
_TEXT = frozenset((str,))


class MalformedError(Exception):
    """What is wrong, and where, as far as the reader knows: each level puts its own step in front."""

    def __init__(self, wrong: str, *path: str) -> None:
        super().__init__(wrong)
        self.wrong = wrong
        self.path = path

    def within(self, step: str) -> MalformedError:
        """The same, seen from one level further out."""
        return MalformedError(self.wrong, step, *self.path)

    @property
    def place(self) -> str:
        """`nodes[12].operands[0]`."""
        return "".join(self.path).lstrip(".")


def text(item: Any) -> str:
    """A string."""
    if type(item) is not str:
        raise MalformedError(f"should be a string, not {named(item)}")
    return item


def maybe_text(item: Any) -> str | None:
    """A string or null."""
    return None if item is None else text(item)


def count(item: Any) -> int:
    """An integer from 0."""
    if type(item) is not int or item < 0:
        raise MalformedError(f"should be an integer from 0, not {named(item)}")
    return item


def maybe_count(item: Any) -> int | None:
    """An integer from 0, or null."""
    return None if item is None else count(item)


def flag(item: Any) -> bool:
    """True or false."""
    if type(item) is not bool:
        raise MalformedError(f"should be true or false, not {named(item)}")
    return item


def maybe_flag(item: Any) -> bool | None:
    """True, false or null."""
    return None if item is None else flag(item)


def choice(allowed: frozenset[str]) -> Reader:
    """One of some words."""

    def read(item: Any) -> str:
        if type(item) is not str or item not in allowed:
            raise MalformedError(f"should be one of {', '.join(sorted(allowed))}, not {named(item)}")
        return item

    return read


def listed(read: Callable[[Any], Item]) -> Callable[[Any], tuple[Item, ...]]:
    """A list whose items are all of one kind."""

    def read_all(items: Any) -> tuple[Item, ...]:
        if type(items) is not list:
            raise MalformedError(f"should be a list, not {named(items)}")
        try:
            return tuple([read(item) for item in items])
        except MalformedError:
            raise _first_malformed(read, items) from None

    return read_all


def texts(items: Any) -> tuple[str, ...]:
    """A list of strings."""
    if type(items) is list and _TEXT.issuperset(map(type, items)):
        return tuple(items)
    return _slow_texts(items)


def place_in(table: Sequence[Item]) -> Callable[[Any], Item]:
    """A number that is a place in a table."""
    size = len(table)

    def read(item: Any) -> Item:
        if type(item) is int and 0 <= item < size:
            return table[item]
        raise MalformedError(f"is {count(item)}, but the table has only {size} entries")

    return read


def maybe(read: Callable[[Any], Item]) -> Callable[[Any], Item | None]:
    """What `read` reads, or null."""
    return lambda item: None if item is None else read(item)


def record(make: Callable[..., Item], fields: Iterable[tuple[Any, ...]]) -> Callable[[Any], Item]:
    """An object: `(name, reader)` where the field is required, `(name, reader, default)` where not.

    Other fields may come from later minor versions and are not read.
    """
    steps = tuple((field[0], field[1], field[2] if len(field) > 2 else _REQUIRED) for field in fields)

    def read(item: Any) -> Item:
        if type(item) is not dict:
            raise MalformedError(f"should be an object, not {named(item)}")
        found = []
        for name, read_field, default in steps:
            if name in item:
                try:
                    found.append(read_field(item[name]))
                except MalformedError as error:
                    raise error.within(f".{name}") from None
            elif default is _REQUIRED:
                raise MalformedError(f"has no `{name}`")
            else:
                found.append(default)
        return make(*found)

    return read


def row(item: Any, length: int) -> list[Any]:
    """The first items of a list that has at least that many."""
    if type(item) is not list or len(item) < length:
        raise MalformedError(f"should be a list of {length}, not {named(item)}")
    return item[:length]


def _first_malformed(read: Callable[[Any], Any], items: list[Any]) -> MalformedError:
    for index, item in enumerate(items):
        try:
            read(item)
        except MalformedError as error:
            return error.within(f"[{index}]")
    raise AssertionError("a list that failed to read has a malformed item")


def named(item: Any) -> str:
    """What was met instead, shortly."""
    if isinstance(item, dict):
        return "an object"
    if isinstance(item, list):
        return "a list"
    shown = repr(item)
    return shown if len(shown) <= 40 else shown[:37] + "..."


_slow_texts = listed(text)
