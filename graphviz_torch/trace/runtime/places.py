"""Places in the user's code, as cheaply as they can be noted, and the methods that the interpreter is in."""

from __future__ import annotations

import inspect
import os
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from types import CodeType, FrameType
from typing import Any

import torch
from torch import nn

from graphviz_torch.trace.runtime.records import Place
from graphviz_torch.trace.said import folder_of
from graphviz_torch.trace.statics import of_class

TORCH = os.path.join(torch.__path__[0], "")  # with the separator: torchvision lies beside it
OURS = __file__.rpartition("trace")[0]
# Where a recorded call begins, and where the tracers call the model: what lies beyond is the caller's affair.
BORDERS = frozenset(("call_recorded", "apply_recorded", "script_recorded", "_traced", "trace"))
FARTHEST = 60
DECORATORS = 4

KNOWN, USER, METHOD, BORDER = 1, 2, 4, 8


def is_user(code: CodeType) -> bool:
    """Whether code is the user's: neither torch's nor ours nor made up by the interpreter."""
    return is_user_file(code.co_filename)


# Looked up by file, since hashing a code object hashes all that is in it.
@cache
def is_user_file(file: str) -> bool:
    """Whether code in a file is the user's."""
    return not (file.startswith((TORCH, OURS, "<", folder_of("torchviz_cli"))))


@dataclass(frozen=True, slots=True)
class Method:
    """A method of a module that is running.

    Attributes:
        given: its arguments, as they are now.
        activation: tells this run of the method from others: the frame, and where its caller stands.
        instruction: where it stands itself.
        direct: whether no other code of the user's lies between it and torch.
        caller: where the user's code calls it.
    """

    module: nn.Module
    name: str
    given: tuple[Any, ...]
    activation: tuple[int, int]
    instruction: int
    code: CodeType
    direct: bool
    caller: Place | None = None

    def follows(self, instruction: int) -> bool:
        """Whether the same run of a method can have come from one instruction to this one."""
        if self.instruction == instruction:
            return not self.direct or _loops(self.code)
        return self.instruction > instruction or _loops(self.code)


class Frames:
    """Walks the frames of the interpreter; what is found for a code object is kept."""

    def __init__(self) -> None:
        self._traits: dict[int, tuple[int, CodeType]] = {}
        self._methods: dict[tuple[type, int], bool] = {}
        self._forwards: dict[type, tuple[frozenset[int], bool]] = {}
        self._codes: list[tuple[CodeType, ...]] = []

    def look(self, frame: FrameType | None, forward: frozenset[int]) -> tuple[Place | None, list[Method]]:
        """The innermost place in the user's code, and the methods of other modules around it, innermost first.

        Args:
            forward: ids of the code objects where the present module's own code begins; nothing beyond is looked at.
        """
        place: Place | None = None
        methods: list[Method] = []
        steps = 0
        while frame is not None and steps < FARTHEST:
            code = frame.f_code
            known = self._traits.get(id(code))
            traits = known[0] if known is not None else self._learn(code)
            if traits == KNOWN and id(code) not in forward:
                frame = frame.f_back
                steps += 1
                continue
            if traits & BORDER:
                break
            if traits & METHOD and id(code) not in forward:
                method = self._method(frame, place is None)
                if method is not None:
                    methods.append(method)
            if place is None and traits & USER:
                place = code, frame.f_lasti
            if id(code) in forward:
                break
            frame = frame.f_back
            steps += 1
        return place, methods

    def forward(self, kind: type) -> tuple[frozenset[int], bool]:
        """Ids of the code objects of `forward` of a class, with those of its decorators, and whether it is torch's."""
        found = self._forwards.get(kind)
        if found is None:
            codes = _codes(kind)
            self._codes.append(codes)  # or other code could get their ids
            own = bool(codes) and not is_user(codes[0])
            found = self._forwards[kind] = frozenset(id(code) for code in codes), own
        return found

    def kinds(self) -> Iterable[type]:
        """The classes whose `forward` was asked for."""
        return self._forwards

    def _learn(self, code: CodeType) -> int:
        traits = KNOWN
        if is_user(code):
            traits |= USER
        if code.co_name in BORDERS and code.co_filename.startswith(OURS):
            traits |= BORDER
        if _can_be_method(code):
            traits |= METHOD
        self._traits[id(code)] = traits, code
        return traits

    def _method(self, frame: FrameType, direct: bool) -> Method | None:
        """The method that a frame runs, if it is one of a module."""
        code = frame.f_code
        names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
        variables = frame.f_locals
        module = variables.get(names[0])
        given = tuple([variables.get(name) for name in names[1:]])
        if type(variables) is dict:
            variables.clear()  # this copy would keep tensors alive for as long as the frame
        if not isinstance(module, nn.Module) or not self._owns(type(module), code):
            return None
        caller = frame.f_back
        activation = id(frame), caller.f_lasti if caller is not None else 0
        return Method(module, code.co_name, given, activation, frame.f_lasti, code, direct, _calling(caller))

    def _owns(self, kind: type, code: CodeType) -> bool:
        """Whether code is that of a method of a class."""
        known = self._methods.get((kind, id(code)))
        if known is None:
            method = of_class(kind, code.co_name)
            known = self._methods[kind, id(code)] = any(found is code for found in _unwrapped(method))
        return known


def _calling(frame: FrameType | None) -> Place | None:
    """Where the user's code calls a method; decorators of torch's can lie between."""
    for _ in range(DECORATORS):
        if frame is None or is_user(frame.f_code):
            break
        frame = frame.f_back
    return (frame.f_code, frame.f_lasti) if frame is not None and is_user(frame.f_code) else None


def _codes(kind: type) -> tuple[CodeType, ...]:
    return _unwrapped(of_class(kind, "forward"))


def _unwrapped(function: Any) -> tuple[CodeType, ...]:
    """The code of a function and of what it wraps."""
    found: list[CodeType] = []
    while function is not None and len(found) < FARTHEST:
        code = getattr(function, "__code__", None)
        if code is not None:
            found.append(code)
        function = getattr(function, "__wrapped__", None)
    return tuple(found)


def _can_be_method(code: CodeType) -> bool:
    around = code.co_qualname.rpartition(".")[0]
    plain = code.co_flags & inspect.CO_OPTIMIZED and code.co_argcount > 0 and around and around[-1] != ">"
    return bool(plain) and not code.co_filename.startswith(OURS) and not code.co_filename.endswith(NO_MODULES)


# Methods of tensors, of modes and of the machinery of modules: the first argument is no module, or any module.
NO_MODULES = (
    "torch/_tensor.py",
    "torch/overrides.py",
    "torch/nn/modules/module.py",
    "torch/utils/_contextlib.py",
    "torch/_dynamo/eval_frame.py",
)


@cache
def _jumps(code: bytes) -> bool:
    backward = {number for name, number in _opmap().items() if name.startswith("JUMP_BACKWARD")}
    return any(code[place] in backward for place in range(0, len(code), 2))


@cache
def _opmap() -> dict[str, int]:
    import dis

    return dict(dis.opmap)


def _loops(code: CodeType) -> bool:
    """Whether an instruction can run again without the function being called again."""
    return _jumps(code.co_code)
