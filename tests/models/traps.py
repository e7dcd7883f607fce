"""What other tracers get silently wrong, and what is seen past the functions of torch."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tests.models.control import Case


class ColumnWrite(nn.Module):
    """A write into a column, which the result goes through."""

    def forward(self, x: Tensor) -> Tensor:
        y = x * 2
        y[:, 0] = 0
        return y + 1


class HalfWrites(nn.Module):
    """Each half of a tensor is written through a view of its own; then the whole is read."""

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        whole = torch.zeros(2, 4)
        left, right = whole[:, :2], whole[:, 2:]
        left.add_(x)
        right.add_(y)
        return whole * 2


class ParameterBranch(nn.Module):
    """A branch that only a parameter feeds."""

    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.ones(4))

    def forward(self, x: Tensor) -> Tensor:
        factor = self.scale.exp() + 1
        return x * factor


class Encoder(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(4, 4)

    def encode(self, x: Tensor) -> Tensor:
        return self.fc(x).tanh()

    def forward(self, x: Tensor) -> Tensor:
        return self.encode(x)


class OtherMethod(nn.Module):
    """A submodule is used through another method than `forward`."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = Encoder()

    def forward(self, x: Tensor) -> Tensor:
        return self.inner.encode(x) + 1


class Reflected(nn.Module):
    """Operators whose left side is a number."""

    def forward(self, x: Tensor) -> Tensor:
        return (2 - x) + (1 / x) + (2**x) + (7 % x)


class Dirty(torch.autograd.Function):
    """Writes its input in place."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        x.add_(1)
        ctx.mark_dirty(x)
        return x

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Tensor:
        return grad


class DirtyFunction(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return Dirty.apply(x * 2) * 3


class Casts(nn.Module):
    """Casts and copies that are methods like any other."""

    def forward(self, x: Tensor) -> Tensor:
        kept = copy.deepcopy(x * 2)
        kind = x.type()
        return kept.type(torch.float64) + len(kind)


class GivenMemory(nn.Module):
    """Tensors that are given the memory of others."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(4, 4)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        y = self.fc(x)
        y.data = y.data + 1
        z = torch.zeros(2, 4)
        z.set_(x * 3)
        return y, z + 1


class Statistics(nn.Module):
    """Reads what batch norm has just written."""

    def __init__(self) -> None:
        super().__init__()
        self.norm = nn.BatchNorm1d(4)

    def forward(self, x: Tensor) -> Tensor:
        return self.norm(x) * self.norm.running_mean


class SharedNumpy(nn.Module):
    """Comes back from NumPy in the same memory, but in another shape."""

    def forward(self, x: Tensor) -> Tensor:
        return torch.from_numpy(x.numpy().reshape(4, 2)) * 2


class CopiedNumpy(nn.Module):
    """Comes back from NumPy as other data."""

    def forward(self, x: Tensor) -> Tensor:
        return torch.from_numpy(np.sin(x.numpy())) * 2


class Values(nn.Module):
    """Python reads values, and goes on with numbers."""

    def forward(self, x: Tensor) -> Tensor:
        if x.sum() > 1000:
            return x
        return x * float(x.max()) + int(x.argmax()) + x.mean().item()


class InPlaceLayers(nn.Module):
    """An activation that writes what the layer before it made, and a residual that reads it afterwards."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(4, 4)
        self.act = nn.ReLU(inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        y = self.fc(x)
        return self.act(y) + y


class NoGrad(nn.Module):
    """Parts run without gradients, and in inference mode."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(4, 4)

    def forward(self, x: Tensor) -> Tensor:
        y = self.fc(x)
        with torch.no_grad():
            y = y + 1
        with torch.inference_mode():
            z = self.fc(y)
            z.mul_(2)
            return z + 1


