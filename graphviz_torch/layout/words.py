"""Short words for sizes, types and numbers: `4×512×2×2 f16`, `23.8 M`."""

from __future__ import annotations

import re
from functools import lru_cache

from graphviz_torch.ir.graph import Module, TensorMeta

DTYPES = {
    "float64": "f64",
    "float16": "f16",
    "bfloat16": "bf16",
    "int64": "i64",
    "int32": "i32",
    "int16": "i16",
    "int8": "i8",
    "uint8": "u8",
    "complex64": "c64",
    "complex128": "c128",
}
PLAIN = "float32"
SKIPPED = frozenset("eps affine track_running_stats elementwise_affine momentum bias ceil_mode inplace dtype".split())


@lru_cache(maxsize=65536)
def shape_words(shape: tuple[int, ...] | None) -> str:
    """`4×32`; `scalar` for no dimensions; empty where unknown."""
    if shape is None:
        return ""
    return "×".join(map(str, shape)) if shape else "scalar"


def meta_words(meta: TensorMeta, *, device: bool = False) -> str:
    """The shape, the type of the elements where it is not float32, and the device where asked for."""
    words = shape_words(meta.shape)
    if meta.dtype and meta.dtype != PLAIN:
        words = f"{words} {DTYPES.get(meta.dtype, meta.dtype)}"
    if device and meta.device:
        words = f"{words} {meta.device}"
    return words.lstrip()


def humanised(count: int) -> str:
    """`528`, `1.2 k`, `393 k`, `23.8 M`."""
    if count < 1000:
        return str(count)
    size = float(count)
    for unit in ("k", "M", "G", "T"):
        size /= 1000
        if size < 999.5 or unit == "T":
            return f"{size:.1f} {unit}" if size < 99.95 else f"{size:.0f} {unit}"
    raise AssertionError("unreachable")


def parameter_words(count: int) -> str:
    """`4.2 k`, and `128 params`, since a small number without a unit looks like a size; empty for none."""
    if not count:
        return ""
    return humanised(count) if count >= 1000 else f"{count} param{'s' if count > 1 else ''}"


def _arguments(text: str) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """The parts of an `extra_repr()`: positional ones and named ones."""
    if len(text) > 2000:
        return (), ()
    parts = [part.strip() for part in re.split(r",(?![^()\[\]]*[)\]])", text) if part.strip()]
    named = [re.fullmatch(r"(\w+)=(.*)", part, re.DOTALL) for part in parts]
    plain = tuple(part for part, match in zip(parts, named, strict=True) if match is None)
    return plain, tuple((match[1], match[2]) for match in named if match)


def module_words(module: Module) -> str:
    """The arguments that matter: `32 → 16`, `3 → 64 · 3×3 s2 p1`, `p=0.1`."""
    return _argument_words(module.arguments) if module.arguments else ""


@lru_cache(maxsize=4096)
def _argument_words(text: str) -> str:
    plain, named = _arguments(text)
    table = dict(named)
    ends = _ends(plain, table)
    words = [ends] if ends else [", ".join(part.strip("(),") for part in plain if len(part) < 24)]
    words.append(_window(table))
    words.extend(_rest(table))
    return " · ".join(word for word in words if word)


def _ends(plain: tuple[str, ...], table: dict[str, str]) -> str:
    """`in → out` where the arguments have both."""
    if "in1_features" in table and "in2_features" in table and "out_features" in table:
        return f"{table.pop('in1_features')}, {table.pop('in2_features')} → {table.pop('out_features')}"
    for before, after in (("in_features", "out_features"), ("nx", "nf")):
        if before in table and after in table:
            return f"{table.pop(before)} → {table.pop(after)}"
    if len(plain) >= 2 and plain[0].isdigit() and plain[1].isdigit():
        return f"{plain[0]} → {plain[1]}"
    return ""


def _window(table: dict[str, str]) -> str:
    """`3×3 s2 p1 d2 g32` of a convolution or a pool."""
    kernel = table.pop("kernel_size", None)
    if kernel is None:
        return ""
    words = [_sizes(kernel, square=True)]
    for key, letter, usual in (
        ("stride", "s", "1"),
        ("padding", "p", "0"),
        ("dilation", "d", "1"),
        ("groups", "g", "1"),
    ):
        size = _sizes(table.pop(key, usual))
        if size not in (usual, "none"):
            words.append(letter + size)
    return " ".join(words)


def _sizes(text: str, *, square: bool = False) -> str:
    parts = [part.strip() for part in text.strip("()[]").split(",") if part.strip()]
    if len(parts) == 1 and square and not text.startswith("("):
        return f"{parts[0]}×{parts[0]}"
    if len(set(parts)) == 1 and not square:
        return parts[0]
    return "×".join(parts)


def _rest(table: dict[str, str]) -> list[str]:
    """What else is worth saying."""
    words = []
    for key, value in table.items():
        if key in SKIPPED or value in ("", "None", "False", "'none'") or len(value) > 16:
            continue
        if key == "num_layers":
            words.append(f"{value} layers")
        elif key in ("start_dim", "end_dim") or key.startswith("batch_first"):
            continue
        else:
            words.append(key if value == "True" else f"{key}={value}")
    return words[:2]
