"""The first hidden state of a loop over time, made without asking the input."""

import torch
from torch import Tensor, nn


class Recurrent(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.cell = nn.GRUCell(3, 5)

    def forward(self, x: Tensor) -> Tensor:
        state = torch.zeros(x.shape[0], 5)  # expect: D003 encoder
        for step in x.unbind(1):
            state = self.cell(step, state)
        return state


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.encoder = Recurrent()
        self.head = nn.Linear(5, 2)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.encoder(x))


def build() -> nn.Module:
    return Net()


def example_inputs() -> Tensor:
    return torch.randn(2, 4, 3)
