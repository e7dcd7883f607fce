"""What cards and labels say."""

from __future__ import annotations

import pytest

from graphviz_torch.ir.graph import Module, Node, TensorMeta
from graphviz_torch.ir.literals import Literal, Operand, Slice, Symbol
from graphviz_torch.layout.arguments import operation_words
from graphviz_torch.layout.kinds import KINDS, kind_of, module_kind
from graphviz_torch.layout.names import fold_badge, folded_path, named, relative
from graphviz_torch.layout.words import humanised, meta_words, module_words, parameter_words


@pytest.mark.parametrize(
    ("count", "words"),
    [(0, "0"), (528, "528"), (1000, "1.0 k"), (393_216, "393 k"), (999_499, "999 k"), (999_999, "1.0 M"),
     (23_837_184, "23.8 M"), (7_000_000_000, "7.0 G")],
)  # fmt: skip
def test_numbers(count: int, words: str) -> None:
    assert humanised(count) == words


@pytest.mark.parametrize(("count", "words"), [(0, ""), (1, "1 param"), (128, "128 params"), (4160, "4.2 k")])
def test_a_small_number_of_parameters_does_not_look_like_a_size(count: int, words: str) -> None:
    assert parameter_words(count) == words


@pytest.mark.parametrize(
    ("meta", "words"),
    [
        (TensorMeta((4, 512, 2, 2), "float16", "cpu"), "4×512×2×2 f16"),
        (TensorMeta((1, 128), "int64", "cuda:0"), "1×128 i64"),
        (TensorMeta((), "float32", "cpu"), "scalar"),
        (TensorMeta((2,), "bool", "cpu"), "2 bool"),
        (TensorMeta(None, "", ""), ""),
        (TensorMeta(None, "int64", ""), "i64"),
    ],
)
def test_values(meta: TensorMeta, words: str) -> None:
    assert meta_words(meta) == words


def test_the_device_is_said_when_asked_for() -> None:
    assert meta_words(TensorMeta((2, 3), "float32", "cuda:1"), device=True) == "2×3 cuda:1"


@pytest.mark.parametrize(
    ("type", "arguments", "words"),
    [
        ("Linear", "in_features=32, out_features=16, bias=True", "32 → 16"),
        ("Conv2d", "3, 64, kernel_size=(7, 7), stride=(2, 2), padding=(3, 3), bias=False", "3 → 64 · 7×7 s2 p3"),
        ("Conv2d", "8, 8, kernel_size=(3, 1), stride=(1, 1), padding=same, groups=8", "8 → 8 · 3×1 psame g8"),
        ("MaxPool2d", "kernel_size=3, stride=2, padding=1, dilation=1, ceil_mode=False", "3×3 s2 p1"),
        ("Embedding", "30522, 768, padding_idx=0", "30522 → 768 · padding_idx=0"),
        ("LayerNorm", "(768,), eps=1e-12, elementwise_affine=True", "768"),
        ("Dropout", "p=0.1, inplace=False", "p=0.1"),
        ("LSTM", "10, 20, num_layers=2, batch_first=True", "10 → 20 · 2 layers"),
        ("Conv1D", "nf=2304, nx=768", "768 → 2304"),
        ("LSTM", "10, 20, bidirectional=True", "10 → 20 · bidirectional"),
        ("Bilinear", "in1_features=32, in2_features=16, out_features=8, bias=True", "32, 16 → 8"),
        ("ReLU", "", ""),
        ("Odd", "x" * 5000, ""),
        ("Odd", "a=(((, b=", "a=((("),
    ],
)
def test_modules(type: str, arguments: str, words: str) -> None:
    assert module_words(Module("m", f"torch.nn.{type}", arguments)) == words


@pytest.mark.parametrize(
    ("name", "attributes", "words"),
    [
        ("cat", (("tensors", (Operand(0), Operand(1))), ("dim", 1)), "dim=1"),
        ("cat", (("0", (Operand(0),)), ("1", -1)), "dim=-1"),
        ("dropout", (("input", Operand(0)), ("p", 0.1), ("training", False)), "p=0.1"),
        ("mul", (("0", Operand(0)), ("1", 0.044715)), "0.04471"),
        ("view", (("0", Operand(0)), ("1", 4), ("2", 8)), ""),
        ("transpose", (("input", Operand(0)), ("dim0", 1), ("dim1", 2)), "1, 2"),
        ("getitem", (("0", Operand(0)), ("1", (Slice(None, None, None), 0))), "[:,0]"),
        ("getitem", (("0", Operand(0)), ("1", 0)), "[0]"),
        ("to", (("0", Operand(0)), ("dtype", Symbol("dtype", "float16"))), "dtype=float16"),
        ("custom", (("mode", "x" * 500),), "mode=" + "x" * 24),
    ],
)
def test_operations(name: str, attributes: tuple[tuple[str, Literal], ...], words: str) -> None:
    assert operation_words(Node("n", "call", name, attributes=attributes)) == words


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("torch.nn.functional.linear", "linear"),
        ("torch.conv_transpose2d", "conv"),
        ("add_", "elementwise"),
        ("scaled_dot_product_attention", "attention"),
        ("cross_entropy", "loss"),
        ("transformers.models.bert.BertPooler", "other"),
        ("torch.nn.modules.batchnorm.BatchNorm2d", "norm"),
        ("timm.layers.drop.DropPath", "random"),
        ("torch.Tensor.numpy", "data-leaves-graph"),
        ("max_pool2d", "pool"),
        ("my.own.Thing", "other"),
        ("AddmmBackward0", "linear"),
        ("torch.autograd.TBackward0", "shape"),
        ("NativeLayerNormBackward0", "norm"),
    ],
)
def test_kinds(name: str, kind: str) -> None:
    assert kind_of(name) == kind
    assert kind in KINDS


def test_a_type_of_ones_own_is_a_module() -> None:
    assert module_kind("my.own.Thing") == "module"
    assert module_kind("torch.nn.modules.linear.Linear") == "linear"


def test_names() -> None:
    assert named("layer1", "Linear") == "layer1 · Linear"
    assert named("attention.LayerNorm", "LayerNorm") == "attention.LayerNorm"
    assert named("", "Linear") == "Linear"
    assert relative("encoder.layer.0", "encoder") == "layer.0"
    assert relative("encoders.0", "encoder") == "encoders.0"
    assert relative("encoder", "encoder") == ""
    assert folded_path([f"encoder.layer.{n}" for n in range(12)]) == "encoder.layer.0 … 11"
    assert folded_path(["a.0.b", "a.1.b"]) == "a.0.b … 1.b"
    assert fold_badge({"count": 12, "kind": "distinct"}) == "×12"
    assert fold_badge({"count": 3, "kind": "shared"}) == "↻3"
    assert fold_badge(None) == ""
