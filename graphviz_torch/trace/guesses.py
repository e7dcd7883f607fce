"""Guesses what an input could look like, for the line to edit that a message ends with."""

from __future__ import annotations

from torch import nn

ANY = "1x32"
INDICES = "1x32:i64"


def example(model: nn.Module, name: str) -> str:
    """An input of a name, as it would be written on the command line: what the first layer that tells would take."""
    if "mask" in name:
        return f"{ANY}:bool"
    if name.endswith(("ids", "idx", "index", "indices", "tokens", "labels")) or "token" in name:
        return INDICES
    return next((words for module in model.modules() if (words := _wanted(module))), ANY)


def _wanted(module: nn.Module) -> str:
    """What a layer takes; empty where it does not tell, as lazy ones do not yet."""
    match module:
        case nn.Linear(in_features=size) if size:
            return f"1x{size}"
        case nn.Conv1d(in_channels=size) if size:
            return f"1x{size}x128"
        case nn.Conv2d(in_channels=size) if size:
            return f"1x{size}x224x224"
        case nn.Conv3d(in_channels=size) if size:
            return f"1x{size}x16x112x112"
        case nn.RNNBase(input_size=size):
            return f"1x32x{size}"
        case nn.MultiheadAttention(embed_dim=size):
            return f"1x32x{size}"
        case nn.Embedding():
            return INDICES
    return ""
