"""Small graphs, built by hand, that the tests of everything after the tracer share."""

from __future__ import annotations

from graphviz_torch.ir.builder import GraphBuilder
from graphviz_torch.ir.graph import Graph, Module, Origin, SourceLocation, Tensor, TensorMeta
from graphviz_torch.ir.literals import Literal, Operand


def meta(*shape: int, dtype: str = "float32", device: str = "cpu", grad: bool = False) -> TensorMeta:
    """The type of a contiguous tensor."""
    stride = []
    elements = 1
    for size in reversed(shape):
        stride.append(elements)
        elements *= size
    return TensorMeta(shape, dtype, device, grad, tuple(reversed(stride)), elements * 4)


class Net:
    """Writes graphs as a tracer would, in a few words a layer."""

    def __init__(self, name: str = "Net") -> None:
        self.builder = GraphBuilder(name, Origin(torch="2.13"))
        self.modules: list[Module] = [Module("", f"model.{name}")]
        self._leaves: dict[str, str] = {}
        self._indices: dict[str, int] = {}
        self._known = {""}
        self.entered: list[str] = []

    def input(self, name: str, *shape: int, dtype: str = "float32") -> str:
        """An input."""
        return self.builder.leaf("input", name, meta(*shape, dtype=dtype))

    def parameter(self, path: str, *shape: int) -> str:
        """A parameter, the same value each time it is asked for."""
        if path not in self._leaves:
            self._leaves[path] = self.builder.leaf("parameter", path, meta(*shape, grad=True))
        return self._leaves[path]

    def buffer(self, path: str, *shape: int, dtype: str = "float32") -> str:
        """A buffer, the same value each time it is asked for."""
        if path not in self._leaves:
            self._leaves[path] = self.builder.leaf("buffer", path, meta(*shape, dtype=dtype))
        return self._leaves[path]

    def module(
        self, path: str, type: str, arguments: str = "", parameters: dict[str, tuple[int, ...]] | None = None
    ) -> None:
        """A module of the static tree, once."""
        if path in self._known:
            return
        self._known.add(path)
        tensors = tuple(Tensor(name, meta(*shape, grad=True)) for name, shape in (parameters or {}).items())
        self.modules.append(Module(path, type, arguments, parameters=tensors))

    def enter(self, path: str, parent: str | None, *operands: str, type: str = "model.Block") -> str:
        """Opens a call of a module."""
        self.module(path, type)
        index = self._indices.get(path, 0)
        self._indices[path] = index + 1
        self.entered.append(self.builder.enter(path, index, parent, operands=operands))
        return self.entered[-1]

    def leave(self, call: str, *results: str) -> None:
        """Closes a call."""
        self.builder.leave(call, results)

    def op(
        self, name: str, call: str | None, *operands: str, shape: tuple[int, ...] = (4, 8), line: int = 1,
        **attributes: Literal,
    ) -> str:  # fmt: skip
        """An operation with one result; returns the value."""
        places: tuple[tuple[str, Literal], ...] = tuple((str(i), Operand(i)) for i in range(len(operands)))
        return self.builder.operation(
            name,
            f"torch.{name}",
            operands=operands,
            metas=(meta(*shape),),
            attributes=(*places, *attributes.items()),
            call=call,
            source=SourceLocation("model.py", line, 8, 20, "Net.forward", f"x = {name}(x)"),
        ).results[0]

    def linear(self, path: str, parent: str | None, x: str, outputs: int, inputs: int, rows: int = 4) -> str:
        """A Linear layer: a call with one operation."""
        arguments = f"in_features={inputs}, out_features={outputs}, bias=True"
        self.module(
            path, "torch.nn.modules.linear.Linear", arguments, {"weight": (outputs, inputs), "bias": (outputs,)}
        )
        call = self.enter(path, parent, x)
        weight = self.parameter(f"{path}.weight", outputs, inputs)
        bias = self.parameter(f"{path}.bias", outputs)
        found = self.op("linear", call, x, weight, bias, shape=(rows, outputs))
        self.leave(call, found)
        return found

    def layer(self, path: str, parent: str | None, x: str, type: str, op: str, shape: tuple[int, ...] = (4, 8)) -> str:
        """A layer without parameters: a call with one operation."""
        self.module(path, f"torch.nn.modules.{type}")
        call = self.enter(path, parent, x)
        found = self.op(op, call, x, shape=shape)
        self.leave(call, found)
        return found

    def finish(self, **outputs: str) -> Graph:
        """The graph, with its outputs; `_` is the single unnamed one."""
        for name, value in outputs.items():
            self.builder.output("" if name == "_" else name, value)
        self.builder.set_modules(tuple(self.modules))
        return self.builder.finish()


def mlp() -> Graph:
    """Linear, relu in the root, Linear."""
    net = Net("MLP")
    x = net.input("x", 4, 32)
    root = net.enter("", None, x)
    hidden = net.linear("fc1", root, x, 16, 32)
    hidden = net.op("relu", root, hidden, shape=(4, 16), line=9)
    result = net.linear("fc2", root, hidden, 4, 16)
    net.leave(root, result)
    return net.finish(_=result)


def block(net: Net, path: str, parent: str, x: str, mask: str | None = None) -> str:
    """A residual block of five operations."""
    net.module(path, "model.Block")
    call = net.enter(path, parent, x, *([mask] if mask else []))
    hidden = net.linear(f"{path}.up", call, x, 8, 8)
    hidden = net.layer(f"{path}.act", call, hidden, "activation.GELU", "gelu")
    if mask:
        hidden = net.op("mul", call, hidden, mask)
    hidden = net.linear(f"{path}.down", call, hidden, 8, 8)
    result = net.op("add", call, x, hidden)
    net.leave(call, result)
    return result


def tower(blocks: int = 6, mask: bool = False) -> Graph:
    """A stem, equal residual blocks in a row (each reads the mask, if there is one), a head."""
    net = Net("Tower")
    x = net.input("x", 4, 8)
    extra = net.input("mask", 4, 8) if mask else None
    root = net.enter("", None, x, *([extra] if extra else []))
    hidden = net.linear("stem", root, x, 8, 8)
    for number in range(blocks):
        hidden = block(net, f"blocks.{number}", root, hidden, extra)
    result = net.linear("head", root, hidden, 2, 8)
    net.leave(root, result)
    return net.finish(logits=result)


def chain(length: int, parent: bool = True) -> Graph:
    """Operations in a row, no two neighbours alike."""
    net = Net("Chain")
    x = net.input("x", 4, 8)
    root = net.enter("", None, x) if parent else None
    for number in range(length):
        x = net.op("add" if number % 2 else "mul", root, x, scale=number)
    if root is not None:
        net.leave(root, x)
    return net.finish(_=x)
