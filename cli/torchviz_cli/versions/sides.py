"""The grammar of the two sides of a comparison: `OLD NEW`, or `TARGET` and a revision to hold it against."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from graphviz_torch.errors import TargetError

DRIVE = re.compile(r"[A-Za-z]:[\\/]")
FILES = (".py", ".json", ".pt2")
HEAD = "HEAD"


@dataclass(frozen=True, slots=True)
class Side:
    """One version.

    Attributes:
        text: as the user wrote it, or would have written it.
        target: the target without its revision.
        revision: as git spells it; `None` for the files as they are now.
        from_here: whether the target's path counts from the current folder, even where there is a revision.
    """

    text: str
    target: str
    revision: str | None = None
    from_here: bool = False


def sides(targets: Sequence[str], against: str | None) -> tuple[Side, Side]:
    """The old and the new side.

    Raises:
        TargetError: there are none or too many, or they do not go together with `--against`.
    """
    if not 1 <= len(targets) <= 2:
        raise TargetError(
            f"a comparison is of two versions, {len(targets)} were given",
            hint="torchviz-cli diff OLD NEW, or torchviz-cli diff TARGET --against main",
        )
    if len(targets) == 2:
        if against is not None:
            raise TargetError(
                "`--against` is for one target; two were given",
                hint=f"torchviz-cli diff {targets[1]} --against {against}",
            )
        return parse(targets[0]), parse(targets[1])
    new = parse(targets[0])
    return _older(new, HEAD if against is None else against), new


def _older(new: Side, revision: str) -> Side:
    if new.target.lower().endswith(".json") and new.revision is None and not _exists(new.target):
        raise TargetError(f"there is no file `{new.target}`", hint="torchviz-cli diff saved.json model.py:build")
    if not revision:
        raise TargetError("`--against` names no revision", hint="--against main")
    return replace(new, text=f"{revision}:{new.target}", revision=revision, from_here=new.revision is None)


def parse(text: str) -> Side:
    """Reads one side: `[REV:]LOCATOR[:OBJECT[(arguments)]]`; a drive letter is no revision.

    Raises:
        TargetError: the revision is empty.
    """
    if _exists(text):
        return Side(text, text)
    colons = _colons(text)
    if not colons:
        return Side(text, text)
    before, after = text[: colons[0]], text[colons[0] + 1 :]
    if len(colons) == 1 and (before.lower().endswith(FILES) or not _is_file(after)):
        return Side(text, text)
    if not before:
        raise TargetError(f"`{text}` names no revision before the colon", hint=f"{HEAD}{text}")
    return Side(text, after, before)


def _colons(text: str) -> list[int]:
    """Places of the colons that part a revision, a locator and an object; those in braces and arguments do not."""
    found: list[int] = []
    depth = start = 0
    for place, character in enumerate(text):
        if character == "(" and not depth:
            break
        depth += {"{": 1, "}": -1}.get(character, 0)
        drive = place == start + 1 and DRIVE.match(text[start : start + 3]) is not None
        if character == ":" and depth <= 0 and not drive:
            found.append(place)
            start = place + 1
    return found


def _is_file(text: str) -> bool:
    return text.lower().endswith(FILES) or "/" in text or "\\" in text


def _exists(text: str) -> bool:
    try:
        return os.path.exists(text)
    except ValueError:  # a null character
        return False
