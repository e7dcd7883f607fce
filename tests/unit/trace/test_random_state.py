"""A run is seeded, and draws nothing from the process' own random states."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import numpy.random
import torch
from torch import Tensor, nn

from graphviz_torch import api
from graphviz_torch.ir.graph import Graph
from graphviz_torch.trace.options import TraceOptions

ROOT = Path(__file__).parents[3]


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


FACTORY = """
import random
import numpy as np
import torch
from torch import nn

def build():
    drawn = [random.random(), np.random.rand(), float(torch.rand(()))]
    return nn.Sequential(*(nn.Linear(2, 2) for _ in range(1 + int(9 * drawn[1])))), (torch.full((1, 2), drawn[0]),)
"""
LOAD = """
import random, sys, torch
from graphviz_torch.trace import loading, targets
first = random.getstate(), torch.get_rng_state().tolist()
print([(len(made.model), made.args[0].tolist()) for made in [loading.load(targets.parse("made.py:build"), 5)]])
assert first == (random.getstate(), torch.get_rng_state().tolist())
import numpy as np
print(np.random.rand(), file=sys.stderr)
"""


def loaded(folder: Path, before: str) -> tuple[str, str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-W", "ignore", "-c", before + LOAD]
    found = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=True)
    return found.stdout, found.stderr


def test_a_factory_draws_the_same_from_every_generator(tmp_path: Path) -> None:
    """Whether NumPy's is loaded already, or only by the factory; and in the end it is as random as before."""
    (tmp_path / "made.py").write_text(FACTORY)
    one, other = loaded(tmp_path, ""), loaded(tmp_path, "import numpy.random\n")
    assert one[0] == other[0]
    assert one[1] != other[1]


def test_an_accelerator_that_is_not_in_use_is_told_nothing() -> None:
    before = list(torch.cuda._queued_calls)
    api.trace(Drawing(), (torch.ones(1),), options=TraceOptions(seed=3))
    assert torch.cuda._queued_calls == before
