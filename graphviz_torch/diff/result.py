"""What a comparison finds, as frozen, plain data.

A difference is either a *change* (what somebody edited: a root cause) or a *consequence* (a shape, dtype or cost that
follows from a change upstream). Changes are listed, consequences are counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal as Choice

from graphviz_torch.ir.graph import SourceLocation

ChangeClass = Choice[
    "added", "removed", "replaced", "rewired", "attribute", "interface", "checkpoint", "moved", "renamed"
]
Severity = Choice["breaking", "structural", "cosmetic", "info"]

FORMAT_VERSION = 1


@dataclass(frozen=True, slots=True)
class Place:
    """One place of a change: paths of modules, and the elements of the two graphs that are concerned.

    Attributes:
        old_path, new_path: the path of the module; of an operation, that of the module it ran in; of an input or
            output, its name. `None` on the side that has no such thing.
        old_ids, new_ids: ids of nodes and module calls in the old and the new graph, for drawing; empty for what
            never ran.
        words: of what reads something else, what to say of each of `new_ids`: `reads norm1 → input`.
    """

    old_path: str | None
    new_path: str | None
    old_ids: tuple[str, ...] = ()
    new_ids: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """One edit, rolled up over sibling places (`layers.{0-11}.act`).

    Attributes:
        kind: the class of change; see `docs/diff-format.md`.
        places: where, in execution order; never empty. The first one speaks for all.
        op: the operation or the module's type; after the change where both exist.
        before, after: the one thing that differs, in words (`p=0.1`, `p=0.5`); empty where the side has nothing.
        why: why this is taken for an edit of its own, one line.
        source: the user's code, on the new side where it exists.
    """

    kind: ChangeClass
    severity: Severity
    places: tuple[Place, ...]
    op: str
    before: str = ""
    after: str = ""
    why: str = ""
    source: SourceLocation | None = None

    @property
    def count(self) -> int:
        """In how many places."""
        return len(self.places)


@dataclass(frozen=True, slots=True)
class Consequence:
    """What follows from a change: other shapes, dtypes or devices behind it.

    Attributes:
        place: one operation or module on both sides.
        before, after: the type of its first differing result: `1×64×8×8`, `1×64×8×8 f16`.
        cause: the index of the change it follows from in `Comparison.changes`; `None` where it is the input itself.
    """

    place: Place
    op: str
    before: str
    after: str
    cause: int | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """Two modules that are taken for one and the same.

    Attributes:
        why: `map`, `root`, `path`, `index`, `order`, `move`, `contents` or `replaced`.
    """

    old_path: str
    new_path: str
    why: str


@dataclass(frozen=True, slots=True)
class StateDict:
    """Whether weights of the old model load into the new one.

    Attributes:
        same: keys of equal name and shape; renamed: (old, new) keys of equal shape; reshaped: (old key, new key, old
            shape, new shape); added, removed: keys that only one side has.
        map: old key to new key, for each tensor that fits: usable as it is to load old weights.
    """

    same: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    reshaped: tuple[tuple[str, str, tuple[int, ...], tuple[int, ...]], ...] = ()
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    map: Mapping[str, str] = field(default_factory=dict)

    @property
    def kept(self) -> int:
        """How many keys both sides have, under whatever name and of whatever shape."""
        return len(self.same) + len(self.renamed) + len(self.reshaped)

    @property
    def fits(self) -> bool:
        """Whether every old key is there with its shape, and no new one is missing."""
        return not (self.renamed or self.reshaped or self.added or self.removed)


@dataclass(frozen=True, slots=True)
class Totals:
    """One side in numbers."""

    parameters: int = 0
    state_dict_keys: int = 0
    modules: int = 0
    operations: int = 0


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two graphs compared.

    Attributes:
        old, new: names of the two sides, as the user wrote them.
        changes: by severity, then in execution order.
        consequences: in execution order.
        mapping: every pair of modules, in the order of the old tree.
        operations: (old id, new id) of every pair of nodes that are taken for one and the same.
        notes: what the reader should know of the comparison itself: a side that raised, different tracers ...
    """

    old: str
    new: str
    changes: tuple[Change, ...] = ()
    consequences: tuple[Consequence, ...] = ()
    mapping: tuple[Pair, ...] = ()
    operations: tuple[tuple[str, str], ...] = ()
    state_dict: StateDict = field(default_factory=StateDict)
    before: Totals = field(default_factory=Totals)
    after: Totals = field(default_factory=Totals)
    notes: tuple[str, ...] = ()

    @property
    def equal(self) -> bool:
        """Whether nothing was edited and nothing follows."""
        return not self.changes and not self.consequences
