"""Inputs: from what the user wrote to tensors, matched to the signature of the model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import nn

from graphviz_torch.errors import InputError
from graphviz_torch.trace import input_files
from graphviz_torch.trace.input_grammar import RANGE, InputSpec
from graphviz_torch.trace.said import clip, first_line

SMALL_INTEGERS = 2
# What torch raises for sizes, devices and dtypes that are not there.
UNMAKEABLE = (RuntimeError, MemoryError, AssertionError, TypeError, ValueError, OverflowError)


def make(model: nn.Module, specs: Sequence[InputSpec], seed: int | None = 0) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Positional and keyword arguments for a model.

    Args:
        seed: of the random fills; the process' own random state is put back.

    Raises:
        InputError: an input cannot be made or read, or does not match `forward`.
    """
    generator = torch.Generator()
    generator.manual_seed(seed or 0)
    highest = _smallest_embedding(model)
    args: list[Any] = []
    kwargs: dict[str, Any] = {}
    for spec in specs:
        value = _value(spec, generator, highest)
        if spec.name is None:
            args.append(value)
        elif spec.name in kwargs:
            raise InputError(f"the input `{clip(spec.name)}` is given twice")
        else:
            kwargs[spec.name] = value
    return tuple(args), kwargs


# ---- one value


def _value(spec: InputSpec, generator: torch.Generator, highest: int) -> Any:
    if spec.literal:
        return spec.literal[0]
    if spec.file:
        return input_files.read(spec.file, spec.key)
    dtype = getattr(torch, spec.dtype) if spec.dtype else torch.get_default_dtype()
    try:
        made = _filled(spec, dtype, generator, highest)
        return made.to(spec.device) if spec.device else made
    except UNMAKEABLE as error:
        raise InputError(f"`{clip(spec.text)}` cannot be made: {first_line(error)}") from error


def _filled(spec: InputSpec, dtype: torch.dtype, generator: torch.Generator, highest: int) -> torch.Tensor:
    shape = spec.shape or ()
    numeric = dtype.is_floating_point or dtype.is_complex
    fill = spec.fill or (
        "randn" if numeric else "ones" if dtype is torch.bool else f"0..{min(SMALL_INTEGERS, highest)}"
    )
    between = RANGE.fullmatch(fill)
    if between:
        return _between(float(between["low"]), float(between["high"]), shape, dtype, generator, spec)
    if fill == "arange":
        count = 1
        for size in shape:
            count *= size
        return torch.arange(count).reshape(shape).to(dtype)
    if fill in ("zeros", "ones"):
        return torch.zeros(shape, dtype=dtype) if fill == "zeros" else torch.ones(shape, dtype=dtype)
    if not numeric:
        raise InputError(
            f"`{clip(spec.text)}`: `{fill}` makes fractions, which {spec.dtype} cannot hold", hint="0..10 or zeros"
        )
    wide = torch.float32 if not dtype.is_complex else torch.complex64
    random = torch.randn if fill == "randn" else torch.rand
    return random(shape, generator=generator, dtype=wide if dtype.itemsize < wide.itemsize else dtype).to(dtype)


def _between(
    low: float, high: float, shape: tuple[int, ...], dtype: torch.dtype, generator: torch.Generator, spec: InputSpec
) -> torch.Tensor:
    if not low < high:
        raise InputError(f"`{clip(spec.text)}`: the range {spec.fill} is empty; its end is left out", hint="0..10")
    if dtype.is_floating_point or dtype.is_complex:
        return (torch.rand(shape, generator=generator) * (high - low) + low).to(dtype)
    lowest, highest = (0, 1) if dtype is torch.bool else (torch.iinfo(dtype).min, torch.iinfo(dtype).max)
    if low < lowest or high - 1 > highest:
        raise InputError(
            f"`{clip(spec.text)}`: {spec.dtype} holds {lowest} to {highest}", hint="a smaller range or a wider dtype"
        )
    return torch.randint(int(low), int(high), shape, generator=generator).to(dtype)


def _smallest_embedding(model: nn.Module) -> int:
    sizes = [module.num_embeddings for module in model.modules() if isinstance(module, (nn.Embedding, nn.EmbeddingBag))]
    return max(1, min(sizes, default=SMALL_INTEGERS))
