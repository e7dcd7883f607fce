"""Constructor arguments, read from a module's `extra_repr`: `in_features=32, out_features=16, bias=True`."""

from __future__ import annotations

import re
from ast import literal_eval
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from graphviz_torch.ir.literals import Literal, format_literal

_NAMED = re.compile(r"([A-Za-z_]\w*)\s*=\s*(.*)", re.DOTALL)
_OPEN, _CLOSED = "([{", ")]}"
_INTEGERS = re.compile(r"-?\d+")

# What torch's own layers print without a name, in order.
_POSITIONAL = (
    (re.compile(r"(Lazy)?Conv(Transpose)?\dd"), ("in_channels", "out_channels")),
    (re.compile(r"(Lazy)?(Sync)?(Batch|Instance)Norm(\dd)?"), ("num_features",)),
    (re.compile(r"\w*(Layer|RMS)Norm"), ("normalized_shape",)),
    (re.compile(r"GroupNorm"), ("num_groups", "num_channels")),
    (re.compile(r"Embedding(Bag)?"), ("num_embeddings", "embedding_dim")),
    (re.compile(r"(RNN|LSTM|GRU)(Cell)?"), ("input_size", "hidden_size")),
)

# Names of an operation's arguments that do not tell what they are for.
_NAMELESS = frozenset(("other", "input", "value", "exponent"))

# Sizes that a layer takes over from what it reads.
FOLLOWING = frozenset(
    "in_features in_channels num_features normalized_shape num_channels input_size in1_features in2_features nx".split()
)
# Sizes that a layer sets.
SETTING = frozenset("out_features out_channels embedding_dim hidden_size nf proj_size".split())


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument that differs; `None` on the side that does not print it."""

    name: str
    before: str | None
    after: str | None

    @property
    def sizes(self) -> tuple[tuple[int, int], ...]:
        """(before, after) of each whole number that differs; empty where the two are not alike in form."""
        return changed_sizes(self.before or "", self.after or "")


@lru_cache(maxsize=4096)
def changed_sizes(before: str, after: str) -> tuple[tuple[int, int], ...]:
    """(before, after) of each whole number that differs, where nothing else does."""
    if _INTEGERS.sub("#", before) != _INTEGERS.sub("#", after):
        return ()
    both = zip(_INTEGERS.findall(before), _INTEGERS.findall(after), strict=True)
    return tuple(dict.fromkeys((int(one), int(other)) for one, other in both if int(one) != int(other)))


@lru_cache(maxsize=4096)
def parse(arguments: str, type_name: str) -> tuple[tuple[str, str], ...]:
    """(name, text) of each argument; what has no name gets the one that torch uses, else its place."""
    known = next((names for pattern, names in _POSITIONAL if pattern.fullmatch(type_name)), ())
    found = []
    for place, part in enumerate(_split(arguments)):
        named = _NAMED.fullmatch(part)
        if named is not None:
            found.append((named[1], named[2]))
        else:
            found.append((known[place] if place < len(known) else str(place), part))
    return tuple(found)


@lru_cache(maxsize=4096)
def differing(old: str, new: str, old_type: str, new_type: str) -> tuple[Argument, ...]:
    """The arguments that differ, in the order of the new side."""
    before, after = dict(parse(old, old_type)), dict(parse(new, new_type))
    names = dict.fromkeys((*after, *before))
    return tuple(
        Argument(name, before.get(name), after.get(name)) for name in names if before.get(name) != after.get(name)
    )


def mirrors(changed: Iterable[Argument], name: str, before: Literal, after: Literal) -> bool:
    """Whether a literal of an operation only repeats a changed argument of the module that it runs in.

    Both values must be those of the argument, and the names must have a word in common (`dropout`, `dropout_p`), unless
    that of the literal says nothing.
    """
    words = set(name.split("_"))
    return any(
        (name.isdigit() or name in _NAMELESS or words & set(argument.name.split("_")))
        and _is(argument.before, before)
        and _is(argument.after, after)
        for argument in changed
    )


def _is(text: str | None, value: Literal) -> bool:
    """Whether a printed argument is this value; what is not printed is at its default, whatever that is."""
    if text is None:
        return True
    try:
        found = literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return text == format_literal(value)
    return bool(found == value) and (type(found) is bool) == (type(value) is bool)


def spelled(name: str, text: str | None) -> str:
    """An argument as the layer prints it."""
    if text is None:
        return ""
    return text if name.isdigit() else f"{name}={text}"


def _split(arguments: str) -> Iterator[str]:
    """The parts between the commas that stand in no bracket and in no quotes."""
    depth, quote, start = 0, "", 0
    for place, letter in enumerate(arguments):
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "'\"":
            quote = letter
        elif letter in _OPEN:
            depth += 1
        elif letter in _CLOSED:
            depth -= 1
        elif letter == "," and depth == 0:
            yield from _part(arguments[start:place])
            start = place + 1
    yield from _part(arguments[start:])


def _part(text: str) -> Iterator[str]:
    if text.strip():
        yield text.strip()
