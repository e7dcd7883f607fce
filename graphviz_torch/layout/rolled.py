"""Many sibling paths as one: `layers.{0-11}.act`, `layer{1-4}.{0,2}.relu`, `layers.0.{q_proj,k_proj}`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import product
from math import prod

NUMBER = re.compile(r"(\d+)")
MOST = 4
SHOWN = 3
LARGEST = 4096


def rolled(paths: Sequence[str]) -> str:
    """The paths in one word, or the first few patterns where they are not alike."""
    patterns = _siblings(_patterns(list(dict.fromkeys(paths))))
    if len(patterns) <= MOST:
        return ", ".join(patterns)
    return f"{', '.join(patterns[:SHOWN])} and {len(patterns) - SHOWN} more"


def _siblings(patterns: list[str]) -> list[str]:
    """The patterns, those that differ in the last name alone as one."""
    groups: dict[tuple[str, bool], list[str]] = {}
    for pattern in patterns:
        above, _, name = pattern.rpartition(".")
        # Numbers are together already; at the top, names have nothing in common.
        alike = bool(above) and "{" not in name and not name.isdigit()
        groups.setdefault((above if alike else pattern, alike), []).append(name)
    return [above if not alike else f"{above}.{_either(names)}" for (above, alike), names in groups.items()]


def _either(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{{{','.join(names)}}}"


def _patterns(paths: list[str]) -> list[str]:
    """One pattern for each group of paths that differ in numbers alone."""
    groups: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
    for path in paths:
        parts = NUMBER.split(path)
        groups.setdefault(tuple(parts[::2]), []).append(tuple(parts[1::2]))
    return [pattern for words, numbers in groups.items() for pattern in _group(words, numbers)]


def _group(words: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[str]:
    """A pattern where every combination of the numbers is there, else a pattern for each first number, and so on."""
    columns = [list(dict.fromkeys(column)) for column in zip(*rows, strict=True)]
    size = prod(map(len, columns))
    if size == len(rows) and (size > LARGEST or set(rows) == set(product(*columns))):
        return [_spelled(words, columns)]
    place = next(number for number, column in enumerate(columns) if len(column) > 1)
    return [
        pattern for first in columns[place] for pattern in _group(words, [row for row in rows if row[place] == first])
    ]


def _spelled(words: tuple[str, ...], columns: list[list[str]]) -> str:
    text = words[0]
    for column, word in zip(columns, words[1:], strict=True):
        text += _numbers(column) + word
    return text


def _numbers(column: list[str]) -> str:
    """`3`, `{0-11}`, `{0,2-4}`."""
    if len(column) == 1:
        return column[0]
    runs: list[list[int]] = []
    for number in sorted(map(int, column)):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return "{" + ",".join(_run(run) for run in runs) + "}"


def _run(run: list[int]) -> str:
    return f"{run[0]}-{run[-1]}" if len(run) > 2 else ",".join(map(str, run))
