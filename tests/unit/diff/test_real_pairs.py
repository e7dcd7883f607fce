"""Pairs of real architectures, a page each: the answer for a terminal, kept as it was read and found right.

Where in the code a change was made is left out, since lines move.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import nn

from benchmarks.diff_models import ResNet, UNet, configured
from graphviz_torch.diff.compare import compare
from graphviz_torch.diff.options import DiffOptions
from graphviz_torch.ir.graph import Graph
from graphviz_torch.report import text
from tests.support.edges import traced

SMALL = {"vocab_size": 50, "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4}
CAUSAL = {**SMALL, "num_key_value_heads": 2, "pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 2}
PICTURE = {
    **{name: size for name, size in SMALL.items() if name != "vocab_size"}, "image_size": 16, "patch_size": 8,
}  # fmt: skip
GPT = {"vocab_size": 50, "bos_token_id": 1, "eos_token_id": 2}


def _text(name: str, **sizes: Any) -> Graph:
    return traced(configured(name, **sizes), input_ids=torch.arange(2, 10).reshape(1, 8))


def _picture(model: nn.Module, size: int) -> Graph:
    return traced(model.eval(), torch.ones(1, 3, size, size))


MODELS: dict[str, Callable[[], Graph]] = {
    "resnet18": lambda: _picture(ResNet(), 32),
    "resnet34": lambda: _picture(ResNet((3, 4, 6, 3)), 32),
    "unet": lambda: _picture(UNet(), 32),
    "unet_attention": lambda: _picture(UNet(attention=True), 32),
    "bert": lambda: _text("bert", **SMALL),
    "roberta": lambda: _text("roberta", **SMALL, pad_token_id=0),
    "gpt2": lambda: _text("gpt2", **GPT, n_embd=32, n_layer=2, n_head=4),
    "gpt_neo": lambda: _text(
        "gpt_neo", **GPT, hidden_size=32, num_layers=2, num_heads=4, attention_types=[[["global", "local"], 1]]
    ),
    "llama": lambda: _text("llama", **CAUSAL),
    "mistral": lambda: _text("mistral", **CAUSAL),
    "qwen2": lambda: _text("qwen2", **CAUSAL),
    "qwen3": lambda: _text("qwen3", **CAUSAL, head_dim=8),
    "vit": lambda: _picture(configured("vit", **PICTURE), 16),
    "deit": lambda: _picture(configured("deit", **PICTURE), 16),
}
PAIRS = [
    ("resnet18", "resnet34"), ("unet", "unet_attention"), ("bert", "roberta"), ("gpt2", "gpt_neo"),
    ("llama", "mistral"), ("mistral", "qwen2"), ("qwen2", "qwen3"), ("vit", "deit"),
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(("old", "new"), PAIRS)
def test_a_real_pair_reads_right(old: str, new: str, golden: Callable[[str, str], None]) -> None:
    found = compare(MODELS[old](), MODELS[new](), DiffOptions(old=old, new=new))
    changes = tuple(replace(change, source=None) for change in found.changes)
    golden(f"diff/{old}_{new}.txt", text.render(replace(found, changes=changes)))
