"""Large graphs without a model, as a tracer would write them."""

from __future__ import annotations

from graphviz_torch.ir.builder import GraphBuilder
from graphviz_torch.ir.graph import Graph, Module, Origin, SourceLocation, TensorMeta
from graphviz_torch.ir.literals import Operand

META = TensorMeta((4, 8), "float32", "cpu", False, (8, 1), 128)
BLOCK = 8
GROUP = 10


class Writer:
    """Grows one graph."""

    def __init__(self, name: str) -> None:
        self.builder = GraphBuilder(name, Origin(torch="2.13"))
        self.modules = [Module("", f"model.{name}")]
        self.root = self.builder.enter("", 0, None)
        self.count = 0

    def op(self, name: str, call: str, *operands: str) -> str:
        """One operation; returns its value."""
        self.count += 1
        return self.builder.operation(
            name,
            f"torch.{name}",
            operands=operands,
            metas=(META,),
            attributes=tuple((str(place), Operand(place)) for place in range(len(operands))),
            call=call,
            source=SourceLocation("model.py", 10 + self.count % 40, 8, 20, "Block.forward", f"x = {name}(x)"),
        ).results[0]

    def module(self, path: str, type: str, parent: str, value: str) -> str:
        """Opens a call of a new module."""
        self.modules.append(Module(path, type))
        return self.builder.enter(path, 0, parent, operands=(value,))

    def finish(self, value: str) -> Graph:
        """The graph with one output."""
        self.builder.leave(self.root, (value,))
        self.builder.output("", value)
        self.builder.set_modules(tuple(self.modules))
        return self.builder.finish()


def nested(operations: int) -> Graph:
    """Stages of residual blocks, each of eight operations in three levels of modules; no two stages are alike."""
    writer = Writer("Nested")
    value = writer.builder.leaf("input", "x", META)
    stage = 0
    while writer.count < operations:
        call = writer.module(f"stage{stage}", "model.Stage", writer.root, value)
        for number in range(GROUP):
            if writer.count < operations:
                value = _block(writer, f"stage{stage}.block{number}", call, value, stage)
        writer.builder.leave(call, (value,))
        stage += 1
    return writer.finish(value)


def _block(writer: Writer, path: str, parent: str, value: str, stage: int) -> str:
    """A residual block: two layers, a gate, a sum."""
    call = writer.module(path, "model.Block", parent, value)
    hidden = _layer(writer, f"{path}.up", call, value, f"gelu{stage % 7}")
    gate = _layer(writer, f"{path}.gate", call, value, "sigmoid")
    hidden = writer.op("mul", call, hidden, gate)
    hidden = writer.op("layer_norm", call, hidden)
    hidden = writer.op("dropout", call, hidden)
    hidden = writer.op("add", call, hidden, value)
    writer.builder.leave(call, (hidden,))
    return hidden


def _layer(writer: Writer, path: str, parent: str, value: str, activation: str) -> str:
    call = writer.module(path, "model.Layer", parent, value)
    hidden = writer.op(activation, call, writer.op("linear", call, value))
    writer.builder.leave(call, (hidden,))
    return hidden


def chain(operations: int) -> Graph:
    """Operations in a row, all in the root."""
    writer = Writer("Chain")
    value = writer.builder.leaf("input", "x", META)
    for number in range(operations):
        value = writer.op("sin" if number % 2 else "mul", writer.root, value)
    return writer.finish(value)
