"""The random states of the process: seeded for a run, then put back."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

import torch


@contextmanager
def random_state(seed: int | None, accelerators: Sequence[torch.device]) -> Iterator[None]:
    """Puts the states of torch, of Python's `random` and of NumPy's global generator back after the block.

    Args:
        seed: for all of them; `None` goes on from where they are.
        accelerators: the devices whose generators may be drawn from.
    """
    numpy = _numpy()
    python, torch_state = random.getstate(), torch.default_generator.get_state()
    numpy_state = numpy.get_state() if numpy is not None else None
    with ExitStack() as stack:
        for kind in sorted({device.type for device in accelerators}):
            indices = sorted({device.index or 0 for device in accelerators if device.type == kind})
            stack.enter_context(torch.random.fork_rng(indices, device_type=kind))
        try:
            if seed is not None:
                _seed(seed, bool(accelerators))
            yield
        finally:
            torch.default_generator.set_state(torch_state)
            random.setstate(python)
            if numpy is not None:
                numpy.set_state(numpy_state)


def _numpy() -> Any:
    """NumPy's generators, where somebody has loaded them; NumPy itself does when they are first asked for."""
    return sys.modules.get("numpy.random")


def _seed(seed: int, everywhere: bool) -> None:
    random.seed(seed)
    numpy = _numpy()
    if numpy is not None:
        numpy.seed(seed % 2**32)
    if everywhere:
        torch.manual_seed(seed)
    else:  # `torch.manual_seed` leaves a note for each accelerator that is not in use yet, which takes longer
        torch.default_generator.manual_seed(seed)
