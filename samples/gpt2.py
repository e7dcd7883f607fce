"""GPT-2 from its transformers configuration, with random weights and a small hidden size."""

import torch
from transformers import GPT2Config, GPT2LMHeadModel


def build() -> tuple[GPT2LMHeadModel, tuple[()], dict[str, torch.Tensor]]:
    model = GPT2LMHeadModel(
        GPT2Config(
            vocab_size=1000,
            n_embd=64,
            n_layer=12,
            n_head=4,
            n_positions=128,
            use_cache=False,
            bos_token_id=0,
            eos_token_id=1,
        )
    )
    return model, (), {"input_ids": torch.arange(32).reshape(1, 32)}
