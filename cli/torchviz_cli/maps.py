"""`--map OLD=NEW`, or `--map @FILE` with one pair a line."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from graphviz_torch.errors import TargetError
from graphviz_torch.ir.graph import Graph

NEAREST = 5


def read(texts: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """The pairs of paths.

    Raises:
        TargetError: a text is no pair, a file cannot be read, or a path is mapped twice.
    """
    pairs: dict[str, str] = {}
    for text in _lines(texts):
        old, equals, new = (part.strip() for part in text.partition("="))
        if not equals or not old or not new:
            raise TargetError(f"`--map {text}` is not OLD=NEW", hint="--map encoder.layers=encoder.blocks")
        if pairs.setdefault(old, new) != new:
            raise TargetError(f"`--map`: `{old}` is mapped to `{pairs[old]}` and to `{new}`")
    twice = [new for new in pairs.values() if list(pairs.values()).count(new) > 1]
    if twice:
        raise TargetError(f"`--map`: two old paths are mapped to `{twice[0]}`")
    return tuple(pairs.items())


def _lines(texts: Sequence[str]) -> Iterator[str]:
    for text in texts:
        if not text.startswith("@"):
            yield text
            continue
        try:
            lines = Path(text[1:]).read_text(encoding="utf-8-sig").splitlines()
        except (OSError, UnicodeDecodeError, ValueError) as error:
            why = getattr(error, "strerror", None) or "it is no text"
            raise TargetError(
                f"`--map {text}` cannot be read: {why}", hint="one pair a line: encoder.layers=encoder.blocks"
            ) from None
        yield from (line for line in map(str.strip, lines) if line and not line.startswith("#"))


def check(pairs: Iterable[tuple[str, str]], old: Graph, new: Graph) -> None:
    """Refuses paths that the graphs do not have.

    Raises:
        TargetError: one of them, with the nearest that there are.
    """
    for place, (graph, side) in enumerate(((old, "old"), (new, "new"))):
        known = {path for module in graph.modules for path in (module.path, *module.aliases)}
        for pair in pairs:
            if pair[place] not in known:
                raise _unknown(pair, place, side, sorted(known - {""}))


def _unknown(pair: tuple[str, str], place: int, side: str, known: list[str]) -> TargetError:
    near = difflib.get_close_matches(pair[place], known, NEAREST, 0.4)
    shown = near or known[:NEAREST]
    better = list(pair)
    if near:
        better[place] = near[0]
    return TargetError(
        f"`--map {pair[0]}={pair[1]}`: the {side} model has no module `{pair[place]}`",
        details=(f"{'nearest' if near else 'it has'}: {', '.join(shown)}",) if shown else (),
        hint=f"--map {better[0]}={better[1]}" if near else None,
    )
