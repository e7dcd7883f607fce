"""The failing operation with all that a rule may ask about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from graphviz_torch.ir.graph import Failure, Module, Node, TensorMeta, Value
from graphviz_torch.ir.literals import Literal as Argument
from graphviz_torch.ir.literals import Operand
from graphviz_torch.ir.walks import GraphIndex
from graphviz_torch.trace.explain import words

Shape = tuple[int, ...]


Kind = Literal["shape", "device", "dtype", "index", "attribute", "argument"]


@dataclass(frozen=True, slots=True)
class Misfit:
    """An operand that does not fit.

    Attributes:
        axis: which of its dimensions is wrong; `None` where it is the shape as a whole.
        needed: the size that would fit; `None` where it is not one number.
        noun: what that dimension counts: `features`, `channels`; empty where it has no name.
    """

    value: Value
    axis: int | None = None
    needed: int | None = None
    noun: str = ""

    @property
    def size(self) -> int | None:
        """The size that is wrong."""
        shape = self.value.meta.shape
        return None if self.axis is None or not shape else shape[self.axis]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an operation failed.

    Attributes:
        reason, notes, hint: as in `Failure`.
        kind: what is wrong with the operands.
        misfits: the operands that are to blame; both sides where neither is more to blame than the other.
    """

    reason: str
    notes: tuple[str, ...] = ()
    hint: str = ""
    kind: Kind = "shape"
    misfits: tuple[Misfit, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """A failure in its graph.

    Attributes:
        node: the failing operation.
        values: its operands.
    """

    index: GraphIndex
    failure: Failure
    node: Node
    values: tuple[Value, ...]

    @property
    def name(self) -> str:
        """The operation's name without the marks of in-place and operator spellings: `iadd` and `add_` are `add`."""
        return plain_name(self.node.name)

    @property
    def metas(self) -> tuple[TensorMeta, ...]:
        """The types of the operands."""
        return tuple(value.meta for value in self.values)

    def shape(self, place: int) -> Shape | None:
        """The shape of one operand, where there is one."""
        return self.values[place].meta.shape if place < len(self.values) else None

    def argument(self, name: str, place: int) -> Argument:
        """An argument by name or, where it was passed so, by place; `None` where it was not passed."""
        table = dict(self.node.attributes)
        return table.get(name, table.get(str(place)))

    def tensor(self, name: str, place: int) -> Value | None:
        """The operand that was passed as this argument."""
        found = self.argument(name, place)
        return self.values[found.index] if isinstance(found, Operand) and found.index < len(self.values) else None

    def rest(self, place: int) -> tuple[Argument, ...]:
        """All arguments from one place on, whatever they are called; a single tuple is opened."""
        found = tuple(value for _, value in self.node.attributes[place:])
        if len(found) == 1 and isinstance(found[0], tuple):
            return found[0]
        return found

    @property
    def module(self) -> Module | None:
        """The module whose own operation this is: the innermost call, where its operations are torch's."""
        return owner(self.index, self.node.module_call)

    @property
    def subject(self) -> str:
        """`layer2 (Linear 32 → 8)`, or the operation's name."""
        return words.called(self.module) if self.module is not None else self.node.name

    def named(self, place: int) -> str:
        """How one operand is called in a sentence."""
        return value_name(self.index, self.values[place])


def plain_name(name: str) -> str:
    """`add` for `add_`, `__iadd__`, `__radd__`, `iadd`."""
    word = name.strip("_")
    if word in REFLECTED:
        return word[1:]
    return word


REFLECTED = frozenset(
    f"{mark}{word}"
    for mark in "ir"
    for word in ("add", "sub", "mul", "div", "truediv", "floordiv", "matmul", "pow", "mod", "and", "or", "xor")
)


def owner(index: GraphIndex, call: str | None) -> Module | None:
    """The module of a call if it is one of torch's own layers, or another without modules inside."""
    found = index.calls.get(call or "")
    if found is None or found.kind != "module":
        return None
    module = index.modules.get(found.path)
    if module is None or not (module.type.startswith("torch.nn.") or _lonely(index, module, found.id)):
        return None
    return module


def _lonely(index: GraphIndex, module: Module, call: str) -> bool:
    """Whether a module of the user is a layer: it is part of another, has weights of its own and no module inside."""
    prefix = f"{module.path}." if module.path else ""
    inner = any(other.path != module.path and other.path.startswith(prefix) for other in index.graph.modules)
    return bool(module.path) and not inner and bool(module.parameters) and len(index.call_nodes.get(call, ())) == 1


def value_name(index: GraphIndex, value: Value) -> str:
    """`input x`, `layer2.weight`, `the result of relu`."""
    node = index.nodes[value.producer]
    if node.kind == "input":
        return f"input {node.name}"
    if node.kind in ("parameter", "buffer"):
        return node.name
    if node.kind == "constant":
        return node.name or "a constant"
    module = owner(index, node.module_call)
    return f"the result of {module.path if module is not None and module.path else node.name}"


def number(literal: Argument) -> int | None:
    """An integer argument."""
    return literal if isinstance(literal, int) and not isinstance(literal, bool) else None


def numbers(literal: Argument, length: int) -> Shape | None:
    """An argument that is one integer for all dimensions, or one for each."""
    if isinstance(literal, int) and not isinstance(literal, bool):
        return (literal,) * length
    if isinstance(literal, tuple) and all(isinstance(item, int) for item in literal):
        found = tuple(item for item in literal if isinstance(item, int))
        return found * length if len(found) == 1 else found
    return None
