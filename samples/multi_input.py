"""Several inputs and a dict of outputs: an image, a caption and a mask become scores and a shared vector."""

import torch
from torch import nn


class ImageText(nn.Module):
    def __init__(self, size: int = 32) -> None:
        super().__init__()
        self.image = nn.Sequential(nn.Conv2d(3, size, 8, stride=8), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten())
        self.words = nn.Embedding(500, size)
        self.join = nn.Bilinear(size, size, size)
        self.classify = nn.Linear(size, 10)

    def forward(self, image: torch.Tensor, tokens: torch.Tensor, mask: torch.Tensor) -> dict[str, torch.Tensor]:
        words = self.words(tokens).masked_fill(~mask[..., None], 0).sum(dim=1)
        words = words / mask.sum(dim=1, keepdim=True)
        joint = self.join(self.image(image), words)
        return {"logits": self.classify(joint), "embedding": joint}


def build() -> nn.Module:
    return ImageText()


def example_inputs() -> dict[str, torch.Tensor]:
    return {
        "image": torch.randn(2, 3, 32, 32),
        "tokens": torch.randint(0, 500, (2, 12)),
        "mask": torch.ones(2, 12, dtype=torch.bool),
    }
