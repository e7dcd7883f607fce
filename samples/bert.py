"""BERT from its transformers configuration, with random weights and a small hidden size."""

import torch
from transformers import BertConfig, BertModel


def build() -> tuple[BertModel, tuple[()], dict[str, torch.Tensor]]:
    model = BertModel(
        BertConfig(vocab_size=1000, hidden_size=64, num_hidden_layers=12, num_attention_heads=4, intermediate_size=256)
    )
    ids = torch.arange(32).reshape(1, 32)
    return model, (), {"input_ids": ids, "attention_mask": torch.ones_like(ids)}