class DropPath(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x if not self.training else x * 0


class Idle(nn.Module):
    """Layers that do nothing now."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(4, 4)
        self.identity, self.path, self.drop = nn.Identity(), DropPath(), nn.Dropout(0.5)

    def forward(self, x: Tensor) -> Tensor:
        return self.drop(self.path(self.identity(self.fc(x)))) + x


class LooseModules(nn.Module):
    """A layer in a list that is no `ModuleList`, and a tensor that is no buffer."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden = [nn.Linear(4, 4)]
        self.mask = torch.ones(4)

    def forward(self, x: Tensor) -> Tensor:
        return self.hidden[0](x) * self.mask


class Gates(nn.Module):
    """A recurrent layer whose state goes on to a second call."""

    def __init__(self) -> None:
        super().__init__()
        self.gru = nn.GRU(4, 3, batch_first=True)

    def forward(self, x: Tensor) -> Tensor:
        _, state = self.gru(x[:, :2])
        out, _ = self.gru(x[:, 2:], state)
        return out


class Nested(nn.Module):
    """Rows of different length."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(4, 4)

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        rows = torch.nested.nested_tensor([x, y], layout=torch.jagged)
        return torch.nested.to_padded_tensor(self.fc(rows), 0.0)


class Flex(nn.Module):
    """Attention with a score function."""

    def forward(self, x: Tensor) -> Tensor:
        from torch.nn.attention.flex_attention import flex_attention

        found = flex_attention(x, x, x, score_mod=lambda score, b, h, q, k: score + (q - k))
        assert isinstance(found, Tensor)
        return found


class Compiled(nn.Module):
    """A part is compiled."""

    def __init__(self) -> None:
        super().__init__()
        self.part = torch.compile(nn.Sequential(nn.Linear(4, 4), nn.ReLU()))

    def forward(self, x: Tensor) -> Tensor:
        return self.part(x) + 1


class Foreach(nn.Module):
    """One function writes several tensors."""

    def forward(self, x: Tensor) -> Tensor:
        parts = [x * 1, x * 2]
        torch._foreach_add_(parts, 1.0)
        return parts[0] + parts[1]


class Derivative(nn.Module):
    """`torch.func.grad`."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(4, 4)

    def forward(self, x: Tensor) -> Tensor:
        gradient: Tensor = torch.func.grad(lambda y: self.fc(y).sum())(x)
        return gradient * 2


class Hooked(nn.Module):
    """Hooks of every kind."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(4, 4)
        self.fc.register_forward_pre_hook(_shift, with_kwargs=True)
        self.fc.register_forward_hook(_halve)
        self.fc.register_forward_hook(_look)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(input=x)


def _shift(module: nn.Module, args: Any, kwargs: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    return args, {"input": kwargs["input"] + 1}


def _halve(module: nn.Module, args: Any, out: Tensor) -> Tensor:
    return out / 2


def _look(module: nn.Module, args: Any, out: Tensor) -> None:
    out.abs().sum()


class Yields(nn.Module):
    """Its `forward` is a generator."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(4, 4)

    def forward(self, x: Tensor) -> Any:
        for _ in range(2):
            x = self.fc(x)
            yield x


def column_write() -> Case:
    return ColumnWrite(), (torch.randn(2, 4),), {}


def half_writes() -> Case:
    return HalfWrites(), (torch.randn(2, 2), torch.randn(2, 2)), {}


def parameter_branch() -> Case:
    return ParameterBranch(), (torch.randn(2, 4),), {}


def other_method() -> Case:
    return OtherMethod(), (torch.randn(2, 4),), {}


def reflected() -> Case:
    return Reflected(), (torch.rand(2, 4) + 1,), {}


def dirty_function() -> Case:
    return DirtyFunction(), (torch.randn(2, 4, requires_grad=True),), {}


def casts() -> Case:
    return Casts(), (torch.randn(2, 4),), {}


def given_memory() -> Case:
    return GivenMemory(), (torch.randn(2, 4),), {}


def statistics() -> Case:
    return Statistics().train(), (torch.randn(3, 4),), {}


def shared_numpy() -> Case:
    return SharedNumpy(), (torch.randn(2, 4),), {}


def copied_numpy() -> Case:
    return CopiedNumpy(), (torch.randn(2, 4),), {}


def values() -> Case:
    return Values(), (torch.ones(2, 2),), {}


def in_place_layers() -> Case:
    return InPlaceLayers(), (torch.randn(2, 4),), {}


def no_grad() -> Case:
    return NoGrad(), (torch.randn(2, 4),), {}


def idle() -> Case:
    return Idle().eval(), (torch.randn(2, 4),), {}


def loose_modules() -> Case:
    return LooseModules(), (torch.randn(2, 4),), {}


def gates() -> Case:
    return Gates(), (torch.randn(2, 4, 4),), {}


def nested() -> Case:
    return Nested(), (torch.randn(2, 4), torch.randn(3, 4)), {}


def flex() -> Case:
    return Flex(), (torch.randn(1, 1, 4, 4),), {}


def compiled() -> Case:
    return Compiled(), (torch.randn(2, 4),), {}


def foreach() -> Case:
    return Foreach(), (torch.randn(2, 4),), {}


def derivative() -> Case:
    return Derivative(), (torch.randn(2, 4),), {}


def hooked() -> Case:
    return Hooked(), (torch.randn(2, 4),), {}


def yields() -> Case:
    return Yields(), (torch.randn(2, 4),), {}


def fused_layer() -> Case:
    layer = nn.TransformerEncoderLayer(4, 2, 8, batch_first=True).eval().requires_grad_(False)
    return layer, (torch.randn(2, 3, 4),), {}


def quantized() -> Case:
    layer = nn.Sequential(nn.Linear(4, 4), nn.ReLU())
    return torch.ao.quantization.quantize_dynamic(layer, {nn.Linear}), (torch.randn(2, 4),), {}


def exported() -> Case:
    layer = nn.Sequential(nn.Linear(4, 4), nn.ReLU())
    return torch.export.export(layer, (torch.ones(2, 4),)).module(), (torch.randn(2, 4),), {}


def data_parallel() -> Case:
    return nn.DataParallel(nn.Linear(4, 4)), (torch.randn(2, 4),), {}


def scripted_function() -> Case:
    class Net(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return SCRIPTED(x) + 1

    return Net(), (torch.randn(2, 4),), {}


def _activation(x: Tensor) -> Tensor:
    return F.relu(x) * 2


SCRIPTED = torch.jit.script(_activation)
