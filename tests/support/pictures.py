"""Graphs shaped like real models, of any size, for tests and benchmarks of layout and renderers."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

from graphviz_torch.ir.graph import Failure, Graph, SourceLocation
from tests.support.graphs import Net, chain, meta

Shape = tuple[int, ...]


class Model(Net):
    """A net with the layers that the pictures need; weights stay in the modules, as the prune pass leaves them."""

    def simple(
        self,
        path: str,
        parent: str | None,
        *operands: str,
        type: str,
        op: str,
        shape: Shape,
        arguments: str = "",
        weights: dict[str, Shape] | None = None,
    ) -> str:
        """A layer: a call with one operation."""
        self.module(path, f"torch.nn.modules.{type}", arguments, weights)
        call = self.enter(path, parent, *operands)
        found = self.op(op, call, *operands, shape=shape)
        self.leave(call, found)
        return found

    def dense(self, path: str, parent: str | None, x: str, into: int, out: int, shape: Shape) -> str:
        """Linear."""
        return self.simple(
            path,
            parent,
            x,
            type="linear.Linear",
            op="linear",
            shape=shape,
            weights={"weight": (out, into), "bias": (out,)},
            arguments=f"in_features={into}, out_features={out}, bias=True",
        )

    def conv(
        self, path: str, parent: str | None, x: str, into: int, out: int, shape: Shape, size: int = 3, step: int = 1
    ) -> str:
        """Conv2d."""
        arguments = f"{into}, {out}, kernel_size=({size}, {size}), stride=({step}, {step})"
        if size > 1:
            arguments += f", padding=({size // 2}, {size // 2})"
        return self.simple(
            path,
            parent,
            x,
            type="conv.Conv2d",
            op="conv2d",
            shape=shape,
            arguments=arguments + ", bias=False",
            weights={"weight": (out, into, size, size)},
        )

    def norm(self, path: str, parent: str | None, x: str, shape: Shape, batch: bool = False) -> str:
        """BatchNorm2d or LayerNorm."""
        size = shape[1] if batch else shape[-1]
        kind = (
            ("batchnorm.BatchNorm2d", "batch_norm", f"{size}, eps=1e-05, momentum=0.1")
            if batch
            else ("normalization.LayerNorm", "layer_norm", f"({size},), eps=1e-12")
        )
        return self.simple(
            path,
            parent,
            x,
            type=kind[0],
            op=kind[1],
            shape=shape,
            arguments=kind[2],
            weights={"weight": (size,), "bias": (size,)},
        )

    def act(self, path: str, parent: str | None, x: str, shape: Shape, kind: str = "ReLU") -> str:
        """An activation."""
        return self.simple(path, parent, x, type=f"activation.{kind}", op=kind.lower(), shape=shape)


def skips(length: int, seed: int = 0) -> Graph:
    """A chain in stages of fifty, with a skip every few operations."""
    dice = random.Random(seed)
    net = Model("Skips")
    x = net.input("x", 1, 64)
    root = net.enter("", None, x)
    history = [x]
    call = root
    for number in range(length):
        if number % 50 == 0:
            call = net.enter(f"stage{number // 50}", root, x)
        skip = len(history) > 9 and dice.random() < 0.2
        operands = (x, history[-dice.randint(3, 8)]) if skip else (x,)
        x = net.op("add" if skip else dice.choice(["conv2d", "relu", "batch_norm"]), call, *operands, shape=(1, 64))
        history.append(x)
    return net.finish(_=x)


def resnet(blocks: int = 8, every: int = 2) -> Graph:
    """Basic blocks, the first of each stage with a convolution on its shortcut."""
    net = Model("ResNet")
    x = net.input("x", 1, 3, 224, 224)
    root = net.enter("", None, x)
    width, side = 64, 56
    x = net.conv("conv1", root, x, 3, 64, (1, 64, 112, 112), 7, 2)
    x = net.act("relu", root, net.norm("bn1", root, x, (1, 64, 112, 112), batch=True), (1, 64, 112, 112))
    x = net.simple(
        "maxpool",
        root,
        x,
        type="pooling.MaxPool2d",
        op="max_pool2d",
        shape=(1, 64, 56, 56),
        arguments="kernel_size=3, stride=2, padding=1, dilation=1, ceil_mode=False",
    )
    for number in range(blocks):
        stage, place = divmod(number, every)
        path = f"layer{stage + 1}"
        down = place == 0 and stage > 0
        if place == 0:
            net.module(path, "torch.nn.modules.container.Sequential")
            outer = net.enter(path, root, x)
        before = width
        if down:
            width, side = width * 2 if width < 2048 else width, max(side // 2, 1)
        x = _basic_block(net, f"{path}.{place}", outer, x, before, width, side, down)
    x = net.simple(
        "avgpool",
        root,
        x,
        type="pooling.AdaptiveAvgPool2d",
        op="adaptive_avg_pool2d",
        shape=(1, width, 1, 1),
        arguments="output_size=(1, 1)",
    )
    x = net.op("flatten", root, x, shape=(1, width), start_dim=1)
    return net.finish(_=net.dense("fc", root, x, width, 1000, (1, 1000)))


def _basic_block(net: Model, path: str, parent: str, x: str, into: int, out: int, side: int, down: bool) -> str:
    shape = (1, out, side, side)
    net.module(path, "torchvision.models.resnet.BasicBlock")
    call = net.enter(path, parent, x)
    y = net.conv(f"{path}.conv1", call, x, into, out, shape, 3, 2 if down else 1)
    y = net.act(f"{path}.relu", call, net.norm(f"{path}.bn1", call, y, shape, batch=True), shape)
    y = net.norm(f"{path}.bn2", call, net.conv(f"{path}.conv2", call, y, out, out, shape), shape, batch=True)
    if down:
        net.module(f"{path}.downsample", "torch.nn.modules.container.Sequential")
        side_call = net.enter(f"{path}.downsample", call, x)
        x = net.conv(f"{path}.downsample.0", side_call, x, into, out, shape, 1, 2)
        x = net.norm(f"{path}.downsample.1", side_call, x, shape, batch=True)
    return net.act(f"{path}.relu", call, net.op("add", call, y, x, shape=shape), shape)


def unet(depth: int = 4) -> Graph:
    """Down, up, and a concatenation across at each level."""
    net = Model("UNet")
    x = net.input("image", 1, 3, 128, 128)
    root = net.enter("", None, x)
    kept, width, side, into = [], 32, 128, 3
    for level in range(depth):
        x = _double(net, f"down{level}", root, x, into, width, side)
        kept.append((x, width, side))
        x = net.op("max_pool2d", root, x, shape=(1, width, side // 2, side // 2), kernel_size=2)
        into, width, side = width, width * 2, side // 2
    x = _double(net, "bottom", root, x, into, width, side)
    for level, (skip, size, wide) in reversed(list(enumerate(kept))):
        x = net.simple(
            f"up{level}",
            root,
            x,
            type="conv.ConvTranspose2d",
            op="conv_transpose2d",
            shape=(1, size, wide, wide),
            arguments=f"{size * 2}, {size}, kernel_size=(2, 2), stride=(2, 2)",
            weights={"weight": (size * 2, size, 2, 2)},
        )
        x = net.op("cat", root, skip, x, shape=(1, size * 2, wide, wide), dim=1)
        x = _double(net, f"merge{level}", root, x, size * 2, size, wide)
    return net.finish(mask=net.conv("head", root, x, 32, 2, (1, 2, 128, 128), 1))


def _double(net: Model, path: str, parent: str, x: str, into: int, out: int, side: int) -> str:
    net.module(path, "unet.DoubleConv")
    call = net.enter(path, parent, x)
    shape = (1, out, side, side)
    for number in range(2):
        x = net.conv(f"{path}.conv{number}", call, x, into if number == 0 else out, out, shape)
        x = net.act(f"{path}.act{number}", call, x, shape)
    return x


def transformer(layers: int = 12, name: str = "Decoder") -> Graph:
    """Layers with rotary tables and a mask that each of them reads, about thirty operations a layer."""
    net = Model(name)
    ids = net.input("input_ids", 1, 128, dtype="int64")
    mask = net.input("attention_mask", 1, 1, 128, 128)
    root = net.enter("", None, ids, mask)
    shape = (1, 128, 64)
    x = net.simple(
        "embed",
        root,
        ids,
        type="sparse.Embedding",
        op="embedding",
        shape=shape,
        arguments="32000, 64",
        weights={"weight": (32000, 64)},
    )
    position = net.op("arange", root, shape=(128,))
    rotary = net.enter("rotary", root, position, type="model.RotaryEmbedding")
    cos, sin = (net.op(word, rotary, position, shape=(128, 16)) for word in ("cos", "sin"))
    net.module("layers", "torch.nn.modules.container.ModuleList")
    for number in range(layers):
        x = _layer(net, f"layers.{number}", root, x, mask, cos, sin, shape)
    return net.finish(logits=net.dense("lm_head", root, net.norm("norm", root, x, shape), 64, 32000, (1, 128, 32000)))


def _layer(net: Model, path: str, root: str, x: str, mask: str, cos: str, sin: str, shape: Shape) -> str:
    call = net.enter(path, root, x, mask, cos, sin, type="model.DecoderLayer")
    h = net.norm(f"{path}.input_norm", call, x, shape)
    attn = net.enter(f"{path}.self_attn", call, h, mask, cos, sin, type="model.Attention")
    heads = (1, 4, 128, 16)
    q, k, v = (
        net.op("view", attn, net.dense(f"{path}.self_attn.{word}_proj", attn, h, 64, 64, shape), shape=heads)
        for word in "qkv"
    )
    q, k = (_rope(net, attn, t, cos, sin, heads) for t in (q, k))
    o = net.op("scaled_dot_product_attention", attn, q, k, v, mask, shape=heads)
    o = net.op("reshape", attn, o, shape=shape)
    o = net.dense(f"{path}.self_attn.o_proj", attn, o, 64, 64, shape)
    x = net.op("add", call, x, o, shape=shape)
    h = net.norm(f"{path}.post_norm", call, x, shape)
    mlp = net.enter(f"{path}.mlp", call, h, type="model.GatedMLP")
    wide = (1, 128, 256)
    gate = net.act(f"{path}.mlp.act", mlp, net.dense(f"{path}.mlp.gate_proj", mlp, h, 64, 256, wide), wide, "SiLU")
    up = net.dense(f"{path}.mlp.up_proj", mlp, h, 64, 256, wide)
    y = net.dense(f"{path}.mlp.down_proj", mlp, net.op("mul", mlp, gate, up, shape=wide), 256, 64, shape)
    return net.op("add", call, x, y, shape=shape)


def _rope(net: Model, call: str, t: str, cos: str, sin: str, shape: Shape) -> str:
    straight = net.op("mul", call, t, cos, shape=shape)
    turned = net.op("rotate_half", call, t, shape=shape)
    return net.op("add", call, straight, net.op("mul", call, turned, sin, shape=shape), shape=shape)


def bert(layers: int = 12) -> Graph:
    """Embeddings, equal layers with query, key and value, a pooler."""
    net = Model("Bert")
    ids = net.input("input_ids", 1, 128, dtype="int64")
    root = net.enter("", None, ids)
    shape = (1, 128, 768)
    emb = net.enter("embeddings", root, ids, type="bert.BertEmbeddings")
    words = net.simple(
        "embeddings.word",
        emb,
        ids,
        type="sparse.Embedding",
        op="embedding",
        shape=shape,
        arguments="30522, 768, padding_idx=0",
        weights={"weight": (30522, 768)},
    )
    place = net.simple(
        "embeddings.position",
        emb,
        ids,
        type="sparse.Embedding",
        op="embedding",
        shape=shape,
        arguments="512, 768",
        weights={"weight": (512, 768)},
    )
    x = net.norm("embeddings.LayerNorm", emb, net.op("add", emb, words, place, shape=shape), shape)
    encoder = net.enter("encoder", root, x, type="bert.BertEncoder")
    net.module("encoder.layer", "torch.nn.modules.container.ModuleList")
    for number in range(layers):
        path = f"encoder.layer.{number}"
        call = net.enter(path, encoder, x, type="bert.BertLayer")
        attn = net.enter(f"{path}.attention", call, x, type="bert.BertAttention")
        q, k, v = (net.dense(f"{path}.attention.{w}", attn, x, 768, 768, shape) for w in ("query", "key", "value"))
        y = net.op("scaled_dot_product_attention", attn, q, k, v, shape=(1, 12, 128, 64))
        y = net.dense(f"{path}.attention.dense", attn, y, 768, 768, shape)
        x = net.norm(f"{path}.attention.LayerNorm", attn, net.op("add", attn, y, x, shape=shape), shape)
        y = net.dense(f"{path}.intermediate", call, x, 768, 3072, (1, 128, 3072))
        y = net.act(f"{path}.act", call, y, (1, 128, 3072), "GELU")
        y = net.dense(f"{path}.output", call, y, 3072, 768, shape)
        x = net.norm(f"{path}.LayerNorm", call, net.op("add", call, y, x, shape=shape), shape)
    pooler = net.enter("pooler", root, x, type="bert.BertPooler")
    first = net.op("getitem", pooler, x, shape=(1, 768))
    pooled = net.act(
        "pooler.activation", pooler, net.dense("pooler.dense", pooler, first, 768, 768, (1, 768)), (1, 768), "Tanh"
    )
    return net.finish(last_hidden_state=x, pooler_output=pooled)


def experts(count: int = 8, layers: int = 1) -> Graph:
    """A router, experts side by side, their sum."""
    net = Model("MixtureOfExperts")
    x = net.input("x", 16, 64)
    root = net.enter("", None, x)
    for layer in range(layers):
        path = f"moe{layer}"
        call = net.enter(path, root, x, type="moe.MoE")
        gate = net.op(
            "softmax", call, net.dense(f"{path}.router", call, x, 64, count, (16, count)), shape=(16, count), dim=-1
        )
        results = []
        for number in range(count):
            inner = net.enter(f"{path}.experts.{number}", call, x, type="moe.Expert")
            y = net.dense(f"{path}.experts.{number}.up", inner, x, 64, 256, (16, 256))
            y = net.act(f"{path}.experts.{number}.act", inner, y, (16, 256), "GELU")
            results.append(net.dense(f"{path}.experts.{number}.down", inner, y, 256, 64, (16, 64)))
        stacked = net.op("stack", call, *results, shape=(16, count, 64), dim=1)
        mixed = net.op("einsum", call, gate, stacked, shape=(16, 64))
        x = net.op("add", call, x, mixed, shape=(16, 64))
    return net.finish(_=x)


def deep(levels: int) -> Graph:
    """Two operations in each of many nested modules."""
    net = Model("Deep")
    x = net.input("x", 4, 8)
    call = net.enter("", None, x)
    path = ""
    for _ in range(levels):
        x = net.op("relu", call, x)
        path = f"{path}.inner" if path else "inner"
        call = net.enter(path, call, x)
    return net.finish(_=net.op("tanh", call, net.op("relu", call, x)))


def broken() -> Graph:
    """A perceptron whose second layer does not fit."""
    net = Model("MLP")
    x = net.input("x", 4, 32)
    root = net.enter("", None, x)
    x = net.dense("layer1", root, x, 32, 16, (4, 16))
    x = net.act("relu", root, x, (4, 16))
    net.module(
        "layer2",
        "torch.nn.modules.linear.Linear",
        "in_features=32, out_features=8, bias=True",
        {"weight": (8, 32), "bias": (8,)},
    )
    net.module(
        "layer3",
        "torch.nn.modules.linear.Linear",
        "in_features=32, out_features=4, bias=True",
        {"weight": (4, 32), "bias": (4,)},
    )
    call = net.enter("layer2", root, x)
    frame = SourceLocation("model.py", 17, 8, 24, "MLP.forward", "x = self.layer2(x)")
    node = net.builder.operation("linear", "torch.nn.functional.linear", operands=(x,), call=call, source=frame)
    net.builder.fail(
        Failure(
            node.id,
            call,
            "RuntimeError",
            "mat1 and mat2 shapes cannot be multiplied (4x16 and 32x8)",
            (frame,),
            "needs 4×32, got 4×16",
            ("16 was made by layer1 (Linear 32 → 16)",),
            "layer2 = Linear(16, 8)",
        )
    )
    return net.finish()


def two_devices() -> Graph:
    """The first half on one device, the second on another."""
    net = Model("Pipeline")
    x = net.input("x", 8, 32)
    root = net.enter("", None, x)
    x = net.act("act", root, net.dense("first", root, x, 32, 64, (8, 64)), (8, 64))
    graph = net.finish()
    moved = net.op("to", root, x, shape=(8, 64))
    half = net.op("half", root, moved, shape=(8, 64))
    y = net.dense("second", root, half, 64, 10, (8, 10))
    graph = net.finish(_=net.op("softmax", root, y, shape=(8, 10), dim=-1))
    late = {moved, half, y, graph.values[-1].id}
    values = []
    for value in graph.values:
        found = value.meta
        if value.id in late:
            found = replace(found, device="cuda:0")
        if value.id in (half, y):
            found = replace(found, dtype="float16")
        values.append(replace(value, meta=found))
    return replace(graph, values=tuple(values))


def splits() -> Graph:
    """Operations with several results, read together and apart, and marks of all sorts."""
    net = Model("Splits")
    x = net.input("x", 4, 24)
    root = net.enter("", None, x)
    node = net.builder.operation("chunk", "torch.chunk", operands=(x,), metas=(meta(4, 8),) * 3, call=root)
    a, b, c = node.results
    pair = net.builder.operation(
        "lstm", "torch.lstm", operands=(a,), metas=(meta(4, 9), meta(1, 9), meta(1, 9)), call=root
    )
    read = net.op("cat", root, *pair.results, shape=(4, 27), dim=-1)
    seen = net.op("mul", root, b, c, shape=(4, 8))
    sunk = net.builder.operation("numpy", "torch.Tensor.numpy", operands=(seen,), call=root)
    net.builder.diagnose("numpy", "warning", sunk.id, "mul went to NumPy: what was computed there is not in the graph")
    back = net.builder.leaf("constant", "external", meta(4, 8))
    net.builder.diagnose("external", "warning", "const:external", "a tensor came from outside the graph")
    net.builder.diagnose("thread", "warning", None, "another thread ran 3 operations that are not in this graph")
    hooked = net.builder.operation("clamp", "torch.clamp", operands=(back,), metas=(meta(4, 8),), call=root)
    net.builder.annotate(hooked.id, "hook", {"module": "", "kind": "forward", "name": "scale"})
    handled = net.builder.operation("matmul", "torch.matmul", operands=(seen, read), call=root)
    net.builder.annotate(handled.id, "handled", {"exception": "RuntimeError", "message": "do not fit"})
    return net.finish(_=net.op("cat", root, hooked.results[0], read, shape=(4, 35), dim=1))


def hostile() -> Graph:
    """Names that break careless writers."""
    names = [
        "a<b",
        "q&amp;",
        '"quoted"',
        "two\nlines",
        "bell\x07\x00",
        "lone\ud800",
        "🤖 robot",
        "x" * 20_000,
        "->",
        "a' --> b",
    ]
    net = Model("<Model> & \ud800\x01")
    x = net.input("in\x02<put>", 4, 8)
    root = net.enter("", None, x)
    for name in names:
        net.module(name, f"model.{name}")
        call = net.enter(name, root, x)
        x = net.op(name, call, x)
        x = net.op("relu", call, x)
    return net.finish(**{"out]]>": x})


def nested(seed: int, size: int = 30) -> Graph:
    """A random graph in random nested modules."""
    dice = random.Random(seed)
    net = Model("Random")
    values = [net.input(f"x{n}", 1, dice.randint(1, 4096)) for n in range(dice.randint(1, 3))]
    stack = [("", net.enter("", None))]
    for number in range(size):
        roll = dice.random()
        if roll < 0.25 and len(stack) < 6:
            path = f"{stack[-1][0]}.m{number}".lstrip(".")
            stack.append((path, net.enter(path, stack[-1][1], type=f"model.Block{'k' * dice.randint(0, 12)}")))
        elif roll < 0.4 and len(stack) > 1:
            stack.pop()
        operands = [dice.choice(values[-6:] if dice.random() < 0.8 else values) for _ in range(dice.randint(0, 3))]
        shape = tuple(dice.randint(1, 999) for _ in range(dice.randint(0, 4)))
        name = dice.choice(["add", "linear", "cat", "a_rather_long_operation_name", "relu"])
        values.append(net.op(name, stack[-1][1], *operands, shape=shape))
    return net.finish(**{f"y{n}": value for n, value in enumerate(values[-dice.randint(1, 2) :])})


def wired(edges: list[tuple[int, int]], count: int, homes: list[int]) -> Graph:
    """A graph with these edges between `count` operations, each in the module with its number."""
    net = Model("Wired")
    x = net.input("x", 2, 3)
    root = net.enter("", None, x)
    calls: dict[int, str] = {0: root}
    made: list[str] = []
    for number in range(count):
        home = homes[number % len(homes)] if homes else 0
        if home not in calls:
            parent = calls.get(home // 2, root)
            calls[home] = net.enter(f"m{home}", parent)
        operands = [made[a] for a, b in edges if b == number and a < number] or [x]
        made.append(net.op("add", calls[home], *operands, shape=(number, 3)))
    return net.finish(_=made[-1] if made else x)


FAMILIES: dict[str, Callable[[int], Graph]] = {
    "chain": chain,
    "skips": skips,
    "resnet": lambda size: resnet(max(size // 9, 2)),
    "unet": lambda size: unet(max(size // 12, 1)),
    "transformer": lambda size: transformer(max(size // 27, 1)),
    "experts": lambda size: experts(16, max(size // 54, 1)),
    "deep": lambda size: deep(max(size, 1)),
}


def siamese() -> Graph:
    """An encoder of two layers that runs for two inputs."""
    net = Model("Siamese")
    left, right = net.input("left", 4, 8), net.input("right", 4, 8)
    root = net.enter("", None, left, right)
    made = []
    for x in (left, right):
        call = net.enter("encoder", root, x)
        hidden = net.dense("encoder.fc", call, x, 8, 8, (4, 8))
        made.append(net.dense("encoder.out", call, net.op("relu", call, hidden), 8, 8, (4, 8)))
    return net.finish(_=net.op("sub", root, *made))
