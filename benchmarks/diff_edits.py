"""Tagged edits of torch modules: each module keeps its tag through every edit, so that the right match is known."""

from __future__ import annotations

import copy
import itertools
import random
from collections.abc import Callable

import torch
from torch import nn

TAG = "_tag"
Edit = Callable[[nn.Module, random.Random], bool]


def tag(model: nn.Module) -> None:
    """Gives each module its tag."""
    for number, module in enumerate(model.modules()):
        setattr(module, TAG, number)


class Editor:
    """Makes one edit at random; `False` where the model has no place for it."""

    def __init__(self, random_state: random.Random) -> None:
        self._random = random_state
        self._fresh = itertools.count(10**6)

    def make(self, kind: str, model: nn.Module) -> bool:
        """Makes one edit of a kind."""
        done: bool = getattr(self, f"_{kind}")(model)
        return done

    def _rename_leaf(self, model: nn.Module) -> bool:
        return self._rename(model, [path for path, module in _below(model) if not list(module.children())], "_new")

    def _rename_container(self, model: nn.Module) -> bool:
        return self._rename(model, [path for path, module in _below(model) if list(module.children())], "_other")

    def _rename(self, model: nn.Module, paths: list[str], suffix: str) -> bool:
        paths = [path for path in paths if not path.rpartition(".")[2].isdigit()]
        if not paths:
            return False
        parent, name = _parent(model, self._random.choice(paths))
        _set(parent, {key + suffix * (key == name): child for key, child in parent._modules.items()})
        return True

    def _insert_leaf(self, model: nn.Module) -> bool:
        new = self._random.choice([nn.Dropout(0.1), nn.LayerNorm(7), nn.Identity()])
        return self._insert(model, lambda _: new)

    def _insert_copy(self, model: nn.Module) -> bool:
        return self._insert(model, lambda rows: copy.deepcopy(self._random.choice(rows)))

    def _insert(self, model: nn.Module, make: Callable[[list[nn.Module]], nn.Module]) -> bool:
        rows = _rows(model)
        if not rows:
            return False
        row = self._random.choice(rows)
        children = list(row._modules.values())
        children.insert(self._random.randrange(len(children) + 1), self._freshly(make(children)))
        _number(row, children)
        return True

    def _delete(self, model: nn.Module) -> bool:
        rows = _rows(model)
        if not rows:
            return False
        row = self._random.choice(rows)
        children = list(row._modules.values())
        del children[self._random.randrange(len(children))]
        _number(row, children)
        return True

    def _activation(self, model: nn.Module) -> bool:
        paths = [
            path for path, module in _below(model) if not list(module.children()) and not list(module.parameters())
        ]
        if not paths:
            return False
        parent, name = _parent(model, self._random.choice(paths))
        old = parent._modules[name]
        new = nn.Tanh() if isinstance(old, nn.SiLU) else nn.SiLU()
        setattr(new, TAG, getattr(old, TAG))
        new.train(old.training)
        parent._modules[name] = new
        return True

    def _width(self, model: nn.Module) -> bool:
        kinds = (nn.Linear, nn.Conv2d)
        # Another edit may have renamed the weight.
        layers = [one for one in model.modules() if type(one) in kinds and "weight" in one._parameters]
        if not layers:
            return False
        layer = self._random.choice(layers)
        shape = list(layer.weight.shape)
        shape[0] += 3
        layer.weight = nn.Parameter(torch.empty(shape, device=layer.weight.device))
        if isinstance(layer, nn.Linear):
            layer.out_features += 3
        else:
            layer.out_channels += 3
        return True

    def _argument(self, model: nn.Module) -> bool:
        layers = [module for module in model.modules() if _has_argument(module)]
        if not layers:
            return False
        layer = self._random.choice(layers)
        if isinstance(layer, nn.Dropout):
            layer.p = layer.p + 0.25
        elif isinstance(layer, nn.Conv2d):
            layer.stride = (layer.stride[0] + 1, layer.stride[1] + 1)
        else:
            layer.eps = layer.eps * 10
        return True

    def _bias(self, model: nn.Module) -> bool:
        layers = [module for module in model.modules() if type(module) is nn.Linear and module.bias is not None]
        if not layers:
            return False
        self._random.choice(layers).bias = None
        return True

    def _wrap(self, model: nn.Module) -> bool:
        paths = [path for path, _ in _below(model)]
        parent, name = _parent(model, self._random.choice(paths))
        inner = parent._modules[name]
        wrapper = nn.Sequential(inner, self._freshly(nn.Dropout(0.2)))
        setattr(wrapper, TAG, next(self._fresh))
        wrapper.training = wrapper[1].training = inner.training
        parent._modules[name] = wrapper
        return True

    def _unwrap(self, model: nn.Module) -> bool:
        """A container gives way to the largest thing in it."""
        paths = [path for path, module in _below(model) if len(list(module.children())) in (1, 2)]
        if not paths:
            return False
        parent, name = _parent(model, self._random.choice(paths))
        inner = max(parent._modules[name].children(), key=lambda child: sum(1 for _ in child.modules()))
        parent._modules[name] = inner
        return True

    def _class_rename(self, model: nn.Module) -> bool:
        kinds = [type(module) for module in model.modules() if _is_users(module)]
        if not kinds:
            return False
        kind = self._random.choice(kinds)
        other = type(kind.__name__ + "V2", (kind,), {"__module__": kind.__module__})
        for module in model.modules():
            if type(module) is kind:
                module.__class__ = other
        return True

    def _move(self, model: nn.Module) -> bool:
        paths = [
            path
            for path, module in _below(model)
            if list(module.parameters()) and not path.rpartition(".")[2].isdigit()
        ]
        if not paths:
            return False
        parent, name = _parent(model, self._random.choice(paths))
        moved = parent._modules[name]
        inside = set(moved.modules())
        targets = [
            module
            for module in model.modules()
            if list(module.children()) and module is not parent and module not in inside and _is_users(module)
        ]
        if not targets:
            return False
        del parent._modules[name]
        self._random.choice(targets)._modules["moved_" + name] = moved
        return True

    def _reorder(self, model: nn.Module) -> bool:
        rows = _rows(model)
        if not rows:
            return False
        row = self._random.choice(rows)
        children = list(row._modules.values())
        place = self._random.randrange(len(children) - 1)
        children[place], children[place + 1] = children[place + 1], children[place]
        _number(row, children)
        return True

    def _mode(self, model: nn.Module) -> bool:
        paths = [path for path, _ in _below(model)]
        part = model.get_submodule(self._random.choice(paths))
        part.train(not part.training)
        return True

    def _dtype(self, model: nn.Module) -> bool:
        paths = [path for path, module in _below(model) if list(module.parameters())]
        model.get_submodule(self._random.choice(paths)).to(torch.float64)
        return True

    def _hook(self, model: nn.Module) -> bool:
        paths = [path for path, _ in _below(model)]
        model.get_submodule(self._random.choice(paths)).register_forward_hook(_look)
        return True

    def _parameter(self, model: nn.Module) -> bool:
        """A parameter of the user's own gets another name."""
        holders = [module for module in model.modules() if isinstance(module, nn.Linear)]
        if not holders:
            return False
        holder = self._random.choice(holders)
        holder._parameters = {{"weight": "matrix"}.get(name, name): value for name, value in holder._parameters.items()}
        return True

    def _freshly(self, module: nn.Module) -> nn.Module:
        for inner in module.modules():
            setattr(inner, TAG, next(self._fresh))
        return module


