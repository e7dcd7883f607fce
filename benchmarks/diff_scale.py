"""What it takes to compare two saved graphs of 10,000 modules and 100,000 operations, in a process without torch."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from benchmarks import common
from graphviz_torch.ir import serial
from graphviz_torch.ir.builder import GraphBuilder
from graphviz_torch.ir.graph import Graph, Module, Origin, SourceLocation, Tensor, TensorMeta
from graphviz_torch.ir.literals import Operand

COMPARE = """
import sys
from graphviz_torch import api
from graphviz_torch.ir.reading import Reader
reader = Reader()
old, new = (api.load(path, reader) for path in sys.argv[1:])
del reader
found = api.diff(old, new)
for change in found.changes:
    place = change.places[0]
    print(f"{change.kind} {change.count} {place.old_path} {place.new_path} {change.before} {change.after}")
print(len(found.consequences), "consequences")
assert "torch" not in sys.modules
"""
LAYERS = 9
WIDE = 32


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--modules", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    rows, figures = [], {}
    with tempfile.TemporaryDirectory() as folder:
        old, kept = _saved(folder, "old", graph(options.modules)), common.compiled(Path(folder))
        for name, other in variants(options.modules).items():
            cost = common.best(common.python(COMPARE, old, _saved(folder, "new", other)), options.runs, kept)
            lines = cost.printed.strip().splitlines()
            rows.append([name, f"{cost.cpu:.2f} s", f"{cost.peak:.0f} MiB", "; ".join(lines[:2]), lines[-1]])
            figures[name] = {"cpu": cost.cpu, "peak": cost.peak, "printed": lines[:5]}
    size = graph(options.modules)
    operations = sum(node.kind == "call" for node in size.nodes)
    told = f"{len(size.modules)} modules, {operations} operations on each side; CPU of the whole process."
    body = told + "\n\n" + common.table(["edit", "CPU", "peak memory", "changes", "what follows"], rows)
    common.keep("diff_scale", "Comparing two large saved graphs", body, figures)


def variants(modules: int) -> dict[str, Graph]:
    """The new side of each measurement."""
    return {
        "none": graph(modules),
        "another batch": graph(modules, batch=8),
        "a block inserted in the middle": graph(modules, inserted=modules // 20),
        "another activation everywhere": graph(modules, activation="silu"),
        "twice as wide": graph(modules, width=2 * WIDE),
    }


def _saved(folder: str, name: str, found: Graph) -> str:
    path = Path(folder) / f"{name}.json"
    path.write_text(serial.dumps(found), encoding="utf-8")
    return str(path)


def graph(
    modules: int, *, batch: int = 4, width: int = WIDE, activation: str = "gelu", inserted: int | None = None
) -> Graph:
    """A tower of equal blocks, each of ten modules and 100 operations."""
    writer = _Writer(batch, width)
    blocks = modules // (LAYERS + 1)
    value = writer.builder.leaf("input", "x", writer.meta)
    root = writer.builder.enter("", 0, None, operands=(value,))
    count = blocks + (inserted is not None)
    for number in range(count):
        value = writer.block(f"layers.{number}", root, value, "tanh" if number == inserted else activation)
    writer.builder.leave(root, (value,))
    writer.builder.output("", value)
    writer.builder.set_modules(tuple(writer.modules))
    return writer.builder.finish()


class _Writer:
    def __init__(self, batch: int, width: int) -> None:
        self.builder = GraphBuilder("Tower", Origin(torch="2.13"))
        self.meta = TensorMeta((batch, width), "float32", "cpu", False, (width, 1), batch * width * 4)
        self.weight = TensorMeta((width, width), "float32", "cpu", True, (width, 1), width * width * 4)
        self.width = width
        self.modules = [Module("", "model.Tower"), Module("layers", "torch.nn.modules.container.ModuleList")]

    def block(self, path: str, parent: str, value: str, activation: str) -> str:
        self.modules.append(Module(path, "model.Inserted" if activation == "tanh" else "model.Block"))
        call = self.builder.enter(path, 0, parent, operands=(value,))
        kept = value
        for number in range(LAYERS):
            value = self.layer(f"{path}.fc{number}", call, value)
            for turn in range(9):
                value = self.op("add" if turn % 3 else activation, call, value, kept)
        value = self.op("mul", call, value, kept)
        self.builder.leave(call, (value,))
        return value

    def layer(self, path: str, parent: str, value: str) -> str:
        arguments = f"in_features={self.width}, out_features={self.width}, bias=False"
        tensors = (Tensor("weight", self.weight),)
        self.modules.append(Module(path, "torch.nn.modules.linear.Linear", arguments, parameters=tensors))
        call = self.builder.enter(path, 0, parent, operands=(value,))
        weight = self.builder.leaf("parameter", f"{path}.weight", self.weight)
        result = self.op("linear", call, value, weight)
        result = self.op("add", call, result, value)
        self.builder.leave(call, (result,))
        return result

    def op(self, name: str, call: str, *operands: str) -> str:
        return self.builder.operation(
            name,
            f"torch.{name}",
            operands=operands,
            metas=(self.meta,),
            attributes=tuple((str(place), Operand(place)) for place in range(len(operands))),
            call=call,
            source=SourceLocation("model.py", 10, 8, 20, "Block.forward", f"x = {name}(x)"),
        ).results[0]


if __name__ == "__main__":
    sys.exit(main())
