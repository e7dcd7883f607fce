"""What a model holds of NumPy, iterators and generators: put back where that can be done, told where not."""

from __future__ import annotations

import sys
import zlib
from collections.abc import Callable
from functools import partial
from operator import length_hint
from types import GeneratorType
from typing import Any

# An array that is not larger is copied; one that is not larger than the second number is compared.
COPIED_BYTES = 2**20
COMPARED_BYTES = 2**26
ITERATORS = ("builtins", "itertools")


class Foreign:
    """Keeps them for one run."""

    def __init__(self) -> None:
        self._undo: list[Callable[[], None]] = []
        # What each is called, with what tells that it has changed, and what that was.
        self._told: list[tuple[str, Callable[[Any], Any], Any, Any]] = []

    def keep(self, value: Any) -> None:
        """Keeps one of the objects that this class is for."""
        if isinstance(value, GeneratorType):
            self._tell(f"the generator `{value.__qualname__}`", _instruction, value)
        elif hasattr(value, "__next__"):
            self._iterator(value)
        elif hasattr(value, "set_state"):
            self._undo.append(partial(value.set_state, value.get_state()))
        elif hasattr(value, "state"):
            self._undo.append(partial(setattr, value, "state", value.state))
        elif hasattr(value, "bit_generator"):
            self.keep(value.bit_generator)
        elif value.nbytes <= COPIED_BYTES:
            if value.flags.writeable:
                before = value.copy()
                self._undo.append(lambda: _fill(value, before))
        elif value.nbytes <= COMPARED_BYTES and value.flags.c_contiguous and not value.dtype.hasobject:
            self._tell(f"an array of shape {tuple(value.shape)}", zlib.crc32, value)

    def restore(self) -> None:
        """Puts back what can be."""
        for undo in self._undo:
            undo()

    def changed(self) -> list[str]:
        """What is not as it was, once the rest is put back."""
        return [name for name, tell, value, before in self._told if tell(value) != before]

    def _iterator(self, value: Any) -> None:
        state = value.__reduce__()[2:] if hasattr(value, "__setstate__") else ()
        if state:
            self._undo.append(lambda: value.__setstate__(state[0]))
        self._tell(f"an iterator (`{type(value).__name__}`)", length_hint, value)

    def _tell(self, name: str, tell: Callable[[Any], Any], value: Any) -> None:
        self._told.append((name, tell, value, tell(value)))


def holds(kind: type) -> bool:
    """Whether objects of a class are such."""
    numpy, random = sys.modules.get("numpy"), sys.modules.get("numpy.random")
    if numpy is not None and issubclass(kind, numpy.ndarray):
        return True
    if random is not None and issubclass(kind, (random.Generator, random.RandomState, random.BitGenerator)):
        return True
    counted = hasattr(kind, "__next__") and hasattr(kind, "__length_hint__") and kind.__module__ in ITERATORS
    return counted or issubclass(kind, GeneratorType)


def _instruction(generator: Any) -> int | None:
    """Where a generator stands; `None` once it has ended."""
    return None if generator.gi_frame is None else int(generator.gi_frame.f_lasti)


def _fill(array: Any, before: Any) -> None:
    if array.dtype.hasobject or array.tobytes() != before.tobytes():
        array[...] = before
