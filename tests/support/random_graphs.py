"""Random graphs for laws: nested calls, repeats, shared modules, parameters, several inputs and outputs, marks."""

from __future__ import annotations

from hypothesis import strategies as st

from graphviz_torch.ir.graph import Failure, Graph
from graphviz_torch.ir.literals import Slice, Symbol
from tests.support.graphs import Net, block, meta

NAMES = st.sampled_from(["add", "mul", "relu", "cat", "size", 'weird\n"->名'])


@st.composite
def graphs(draw: st.DrawFn, largest: int = 25) -> Graph:
    """A graph that a tracer could have made."""
    net = Net(draw(st.sampled_from(["Net", 'N"\n<->😀'])))
    values = [net.input(f"x{number}", 4, 8) for number in range(draw(st.integers(1, 3)))]
    root = net.enter("", None, *values)
    stack = [(root, "")]
    for step in range(draw(st.integers(0, largest))):
        call, path = stack[-1]
        action = draw(st.sampled_from(["op", "op", "open", "close", "layer", "block", "again", "write"]))
        if action == "op":
            read = draw(st.lists(st.sampled_from(values), min_size=0 if step else 1, max_size=3))
            values.append(net.op(draw(NAMES), call, *read, k=draw(st.sampled_from([0, 0, 0, 1, -0.5, "s"]))))
        elif action == "open" and len(stack) < 5:
            inner = f"{path}.m{step}" if path else f"m{step}"
            stack.append((net.enter(inner, call, draw(st.sampled_from(values))), inner))
        elif action == "close" and len(stack) > 1:
            net.leave(call, values[-1])
            stack.pop()
        elif action == "layer":
            values.append(net.linear(f"{path}.l{step}" if path else f"l{step}", call, values[-1], 8, 8))
        elif action == "again":
            values.append(net.linear("shared", call, draw(st.sampled_from(values)), 8, 8))
        elif action == "block":
            mask = draw(st.sampled_from([None, values[0]]))
            for number in range(draw(st.integers(1, 4))):
                name = f"{path}.b{step}.{number}" if path else f"b{step}.{number}"
                values.append(block(net, name, call, values[-1], mask))
        elif action == "write":
            node = net.builder.operation("add_", "torch.Tensor.add_", operands=(values[-1],), metas=(), call=call)
            values.append(net.builder.written(node.id, meta(4, 8), values[-1], 1))
    _remark(draw, net, values)
    net.leave(root, values[-1])
    outputs = draw(st.lists(st.sampled_from(values), min_size=1, max_size=3))
    return net.finish(**{f"o{number}": value for number, value in enumerate(outputs)})


def _remark(draw: st.DrawFn, net: Net, values: list[str]) -> None:
    """Marks, notes and a failure, on some operations."""
    made = [value for value in values if ":" in value and not value.startswith("in:")]
    if not made:
        return
    if draw(st.booleans()):
        net.builder.annotate(draw(st.sampled_from(made)), "handled", {"exception": "E", "message": "m"})
    if draw(st.booleans()):
        net.builder.diagnose("item", "warning", draw(st.sampled_from(made)), "left the graph")
    if draw(st.integers(0, 4)) == 0:
        target = draw(st.sampled_from(made))
        call = target.rpartition(":")[0] or None
        net.builder.fail(Failure(target, call if call in net.entered else None, "RuntimeError", "no"))


LITERALS = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.complex_numbers(allow_nan=False)
    | st.text(st.characters(), max_size=20)
    | st.builds(Symbol, st.text(max_size=5), st.text(max_size=5)),
    lambda inner: st.lists(inner, max_size=3).map(tuple) | st.builds(Slice, inner, inner, inner),
    max_leaves=8,
)
