"""Prints the share of the catalogue, and of the planted faults, that is exact: `python -m tests.check.score`."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import torch

from graphviz_torch.errors import CheckError
from tests.check.harness import CATALOGUE, PLANTED, Case, Found, cases, check, found

LEAST = {CATALOGUE: 0.95, PLANTED: 1.0}


def main() -> int:
    """Runs both folders; 1 where less of one is exact than has to be."""
    torch.set_num_threads(1)
    shares = {folder: _score(folder) for folder in LEAST}
    return int(any(shares[folder] < least for folder, least in LEAST.items()))


def _score(folder: Path) -> float:
    of_code: Counter[str] = Counter()
    exact = 0
    known = cases(folder)
    for one in known:
        of_code.update({code for code, _, _ in one.expected})
        told = _told(one)
        if told == one.expected:
            exact += 1
        else:
            print(f"{one.path.name}: expected {sorted(one.expected)}, found {sorted(told)}")  # noqa: T201
    share = exact / max(len(known), 1)
    codes = ", ".join(f"{code} {count}" for code, count in sorted(of_code.items()))
    print(f"{folder.name}: exact: {exact} of {len(known)} ({share:.0%}); models by code: {codes}")  # noqa: T201
    return share


def _told(one: Case) -> set[Found]:
    try:
        return found(check(one.path, **one.options))
    except CheckError as error:  # there is no rule yet for what is selected
        return {(error.message, "", 0)}


if __name__ == "__main__":
    sys.exit(main())
