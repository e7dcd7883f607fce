"""Prune: noise goes, links stay."""

from __future__ import annotations

from graphviz_torch.ir.checker import check
from graphviz_torch.ir.graph import Module, Tensor, TensorMeta
from graphviz_torch.ir.literals import Operand, Symbol
from graphviz_torch.passes.prune import prune
from tests.support.graphs import Net, meta, mlp


def kinds(graph) -> list[str]:
    return [node.id for node in graph.nodes]


def test_a_layers_own_parameters_are_on_its_card() -> None:
    shown = prune(mlp())
    check(shown)
    assert kinds(shown) == ["in:x", "fc1#0:linear.0", "#0:relu.0", "fc2#0:linear.0", "out:"]
    linear = shown.nodes[1]
    assert linear.operands == ("in:x",)
    assert dict(linear.attributes) == {
        "0": Operand(0),
        "1": Symbol("parameter", "weight"),
        "2": Symbol("parameter", "bias"),
    }


def test_a_parameter_that_others_read_stays_with_all_its_readers() -> None:
    net = Net()
    x = net.input("x", 4, 8)
    root = net.enter("", None, x)
    hidden = net.linear("fc", root, x, 8, 8)
    result = net.op("linear", root, hidden, net.parameter("fc.weight", 8, 8))
    net.leave(root, result)
    shown = prune(net.finish(_=result))
    check(shown)
    assert kinds(shown) == ["in:x", "param:fc.weight", "fc#0:linear.0", "#0:linear.0", "out:"]
    assert shown.nodes[2].operands == ("in:x", "param:fc.weight")
    assert shown.nodes[3].operands == ("fc#0:linear.0", "param:fc.weight")


def test_a_parameter_of_a_module_that_calls_others_stays() -> None:
    net = Net()
    x = net.input("x", 4, 8)
    root = net.enter("", None, x)
    hidden = net.linear("fc", root, x, 8, 8)
    scale = net.parameter("scale", 8)
    result = net.op("mul", root, hidden, scale)
    net.leave(root, result)
    assert "param:scale" in kinds(prune(net.finish(_=result)))


def test_a_weight_that_two_layers_share_is_on_both_cards() -> None:
    net = Net()
    x = net.input("x", 4, 8)
    root = net.enter("", None, x)
    net.module("a", "torch.nn.Linear", parameters={"weight": (8, 8)})
    net.modules.append(Module("b", "torch.nn.Linear", parameters=(Tensor("weight", meta(8, 8), "a.weight"),)))
    net._known.add("b")
    weight = net.parameter("a.weight", 8, 8)
    for path in ("a", "b"):
        call = net.enter(path, root, x)
        x = net.op("linear", call, x, weight)
        net.leave(call, x)
    shown = prune(net.finish(_=x))
    check(shown)
    assert kinds(shown) == ["in:x", "a#0:linear.0", "b#0:linear.0", "out:"]


def test_batch_norm_counters_go_over_several_calls() -> None:
    net = Net()
    x = net.input("x", 4, 8)
    root = net.enter("", None, x)
    count = net.buffer("bn.num_batches_tracked", dtype="int64")
    for _ in range(2):
        call = net.enter("bn", root, x)
        node = net.builder.operation("add_", "torch.Tensor.add_", operands=(count,), metas=(), call=call)
        count = net.builder.written(node.id, meta(dtype="int64"), count, 1)
        x = net.op("batch_norm", call, x)
        net.leave(call, x)
    shown = prune(net.finish(_=x))
    check(shown)
    assert kinds(shown) == ["in:x", "bn#0:batch_norm.0", "bn#1:batch_norm.0", "out:"]


def test_a_counter_that_is_read_stays() -> None:
    net = Net()
    x = net.input("x", 4, 8)
    root = net.enter("", None, x)
    count = net.op("add_", root, net.buffer("bn.num_batches_tracked", dtype="int64"))
    result = net.op("mul", root, x, count)
    graph = net.finish(_=result)
    assert "#0:add_.0" in kinds(prune(graph))


def test_shape_getters_go_and_their_readers_read_on() -> None:
    net = Net()
    x = net.input("x", 4, 8)
    root = net.enter("", None, x)
    net.builder.operation("dim", "torch.Tensor.dim", operands=(x,), call=root)
    size = net.builder.operation("size", "torch.Tensor.size", operands=(x,), metas=(TensorMeta(),), call=root).results[
        0
    ]
    result = net.op("view", root, x, size)
    shown = prune(net.finish(_=result))
    check(shown)
    assert kinds(shown) == ["in:x", "#0:view.0", "out:"]
    assert shown.nodes[1].operands == ("in:x", "in:x")


def test_what_a_note_is_about_stays() -> None:
    net = Net()
    x = net.input("x", 4, 8)
    node = net.builder.operation("size", "torch.Tensor.size", operands=(x,))
    net.builder.diagnose("item", "warning", node.id, "left")
    assert node.id in kinds(prune(net.finish(_=x)))


def test_detach_is_no_noise() -> None:
    net = Net()
    x = net.input("x", 4, 8)
    graph = net.finish(_=net.op("detach", None, x))
    assert prune(graph) is graph


def test_what_a_layer_holds_below_it_is_its_own() -> None:
    net = Net()
    x = net.input("x", 4, 8)
    root = net.enter("", None, x)
    call = net.enter("attention", root, x)
    net.module("attention.out_proj", "torch.nn.Linear", parameters={"weight": (8, 8)})
    result = net.op("multi_head_attention_forward", call, x, net.parameter("attention.out_proj.weight", 8, 8))
    net.leave(call, result)
    net.leave(root, result)
    assert kinds(prune(net.finish(_=result))) == ["in:x", "attention#0:multi_head_attention_forward.0", "out:"]


def test_parameters_of_a_model_without_layers_are_drawn() -> None:
    net = Net()
    x = net.input("x", 4, 8)
    root = net.enter("", None, x)
    result = net.op("linear", root, x, net.parameter("weight", 8, 8))
    net.leave(root, result)
    assert "param:weight" in kinds(prune(net.finish(_=result)))


def test_a_layer_that_is_the_whole_model_holds_its_parameters() -> None:
    for type, kept in (("torch.nn.modules.rnn.LSTM", []), ("model.Net", ["param:weight"])):
        net = Net()
        x = net.input("x", 4, 8)
        root = net.enter("", None, x)
        result = net.op("lstm", root, x, net.op("zeros", root), net.parameter("weight", 8, 8))
        net.leave(root, result)
        net.modules[0] = Module("", type)
        shown = prune(net.finish(_=result))
        check(shown)
        assert [node.id for node in shown.nodes if node.kind == "parameter"] == kept


def test_an_operation_that_reads_a_buffer_alone_keeps_it_beside_others() -> None:
    net = Net()
    x = net.input("x", 4, 8)
    root = net.enter("", None, x)
    net.modules.append(Module("rope", "model.Rope", buffers=(Tensor("freq", meta(8)),)))
    call = net.enter("rope", root, x)
    freq = net.builder.leaf("buffer", "rope.freq", meta(8))
    turned = net.op("mul", call, x, net.op("to", call, freq))
    net.leave(call, turned)
    shown = prune(net.finish(_=turned))
    check(shown)
    assert kinds(shown) == ["in:x", "buffer:rope.freq", "rope#0:to.0", "rope#0:mul.0", "out:"]
