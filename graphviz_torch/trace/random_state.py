"""The random states of the process: seeded for a run, then put back."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from types import ModuleType
from typing import Any

import torch

LARGEST = 2**32


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
    finder = _seed_when_loaded(seed) if numpy is None and seed is not None else None
    try:
        with _forked(accelerators) if accelerators else nullcontext():
            if seed is not None:
                _seed(seed, bool(accelerators))
            yield
    finally:
        torch.default_generator.set_state(torch_state)
        random.setstate(python)
        if numpy is not None:
            numpy.set_state(numpy_state)
        if finder is not None:
            _forget(finder)


@contextmanager
def _forked(accelerators: Sequence[torch.device]) -> Iterator[None]:
    """Puts the states of the generators of devices back."""
    with ExitStack() as stack:
        for kind in sorted({device.type for device in accelerators}):
            indices = sorted({device.index or 0 for device in accelerators if device.type == kind})
            stack.enter_context(torch.random.fork_rng(indices, device_type=kind))
        yield


def _numpy() -> Any:
    """NumPy's generators, where somebody has loaded them; NumPy itself does when they are first asked for."""
    return sys.modules.get("numpy.random")


def _seed(seed: int, everywhere: bool) -> None:
    random.seed(seed)
    numpy = _numpy()
    if numpy is not None:
        numpy.seed(seed % LARGEST)
    if everywhere:
        torch.manual_seed(seed)
    else:  # `torch.manual_seed` leaves a note for each accelerator that is not in use yet, which takes longer
        torch.default_generator.manual_seed(seed)


def _seed_when_loaded(seed: int) -> MetaPathFinder:
    """Seeds NumPy's generator as soon as somebody loads it; to load it for those who do not takes longer."""
    finder = _SeedingFinder(seed)
    sys.meta_path.insert(0, finder)
    return finder


def _forget(finder: MetaPathFinder) -> None:
    """Ends the wait for NumPy."""
    with suppress(ValueError):
        sys.meta_path.remove(finder)
    numpy = _numpy()
    if numpy is not None:
        numpy.seed()  # as it would be without us


class _SeedingFinder(MetaPathFinder):
    """Has `numpy.random` found by the others, and seeds it once it is there."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def find_spec(self, fullname: str, path: Any = None, target: ModuleType | None = None) -> ModuleSpec | None:
        """The module's own spec, whose loader seeds too."""
        if fullname != "numpy.random" or self not in sys.meta_path:
            return None
        sys.meta_path.remove(self)
        spec = find_spec(fullname)
        loader = None if spec is None else spec.loader
        if spec is None or loader is None:
            return spec
        execute = loader.exec_module

        def execute_and_seed(module: ModuleType) -> None:
            execute(module)
            module.seed(self._seed % LARGEST)

        loader.exec_module = execute_and_seed  # type: ignore[method-assign]
        return spec
