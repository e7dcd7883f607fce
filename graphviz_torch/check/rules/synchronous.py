"""D004: where the host waits for the device: Python reads a value, or a size depends on one; and what is moved.

What goes from the host to the device is told of where a device is assumed.
"""

from __future__ import annotations

from collections.abc import Iterator

from graphviz_torch.check.describe import bytes_words, sizes
from graphviz_torch.check.devices import HOST
from graphviz_torch.check.evidence import Evidence
from graphviz_torch.check.finding import Finding
from graphviz_torch.check.rule import Rule
from graphviz_torch.check.rules.placed import finding_at
from graphviz_torch.ir.graph import Node

READS = {
    "bool": "a condition on a tensor",
    "item": "`.item()`",
    "tolist": "`.tolist()`",
    "int": "`int()` of a tensor",
    "float": "`float()` of a tensor",
    "complex": "`complex()` of a tensor",
    "index": "a tensor as an index or a size",
    "contains": "`in` of a tensor",
    "numpy": "`.numpy()`",
    "equal": "`torch.equal`",
    "allclose": "`torch.allclose`",
}
SIZED = frozenset(("nonzero", "argwhere", "masked_select", "unique", "unique_consecutive"))
INDEXED = frozenset(("getitem", "setitem"))
LEAVES = "Python goes on only when the device has come so far; on the CPU it costs nothing"


def waits(evidence: Evidence) -> Iterator[Finding]:
    """Every operation that would make the host wait, were the model on a device of its own."""
    for node in evidence.graph.nodes:
        if node.kind == "call" and node.operands and evidence.moved.device.get(node.operands[0]) != HOST:
            message = _message(evidence, node)
            if message:
                yield finding_at(evidence, node, "D004", message, severity="info", notes=(LEAVES,))
    for transfer in evidence.moved.transfers:
        node = evidence.index.nodes[transfer.node]
        moved = f"{_shape(evidence, node)} ({bytes_words(transfer.bytes)})"
        if transfer.target == HOST and not _reads_follow(evidence, node):
            told = f"`{node.name}` brings {moved} from the device to the {HOST}"
            yield finding_at(evidence, node, "D004", told, severity="info", notes=(LEAVES,))
        elif transfer.target != HOST and evidence.options.assume_device:
            told = f"`{node.name}` moves {moved} from {transfer.source} to {transfer.target}, in each call"
            yield finding_at(evidence, node, "D004", told, severity="info")


def _message(evidence: Evidence, node: Node) -> str:
    if node.name in READS and not node.results:
        return f"{READS[node.name]} reads {_shape(evidence, node)} from the device"
    if node.name in SIZED or (node.name == "where" and len(node.operands) == 1):
        return f"the size of what `{node.name}` makes depends on the values: the host waits to know it"
    if node.name in INDEXED and _masked(evidence, node):
        return "indexing by a boolean tensor: how many are chosen depends on the values, and the host waits to know it"
    return ""


def _masked(evidence: Evidence, node: Node) -> bool:
    """Whether a key is boolean, on the device, and its number of elements matters.

    A number that is written where a mask is true is written everywhere, with a choice.
    """
    if node.name == "setitem" and len(node.operands) == 2:
        return False
    keys = node.operands[1:] if node.name == "getitem" else node.operands[1:-1]
    return any(
        evidence.index.values[key].meta.dtype in ("bool", "uint8") and evidence.moved.device.get(key) != HOST
        for key in keys
    )


def _reads_follow(evidence: Evidence, node: Node) -> bool:
    """Whether what came over is only handed on to a read, as in `.cpu().numpy()`."""
    readers = [evidence.index.nodes[name] for made in node.results for name in evidence.index.consumers.get(made, ())]
    return bool(readers) and all(reader.name in READS and reader.source == node.source for reader in readers)


def _shape(evidence: Evidence, node: Node) -> str:
    shape = evidence.index.values[node.operands[0]].meta.shape
    return "a number" if shape == () else f"a tensor of {sizes(shape)}"


RULES = (Rule("D004", "host synchronisation in forward", "info", waits, tells_with=frozenset(("device",))),)
