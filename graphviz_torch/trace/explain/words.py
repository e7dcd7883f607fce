"""How sizes, types, places and modules are spelled in explanations."""

from __future__ import annotations

import re
from collections.abc import Sequence

from graphviz_torch.ir.graph import Module, SourceLocation, TensorMeta


def sizes(shape: Sequence[int] | None) -> str:
    """`4×32`; `scalar` for no dimensions; `?` where unknown."""
    if shape is None:
        return "?"
    return "×".join(map(str, shape)) if shape else "scalar"


def typed(meta: TensorMeta) -> str:
    """`4×32:float32@cpu`."""
    return f"{sizes(meta.shape)}:{meta.dtype or '?'}@{meta.device or '?'}"


def place(location: SourceLocation) -> str:
    """`model.py:17 in MLP.forward`."""
    inside = f" in {location.function}" if location.function else ""
    return f"{location.file}:{location.line}{inside}"


def count(number: int, noun: str) -> str:
    """`1 dimension`, `3 dimensions`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def arguments(module: Module) -> tuple[tuple[str, ...], dict[str, str]]:
    """The positional and the named parts of a module's `extra_repr()`."""
    parts = [part.strip() for part in re.split(r",(?![^()\[\]]*[)\]])", module.arguments) if part.strip()]
    named = [re.fullmatch(r"(\w+)=(.*)", part, re.DOTALL) for part in parts]
    plain = tuple(part for part, match in zip(parts, named, strict=True) if match is None)
    return plain, {match[1]: match[2] for match in named if match}


def titled(module: Module) -> str:
    """`Linear 32 → 16`, `LayerNorm 24`, `ReLU`."""
    plain, named = arguments(module)
    ends = [named[key] for key in ("in_features", "in1_features", "out_features") if key in named]
    if not ends:
        ends = [part.strip("(),") for part in plain[:2]]
    return " ".join(part for part in (module.type_name, " → ".join(ends)) if part)


def called(module: Module) -> str:
    """`layer1 (Linear 32 → 16)`; the root has no path."""
    return f"{module.path} ({titled(module)})" if module.path else titled(module)


def reordered(shape: Sequence[int], needed: int, axis: int) -> str:
    """The call that brings a size that is elsewhere in a tensor to where it is needed; empty where none is clear.

    The first dimension stays: it is the batch.
    """
    places = [place for place, size in enumerate(shape) if size == needed and place not in (0, axis)]
    if len(places) != 1 or len(shape) < 3 or axis == 0:
        return ""
    left = [place for place in range(len(shape)) if place != places[0]]
    order = (*left[:axis], places[0], *left[axis:])
    found = sizes([shape[place] for place in order])
    if len(shape) == 3:
        return f"`transpose(1, 2)` before it gives {found}"
    return f"`permute{order}` before it gives {found}"


def constructed(module: Module, **changed: object) -> str:
    """The constructor call that would build this module with other arguments: `Linear(16, 8)`.

    Args:
        module: what is there now.
        changed: new arguments by name, or by place as `_0`, `_1`.
    """
    plain, named = arguments(module)
    words = [str(changed.get(f"_{place}", part)) for place, part in enumerate(plain)]
    for name in ("in_features", "out_features"):
        if name in named:
            words.append(str(changed.get(name, named.pop(name))))
    words.extend(f"{name}={changed.get(name, text)}" for name, text in named.items() if _worth(name, text, changed))
    return f"{module.type_name}({', '.join(words)})"


def _worth(name: str, text: str, changed: dict[str, object]) -> bool:
    """Whether a named argument says more than its default."""
    usual = {"bias": "True", "eps": "1e-05", "momentum": "0.1", "affine": "True", "elementwise_affine": "True"}
    return name in changed or not (name in ("in_features", "out_features") or usual.get(name) == text)
