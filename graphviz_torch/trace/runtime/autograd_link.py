"""Links operations to the autograd nodes they made, by sequence numbers."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable

import torch


class GradNames:
    """Names of autograd nodes by sequence number."""

    def __init__(self, outputs: Iterable[torch.Tensor]) -> None:
        found = sorted(_walk(tensor.grad_fn for tensor in outputs if tensor.grad_fn is not None))
        self._numbers = [number for number, _ in found]
        self._names = [name for _, name in found]

    def between(self, first: int, last: int) -> tuple[str, ...]:
        """The nodes made from one sequence number up to another, in order."""
        return tuple(self._names[bisect_left(self._numbers, first) : bisect_left(self._numbers, last)])


def _walk(starts: Iterable[object]) -> Iterable[tuple[int, str]]:
    seen = set()
    todo = list(starts)
    while todo:
        node = todo.pop()
        if node in seen:
            continue
        seen.add(node)
        number = node._sequence_nr()  # type: ignore[attr-defined]
        if number < 2**63:
            yield number, node.name().removeprefix("torch::autograd::")  # type: ignore[attr-defined]
        todo.extend(following for following, _ in node.next_functions if following is not None)  # type: ignore[attr-defined]
