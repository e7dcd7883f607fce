"""G002: a tensor that was kept for the backward pass and written since: names who kept it and who wrote it.

Autograd says what it kept and can no longer give; the versions of the values in the graph say who wrote it.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator

from graphviz_torch.check.describe import operation_words, sizes
from graphviz_torch.check.evidence import Evidence
from graphviz_torch.check.finding import Finding, Step
from graphviz_torch.check.rule import Rule
from graphviz_torch.check.rules.placed import finding_at
from graphviz_torch.ir.graph import Node, SourceLocation, Value
from graphviz_torch.ir.walks import GraphIndex
from graphviz_torch.trace.probes.records import Conflict

RESULTS = ("result", "output", "out", "ret")
OPERATORS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**", ast.MatMult: "@"}
MOST_KEPT = 3


def written(evidence: Evidence) -> Iterator[Finding]:
    """A write to what backward needs; the first after it was kept."""
    index = evidence.index
    order = {node.id: place for place, node in enumerate(evidence.graph.nodes)}
    writers = _writers(index)
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for conflict in evidence.conflicts:
        keeper = index.nodes.get(conflict.node)
        later = _first_write(index, writers, order, keeper, conflict) if keeper is not None else None
        if later is not None and keeper is not None:
            writer, is_result = later
            found[writer.id].setdefault(keeper.id, "its result" if is_result else "what it read")
    for name in sorted(found, key=order.__getitem__):
        keepers = sorted(found[name].items(), key=lambda pair: order[pair[0]])
        yield _finding(evidence, index.nodes[name], [(index.nodes[keeper], what) for keeper, what in keepers])


def _writers(index: GraphIndex) -> dict[str, list[Node]]:
    """The operations that write, by the first value of the memory that they write to, in execution order."""
    found: dict[str, list[Node]] = defaultdict(list)
    for node in index.graph.nodes:
        if node.kind == "call":
            for result in node.results:
                value = index.values[result]
                if value.version and value.view_of is not None:
                    found[_memory(index, value)].append(node)
    return found


def _memory(index: GraphIndex, value: Value) -> str:
    while value.view_of is not None:
        value = index.values[value.view_of]
    return value.id


def _first_write(
    index: GraphIndex, writers: dict[str, list[Node]], order: dict[str, int], keeper: Node, conflict: Conflict
) -> tuple[Node, bool] | None:
    """The first write to something that an operation kept, and whether that was its result."""
    result = conflict.saved.startswith(RESULTS)
    sides = ((keeper.results, True), (keeper.operands, False))
    for values, is_result in sides if result else sides[::-1]:
        later = [
            writer
            for value in values
            for writer in writers.get(_memory(index, index.values[value]), ())
            if order[writer.id] > order[keeper.id]
        ]
        if later:
            return min(later, key=lambda node: order[node.id]), is_result
    return None


def _finding(evidence: Evidence, writer: Node, keepers: list[tuple[Node, str]]) -> Finding:
    raised = evidence.backward.raised if evidence.options.backward else None
    said = raised.message.partition(": [")[0] if raised is not None and raised.exception == "RuntimeError" else ""
    code = writer.source.code if writer.source is not None else ""
    return finding_at(
        evidence,
        writer,
        "G002",
        f"{_write_words(writer, code)} writes into a tensor that backward needs",
        severity="error",
        dataflow=(
            *(_step(evidence.index, node, f"keeps {what} for backward") for node, what in keepers[:MOST_KEPT]),
            _step(evidence.index, writer, "changes it"),
        ),
        notes=("nothing raises in forward; `loss.backward()` does",),
        help=_help(writer, code),
        said=said,
    )


def _step(index: GraphIndex, node: Node, remark: str) -> Step:
    shape = index.values[node.results[0]].meta.shape if node.results else None
    source: SourceLocation | None = node.source
    return Step(operation_words(index, node), sizes(shape), source, remark)


def _write_words(writer: Node, code: str) -> str:
    statement = _statement(code)
    if isinstance(statement, ast.AugAssign) and type(statement.op) in OPERATORS:
        return f"`{OPERATORS[type(statement.op)]}=`"
    if writer.name == "setitem" and isinstance(statement, ast.Assign):
        return f"`{ast.unparse(statement.targets[0])} = ...`"
    return f"`{writer.name}`"


def _help(writer: Node, code: str) -> str:
    """The same without a write, where the line alone says how."""
    statement = _statement(code)
    if isinstance(statement, ast.AugAssign) and type(statement.op) in OPERATORS:
        target = ast.unparse(statement.target)
        if isinstance(statement.target, ast.Name):
            made = ast.unparse(ast.BinOp(statement.target, statement.op, statement.value))
            return f"`{target} = {made}` makes a new tensor"
    call = statement.value if isinstance(statement, ast.Expr) else None
    if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name):
        name, method = call.func.value.id, call.func.attr
        if method == writer.name and method.endswith("_") and method != "copy_":
            made = ast.unparse(
                ast.Call(ast.Attribute(call.func.value, method[:-1], ast.Load()), call.args, call.keywords)
            )
            return f"`{name} = {made}` makes a new tensor"
    return ""


def _statement(code: str) -> ast.stmt | None:
    """The line as a statement, if it is a whole one."""
    try:
        body = ast.parse(code).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return body[0] if len(body) == 1 else None


RULES = (Rule("G002", "written though backward needs it", "error", written, tells_with=frozenset(("backward",))),)
