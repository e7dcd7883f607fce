"""What a page asks for: a target, and options that stand below it as texts."""

from __future__ import annotations

import difflib
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from graphviz_torch.errors import SettingsError
from graphviz_torch.passes.options import ViewOptions
from graphviz_torch.render.options import COLOR_BY, DIRECTIONS

FORMATS = ("svg", "png")
ALIGN = ("left", "center", "right")


@dataclass(frozen=True, slots=True)
class Wish:
    """A picture that a page asks for.

    Attributes:
        inputs, arguments, tracer: as on the command line.
        against: an older version to compare with: a revision, a saved graph, or a target.
        raises: whether the model is meant to fail.
        format: for pages of HTML; empty where the page leaves it open.
    """

    target: str
    inputs: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    tracer: str = ""
    train: bool = False
    seed: int = 0
    depth: int | str = "auto"
    fold: bool = True
    focus: str | None = None
    against: str = ""
    raises: bool = False
    format: str = ""
    theme: str = ""
    color_by: str = "kind"
    direction: str = "TB"
    alt: str = ""
    caption: str = ""
    align: str = ""

    @property
    def view(self) -> ViewOptions:
        """How much of the graph is shown."""
        return ViewOptions(self.depth, self.fold, focus=self.focus)


def read(target: str, given: Mapping[str, str | None]) -> Wish:
    """The wish that a page spells out.

    Args:
        given: the options by their names; an option that is a flag has no text, or an empty one.

    Raises:
        SettingsError: an option is unknown, or is not as it should be.
    """
    if not target.strip():
        raise SettingsError("no target is named", hint="a target, as in pkg.unet:UNet or model.py:build")
    found: dict[str, Any] = {}
    for name, text in given.items():
        if name not in OPTIONS:
            close = difflib.get_close_matches(name, OPTIONS, 1)
            hint = f"did you mean `{close[0]}`?" if close else None
            raise SettingsError(f"there is no option `{name}`", details=(f"options: {', '.join(OPTIONS)}",), hint=hint)
        field, convert = OPTIONS[name]
        try:
            found[field] = convert((text or "").strip())
        except ValueError as error:
            raise SettingsError(f"`{name}: {text or ''}` is not right: {error}") from None
    return Wish(target.strip(), **found)


def _words(text: str) -> tuple[str, ...]:
    """Words as a shell parts them."""
    found = tuple(shlex.split(text))
    if not found:
        raise ValueError("it is empty")
    return found


def _depth(text: str) -> int | str:
    if text not in ("auto", "all") and not (text.isdecimal() and len(text) < 10):
        raise ValueError("a depth is auto, all or a number of levels")
    return int(text) if text.isdecimal() else text


def _count(text: str) -> int:
    if not (text.isdecimal() and len(text) < 19):
        raise ValueError("it is a whole number")
    return int(text)


def _flag(text: str) -> bool:
    if text.lower() not in ("", "true", "yes", "false", "no"):
        raise ValueError("it is a flag")
    return text.lower() in ("", "true", "yes")


def _text(text: str) -> str:
    if not text:
        raise ValueError("it is empty")
    return text


def _line(text: str) -> str:
    return " ".join(_text(text).split())


def _one_of(*known: str) -> Callable[[str], str]:
    def choose(text: str) -> str:
        if text not in known:
            raise ValueError(f"it is one of {', '.join(known)}")
        return text

    return choose


OPTIONS: Mapping[str, tuple[str, Callable[[str], Any]]] = {
    "input": ("inputs", _words),
    "arg": ("arguments", _words),
    "tracer": ("tracer", _text),
    "train": ("train", _flag),
    "seed": ("seed", _count),
    "depth": ("depth", _depth),
    "no-fold": ("fold", lambda text: not _flag(text)),
    "focus": ("focus", _text),
    "diff-against": ("against", _text),
    "raises": ("raises", _flag),
    "format": ("format", _one_of(*FORMATS)),
    "theme": ("theme", _text),
    "color-by": ("color_by", _one_of(*COLOR_BY)),
    "direction": ("direction", _one_of(*DIRECTIONS)),
    "alt": ("alt", _line),
    "caption": ("caption", _line),
    "align": ("align", _one_of(*ALIGN)),
}
