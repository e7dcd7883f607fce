"""Forward hooks, and what each of them does to the values: look, change, prepare, or never run.

- `remember` looks at what the stem gives and leaves it as it was: nothing of it is in the flow, only what it reads.
- `clamp` returns another tensor, which the layers after `body` get in place of its own.
- `to_unit_range` runs before the stem and changes what it is given.
- `never` is on a layer whose `.forward` is called: that passes hooks by, and they do not run.

`render` marks what hooks run; `torchviz-cli check samples/hooks.py:build --select M002` lists all four, by their lines.
"""

import torch
from torch import nn


def to_unit_range(module: nn.Module, args: tuple[torch.Tensor, ...]) -> tuple[torch.Tensor, ...]:
    return (args[0] / 255,)


def clamp(module: nn.Module, args: tuple[torch.Tensor, ...], output: torch.Tensor) -> torch.Tensor:
    return output.clamp(-1, 1)


def remember(module: nn.Module, args: tuple[torch.Tensor, ...], output: torch.Tensor) -> None:
    module.mean_of_output = output.detach().mean()  # type: ignore[assignment]


def never(module: nn.Module, args: tuple[torch.Tensor, ...], output: torch.Tensor) -> torch.Tensor:
    return output * 0


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Linear(16, 32)
        self.body = nn.Linear(32, 32)
        self.head = nn.Linear(32, 4)

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        x = torch.relu(self.stem(pixels))
        x = torch.relu(self.body(x))
        return self.head.forward(x)


def build() -> nn.Module:
    model = Net()
    model.stem.register_forward_pre_hook(to_unit_range)
    model.stem.register_forward_hook(remember)
    model.body.register_forward_hook(clamp)
    model.head.register_forward_hook(never)
    return model


def example_inputs() -> torch.Tensor:
    return torch.randint(0, 256, (2, 16)).float()
