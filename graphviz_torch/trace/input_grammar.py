"""The grammar of an input: `[NAME=]SHAPE[:DTYPE[:FILL]][@DEVICE]`, `[NAME=]@FILE[:KEY]` or `[NAME=]py:LITERAL`.

No torch in here.
"""

from __future__ import annotations

import ast
import difflib
import re
from dataclasses import dataclass
from typing import Any

from graphviz_torch.errors import InputError

DTYPES = {
    "f16": "float16", "bf16": "bfloat16", "f32": "float32", "f64": "float64", "i8": "int8", "i16": "int16",
    "i32": "int32", "i64": "int64", "u8": "uint8", "c64": "complex64", "c128": "complex128", "half": "float16",
    "float": "float32", "double": "float64", "int": "int32", "long": "int64",
}  # fmt: skip
NAMES = frozenset((*DTYPES.values(), "bool"))
FILLS = ("randn", "rand", "zeros", "ones", "arange")
NAMED = re.compile(r"(?P<name>[^\W\d]\w*)=(?P<value>.*)", re.DOTALL)
RANGE = re.compile(r"(?P<low>-?\d+(?:\.\d+)?)\.\.(?P<high>-?\d+(?:\.\d+)?)")
# Shapes as they are written elsewhere: 1,32 or (1, 32) or [1,32] or 1*32.
SEPARATED = re.compile(r"[(\[]?\s*\d+(?:[\s,;*X]+\d+)*[\s,]*[)\]]?")
SHAPES = "a shape is its sizes with x between them, or scalar"
LONGEST_SIZE = 18
EXAMPLE = "-i 1x3x224x224, -i ids=1x128:i64:0..30522, -i mask=1x128:bool:ones, -i x=@batch.pt:x, -i n=py:3"


@dataclass(frozen=True, slots=True)
class InputSpec:
    """One input as written.

    Attributes:
        text: the input as the user wrote it.
        name: the keyword; `None` for a positional one.
        shape: the sizes, for a made tensor.
        dtype: torch's name; empty for the default.
        fill: one of `FILLS`, `LO..HI`, or empty for the default of the dtype.
        device: empty for the default.
        file, key: for a tensor that is read.
        literal: a one-element tuple with the value, for `py:`.
    """

    text: str
    name: str | None = None
    shape: tuple[int, ...] | None = None
    dtype: str = ""
    fill: str = ""
    device: str = ""
    file: str = ""
    key: str = ""
    literal: tuple[Any, ...] = ()


def parse(text: str) -> InputSpec:
    """Reads one input.

    Raises:
        InputError: it is no input; the message names the part that is wrong.
    """
    match = NAMED.fullmatch(text)
    name, value = (match["name"], match["value"]) if match else (None, text)
    if value.startswith("py:"):
        return InputSpec(text, name, literal=(_literal(value[3:], text),))
    if value.startswith("@"):
        file, key = _file_and_key(value[1:], text)
        return InputSpec(text, name, file=file, key=key)
    value, at, device = value.partition("@")
    if at and not device:
        raise InputError(f"`{_clip(text)}` names no device after `@`", hint="-i 1x32@cuda:0")
    shape, *rest = value.split(":")
    dtype, fill = _dtype_and_fill(rest, text)
    return InputSpec(text, name, _shape(shape, text), dtype, fill, device)


def _literal(source: str, text: str) -> Any:
    try:
        return ast.literal_eval(source)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        raise InputError(f"`{_clip(text)}`: what follows `py:` is no Python literal", hint="-i n=py:3") from None


def _file_and_key(value: str, text: str) -> tuple[str, str]:
    file, colon, key = value.rpartition(":")
    if not colon or len(file) < 2 or "/" in key or "\\" in key:  # no key, or the colon of a Windows drive
        file, key = value, ""
    if not file:
        raise InputError(f"`{_clip(text)}` names no file", hint="-i @batch.pt:x")
    return file, key


def _shape(word: str, text: str) -> tuple[int, ...]:
    if word == "scalar":
        return ()
    sizes = word.lower().replace("×", "x").split("x")
    if not all(size.isascii() and size.isdigit() for size in sizes):
        raise _no_shape(word, text)
    if any(len(size.lstrip("0")) > LONGEST_SIZE for size in sizes):
        raise InputError(f"`{_clip(text)}`: no tensor is as large as `{_clip(word)}`", hint=EXAMPLE)
    return tuple(int(size) for size in sizes)


def _no_shape(word: str, text: str) -> InputError:
    name, equals, _ = word.partition("=")
    if equals:
        return InputError(f"`{_clip(text)}`: `{_clip(name)}` is no name of an input", hint=EXAMPLE)
    sizes = re.findall(r"\d+", word) if SEPARATED.fullmatch(word) else []
    hint = "-i " + text.replace(word, "x".join(sizes), 1) if sizes and len(text) < 80 else EXAMPLE
    return InputError(f"`{_clip(text)}`: `{_clip(word)}` is no shape", details=(SHAPES,), hint=hint)


def _dtype_and_fill(words: list[str], text: str) -> tuple[str, str]:
    if len(words) > 2:
        raise InputError(f"`{_clip(text)}` has too many parts", hint=EXAMPLE)
    if len(words) == 1 and _is_fill(words[0]):
        words = ["", words[0]]
    dtype, fill = [*words, "", ""][:2]
    dtype = dtype.removeprefix("torch.")
    dtype = DTYPES.get(dtype, dtype)
    if dtype and dtype not in NAMES:
        raise _unknown("dtype", dtype, [*DTYPES, "bool", *sorted(NAMES - {"bool"})], len(DTYPES) + 1, text)
    if fill and not _is_fill(fill):
        raise _unknown("fill", fill, [*FILLS, "LO..HI"], len(FILLS) + 1, text)
    return dtype, fill


def _unknown(what: str, word: str, known: list[str], told: int, text: str) -> InputError:
    close = difflib.get_close_matches(word.lower()[:40], known, 1)
    return InputError(
        f"`{_clip(text)}`: there is no {what} `{_clip(word)}`",
        details=(f"{what}s: {' '.join(known[:told])}",),
        hint="-i " + text.replace(word, close[0], 1) if close and len(text) < 80 else None,
    )


def _is_fill(word: str) -> bool:
    return word in FILLS or RANGE.fullmatch(word) is not None


def _clip(text: str) -> str:
    return text if len(text) <= 80 else text[:77] + "..."
