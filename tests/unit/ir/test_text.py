"""The text form: one line a node, and no name breaks a line."""

from __future__ import annotations

from graphviz_torch.ir import text
from graphviz_torch.ir.builder import GraphBuilder
from graphviz_torch.ir.graph import Failure, Origin, TensorMeta
from graphviz_torch.ir.literals import Operand
from tests.support.graphs import Net, meta, mlp, tower


def test_golden(golden) -> None:
    golden("text/mlp.txt", text.dumps(mlp()))
    golden("text/tower.txt", text.dumps(tower(2, True)))


def test_one_inserted_layer_changes_only_its_lines() -> None:
    before, after = text.dumps(tower(2)).splitlines(), text.dumps(tower(3)).splitlines()
    assert len(set(before) - set(after)) <= 2  # the call of the root, and the head that reads another block
    assert [line for line in before if line in after] == [line for line in after if line in before]


def test_marks_notes_and_the_failure_are_written() -> None:
    builder = GraphBuilder("Net", Origin())
    x = builder.leaf("input", "x", meta(2, device="cuda:0"))
    node = builder.operation(
        "f", "torch.f", operands=(x,), metas=(TensorMeta(),), views=((x, 1),), grad_fn=("FBackward",)
    )
    builder.annotate(node.id, "handled", {"exception": "E"})
    builder.diagnose("item", "warning", node.id, "two\nlines")
    builder.fail(Failure(node.id, None, "ValueError", "no\ngood"))
    assert text.dumps(builder.finish()).splitlines() == [
        "graph Net tracer=runtime level=function mode=eval grad=on",
        "in:x: float32[2] cuda:0 = input x",
        ":f.0: ?[?] of in:x v1 = f(in:x) ~ FBackward",
        'mark :f.0 handled: {"exception": "E"}',
        "note warning item :f.0: two\\nlines",
        "failure at :f.0: ValueError: no\\ngood",
    ]


def test_strange_names_stay_on_their_line() -> None:
    strange = 'a "b"\nc -> d <e> 😀 \\ \u2028'
    net = Net(strange)
    x = net.input(strange, 4, 8)
    root = net.enter("", None, x)
    y = net.op(strange, root, x, note=strange)
    lines = text.dumps(net.finish(**{strange: y})).split("\n")
    assert len(lines) == 6
    assert text.word(strange) in lines[1]


def test_arguments_are_written_as_python_would() -> None:
    builder = GraphBuilder("Net", Origin())
    x = builder.leaf("input", "x", meta(2))
    builder.operation("cat", "torch.cat", operands=(x, x), metas=(meta(4),),
                      attributes=(("0", (Operand(0), Operand(1))), ("dim", -1)))  # fmt: skip
    assert text.dumps(builder.finish()).splitlines()[2] == ":cat.0: float32[4] = cat((in:x, in:x), dim=-1)"
