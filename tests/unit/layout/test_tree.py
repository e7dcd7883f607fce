"""Frames: one for each call with more than one thing in it; edges lifted, far readers given references."""

from __future__ import annotations

import pytest

from graphviz_torch.ir.graph import Failure, Graph
from graphviz_torch.layout.build import build
from graphviz_torch.layout.compose import scene
from graphviz_torch.layout.references import add_references
from graphviz_torch.layout.tree import BORDER
from graphviz_torch.passes.options import ViewOptions
from graphviz_torch.passes.view import view
from tests.support import graphs, pictures

SOFTMAX = "torch.nn.modules.activation.Softmax"


def test_a_call_with_one_operation_is_a_card() -> None:
    tree = build(graphs.mlp())
    assert [body.path for body in tree.bodies] == ["", ""]
    assert [item.call.path for item in tree.bodies[1].items if item.call] == ["fc1", "fc2"]


def one(type: str) -> Graph:
    """A module with a softmax in it and nothing else."""
    net = graphs.Net()
    x = net.input("x", 4, 8)
    root = net.enter("", None, x)
    x = net.op("softmax", net.enter("act", root, x, type=type), x, dim=1)
    return net.finish(_=net.op("relu", root, x))


@pytest.mark.parametrize("options", [None, ViewOptions(), ViewOptions(depth=1)], ids=["plain", "auto", "closed"])
def test_a_layer_of_the_users_own_type_names_its_only_operation(options: ViewOptions | None) -> None:
    own, known = (one(type) if options is None else view(one(type), options) for type in ("model.One", SOFTMAX))
    (card,) = [card for card in scene(own).cards if card.texts[0].text == "act · One"]
    assert ([text.text for text in card.texts[1:]], card.colour) == (["softmax dim=1"], "k-activation")
    (card,) = [card for card in scene(known).cards if card.texts[0].text == "act · Softmax"]
    assert [text.text for text in card.texts[1:]] == []


@pytest.mark.parametrize(
    ("type", "said"), [("model.One", "softmax dim=1"), ("model.MySoftmax", "dim=1"), (SOFTMAX, "")]
)
def test_what_the_type_says_is_not_said_again(type: str, said: str) -> None:
    (card,) = [card for card in scene(one(type)).cards if card.texts[0].text.startswith("act · ")]
    assert " ".join(text.text for text in card.texts[1:]) == said


def test_an_edge_crosses_each_frame_once() -> None:
    net = pictures.Model("Net")
    x = net.input("x", 2)
    root = net.enter("", None, x)
    block = net.enter("block", root, x)
    first, second = net.op("relu", block, x), net.op("tanh", block, x)
    tree = build(net.finish(_=net.op("add", root, first, second)))
    inner = tree.bodies[2]
    assert list(inner.ins) == [x]
    assert list(inner.outs) == [first, second]
    assert inner.edges[x, 0] == BORDER
    assert inner.edges[first, BORDER] == 0


def test_far_readers_get_references_and_near_ones_a_line() -> None:
    tree = build(pictures.transformer(9))
    add_references(tree)
    far = [item for body in tree.bodies for item in body.items if item.reference is not None]
    mask = [item.body.path for item in far if item.reference and item.reference.name == "attention_mask"]
    assert mask == [f"layers.{number}.self_attn" for number in range(1, 9)]


def test_experts_side_by_side_keep_their_lines() -> None:
    tree = build(pictures.experts(16))
    add_references(tree)
    assert not any(item.reference for body in tree.bodies for item in body.items)


def test_results_that_travel_together_are_one_line_with_a_count() -> None:
    picture = scene(pictures.splits())
    assert "3 tensors" in {label.text.text for label in picture.labels}
    assert "2 tensors 4×8" in {label.text.text for label in picture.labels}


def test_a_fold_is_named_after_all_and_badged() -> None:
    picture = scene(view(pictures.bert(12), ViewOptions()))
    folded = next(box for box in picture.boxes if box.badges)
    assert folded.texts[0].text == "encoder.layer.0 … 11"
    assert folded.badges[0].text == "×12"


def test_a_failure_is_explained_beside_its_card() -> None:
    picture = scene(pictures.broken())
    (card,) = [card for card in picture.cards if card.state == "bad"]
    assert card.texts[0].text == "layer2 · Linear"
    words = [text.text for note in picture.notes for text in note.texts]
    assert words == [
        "needs 4×32, got 4×16", "model.py:17 in MLP.forward", "x = self.layer2(x)",
        "16 was made by layer1 (Linear 32 → 16)", "help: layer2 = Linear(16, 8)", "not reached",
    ]  # fmt: skip
    assert [edge.state for edge in picture.edges].count("bad") == 1
    assert [card.texts[0].text for card in picture.cards if card.shape == "ghost"] == ["layer3 · Linear"]
    assert picture.boxes[0].texts[-1].text == "924 parameters · stopped at layer2"


