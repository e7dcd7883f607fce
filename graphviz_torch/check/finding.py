"""What a rule says: one fault, where it is, how the data got there, and what helps. Plain data."""

from __future__ import annotations

from dataclasses import dataclass

from graphviz_torch.ir.graph import Severity, SourceLocation

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")


@dataclass(frozen=True, slots=True)
class Operand:
    """A tensor that the faulty operation read.

    Attributes:
        producer: what made it, in words: `layer1`, `input x`, `flatten`.
        value: its id in the graph.
    """

    shape: tuple[int, ...] | None
    dtype: str
    device: str
    producer: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the data flow that led to a fault.

    Attributes:
        what: `stage4.2.relu`, `flatten(1)`.
        shape: what it made: `4×2048`; for the faulty operation what it needs.
        remark: how the number came about: `512·2·2 = 2048`.
    """

    what: str
    shape: str
    source: SourceLocation | None = None
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of words, each beginning with what it is about."""

    title: str
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault.

    Attributes:
        code: that of its rule.
        message: what is wrong, in the user's terms, one line without a full stop.
        module: the module path; empty for the root.
        type: how that module is built: `Linear(512, 10)`, `Net`.
        op: the id of the node, where the fault is one of an operation.
        source: the user's line.
        operands: what the operation read.
        dataflow: how the data got there, earliest first.
        tables: measurements, the largest first.
        notes: why it is so; one fact a line.
        help: what to do; only what was computed, never a guess.
        said: what torch said.
        others: paths of further modules that have the same fault on the same line.
    """

    code: str
    severity: Severity
    message: str
    module: str = ""
    type: str = ""
    op: str | None = None
    source: SourceLocation | None = None
    operands: tuple[Operand, ...] = ()
    dataflow: tuple[Step, ...] = ()
    tables: tuple[Table, ...] = ()
    notes: tuple[str, ...] = ()
    help: str = ""
    said: str = ""
    others: tuple[str, ...] = ()
