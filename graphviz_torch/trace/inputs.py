"""Inputs: from what the user wrote to tensors, matched to the signature of the model."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any

import torch
from torch import nn

from graphviz_torch.errors import InputError
from graphviz_torch.trace import input_files
from graphviz_torch.trace.input_grammar import RANGE, InputSpec

SMALL_INTEGERS = 2


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
            raise InputError(f"the input `{spec.name}` is given twice")
        else:
            kwargs[spec.name] = value
    return tuple(args), kwargs


def check(model: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any], target: str) -> None:
    """Matches arguments to the signature of `forward`.

    Raises:
        InputError: too few, too many or misnamed; the message shows the signature and a line to edit.
    """
    try:
        signature = inspect.signature(model.forward)
    except (TypeError, ValueError):
        return
    try:
        signature.bind(*args, **kwargs)
    except TypeError as error:
        raise _mismatch(signature, args, kwargs, target, str(error)) from None


def needs_input(model: nn.Module) -> bool:
    """Whether `forward` has parameters without a default."""
    try:
        inspect.signature(model.forward).bind()
    except TypeError:
        return True
    except ValueError:
        return False
    return False


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
    except (RuntimeError, MemoryError, AssertionError) as error:
        raise InputError(f"`{spec.text}` cannot be made: {str(error).splitlines()[0]}") from error


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
            f"`{spec.text}`: `{fill}` makes fractions, which {spec.dtype} cannot hold", hint="0..10 or zeros"
        )
    wide = torch.float32 if not dtype.is_complex else torch.complex64
    random = torch.randn if fill == "randn" else torch.rand
    return random(shape, generator=generator, dtype=wide if dtype.itemsize < wide.itemsize else dtype).to(dtype)


def _between(
    low: float, high: float, shape: tuple[int, ...], dtype: torch.dtype, generator: torch.Generator, spec: InputSpec
) -> torch.Tensor:
    if not low < high:
        raise InputError(f"`{spec.text}`: the range {spec.fill} is empty; its end is left out", hint="0..10")
    if dtype.is_floating_point or dtype.is_complex:
        return (torch.rand(shape, generator=generator) * (high - low) + low).to(dtype)
    return torch.randint(int(low), int(high), shape, generator=generator).to(dtype)


def _smallest_embedding(model: nn.Module) -> int:
    sizes = [module.num_embeddings for module in model.modules() if isinstance(module, (nn.Embedding, nn.EmbeddingBag))]
    return max(1, min(sizes, default=SMALL_INTEGERS))


# ---- words


def _mismatch(
    signature: inspect.Signature, args: tuple[Any, ...], kwargs: dict[str, Any], target: str, problem: str
) -> InputError:
    parameters = list(signature.parameters.values())
    given = len(args) + len(kwargs)
    required = [
        p
        for p in parameters
        if p.default is p.empty and p.kind in (p.POSITIONAL_OR_KEYWORD, p.POSITIONAL_ONLY, p.KEYWORD_ONLY)
    ]
    positional = [p for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.POSITIONAL_ONLY)]
    filled = {p.name for p in positional[: len(args)]} | set(kwargs)
    missing = [p.name for p in required if p.name not in filled]
    if missing and all(name in signature.parameters for name in kwargs):
        message = f"`{target}` needs {_inputs(len(required))}, {_were(given)} given"
    else:
        message = f"the inputs do not match `{target}`: {problem}"
    line, carets = _signature_lines(signature, missing)
    details = (line, carets + "required") if missing else (line,)
    return InputError(message, details=details, hint=_line_to_edit(missing, parameters, kwargs))


def _inputs(count: int) -> str:
    return f"{count} input" if count == 1 else f"{count} inputs"


def _were(count: int) -> str:
    return "none was" if count == 0 else f"{count} was" if count == 1 else f"{count} were"


def _signature_lines(signature: inspect.Signature, missing: list[str]) -> tuple[str, str]:
    bare = [p.replace(annotation=p.empty) for p in signature.parameters.values()]
    words = [str(p) for p in bare]
    line = "forward(self"
    carets = " " * len(line)
    for parameter, word in zip(bare, words, strict=True):
        line += ", " + word
        carets += "  " + ("^" if parameter.name in missing else " ") * len(word)
    return line + ")", carets.rstrip() + " "


def _line_to_edit(missing: list[str], parameters: list[inspect.Parameter], kwargs: dict[str, Any]) -> str | None:
    if missing:
        words = " ".join(f"-i {name}={_example(name)}" for name in missing)
        return f"add `{words}` (edit shape and dtype)"
    names = [p.name for p in parameters]
    unknown = [name for name in kwargs if name not in names]
    return f"`{unknown[0]}` is none of: {', '.join(names)}" if unknown else None


def _example(name: str) -> str:
    if "mask" in name:
        return "1x32:bool"
    if name.endswith(("ids", "idx", "index", "tokens", "labels")) or "token" in name:
        return "1x32:i64:0..100"
    return "1x32"