def test_marks_badges_and_handled_exceptions() -> None:
    picture = scene(pictures.splits())
    said = {card.texts[0].text: [text.text for text in card.texts[1:]] for card in picture.cards if card.texts}
    assert said["numpy"] == ["data leaves the graph"]
    assert said["external"] == ["4×8", "data from outside the graph"]
    assert said["matmul"] == ["raised RuntimeError, handled"]
    assert [badge.text for card in picture.cards for badge in card.badges] == ["hook"]
    assert "another thread ran 3 operations that are not in this graph" in [
        text.text for note in picture.notes for text in note.texts
    ]


def test_colour_by_device_and_type() -> None:
    graph = pictures.two_devices()
    by_device = scene(graph, color_by="device")
    assert [swatch.text.text for swatch in by_device.legend] == ["cpu", "cuda:0"]
    assert "8×64 f16 cuda:0" in {label.text.text for label in by_device.labels}
    by_type = scene(graph, color_by="dtype")
    assert [swatch.text.text for swatch in by_type.legend] == ["float16", "float32"]


def test_outputs_of_one_value_are_drawn_together() -> None:
    net = pictures.Model("Cache")
    x = net.input("x", 2)
    root = net.enter("", None, x)
    value = net.op("relu", root, net.op("tanh", root, x))
    for number in range(4):
        net.builder.output(f"cache[{number}]", value)
    picture = scene(net.finish())
    assert [card.texts[0].text for card in picture.cards if card.shape == "pill"] == ["x", "cache[0] and 3 more"]


def _joined(shapes: list[tuple[int, ...]]) -> Graph:
    """A model that joins its first input with many others."""
    net = graphs.Net("Cache")
    x = net.input("x", 2, 3)
    cache = [net.input(f"cache[{number}]", *shape) for number, shape in enumerate(shapes)]
    root = net.enter("", None, x, *cache)
    return net.finish(_=net.op("cat", root, net.op("relu", root, x), *cache))


@pytest.mark.parametrize(("last", "shown"), [((2, 3), ["2×3"]), ((2, 4), [])])
def test_many_inputs_of_the_same_readers_are_drawn_together(last: tuple[int, ...], shown: list[str]) -> None:
    picture = scene(_joined([(2, 3)] * 7 + [last]))
    pills = [[text.text for text in card.texts] for card in picture.cards if card.shape == "pill"]
    assert pills[:2] == [["x", "2×3"], ["cache[0] and 7 more", *shown]]
    together = next(card for card in picture.cards if "and 7 more" in card.texts[0].text)
    assert "cache[7]" in together.tooltip
    assert len(picture.edges) == len(scene(_joined([(2, 3)])).edges)


def test_a_few_inputs_of_the_same_reader_stand_for_themselves() -> None:
    picture = scene(_joined([(2, 3)] * 6))
    assert sum(card.shape == "pill" for card in picture.cards) == 1 + 6 + 1


def test_gradients_of_parameters_end_in_the_frames_of_their_modules() -> None:
    net = pictures.Model("Backward")
    net.module("fc", "torch.nn.modules.linear.Linear", parameters={"weight": (8, 8), "bias": (8,)})
    x = net.input("grad of output", 4, 8)
    root = net.enter("", None, x)
    layer = net.enter("fc", root, x)
    bias = net.op("AddmmBackward0", layer, x, shape=(8,))
    weight = net.op("TBackward0", layer, x, shape=(8, 8))
    back = net.op("MmBackward0", layer, x)
    net.leave(layer, bias)
    ends = {"fc.bias.grad": bias, "fc.weight.grad": weight, "x.grad": back, "fc.other.grad": back}
    tree = build(net.finish(**ends))
    where = {item.node.name: item.body.path for item in tree.items.values() if item.node and item.node.kind == "output"}
    outer = {item.node.name for item in tree.canvas.items if item.node and item.node.kind == "output"}
    assert where | dict.fromkeys(outer, "canvas") == {
        "fc.bias.grad": "fc", "fc.weight.grad": "fc", "x.grad": "canvas", "fc.other.grad": "canvas",
    }  # fmt: skip
    picture = scene(tree.index.graph)
    refs = [[text.text for text in card.texts] for card in picture.cards if card.shape == "ref"]
    assert refs == [["bias.grad", "8"], ["weight.grad", "8×8"]]


