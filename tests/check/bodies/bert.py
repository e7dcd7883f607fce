"""A BERT from its transformers configuration: small, with every layer that it has."""

from __future__ import annotations

import torch
from transformers import BertConfig, BertModel


def config(**changes: int) -> BertConfig:
    """Six layers of 64 dimensions."""
    given = {"vocab_size": 500, "hidden_size": 64, "num_hidden_layers": 6, "num_attention_heads": 4}
    return BertConfig(**{**given, "intermediate_size": 128, "max_position_embeddings": 64, **changes})


def bert(**changes: int) -> BertModel:
    """A model without the pooler, which not every task needs."""
    return BertModel(config(**changes), add_pooling_layer=False)


def ids(batch: int = 2, length: int = 16) -> torch.Tensor:
    """Ids without padding."""
    return torch.arange(1, batch * length + 1).reshape(batch, length)