KINDS = {
    "rename_leaf": "renamed", "rename_container": "renamed", "insert_leaf": "added", "insert_copy": "added",
    "delete": "removed", "activation": "replaced", "width": "attribute", "argument": "attribute", "bias": "attribute",
    "wrap": "added", "unwrap": "removed", "class_rename": "renamed", "move": "moved", "reorder": "moved",
    "mode": "attribute", "dtype": "attribute", "hook": "attribute", "parameter": "renamed",
}  # fmt: skip


def _look(module: nn.Module, args: object, result: object) -> None:
    """A hook that changes nothing."""


def _below(model: nn.Module) -> list[tuple[str, nn.Module]]:
    return [(path, module) for path, module in model.named_modules() if path]


def _parent(model: nn.Module, path: str) -> tuple[nn.Module, str]:
    above, _, name = path.rpartition(".")
    return model.get_submodule(above), name


def _set(parent: nn.Module, children: dict[str, nn.Module | None]) -> None:
    parent._modules.clear()
    parent._modules.update(children)


def _rows(model: nn.Module) -> list[nn.Module]:
    """Containers with indices and at least two in them."""
    return [
        module
        for module in model.modules()
        if isinstance(module, (nn.Sequential, nn.ModuleList))
        and len(module._modules) >= 2
        and all(name.isdigit() for name in module._modules)
    ]


def _number(row: nn.Module, children: list[nn.Module | None]) -> None:
    _set(row, {str(number): child for number, child in enumerate(children)})


def _is_users(module: nn.Module) -> bool:
    return bool(list(module.children())) and not type(module).__module__.startswith("torch.nn.modules.container")


def _has_argument(module: nn.Module) -> bool:
    return type(module) in (nn.Dropout, nn.LayerNorm, nn.BatchNorm2d, nn.Conv2d)
