"""How types and shapes are told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from graphviz_torch.ir.graph import TensorMeta

_SHORT = {"float16": "f16", "float32": "f32", "float64": "f64", "bfloat16": "bf16"}
SHOWN = 6


def shape_text(shape: tuple[int, ...] | None) -> str:
    """`1×64×8×8`."""
    if shape is None:
        return "?"
    return "×".join(map(str, shape)) or "scalar"


def type_text(meta: TensorMeta, other: TensorMeta) -> str:
    """The shape, and of dtype and device what differs from another type."""
    words = [shape_text(meta.shape)]
    if meta.dtype != other.dtype:
        words.append(_SHORT.get(meta.dtype, meta.dtype or "?"))
    if meta.device != other.device:
        words.append(meta.device or "?")
    return " ".join(words)


def same_type(one: TensorMeta, other: TensorMeta) -> bool:
    """Whether two tensors are alike as far as a reader sees."""
    return one.shape == other.shape and one.dtype == other.dtype and one.device == other.device


def sizes_between(one: TensorMeta, other: TensorMeta) -> set[tuple[int, int]]:
    """(before, after) of each size that differs, in two shapes of one rank."""
    if one.shape is None or other.shape is None or len(one.shape) != len(other.shape):
        return set()
    return {(size, its) for size, its in zip(one.shape, other.shape, strict=True) if size != its}


def listed(words: Sequence[str]) -> str:
    """Some words, as many as one line takes."""
    kept = ", ".join(words[:SHOWN])
    return kept if len(words) <= SHOWN else f"{kept} … {len(words) - SHOWN} more"


def counted(words: Iterable[str]) -> str:
    """Words, equal neighbours as one."""
    found: list[tuple[str, int]] = []
    for word in words:
        if found and found[-1][0] == word:
            found[-1] = (word, found[-1][1] + 1)
        else:
            found.append((word, 1))
    return listed([word if times == 1 else f"{word} {times}×" for word, times in found])
