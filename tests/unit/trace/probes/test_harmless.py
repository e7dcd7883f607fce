"""After each probe everything is as before, whatever the model did and however the run ended."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from graphviz_torch import api
from graphviz_torch.check.options import CheckOptions
from graphviz_torch.trace.options import TraceOptions
from graphviz_torch.trace.probes.model import Probes
from tests.models.disorder import Disorder
from tests.support import state

torch.set_num_threads(1)
PROBES: dict[str, Callable[[Probes], Any]] = {
    "run": Probes.run,
    "backward": Probes.backward,
    "stats": Probes.stats,
    "timings": Probes.timings,
    "other_batch": Probes.other_batch,
    "conflicts": Probes.conflicts,
    "loose": Probes.loose,
    "remembers": Probes.remembers,
}


@contextmanager
def as_before(model: nn.Module, x: Tensor) -> Iterator[None]:
    """Whatever is done inside leaves the model, its input and the process as they were."""
    before = state.of_model(model), state.of_tensor(x), state.process(), state.namespaces()
    yield
    after = state.of_model(model), state.of_tensor(x), state.process(), state.namespaces()
    assert state.differences(before[0], after[0]) == []
    assert before[1] == after[1]
    assert state.differences(before[2], after[2]) == []
    assert state.differences(before[3], after[3]) == []


@pytest.mark.parametrize("end", [None, ValueError])
@pytest.mark.parametrize("training", [None, False, True])
@pytest.mark.parametrize("name", PROBES)
def test_everything_is_as_before(name: str, training: bool | None, end: type[BaseException] | None) -> None:
    torch.manual_seed(0)
    model = Disorder(end)
    x, extra = torch.randn(3, 4), {"list": [0]}
    x.grad = torch.ones(3, 4)
    with as_before(model, x):
        PROBES[name](Probes(model, (x, extra), {}, TraceOptions(training=training, seed=3)))
    assert extra == {"list": [0]}


class Usual(nn.Module):
    """Batch norm, dropout, gradients that are there already, and hooks that look at gradients."""

    def __init__(self, reentrant: bool = False) -> None:
        super().__init__()
        self.fc, self.norm, self.drop, self.out = nn.Linear(4, 4), nn.BatchNorm1d(4), nn.Dropout(0.5), nn.Linear(4, 2)
        self.fc.weight.grad = torch.ones(4, 4)
        self.reentrant = reentrant
        self.seen: list[float] = []
        self.out.register_full_backward_hook(lambda module, *grads: self.seen.append(1.0))

    def forward(self, x: Tensor) -> Tensor:
        x = self.norm(self.fc(x))
        if self.reentrant:
            x = checkpoint(self.drop, x, use_reentrant=True)
        return self.out(self.drop(x).relu())


@pytest.mark.parametrize("reentrant", [False, True])
@pytest.mark.parametrize("name", ["backward", "stats", "timings"])
def test_a_usual_model_in_training_is_as_before(name: str, reentrant: bool) -> None:
    torch.manual_seed(0)
    model, x = Usual(reentrant), torch.randn(6, 4)
    before, world = state.of_model(model), state.process()
    found = PROBES[name](Probes(model, (x,), {}, TraceOptions(training=True, seed=0)))
    assert state.differences(before, state.of_model(model)) == []
    assert state.differences(world, state.process()) == []
    assert model.seen == []
    if name == "backward":
        assert [one.name for one in found.gradients if one.norm is None] == []
        assert len(found.gradients) == 6


def test_the_users_loss_can_be_as_rude_as_a_model() -> None:
    torch.manual_seed(0)
    model, x = Usual(), torch.randn(6, 4)

    def loss(out: Tensor, given: Tensor) -> Tensor:
        torch.manual_seed(99)
        model.fc.weight.data.zero_()
        model.train(False)
        total = out.square().mean()
        total.backward(retain_graph=True)
        return total

    before, world = state.of_model(model), state.process()
    Probes(model, (x,), {}, TraceOptions(training=True, seed=0)).backward(loss)
    changed = state.differences(before, state.of_model(model))
    assert state.differences(world, state.process()) == []
    assert changed == []


@pytest.mark.parametrize("end", [None, ValueError])
@pytest.mark.parametrize("training", [False, True])
def test_a_check_with_everything_leaves_everything_as_it_was(training: bool, end: type[BaseException] | None) -> None:
    torch.manual_seed(0)
    model = Disorder(end)
    x, extra = torch.randn(3, 4), {"list": [0]}
    wanted = CheckOptions(("ALL",), backward=True, stats=True, time=True, assume_device="cuda", training=training)
    with as_before(model, x):
        api.check(model, (x, extra), None, wanted)
    assert extra == {"list": [0]}
