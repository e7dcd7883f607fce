"""Mean and deviation of the images are plain tensors: neither moved nor saved with the model."""

import torch
from torch import nn


class Classifier(nn.Module):
    def __init__(self, classes=5):
        super().__init__()
        self.mean = torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1)  # expect: D002
        self.std = torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1)  # expect: D002
        self.conv = nn.Conv2d(3, 8, 3, padding=1)
        self.head = nn.Linear(8, classes)

    def forward(self, image):
        x = (image - self.mean) / self.std
        x = torch.relu(self.conv(x))
        return self.head(x.mean(dim=(2, 3)))


def build():
    return Classifier(), (torch.rand(2, 3, 16, 16),)
