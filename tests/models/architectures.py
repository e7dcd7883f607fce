"""A few real architectures, tiny and with random weights: one of each kind of wiring that is met in the wild."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from tests.models.control import Case

IDS = torch.arange(3, 11).reshape(1, 8)
HEADS = {"num_attention_heads": 4, "num_hidden_layers": 2, "hidden_size": 32, "intermediate_size": 48}
TIED = {"pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 2, "use_cache": False}


def _model(name: str, config: str, **sizes: Any) -> nn.Module:
    """A model of transformers from its configuration; nothing is fetched."""
    import transformers

    model: nn.Module = getattr(transformers, name)(getattr(transformers, config)(**sizes))
    return model.eval()


def t5() -> Case:
    """An encoder and a decoder: its states are read by each layer of the decoder, and one table is used three times."""
    sizes = {"vocab_size": 64, "d_model": 32, "d_kv": 8, "d_ff": 48, "num_layers": 2, "num_heads": 4}
    model = _model("T5ForConditionalGeneration", "T5Config", **sizes, decoder_start_token_id=0, use_cache=False)
    return model, (), {"input_ids": IDS, "attention_mask": torch.ones_like(IDS), "labels": IDS[:, :5]}


def vit() -> Case:
    """A vision transformer: patches, a class token put before them, positions."""
    model = _model("ViTForImageClassification", "ViTConfig", **HEADS, image_size=16, patch_size=8)
    return model, (torch.randn(1, 3, 16, 16),), {}


def whisper() -> Case:
    """Sound: convolutions over a spectrogram, then an encoder and a decoder."""
    sizes = {"vocab_size": 64, "d_model": 32, "num_mel_bins": 8, "max_source_positions": 16, "max_target_positions": 16}
    for part in ("encoder", "decoder"):
        sizes |= {f"{part}_layers": 2, f"{part}_attention_heads": 4, f"{part}_ffn_dim": 48}
    model = _model("WhisperModel", "WhisperConfig", **sizes, **TIED, decoder_start_token_id=1)
    return model, (), {"input_features": torch.randn(1, 8, 32), "decoder_input_ids": IDS}


def wav2vec2() -> Case:
    """Sound as it is: strided convolutions, weight norm of a convolution of positions."""
    sizes = {"conv_dim": (16, 16), "conv_kernel": (8, 3), "conv_stride": (4, 2), "mask_time_prob": 0.0}
    groups = {"num_conv_pos_embeddings": 8, "num_conv_pos_embedding_groups": 2, "vocab_size": 32}
    model = _model("Wav2Vec2Model", "Wav2Vec2Config", **HEADS, **sizes, **groups, num_feat_extract_layers=2)
    return model, (torch.randn(1, 400),), {}


def mixtral() -> Case:
    """A mixture of experts: which of them run depends on the tokens."""
    experts = {"num_local_experts": 4, "num_experts_per_tok": 2, "num_key_value_heads": 2, "vocab_size": 64}
    return _model("MixtralForCausalLM", "MixtralConfig", **HEADS, **experts, **TIED), (), {"input_ids": IDS}


def mamba() -> Case:
    """A state-space model: a scan over time in plain operations, with in-place writes of states."""
    sizes = {"vocab_size": 64, "hidden_size": 32, "state_size": 4, "num_hidden_layers": 2}
    return _model("MambaForCausalLM", "MambaConfig", **sizes, **TIED), (), {"input_ids": IDS}


class _Residual(nn.Module):
    """Two convolutions around a step in time, and the way past them."""

    def __init__(self, channels: int, out_channels: int, time: int) -> None:
        super().__init__()
        self.norm1, self.conv1 = nn.GroupNorm(4, channels), nn.Conv2d(channels, out_channels, 3, padding=1)
        self.step = nn.Linear(time, out_channels)
        self.norm2, self.conv2 = nn.GroupNorm(4, out_channels), nn.Conv2d(out_channels, out_channels, 3, padding=1)
        self.skip = nn.Conv2d(channels, out_channels, 1) if channels != out_channels else nn.Identity()

    def forward(self, x: torch.Tensor, step: torch.Tensor) -> torch.Tensor:
        h = self.conv1(nn.functional.silu(self.norm1(x))) + self.step(step)[:, :, None, None]
        return self.skip(x) + self.conv2(nn.functional.silu(self.norm2(h)))


class _Attention(nn.Module):
    """Attention over the pixels, and over a text where there is one."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.norm = nn.GroupNorm(4, channels)
        self.own = nn.MultiheadAttention(channels, 4, batch_first=True)
        self.text = nn.MultiheadAttention(channels, 4, batch_first=True)

    def forward(self, x: torch.Tensor, text: torch.Tensor) -> torch.Tensor:
        pixels = self.norm(x).flatten(2).mT
        pixels = pixels + self.own(pixels, pixels, pixels, need_weights=False)[0]
        pixels = pixels + self.text(pixels, text, text, need_weights=False)[0]
        return x + pixels.mT.unflatten(2, x.shape[2:])


class DiffusionUNet(nn.Module):
    """The net of a diffusion model: a U-Net whose every block reads the step in time, with a text at the bottom."""

    def __init__(self, width: int = 8, time: int = 16) -> None:
        super().__init__()
        self.time = nn.Sequential(nn.Linear(time, time), nn.SiLU(), nn.Linear(time, time))
        self.first = nn.Conv2d(3, width, 3, padding=1)
        self.down = nn.ModuleList([_Residual(width, width, time), _Residual(width, 2 * width, time)])
        self.middle = nn.ModuleList([_Residual(2 * width, 2 * width, time), _Attention(2 * width)])
        self.up = nn.ModuleList([_Residual(4 * width, width, time), _Residual(2 * width, width, time)])
        self.last = nn.Conv2d(width, 3, 3, padding=1)

    def forward(self, x: torch.Tensor, timestep: torch.Tensor, text: torch.Tensor) -> torch.Tensor:
        angles = timestep[:, None] * torch.exp(-torch.arange(8.0))
        step = self.time(torch.cat([angles.sin(), angles.cos()], dim=-1))
        x, kept = self.first(x), []
        for block in self.down:
            x = block(x, step)
            kept.append(x)
            x = nn.functional.avg_pool2d(x, 2)
        residual, attention = self.middle
        x = attention(residual(x, step), text)
        for block in self.up:
            x = nn.functional.interpolate(x, scale_factor=2.0)
            x = block(torch.cat([x, kept.pop()], dim=1), step)
        return self.last(x)


def diffusion() -> Case:
    """A U-Net with time and text."""
    return DiffusionUNet().eval(), (torch.randn(1, 3, 8, 8), torch.tensor([7.0])), {"text": torch.randn(1, 5, 16)}


ARCHITECTURES = {factory.__name__: factory for factory in (t5, vit, whisper, wav2vec2, mixtral, mamba, diffusion)}
