# check: train
"""The backbone was put in eval before training, the rest of the model trains."""

import torch
from torch import nn


class TransferModel(nn.Module):
    def __init__(self, classes=3):
        super().__init__()
        self.backbone = nn.Sequential(  # expect: M001 backbone
            nn.Conv2d(3, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU()
        )
        self.neck = nn.BatchNorm1d(8)
        self.head = nn.Linear(8, classes)

    def forward(self, x):
        h = self.backbone(x).mean(dim=(2, 3))
        return self.head(self.neck(h))


def build():
    model = TransferModel().train()
    model.backbone.eval()
    return model, (torch.randn(4, 3, 8, 8),)
