"""Prune: hides what says nothing about the model, by use.

1. A batch-norm counter (`num_batches_tracked`) that is only counted up.
2. An operation that only asks for a shape or a like property, and whose answer is no tensor.
3. In a function that is shown with its aten operations, a `detach` that nobody reads: autograd keeps a result by it.
3. A parameter or buffer that only its own layer reads: it is on the layer's card. A layer is a module that calls no
   other (what it holds below it, it uses itself) and is not the whole model, unless that is one of torch's layers.
   Among several operations, one that reads nothing else keeps it: otherwise its data would come from nowhere.

What was hidden is linked past: its readers read its operand. Nothing else changes.
"""

from __future__ import annotations

from collections import Counter

from graphviz_torch.ir.graph import Graph, Node
from graphviz_torch.ir.literals import Literal
from graphviz_torch.ir.walks import GraphIndex
from graphviz_torch.passes.rewrite import Change, absorbed, rebuild, without_operands

COUNTER = "num_batches_tracked"
COUNTING = frozenset(("add_", "add", "iadd", "__iadd__", "__add__"))
GETTERS = frozenset(
    ("size", "shape", "dim", "ndim", "ndimension", "numel", "nelement", "stride", "storage_offset", "element_size",
     "is_contiguous", "is_floating_point", "is_complex", "is_cuda", "get_device", "dtype", "device", "layout",
     "requires_grad", "data_ptr", "__len__", "len")
)  # fmt: skip


def prune(graph: Graph) -> Graph:
    """The graph without noise."""
    index = GraphIndex(graph)
    noise = _noise(index)
    past = _linked_past(index, noise)
    hidden = _own_leaves(index, noise)
    if not noise and not hidden:
        return graph
    gone = noise.union(hidden)
    nodes = [_without_leaves(node, index, hidden) for node in graph.nodes if node.id not in gone]
    targets = {leaf: reader for leaf, reader in hidden.items() if reader}
    return rebuild(graph, Change(nodes, graph.calls, past, targets, hidden=frozenset(("fold",))))


def _noise(index: GraphIndex) -> set[str]:
    """Ids of the operations of rules 1 to 3, found from the end, so that all that reads one is known."""
    about = {note.target for note in index.graph.diagnostics}
    if index.graph.failure is not None:
        about.add(index.graph.failure.node)
    noise: set[str] = set()
    either = _counts(index) | _kept_for_autograd(index)
    for node in reversed(index.graph.nodes):
        if node.kind != "call" or node.id in about:
            continue
        asks = node.name in GETTERS and _no_tensor(node, index)
        readers = (reader for result in node.results for reader in index.consumers.get(result, ()))
        if asks or (node.id in either and all(reader in noise for reader in readers)):
            noise.add(node.id)
    return noise


def _kept_for_autograd(index: GraphIndex) -> set[str]:
    """Ids of the copies without memory of their own by which autograd keeps results of functions."""
    functions = {call.id: set(call.results) for call in index.graph.calls if call.kind == "operation"}
    found = set()
    for node in index.graph.nodes:
        returned = functions.get(node.module_call or "")
        if returned and node.op.startswith("torch.ops.aten.detach") and returned.isdisjoint(node.results):
            found.add(node.id)
    return found


def _no_tensor(node: Node, index: GraphIndex) -> bool:
    """Whether an operation answers with something that is no tensor (a static tracer makes a value without type)."""
    metas = [index.values[result].meta for result in node.results]
    return bool(node.operands) and all(not meta.dtype and meta.shape is None for meta in metas)


def _counts(index: GraphIndex) -> set[str]:
    """Ids of the operations that count a batch-norm counter up."""
    counters = {node.results[0] for node in index.graph.nodes if node.kind == "buffer" and node.name.endswith(COUNTER)}
    counts = set()
    for node in index.graph.nodes:
        if node.kind == "call" and node.name in COUNTING and node.operands and node.operands[0] in counters:
            counts.add(node.id)
            counters.update(node.results)
    return counts


def _linked_past(index: GraphIndex, noise: set[str]) -> dict[str, str]:
    """What the readers of a hidden operation read instead."""
    past: dict[str, str] = {}
    for node in index.graph.nodes:
        if node.id in noise:
            operand = past.get(node.operands[0], node.operands[0])
            past.update(dict.fromkeys(node.results, operand))
    return past


def _own_leaves(index: GraphIndex, noise: set[str]) -> dict[str, str]:
    """Parameters and buffers of rule 4, and those that only noise read, with the first reader that is drawn."""
    owners, bare = _Owners(index), _bare(index)
    hidden = {}
    for node in index.graph.nodes:
        if node.kind in ("parameter", "buffer"):
            readers = index.consumers.get(node.id, ())
            drawn = [reader for reader in readers if reader not in noise]
            if readers and all(owners.own(node, index.nodes[reader]) and reader not in bare for reader in drawn):
                hidden[node.id] = drawn[0] if drawn else ""
    return hidden


def _bare(index: GraphIndex) -> set[str]:
    """Ids of the operations that read parameters and buffers alone and are not all that their call does."""
    calls = [node for node in index.graph.nodes if node.kind == "call"]
    sizes = Counter(node.module_call for node in calls)
    leaves = {node.id for node in index.graph.nodes if node.kind in ("parameter", "buffer")}
    return {
        node.id for node in calls if node.operands and sizes[node.module_call] > 1 and leaves.issuperset(node.operands)
    }


def _without_leaves(node: Node, index: GraphIndex, hidden: dict[str, str]) -> Node:
    if hidden.keys().isdisjoint(node.operands):
        return node
    gone: dict[int, Literal] = {}
    for place, operand in enumerate(node.operands):
        if operand in hidden:
            leaf = index.nodes[operand]
            gone[place] = absorbed(leaf.kind, leaf.name)
    return without_operands(node, gone)


def _callers(index: GraphIndex) -> set[str]:
    """Paths of the modules that called another in which something ran, be that call open or closed."""
    callers = set()
    seen: set[str | None] = {None}
    for node in index.graph.nodes:
        if node.kind == "module" and node.module_call is not None:
            callers.add(index.calls[node.module_call].path)
        call = node.module_call
        while call is not None and call not in seen:
            seen.add(call)
            parent = index.calls[call].parent
            if parent is not None and index.calls[call].kind == "module":
                callers.add(index.calls[parent].path)
            call = parent
    return callers


class _Owners:
    """Tells whether a reader of a parameter belongs to a layer that holds it and that calls no other module."""

    def __init__(self, index: GraphIndex) -> None:
        self._index = index
        self._callers = _callers(index)
        self._sharing: dict[str, set[str]] = {}
        for module in index.graph.modules:
            for tensor in (*module.parameters, *module.buffers):
                if tensor.alias_of is not None:
                    self._sharing.setdefault(tensor.alias_of, set()).add(module.path)

    def own(self, leaf: Node, reader: Node) -> bool:
        if reader.module_call is None:
            return False
        path = self._index.calls[reader.module_call].path
        if path in self._callers:
            return False
        if not path:
            return self._is_layer()
        return leaf.name.startswith(f"{path}.") or path in self._sharing.get(leaf.name, ())

    def _is_layer(self) -> bool:
        """Whether the whole model is one of torch's layers."""
        root = self._index.modules.get("")
        return root is not None and root.type.startswith("torch.nn.modules.")
