"""Models for tagged mutations: the usual shapes of networks, small, and two from transformers by configuration."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from typing import Any

import torch
from torch import nn


class Basic(nn.Module):
    def __init__(self, inputs: int, outputs: int, stride: int = 1) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.relu = nn.ReLU(True)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.downsample = None
        if stride != 1 or inputs != outputs:
            self.downsample = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        kept = x if self.downsample is None else self.downsample(x)
        return self.relu(self.bn2(self.conv2(self.relu(self.bn1(self.conv1(x))))) + kept)


class ResNet(nn.Module):
    def __init__(self, blocks: tuple[int, ...] = (2, 2, 2, 2), width: int = 8) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, width, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.relu = nn.ReLU()
        self.maxpool = nn.MaxPool2d(3, 2, 1)
        inputs = width
        for stage, count in enumerate(blocks):
            outputs = width * 2**stage
            rows = [Basic(outputs if row else inputs, outputs, 2 if stage and not row else 1) for row in range(count)]
            self.add_module(f"layer{stage + 1}", nn.Sequential(*rows))
            inputs = outputs
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(inputs, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return self.fc(torch.flatten(self.avgpool(x), 1))


class Double(nn.Sequential):
    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__(
            nn.Conv2d(inputs, outputs, 3, 1, 1), nn.BatchNorm2d(outputs), nn.ReLU(),
            nn.Conv2d(outputs, outputs, 3, 1, 1), nn.BatchNorm2d(outputs), nn.ReLU(),
        )  # fmt: skip


class Attention2d(nn.Module):
    """Attention over all places of a picture."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm = nn.GroupNorm(1, width)
        self.qkv = nn.Conv2d(width, 3 * width, 1)
        self.proj = nn.Conv2d(width, width, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        q, k, v = self.qkv(self.norm(x)).flatten(2).chunk(3, 1)
        mixed = torch.softmax(q.transpose(1, 2) @ k, -1) @ v.transpose(1, 2)
        return x + self.proj(mixed.transpose(1, 2).reshape(x.shape))


class UNet(nn.Module):
    def __init__(self, width: int = 4, depth: int = 4, attention: bool = False) -> None:
        super().__init__()
        widths = [width * 2**level for level in range(depth + 1)]
        self.inc = Double(3, widths[0])
        self.down = nn.ModuleList(
            nn.Sequential(nn.MaxPool2d(2), Double(widths[level], widths[level + 1])) for level in range(depth)
        )
        self.attention = Attention2d(widths[-1]) if attention else None
        self.up = nn.ModuleList(
            nn.ModuleDict(
                {
                    "up": nn.ConvTranspose2d(widths[level + 1], widths[level], 2, 2),
                    "conv": Double(widths[level + 1], widths[level]),
                }
            )
            for level in reversed(range(depth))
        )
        self.outc = nn.Conv2d(widths[0], 2, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        kept = [self.inc(x)]
        for down in self.down:
            kept.append(down(kept[-1]))
        x = kept.pop()
        if self.attention is not None:
            x = self.attention(x)
        for up in self.up:
            x = up["conv"](torch.cat([kept.pop(), up["up"](x)], 1))
        return self.outc(x)


class GatedAttention(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.q_proj, self.k_proj, self.v_proj, self.o_proj = (nn.Linear(width, width, False) for _ in range(4))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        scores = self.q_proj(x) @ self.k_proj(x).transpose(-1, -2)
        return self.o_proj(torch.softmax(scores, -1) @ self.v_proj(x))


class GatedMLP(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.gate_proj, self.up_proj = nn.Linear(width, 3 * width, False), nn.Linear(width, 3 * width, False)
        self.down_proj = nn.Linear(3 * width, width, False)
        self.act_fn = nn.SiLU()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.down_proj(self.act_fn(self.gate_proj(x)) * self.up_proj(x))


class GatedBlock(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.self_attn, self.mlp = GatedAttention(width), GatedMLP(width)
        self.input_layernorm, self.post_attention_layernorm = nn.LayerNorm(width), nn.LayerNorm(width)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = x + self.self_attn(self.input_layernorm(x))
        return x + self.mlp(self.post_attention_layernorm(x))


class Decoder(nn.Module):
    def __init__(self, layers: int = 16, width: int = 32) -> None:
        super().__init__()
        self.embed_tokens = nn.Embedding(50, width)
        self.layers = nn.ModuleList(GatedBlock(width) for _ in range(layers))
        self.norm = nn.LayerNorm(width)
        self.lm_head = nn.Linear(width, 50, False)

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        x = self.embed_tokens(ids)
        for layer in self.layers:
            x = layer(x)
        return self.lm_head(self.norm(x))


class EncoderDecoder(nn.Module):
    def __init__(self, width: int = 32, layers: int = 4) -> None:
        super().__init__()
        self.shared = nn.Embedding(50, width)
        self.encoder = nn.TransformerEncoder(
            nn.TransformerEncoderLayer(width, 4, 64, batch_first=True), layers, enable_nested_tensor=False
        )
        self.decoder = nn.TransformerDecoder(nn.TransformerDecoderLayer(width, 4, 64, batch_first=True), layers)
        self.head = nn.Linear(width, 50)

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        x = self.shared(ids)
        return self.head(self.decoder(x, self.encoder(x)))


class Recurrent(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(50, 16)
        self.convs = nn.ModuleDict({f"k{size}": nn.Conv1d(16, 8, size, padding=size // 2) for size in (3, 5, 7)})
        self.lstm = nn.LSTM(24, 16, 2, batch_first=True)
        self.mlp = nn.Sequential(
            nn.Linear(16, 32), nn.GELU(), nn.Dropout(0.1), nn.Linear(32, 32), nn.GELU(), nn.Linear(32, 4)
        )

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        x = self.embedding(ids).transpose(1, 2)
        x = torch.cat([torch.relu(conv(x)) for conv in self.convs.values()], 1)
        return self.mlp(self.lstm(x.transpose(1, 2))[0].mean(1))


def configured(name: str, **changes: Any) -> nn.Module:
    """A model of transformers from its configuration, tiny, with random weights."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    from transformers import AutoConfig, AutoModel

    torch.manual_seed(0)
    return AutoModel.from_config(AutoConfig.for_model(name, **changes)).eval()


def small(name: str) -> nn.Module:
    """A tiny model of transformers."""
    sizes: dict[str, dict[str, Any]] = {
        "bert": {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 4, "num_attention_heads": 4},
        "gpt2": {"n_embd": 32, "n_layer": 4, "n_head": 4, "n_positions": 64},
    }
    return configured(name, vocab_size=50, **sizes[name])


def bases() -> Iterator[tuple[str, nn.Module]]:
    """Every base model."""
    yield "resnet18-like", ResNet()
    yield "resnet50-like", ResNet((3, 4, 6, 3))
    yield "unet", UNet()
    yield "unet-attention", UNet(attention=True)
    yield "llama-like", Decoder()
    yield "encoder-decoder", EncoderDecoder()
    yield "recurrent", Recurrent()
    yield "bert", small("bert")
    yield "gpt2", small("gpt2")


def inputs(name: str) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """What a base model is run with."""
    if name.startswith(("resnet", "unet")):
        return (torch.ones(1, 3, 32, 32),), {}
    ids = torch.arange(8).reshape(1, 8)
    return ((), {"input_ids": ids}) if name in ("bert", "gpt2") else ((ids,), {})


def from_corpus(folder: str, count: int) -> Iterator[tuple[str, nn.Module]]:
    """Some models of an external corpus (a folder with `registry.py`), whichever can be built here."""
    sys.path.insert(0, folder)
    import registry

    for family in registry.FAMILIES:
        try:
            known = registry.load(family)
        except ImportError:
            continue
        found = 0
        for name, factory in sorted(known.items.items()):
            if found == count:
                break
            try:
                model = factory()[0]
            except Exception:  # noqa: BLE001 - the corpus' own code
                continue
            if 8 <= sum(1 for _ in model.modules()) <= 600:
                found += 1
                yield name, model
