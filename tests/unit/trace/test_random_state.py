"""A run is seeded, and draws nothing from the process' own random states."""

from __future__ import annotations

import random

import numpy as np
import numpy.random
import torch
from torch import Tensor, nn

from graphviz_torch import api
from graphviz_torch.ir.graph import Graph
from graphviz_torch.trace.options import TraceOptions


class Drawing(nn.Module):
    """Draws from every generator there is, and goes the way that they tell."""

    def forward(self, x: Tensor) -> Tensor:
        for _ in range(random.randrange(1, 9) + int(np.random.randint(1, 9)) + int(torch.randint(1, 9, ()))):
            x = x + 1
        return x


def test_two_traces_with_one_seed_go_the_same_way() -> None:
    def trace(seed: int) -> Graph:
        return api.trace(Drawing(), (torch.ones(1),), options=TraceOptions(seed=seed))

    assert trace(3) == trace(3)
    assert len({len(trace(seed).nodes) for seed in range(5)}) > 1


def test_the_states_of_the_process_are_put_back() -> None:
    def states() -> tuple[object, ...]:
        name, keys, *rest = np.random.get_state()
        return random.getstate(), (name, keys.tobytes(), *rest), torch.get_rng_state().tolist()

    before = states()
    api.trace(Drawing(), (torch.ones(1),), options=TraceOptions(seed=3))
    assert states() == before


def test_an_accelerator_that_is_not_in_use_is_told_nothing() -> None:
    before = list(torch.cuda._queued_calls)
    api.trace(Drawing(), (torch.ones(1),), options=TraceOptions(seed=3))
    assert torch.cuda._queued_calls == before
