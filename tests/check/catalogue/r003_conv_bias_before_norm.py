# check: select=R003
"""Each convolution has a bias that the batch norm after it takes off again."""

import torch
from torch import nn


class ConvBN(nn.Module):
    def __init__(self, cin, cout):
        super().__init__()
        self.conv = nn.Conv2d(cin, cout, 3, padding=1)  # expect: R003 stage1.conv # expect: R003 stage2.conv
        self.bn = nn.BatchNorm2d(cout)

    def forward(self, x):
        return torch.relu(self.bn(self.conv(x)))


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stage1 = ConvBN(3, 8)
        self.stage2 = ConvBN(8, 16)
        self.fc = nn.Linear(16, 4)

    def forward(self, x):
        return self.fc(self.stage2(self.stage1(x)).mean(dim=(2, 3)))


def build():
    return Net(), (torch.randn(2, 3, 8, 8),)