def test_a_skip_connection_survives_closed_modules() -> None:
    picture = scene(view(pictures.unet(3), ViewOptions(depth=1, fold=False)))
    cat = [card for card in picture.cards if card.texts[0].text == "cat"]
    tips = [(edge.x + edge.path[-1][-2], edge.y + edge.path[-1][-1]) for edge in picture.edges if edge.arrow]
    for card in cat:
        into = [tip for tip in tips if abs(tip[1] - card.y) < 0.1 and card.x <= tip[0] <= card.x + card.width]
        assert len(into) == 2


def test_a_failure_between_operations_gets_a_card_of_its_own() -> None:
    net = pictures.Model("Stop")
    x = net.input("x", 2)
    root = net.enter("", None, x)
    net.module("late", "torch.nn.modules.linear.Linear", "in_features=2, out_features=2")
    net.op("relu", root, net.op("tanh", root, x))
    net.builder.fail(Failure(None, root, "ValueError", "seven is not allowed"))
    picture = scene(net.finish())
    (card,) = [card for card in picture.cards if card.state == "bad"]
    (ghost,) = [card for card in picture.cards if card.shape == "ghost"]
    relu = next(card for card in picture.cards if card.texts[0].text == "relu")
    assert [text.text for text in card.texts] == ["ValueError", "stopped here"]
    assert relu.y < card.y < ghost.y
    assert picture.notes[0].texts[0].text == "ValueError: seven is not allowed"


def test_runs_with_the_same_weights_are_counted_and_what_is_inside_them_is_not() -> None:
    graph = pictures.siamese()
    picture = scene(graph)
    assert [badge.text for box in picture.boxes for badge in box.badges] == ["↻ 1/2", "↻ 2/2"]
    assert not any(card.badges for card in picture.cards)
    closed = scene(view(graph, ViewOptions(depth=1)))
    assert [badge.text for card in closed.cards for badge in card.badges] == ["↻ 1/2", "↻ 2/2"]


def test_a_repeat_of_operations_has_no_parameters_of_its_own() -> None:
    net = pictures.Model("Net")
    x = net.input("x", 4, 8)
    root = net.enter("", None, x)
    x = net.dense("fc", root, x, 8, 8, (4, 8))
    for _ in range(9):
        x = net.op("exp", root, net.op("neg", root, x))
    picture = scene(view(net.finish(_=x), ViewOptions()))
    assert [[text.text for text in box.texts] for box in picture.boxes] == [["Net", "72 parameters"], ["repeat"]]


def test_the_first_card_keeps_clear_of_a_title_that_nothing_passes() -> None:
    net = pictures.Model("Net")
    root = net.enter("", None)
    picture = scene(net.finish(_=net.op("exp", root, net.op("ones", root))))
    box = picture.boxes[0]
    assert min(card.y for card in picture.cards) >= box.y + 34


def test_the_frame_of_a_layer_says_its_arguments() -> None:
    net = pictures.Model("Net")
    x = net.input("x", 4, 8)
    root = net.enter("", None, x)
    net.module("rnn", "torch.nn.modules.rnn.LSTM", "8, 16, num_layers=2, bidirectional=True")
    call = net.enter("rnn", root, x)
    y = net.op("lstm", call, net.op("zeros", call), x)
    picture = scene(net.finish(_=net.op("relu", root, y)))
    assert [text.text for text in picture.boxes[1].texts] == ["rnn", "LSTM", "· 8 → 16 · 2 layers · bidirectional"]


def test_no_room_is_left_beside_a_frame_that_its_line_enters_off_the_middle() -> None:
    net = pictures.Model("Net")
    x = net.input("x", 4, 8)
    inner = net.enter("a_module_with_a_long_name", None, x, type="model.AClassWithALongName")
    picture = scene(net.finish(_=net.op("relu", inner, net.op("tanh", inner, x))))
    shapes = [*picture.boxes, *picture.cards]
    left, right = min(shape.x for shape in shapes), max(shape.x + shape.width for shape in shapes)
    assert picture.width - right == pytest.approx(left)


def test_the_legend_is_no_wider_than_the_picture() -> None:
    picture = scene(graphs.mlp())
    frame = picture.boxes[0]
    assert picture.width <= frame.x * 2 + frame.width
