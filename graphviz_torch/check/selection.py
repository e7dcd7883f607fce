"""Which rules are looked for."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

from graphviz_torch.check.options import CheckOptions
from graphviz_torch.check.rule import Need, Rule
from graphviz_torch.errors import CheckError

ALL = "ALL"


def chosen(rules: Sequence[Rule], options: CheckOptions) -> tuple[Rule, ...]:
    """The rules that are looked for, in the order of their codes.

    Without `select` these are the default set and what the options for further evidence are there for.

    Raises:
        CheckError: a word names no code and no group.
    """
    asked = asked_for(options)
    found = _named(rules, options.select) if options.select else [r for r in rules if _by_default(r, asked)]
    left_out = {rule.code for rule in _named(rules, options.ignore)}
    return tuple(sorted((rule for rule in found if rule.code not in left_out), key=lambda rule: rule.code))


def asked_for(options: CheckOptions) -> frozenset[Need]:
    """The further evidence that options ask for."""
    wanted: dict[Need, bool] = {
        "backward": options.backward,
        "stats": options.stats,
        "time": options.time,
        "device": bool(options.assume_device),
    }
    return frozenset(need for need, on in wanted.items() if on)


def _by_default(rule: Rule, asked: frozenset[Need]) -> bool:
    if rule.needs:
        return rule.needs <= asked
    return rule.default or bool(rule.tells_with & asked)


def _named(rules: Sequence[Rule], words: Iterable[str]) -> list[Rule]:
    found: dict[str, Rule] = {}
    for word in words:
        named = [rule for rule in rules if word.upper() == ALL or rule.code.startswith(word.upper())]
        if not named or not word:
            raise _unknown(rules, word)
        found.update({rule.code: rule for rule in named})
    return list(found.values())


def _unknown(rules: Sequence[Rule], word: str) -> CheckError:
    codes = sorted(rule.code for rule in rules)
    close = difflib.get_close_matches(word.upper(), codes, 1)
    return CheckError(
        f"there is no code `{word}`",
        details=(f"known: {', '.join(codes)}, their first letters, and {ALL}",),
        hint=f"did you mean {close[0]}?" if close else None,
    )
