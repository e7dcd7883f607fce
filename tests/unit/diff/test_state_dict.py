"""The state-dict map loads old weights, and guesses nothing."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from graphviz_torch.diff.compare import compare
from tests.support.edges import traced


class Layer(nn.Module):
    def __init__(self, norm: str) -> None:
        super().__init__()
        self.fc = nn.Linear(8, 8)
        self.add_module(norm, nn.BatchNorm1d(8))
        self.register_buffer("seen", torch.zeros(1), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        for module in self.children():
            x = module(x)
        return torch.relu(x + self.seen)


class Net(nn.Module):
    """The trunk's name, the norm's name and a Dropout in between can be chosen."""

    def __init__(self, trunk: str = "layers", norm: str = "norm", dropout: bool = False, scale: str = "scale") -> None:
        super().__init__()
        layers: list[nn.Module] = [Layer(norm) for _ in range(3)]
        if dropout:
            layers.insert(1, nn.Dropout(0.1))
        self.add_module(trunk, nn.Sequential(*layers))
        self.register_parameter(scale, nn.Parameter(torch.full((8,), 2.0)))
        self.head = nn.Linear(8, 4)
        self.tied = nn.Linear(8, 4)
        self.tied.weight = self.head.weight
        self.names = trunk, scale

    def forward(self, x: Tensor) -> Tensor:
        trunk, scale = self.names
        x = getattr(self, trunk)(x) * getattr(self, scale)
        return self.head(x) + self.tied(x)


def test_old_weights_load_through_the_map() -> None:
    torch.manual_seed(0)
    old = Net().eval()
    new = Net("blocks", "bn", dropout=True, scale="gain").eval()
    x = torch.randn(4, 8)
    found = compare(traced(old, x), traced(new, x)).state_dict
    assert not torch.equal(old(x), new(x))
    weights = {found.map[key]: tensor for key, tensor in old.state_dict().items()}
    new.load_state_dict(weights, strict=True)
    assert torch.equal(old(x), new(x))
    assert not found.fits
    assert (len(found.renamed), len(found.same), found.added, found.removed, found.reshaped) == (22, 4, (), (), ())


class Attention(nn.Module):
    def __init__(self, fused: bool) -> None:
        super().__init__()
        if fused:
            self.qkv = nn.Linear(8, 24)
        else:
            self.q, self.k, self.v = (nn.Linear(8, 8) for _ in range(3))
        self.out = nn.Linear(8, 8)

    def forward(self, x: Tensor) -> Tensor:
        q, k, v = self.qkv(x).chunk(3, -1) if hasattr(self, "qkv") else (self.q(x), self.k(x), self.v(x))
        return self.out(torch.softmax(q @ k.mT, -1) @ v)


def test_fused_weights_are_not_guessed() -> None:
    x = torch.ones(2, 8)
    split, fused = traced(Attention(False), x), traced(Attention(True), x)
    found = compare(split, fused).state_dict
    assert found.map == {"out.weight": "out.weight", "out.bias": "out.bias"}
    assert found.added == ("qkv.weight", "qkv.bias")
    assert found.removed == ("q.weight", "q.bias", "k.weight", "k.bias", "v.weight", "v.bias")
    back = compare(fused, split).state_dict
    assert (back.added, back.removed) == (found.removed, found.added)


class Shared(nn.Module):
    """One layer under two names."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.first = nn.Sequential(nn.Linear(8, 8))
        self.add_module(name, self.first)

    def forward(self, x: Tensor) -> Tensor:
        return self.first(self.first(x))


def test_every_key_of_a_shared_module_is_mapped() -> None:
    x = torch.ones(2, 8)
    old, new = Shared("second"), Shared("again")
    found = compare(traced(old, x), traced(new, x)).state_dict
    assert set(found.map) == set(old.state_dict())
    new.load_state_dict({found.map[key]: tensor for key, tensor in old.state_dict().items()}, strict=True)
    assert torch.equal(old(x), new(x))
