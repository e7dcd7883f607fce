"""Llama from its transformers configuration, with random weights and a small hidden size."""

import torch
from transformers import LlamaConfig, LlamaForCausalLM


def build() -> tuple[LlamaForCausalLM, tuple[()], dict[str, torch.Tensor]]:
    config = LlamaConfig(
        vocab_size=1000,
        hidden_size=64,
        intermediate_size=172,
        num_hidden_layers=12,
        num_attention_heads=4,
        num_key_value_heads=2,
        use_cache=False,
    )
    return LlamaForCausalLM(config), (), {"input_ids": torch.arange(32).reshape(1, 32)}
