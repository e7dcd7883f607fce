"""Explanations of failures, on graphs built by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from graphviz_torch.ir.builder import GraphBuilder
from graphviz_torch.ir.graph import Failure, Graph, Module, Origin, SourceLocation, TensorMeta
from graphviz_torch.ir.literals import Literal, Operand
from graphviz_torch.trace.explain import describe, explain
from tests.support.graphs import meta

LINE = SourceLocation("model.py", 17, 13, 27, "MLP.forward", "x = self.layer2(x)")


class Broken:
    """Writes a run that stopped."""

    def __init__(self) -> None:
        self.builder = GraphBuilder("MLP", Origin(torch="2.13"))
        self.modules = [Module("", "model.MLP")]
        self.root = self.builder.enter("", 0, None)

    def input(self, name: str, type: TensorMeta) -> str:
        return self.builder.leaf("input", name, type)

    def weight(self, name: str, type: TensorMeta) -> str:
        return self.builder.leaf("parameter", name, type)

    def layer(self, path: str, type: str, arguments: str, *operands: str) -> str:
        self.modules.append(Module(path, type, arguments))
        return self.builder.enter(path, 0, self.root, operands=operands)

    def op(
        self, name: str, *operands: str, out: TensorMeta | None = None, call: str | None = None, **more: Literal
    ) -> str:
        places: tuple[tuple[str, Literal], ...] = tuple((str(i), Operand(i)) for i in range(len(operands)))
        places += tuple((key.lstrip("_"), value) for key, value in more.items())
        node = self.builder.operation(
            name, f"torch.{name}", operands=operands, metas=() if out is None else (out,),
            attributes=places, call=call or self.root, source=LINE,
        )  # fmt: skip
        return node.results[0] if node.results else node.id

    def fail(self, node: str | None, exception: str = "RuntimeError", call: str | None = None, code: str = "") -> Graph:
        self.builder.set_modules(tuple(self.modules))
        frame = replace(LINE, code=code or LINE.code)
        self.builder.fail(Failure(node, call or self.root, exception, "what torch said", (frame,)))
        graph = self.builder.finish()
        failure = explain(graph)
        assert failure is not None
        return replace(graph, failure=failure)


def reason(graph: Graph) -> str:
    assert graph.failure is not None
    return graph.failure.reason


def hint(graph: Graph) -> str:
    assert graph.failure is not None
    return graph.failure.hint


def notes(graph: Graph) -> tuple[str, ...]:
    assert graph.failure is not None
    return graph.failure.notes


def mlp() -> Graph:
    net = Broken()
    x = net.input("x", meta(4, 32))
    call = net.layer("layer1", "torch.nn.modules.linear.Linear", "in_features=32, out_features=16, bias=True", x)
    x = net.op("linear", x, net.weight("layer1.weight", meta(16, 32)), out=meta(4, 16), call=call)
    call = net.layer("relu", "torch.nn.modules.activation.ReLU", "", x)
    x = net.op("relu", x, out=meta(4, 16), call=call)
    call = net.layer("layer2", "torch.nn.modules.linear.Linear", "in_features=32, out_features=8, bias=True", x)
    return net.fail(net.op("linear", x, net.weight("layer2.weight", meta(8, 32)), call=call), call=call)


def test_the_faulty_mlp_is_explained_back_to_the_layer_that_made_the_size() -> None:
    graph = mlp()
    assert reason(graph) == "layer2 (Linear 32 → 8) needs 4×32, got 4×16"
    assert notes(graph) == ("16 was made by layer1 (Linear 32 → 16)",)
    assert hint(graph) == "Linear(16, 8)"


def test_describe_names_operation_operands_producers_and_place() -> None:
    assert describe(mlp()) == (
        "operation `linear` in module layer2 (Linear 32 → 8)",
        "  operand 0: 4×16:float32@cpu <- relu in relu (ReLU)",
        "  operand 1: 8×32:float32@cpu <- parameter layer2.weight",
        "  at model.py:17 in MLP.forward: x = self.layer2(x)",
        "  why: layer2 (Linear 32 → 8) needs 4×32, got 4×16",
        "  16 was made by layer1 (Linear 32 → 16)",
    )


def test_a_graph_without_a_failure_has_nothing_to_explain() -> None:
    graph = replace(mlp(), failure=None)
    assert explain(graph) is None
    assert describe(graph) == ()


def test_functional_linear_is_called_by_its_own_name() -> None:
    net = Broken()
    x = net.input("x", meta(4, 5))
    graph = net.fail(net.op("linear", x, net.weight("w", meta(8, 6))))
    assert reason(graph) == "linear needs 4×6, got 4×5"
    assert notes(graph) == ("5 comes from input x (4×5)",)
    assert hint(graph) == ""


@pytest.mark.parametrize(
    ("name", "shapes", "expected"),
    [
        ("matmul", [(2, 3), (4, 5)], "matmul of 2×3 and 4×5: the inner sizes are 3 and 4"),
        ("__matmul__", [(2, 3), (4, 3)], "__matmul__ of 2×3 and 4×3: the inner sizes are 3 and 4"),
        ("mm", [(2, 3, 4), (4, 5)], "mm needs operands of 2 dimensions and 2 dimensions, got 2×3×4 and 4×5"),
        ("bmm", [(2, 3, 4), (3, 4, 5)], "bmm: the batch sizes differ in dimension -3: 2 and 3"),
        ("addmm", [(5,), (2, 3), (4, 5)], "addmm of 2×3 and 4×5: the inner sizes are 3 and 4"),
        ("matmul", [(2, 3), ()], "matmul needs matrices or vectors, got a scalar"),
    ],
)
def test_products(name: str, shapes: list[tuple[int, ...]], expected: str) -> None:
    net = Broken()
    operands = [net.input(f"x{place}", meta(*shape)) for place, shape in enumerate(shapes)]
    assert reason(net.fail(net.op(name, *operands))) == expected


def test_einsum_names_the_letter() -> None:
    net = Broken()
    x, w = net.input("x", meta(2, 3)), net.weight("w", meta(4, 5))
    node = net.builder.operation(
        "einsum", "torch.einsum", operands=(x, w), call=net.root,
        attributes=(("0", "bi,ij->bj"), ("1", Operand(0)), ("2", Operand(1))),
    )  # fmt: skip
    assert reason(net.fail(node.id)) == "einsum `bi,ij->bj`: `i` is 3 in operand 0 and 4 in operand 1"


def conv(shape: tuple[int, ...], weight: tuple[int, ...], arguments: str, **more: Literal) -> Graph:
    net = Broken()
    x = net.input("x", meta(*shape))
    call = net.layer("stem", "torch.nn.modules.conv.Conv2d", arguments, x)
    return net.fail(net.op("conv2d", x, net.weight("stem.weight", meta(*weight)), call=call, **more), call=call)


def test_conv_channels() -> None:
    graph = conv((4, 1, 28, 28), (8, 3, 3, 3), "3, 8, kernel_size=(3, 3), stride=(1, 1)")
    assert reason(graph) == "stem (Conv2d 3 → 8) needs 4×3×28×28, got 4×1×28×28"
    assert hint(graph) == "Conv2d(1, 8, kernel_size=(3, 3), stride=(1, 1))"


def test_conv_groups() -> None:
    graph = conv((4, 6, 8, 8), (8, 4, 3, 3), "8, 8, kernel_size=(3, 3), groups=2", _6=2)
    assert reason(graph) == "stem (Conv2d 8 → 8) needs 4×8×8×8, got 4×6×8×8"
    assert hint(graph) == "Conv2d(6, 8, kernel_size=(3, 3), groups=2)"


def test_conv_rank() -> None:
    graph = conv((4, 784), (8, 1, 3, 3), "1, 8, kernel_size=(3, 3)")
    assert reason(graph) == "stem (Conv2d 1 → 8) needs batch×1×height×width, got 4×784"


def test_conv_input_smaller_than_the_kernel() -> None:
    graph = conv((1, 3, 5, 4), (8, 3, 7, 7), "3, 8, kernel_size=(7, 7)", _4=(1, 1))
    assert reason(graph) == "stem (Conv2d 3 → 8) needs a width of at least 5, got 1×3×5×4"


def test_pool_input_smaller_than_the_window() -> None:
    net = Broken()
    graph = net.fail(net.op("max_pool2d", net.input("x", meta(1, 8, 1, 1)), _1=2))
    assert reason(graph) == "max_pool2d needs a height of at least 2, got 1×8×1×1"


def test_embedding_wants_integers() -> None:
    net = Broken()
    x = net.input("ids", meta(2, 3))
    call = net.layer("emb", "torch.nn.modules.sparse.Embedding", "10, 4", x)
    graph = net.fail(net.op("embedding", x, net.weight("emb.weight", meta(10, 4)), call=call), call=call)
    assert reason(graph) == "emb (Embedding 10 → 4) needs int64 indices, got float32 from input ids"
    assert hint(graph) == "ids.long()"


def test_embedding_index_out_of_range() -> None:
    net = Broken()
    x = net.input("ids", meta(2, 3, dtype="int64"))
    graph = net.fail(net.op("embedding", x, net.weight("w", meta(10, 4))), "IndexError")
    assert reason(graph) == "embedding has rows 0 to 9; an index of 2×3 is outside"


@pytest.mark.parametrize(
    ("name", "shapes", "dim", "expected"),
    [
        (
            "cat",
            [(2, 3), (4, 3), (2, 3)],
            1,
            "cat along dimension 1 needs 2 in dimension 0: operand 1 (input x1) is 4×3",
        ),
        ("cat", [(2, 3), (2, 3, 1)], -1, "cat needs operands of 2 dimensions: operand 1 (input x1) is 2×3×1"),
        ("cat", [(2, 3), (2, 3)], 2, "cat: operands of 2 dimensions have no dimension 2"),
        ("stack", [(2, 3), (2, 4)], 0, "stack needs 3 in dimension 1: operand 1 (input x1) is 2×4"),
        ("stack", [(2, 3), (2,)], 0, "stack needs equal shapes: operand 1 (input x1) is 2"),
    ],
)
def test_joins(name: str, shapes: list[tuple[int, ...]], dim: int, expected: str) -> None:
    net = Broken()
    operands = tuple(net.input(f"x{place}", meta(*shape)) for place, shape in enumerate(shapes))
    listed: Literal = tuple(Operand(place) for place in range(len(operands)))
    node = net.builder.operation(
        name, f"torch.{name}", operands=operands, call=net.root, attributes=(("0", listed), ("dim", dim))
    )
    assert reason(net.fail(node.id)) == expected


def test_an_empty_vector_may_join_anything() -> None:
    net = Broken()
    operands = (net.input("a", meta(0)), net.input("b", meta(2, 3)))
    graph = net.fail(net.op("cat", *operands))
    assert reason(graph) == ""


@pytest.mark.parametrize("name", ["add", "__iadd__", "radd", "mul_"])
def test_broadcast_names_the_axis_and_both_sizes(name: str) -> None:
    net = Broken()
    graph = net.fail(net.op(name, net.input("x", meta(4, 16)), net.weight("w", meta(8))))
    assert reason(graph) == f"{name} cannot broadcast 4×16 with 8: dimension -1 is 16 and 8"
    assert notes(graph) == ("16 comes from input x (4×16)", "8 comes from parameter w (8)")


def test_broadcast_of_three_operands_skips_the_one_that_fits() -> None:
    net = Broken()
    operands = (net.input("c", meta(1, 4)), net.input("x", meta(3, 1)), net.input("y", meta(2, 4)))
    assert (
        reason(net.fail(net.op("where", *operands))) == "where cannot broadcast 3×1 with 2×4: dimension -2 is 3 and 2"
    )


@pytest.mark.parametrize(
    ("target", "expected", "advice"),
    [
        ((-1, 400), "view to -1×400 needs a multiple of 400 elements; 1×16×6×6 has 576", "view(-1, 576)"),
        ((1, 400), "view to 1×400 needs 400 elements; 1×16×6×6 has 576", "view(1, 576)"),
        ((5, 5, 5), "view to 5×5×5 needs 125 elements; 1×16×6×6 has 576", ""),
    ],
)
@pytest.mark.parametrize("one_tuple", [True, False])
def test_view_counts_elements(target: tuple[int, ...], expected: str, advice: str, one_tuple: bool) -> None:
    net = Broken()
    x = net.input("x", meta(1, 16, 6, 6))
    more: dict[str, Literal] = {"_1": target} if one_tuple else {f"_{i}": size for i, size in enumerate(target, 1)}
    graph = net.fail(net.op("view", x, **more))
    assert (reason(graph), hint(graph)) == (expected, advice)


def test_view_of_memory_out_of_order() -> None:
    net = Broken()
    x = net.input("x", replace(meta(4, 8), stride=(1, 4)))
    graph = net.fail(net.op("view", x, _1=-1))
    assert reason(graph) == "view needs memory in order; 4×8 has strides (1, 4)"
    assert hint(graph) == "reshape(...) in place of view(...)"


def test_two_devices() -> None:
    net = Broken()
    x = net.input("x", meta(4, 8))
    call = net.layer("fc", "torch.nn.modules.linear.Linear", "in_features=8, out_features=8, bias=True", x)
    weight = net.weight("fc.weight", meta(8, 8, device="cuda:0"))
    graph = net.fail(net.op("linear", x, weight, call=call), call=call)
    assert reason(graph) == "fc (Linear 8 → 8) needs one device: input x on cpu, fc.weight on cuda:0"
    assert hint(graph) == 'x.to("cuda:0")'


def test_a_scalar_on_the_cpu_may_join_any_device() -> None:
    net = Broken()
    operands = (net.input("x", meta(4, device="cuda:0")), net.input("scale", meta()))
    assert reason(net.fail(net.op("mul", *operands))) == ""


def test_two_types_of_elements() -> None:
    net = Broken()
    x = net.input("x", meta(4, 8))
    call = net.layer("fc", "torch.nn.modules.linear.Linear", "in_features=8, out_features=8, bias=True", x)
    weight = net.weight("fc.weight", meta(8, 8, dtype="float16"))
    graph = net.fail(net.op("linear", x, weight, call=call), call=call)
    assert reason(graph) == "fc (Linear 8 → 8) needs float16, got float32 from input x"
    assert hint(graph) == "x.to(torch.float16)"


def test_layer_norm() -> None:
    net = Broken()
    x = net.input("x", meta(2, 5, 24))
    call = net.layer("norm", "torch.nn.modules.normalization.LayerNorm", "(32,), eps=1e-05, elementwise_affine=True", x)
    node = net.op("layer_norm", x, call=call, _1=(32,))
    graph = net.fail(node, call=call)
    assert reason(graph) == "norm (LayerNorm 32) needs 2×5×32, got 2×5×24"
    assert hint(graph) == "LayerNorm(24)"


def test_batch_norm_channels_and_a_batch_of_one() -> None:
    net = Broken()
    x = net.input("x", meta(2, 8, 4, 4))
    call = net.layer("bn", "torch.nn.modules.batchnorm.BatchNorm2d", "16, eps=1e-05, momentum=0.1, affine=True", x)
    graph = net.fail(net.op("batch_norm", x, net.weight("bn.weight", meta(16)), call=call), call=call)
    assert reason(graph) == "bn (BatchNorm2d 16) needs 2×16×4×4, got 2×8×4×4"
    net = Broken()
    graph = net.fail(net.op("batch_norm", net.input("x", meta(1, 8)), net.weight("bn.weight", meta(8))))
    assert reason(graph) == "batch_norm in training needs more than one value a channel, got 1×8"


def test_group_norm() -> None:
    net = Broken()
    graph = net.fail(net.op("group_norm", net.input("x", meta(2, 6, 4)), _1=4))
    assert reason(graph) == "group_norm: 4 groups do not divide 6 channels"


def test_a_layer_that_looks_at_its_input_before_any_operation() -> None:
    net = Broken()
    x = net.input("x", meta(2, 8))
    call = net.layer("bn", "torch.nn.modules.batchnorm.BatchNorm2d", "8, eps=1e-05", x)
    assert reason(net.fail(None, "ValueError", call)) == "bn (BatchNorm2d 8) needs 4 dimensions, got 2×8"
    net = Broken()
    x = net.input("x", meta(2, 5, 6))
    call = net.layer("rnn", "torch.nn.modules.rnn.LSTM", "4, 8, num_layers=2", x)
    graph = net.fail(None, "RuntimeError", call)
    assert reason(graph) == "rnn (LSTM 4 → 8) needs 2×5×4, got 2×5×6"
    assert hint(graph) == "LSTM(6, 8, num_layers=2)"


def test_a_missing_attribute_names_the_nearest_one() -> None:
    net = Broken()
    net.modules.append(Module("layer3", "torch.nn.modules.linear.Linear"))
    graph = net.fail(None, "AttributeError", code="x = self.layr3(x)")
    assert reason(graph) == "MLP has no `layr3`"
    assert hint(graph) == "self.layer3"
    assert describe(graph)[0] == "between two operations in module MLP"


def test_an_unknown_operation_keeps_the_failure_as_it_was() -> None:
    net = Broken()
    graph = net.fail(net.op("fft", net.input("x", meta(4))))
    assert (reason(graph), notes(graph), hint(graph)) == ("", (), "")


def test_many_operands_are_counted() -> None:
    net = Broken()
    operands = [net.input(f"x{place}", meta(1)) for place in range(12)]
    assert "  and 4 more operands" in describe(net.fail(net.op("mystery", *operands)))
