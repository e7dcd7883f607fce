"""A finding about an operation that ran: its line, the module around it, and what it read."""

from __future__ import annotations

from graphviz_torch.check.describe import built, module_at, operands
from graphviz_torch.check.evidence import Evidence
from graphviz_torch.check.finding import Finding, Operand, Step, Table
from graphviz_torch.ir.graph import Node, Severity


def finding_at(
    evidence: Evidence,
    node: Node,
    code: str,
    message: str,
    *,
    severity: Severity = "warning",
    read: tuple[Operand, ...] | None = None,
    tables: tuple[Table, ...] = (),
    dataflow: tuple[Step, ...] = (),
    notes: tuple[str, ...] = (),
    help: str = "",
    said: str = "",
) -> Finding:
    """The finding; `read` in place of what the graph says of the operands."""
    module = module_at(evidence.index, node.module_call)
    return Finding(
        code,
        severity,
        message,
        module=module.path if module is not None else "",
        type=built(module) if module is not None else "",
        op=node.id,
        source=node.source,
        operands=operands(evidence.index, node) if read is None else read,
        dataflow=dataflow,
        tables=tables,
        notes=notes,
        help=help,
        said=said,
    )
