"""Places in the user's code, as cheaply as they can be noted: a code object and an instruction."""

from __future__ import annotations

from functools import cache
from types import CodeType, FrameType

import torch

from graphviz_torch.trace.runtime.records import Place

TORCH = torch.__path__[0]
OURS = __file__.rpartition("trace")[0]
FARTHEST = 60


def is_user(code: CodeType) -> bool:
    """Whether code is the user's: neither torch's nor ours nor made up by the interpreter."""
    return is_user_file(code.co_filename)


# Looked up by file, since hashing a code object hashes all that is in it.
@cache
def is_user_file(file: str) -> bool:
    """Whether code in a file is the user's."""
    return not (file.startswith((TORCH, OURS)) or file[:1] == "<")


def user_place(frame: FrameType | None) -> Place | None:
    """The innermost frame of the user's; `None` where the call was made inside torch, by a module of torch's own."""
    steps = 0
    while frame is not None and steps < FARTHEST:
        code = frame.f_code
        if is_user_file(code.co_filename):
            return code, frame.f_lasti
        if code.co_name == "call_recorded" and code.co_filename.startswith(OURS):
            return None
        frame = frame.f_back
        steps += 1
    return None
