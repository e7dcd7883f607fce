"""Where each value would be on another device: labels that the graph hands on, on a machine that has no such device.

1. Inputs, parameters and buffers are on the assumed device; plain attributes and tensors from outside stay.
2. A factory (`zeros`, `arange`) makes its result where it says: on the device of a tensor if it was told one (what
   `x.device` gives is a device, and follows), on the one it names in a string, on the CPU where it says nothing.
3. `.to`, `.cuda`, `.cpu` move; a device that is an object follows the label, one that is a string is meant.
4. Anything else makes its result where its operands are; those of no dimensions, on the CPU, may join any.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from graphviz_torch.ir.graph import Node, Value
from graphviz_torch.ir.literals import Literal, Operand, Symbol
from graphviz_torch.ir.walks import GraphIndex

HOST = "cpu"
ENDS = ("input", "parameter", "buffer")
MOVES = frozenset(("to", "cuda", "cpu", "xpu", "type_as", "copy_"))
# Their indices may be on the CPU.
INDEXED = frozenset(("getitem", "setitem", "index_put_", "index_put"))
# A tensor that is passed for one of these is read as a number, wherever it is.
COUNTS = frozenset(("num_samples", "size", "k", "dim", "num_classes", "diagonal", "start", "end", "step", "steps"))


@dataclass(frozen=True, slots=True)
class Mismatch:
    """An operation whose operands are on several devices.

    Attributes:
        operands: ids of the values that are not on the first one's device, and that one first.
        devices: theirs.
    """

    node: str
    operands: tuple[str, ...]
    devices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Transfer:
    """A value that an operation moves from one device to another."""

    node: str
    source: str
    target: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Labels:
    """Where everything is.

    Attributes:
        assumed: the device that was assumed; empty where the labels are the real ones.
        device: by value id.
        made: ids of the factory calls that name no device.
        mismatches: what would raise there; transfers: what is moved.
    """

    assumed: str
    device: Mapping[str, str]
    made: tuple[str, ...]
    mismatches: tuple[Mismatch, ...]
    transfers: tuple[Transfer, ...]


def labels(index: GraphIndex, assumed: str) -> Labels:
    """The labels of one run; with none assumed, the devices that the tensors were on."""
    walk = _Walk(index, f"{assumed}:0" if assumed and assumed not in (HOST, "meta") and ":" not in assumed else assumed)
    for node in index.graph.nodes:
        walk.node(node)
    return Labels(assumed, walk.device, tuple(walk.made), tuple(walk.mismatches), tuple(walk.transfers))


class _Walk:
    """Goes through a graph in execution order."""

    def __init__(self, index: GraphIndex, assumed: str) -> None:
        self.index = index
        self.assumed = assumed
        self.device: dict[str, str] = {}
        self.made: list[str] = []
        self.mismatches: list[Mismatch] = []
        self.transfers: list[Transfer] = []

    def node(self, node: Node) -> None:
        """Labels what one node makes."""
        if node.kind == "call" and not node.operands and not _names_device(node):
            self.made.append(node.id)
        if not node.results:
            self._look(node)
            return
        if not self.assumed:
            label = ""
        elif node.kind != "call":
            label = self.assumed if node.kind in ENDS else ""
        elif not node.operands:
            label = self._named(node, HOST)
        elif node.name in MOVES or node.name.startswith("new_") or node.name.endswith("_like"):
            label = self._moved(node)
        else:
            label = self._joined(node)
        for result in node.results:
            self.device[result] = label or self.index.values[result].meta.device
        self._look(node)

    def _value(self, place: int, node: Node) -> Value:
        return self.index.values[node.operands[place]]

    def _named(self, node: Node, otherwise: str) -> str:
        """The device among the arguments."""
        for name, literal in node.attributes:
            if (found := self._device(name, literal)) is not None:
                return found
        return otherwise

    def _device(self, name: str, literal: Literal) -> str | None:
        if isinstance(literal, Symbol) and literal.kind == "device":
            return self.assumed if literal.text == HOST else literal.text
        if isinstance(literal, str) and (name == "device" or literal.partition(":")[0] in (HOST, "cuda", "mps", "xpu")):
            return literal
        return None

    def _moved(self, node: Node) -> str:
        first = self.device[node.operands[0]]
        if node.name in ("cpu", "cuda", "xpu"):
            return HOST if node.name == "cpu" else self.assumed
        others = [literal for _, literal in node.attributes[1:] if isinstance(literal, Operand)]
        if node.name in ("to", "type_as") and others:
            return self.device[node.operands[others[0].index]]
        return self._named(node, first)

    def _joined(self, node: Node) -> str:
        """Where the operands are: that of the first that has dimensions."""
        return next((self.device[value.id] for value in self._placed(node)), self.device[node.operands[0]])

    def _placed(self, node: Node) -> list[Value]:
        values = [self.index.values[operand] for operand in node.operands]
        if node.name in INDEXED:
            values = values[:1]
        return [value for value in values if value.meta.shape != () or self.device[value.id] != HOST]

    def _look(self, node: Node) -> None:
        """Notes what is moved, and what does not go together."""
        if node.kind != "call" or not node.operands:
            return
        if node.name in MOVES:
            first = node.operands[0]
            target = self.device[node.results[0]] if node.results else self.device[first]
            if self.device[first] != target:
                size = self.index.values[first].meta.bytes or 0
                self.transfers.append(Transfer(node.id, self.device[first], target, size))
            return
        counts = [literal for name, literal in node.attributes if name in COUNTS]
        numbers = {node.operands[literal.index] for literal in counts if isinstance(literal, Operand)}
        placed = dict.fromkeys(value.id for value in self._placed(node) if value.id not in numbers)
        if len({self.device[value] for value in placed}) > 1:
            home = self.device[next(iter(placed))]
            told = (next(iter(placed)), *(value for value in placed if self.device[value] != home))
            self.mismatches.append(Mismatch(node.id, told, tuple(self.device[value] for value in told)))


def _names_device(node: Node) -> bool:
    return any(
        (isinstance(literal, Symbol) and literal.kind == "device") or (name == "device" and literal is not None)
        for name, literal in node.attributes
    )
