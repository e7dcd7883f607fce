"""What a rule is: a code, what it means, what it needs to be found, and the function that finds it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from graphviz_torch.check.finding import Finding
from graphviz_torch.ir.graph import Severity

if TYPE_CHECKING:
    from graphviz_torch.check.evidence import Evidence

# What costs a run of its own, or more: obtained where an option asks for it or its rule is selected by its code.
Need = Literal["backward", "stats", "time", "second_run", "device"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of fault.

    Attributes:
        code: a letter and three digits; the letter is the group.
        name: what it means, as a title.
        severity: the usual one; a finding can have another.
        find: yields the findings; reads the evidence and nothing else.
        default: whether it is in the default set.
        needs: evidence that is not obtained in the default set.
        tells_with: evidence that it can do without, and whose option asks for it all the same.
    """

    code: str
    name: str
    severity: Severity
    find: Callable[[Evidence], Iterable[Finding]]
    default: bool = False
    needs: frozenset[Need] = frozenset()
    tells_with: frozenset[Need] = frozenset()
