"""A generative adversarial network: the discriminator judges a real image and one the generator made."""

import torch
from torch import nn


class Generator(nn.Module):
    def __init__(self, noise: int = 32) -> None:
        super().__init__()
        self.project = nn.Linear(noise, 32 * 8 * 8)
        self.grow = nn.Sequential(
            nn.ConvTranspose2d(32, 16, 4, stride=2, padding=1),
            nn.BatchNorm2d(16),
            nn.ReLU(),
            nn.ConvTranspose2d(16, 3, 4, stride=2, padding=1),
            nn.Tanh(),
        )

    def forward(self, noise: torch.Tensor) -> torch.Tensor:
        return self.grow(self.project(noise).view(-1, 32, 8, 8))


class Discriminator(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.shrink = nn.Sequential(
            nn.Conv2d(3, 16, 4, stride=2, padding=1),
            nn.LeakyReLU(0.2),
            nn.Conv2d(16, 32, 4, stride=2, padding=1),
            nn.LeakyReLU(0.2),
            nn.Flatten(),
        )
        self.judge = nn.Linear(32 * 8 * 8, 1)

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        return self.judge(self.shrink(image))


class GAN(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.generator = Generator()
        self.discriminator = Discriminator()

    def forward(self, noise: torch.Tensor, real: torch.Tensor) -> dict[str, torch.Tensor]:
        fake = self.generator(noise)
        return {"fake": self.discriminator(fake), "real": self.discriminator(real)}


def build() -> nn.Module:
    return GAN()


def example_inputs() -> tuple[torch.Tensor, torch.Tensor]:
    return torch.randn(2, 32), torch.randn(2, 3, 32, 32)
