"""The keys that there are under `[tool.torchviz-cli]`, and what may stand behind each."""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from graphviz_torch import plugins
from graphviz_torch.errors import SettingsError
from graphviz_torch.render import formats
from graphviz_torch.render.options import COLOR_BY, DIRECTIONS, ENGINES, THEMES
from graphviz_torch.render.stamp import CARRIERS
from graphviz_torch.trace import tracers
from graphviz_torch.trace.options import LEVELS

PAIR = "pair"
PAIRS = (PAIR, "colorblind-pair")
LARGEST_SCALE = 16


@dataclass(frozen=True, slots=True)
class Key:
    """What may stand behind a key.

    Attributes:
        means: in words, after "is".
        read: the value as the rest of the program wants it; `None` where it is not as it should be.
    """

    means: str
    read: Callable[[Any], Any]


def _text(value: Any) -> Any:
    return value if isinstance(value, str) and value.strip() else None


def _texts(value: Any) -> Any:
    """One text, or a list of them, as a tuple."""
    items = [value] if isinstance(value, str) else value
    return tuple(items) if isinstance(items, list) and all(map(_text, items)) else None


def _flag(value: Any) -> Any:
    return value if isinstance(value, bool) else None


def _count(value: Any) -> Any:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63 else None


def _depth(value: Any) -> Any:
    return value if value in ("auto", "all") else _count(value)


def _scale(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value) if 0 < value <= LARGEST_SCALE else None


def _formats(value: Any) -> Any:
    names = [formats.ALIASES.get(name, name) for name in _texts(value) or ()]
    return tuple(dict.fromkeys(names)) if names and all(name in FORMATS for name in names) else None


def _tracer(value: Any) -> Any:
    known = value in tracers.TRACERS or value in plugins.names(tracers.TRACERS, tracers.GROUP)
    return value if isinstance(value, str) and known else None


def _one_of(allowed: Iterable[str]) -> Key:
    known = tuple(allowed)
    return Key(f"one of {', '.join(known)}", lambda value: value if value in known else None)


FORMATS = (*CARRIERS, *formats.WHOLE_GRAPH)
TEXT = Key("a text", _text)
TEXTS = Key("a text or a list of texts", _texts)
FLAG = Key("true or false", _flag)

SHARED: Mapping[str, Key] = {
    "formats": Key(f"a list of {', '.join(FORMATS)}", _formats),
    "theme": _one_of((*THEMES, *PAIRS)),
    "depth": Key('"auto", "all" or a number of levels', _depth),
    "fold": FLAG,
    "color-by": _one_of(COLOR_BY),
    "direction": _one_of(DIRECTIONS),
    "engine": _one_of(ENGINES),
    "scale": Key(f"a number above 0 and up to {LARGEST_SCALE}", _scale),
    "source-url": TEXT,
    "tracer": Key(f"one of {', '.join(tracers.TRACERS)}", _tracer),
    "level": _one_of(LEVELS),
    "train": FLAG,
    "seed": Key("a whole number from 0", _count),
}
PROJECT: Mapping[str, Key] = {"output": TEXT, "pages": TEXTS, **SHARED}
ENTRY: Mapping[str, Key] = {
    "name": TEXT,
    "target": TEXT,
    "input": TEXTS,
    "arg": TEXTS,
    "against": TEXT,
    "focus": TEXT,
    "from": TEXT,
    "to": TEXT,
    "title": TEXT,
    "alt": TEXT,
    "raises": FLAG,
    **SHARED,
}


def with_themes(keys: Mapping[str, Key], own: Iterable[str]) -> Mapping[str, Key]:
    """The same keys, where a theme may also be one of the project."""
    names = list(own)
    pairs = [f"{name.removesuffix('-dark')}-{PAIR}" for name in names if name.endswith("-dark")]
    return {**keys, "theme": _one_of((*THEMES, *PAIRS, *names, *pairs))}


def read(table: Mapping[str, Any], keys: Mapping[str, Key], where: str) -> dict[str, Any]:
    """The values of a table.

    Raises:
        SettingsError: a key is unknown, or what stands behind it is not as it should be.
    """
    found = {}
    for name, value in table.items():
        if name not in keys:
            raise _unknown(name, keys, where)
        found[name] = keys[name].read(value)
        if found[name] is None:
            raise SettingsError(f"`{name} = {_shown(value)}` of {where}: `{name}` is {keys[name].means}")
    return found


def _unknown(name: str, keys: Mapping[str, Key], where: str) -> SettingsError:
    close = difflib.get_close_matches(name.lower().replace("_", "-"), keys, 1)
    hint = f"did you mean `{close[0]}`?" if close else None
    return SettingsError(f"{where} has no key `{name}`", details=(f"keys: {', '.join(sorted(keys))}",), hint=hint)


def _shown(value: Any) -> str:
    """A value about as TOML spells it, not without end."""
    text = str(value).lower() if isinstance(value, bool) else repr(value).replace("'", '"')
    return text if len(text) <= 60 else text[:57] + "..."
