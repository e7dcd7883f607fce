"""What a model keeps in plain Python objects is as before when it has run."""

from __future__ import annotations

import copy
import random
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, ClassVar

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from graphviz_torch import api
from graphviz_torch.errors import TraceError

COUNT = 0
CACHE: dict[str, list[int]] = {}


class Stats:
    __slots__ = ("lazy", "number", "seen")

    def __init__(self) -> None:
        self.number, self.seen = 0, [1]


@dataclass
class State:
    steps: int = 0
    log: list[int] = field(default_factory=lambda: [1])


@dataclass(frozen=True, slots=True)
class Frozen:
    parts: dict[str, int]


class Log(list[int]):
    """A list that is not to be emptied by its own method."""

    def clear(self) -> None:
        raise TypeError


def counting() -> Callable[[], int]:
    number, met = 0, [1]

    def count() -> int:
        nonlocal number
        number += 1
        met.append(number)
        return number + len(met)

    return count


class Keeps(nn.Module):
    calls: ClassVar[int] = 0

    def __init__(self) -> None:
        super().__init__()
        self.stats, self.state, self.frozen = Stats(), State(), Frozen({"a": 1})
        self.counter, self.last, self.log = Counter(a=1), deque([1], maxlen=3), Log([1])
        self.ordered, self.lists = OrderedDict(b=1, a=2), defaultdict(list, {"a": [1]})
        self.deep = {"a": [(Stats(),)]}
        self.space, self.count = SimpleNamespace(number=1), counting()
        self.random, self.generator = random.Random(3), torch.Generator()
        self.numpy = [np.random.default_rng(3), np.random.RandomState(3)]
        self.weight = nn.Parameter(torch.ones(1))
        self.optimizer = torch.optim.Adam([self.weight])
        self.schedule = torch.optim.lr_scheduler.StepLR(self.optimizer, 1)
        self.method = State().log.append

    def forward(self, x: Tensor) -> Tensor:
        global COUNT
        COUNT += 1
        Keeps.calls += 1
        self.stats.number, self.stats.lazy = 1, 1
        self.stats.seen.append(2)
        self.state.steps += 1
        self.state.log.append(2)
        self.frozen.parts["b"] = 2
        self.counter["b"] += 1
        self.last.extend([2, 3, 4])
        self.log.append(2)
        self.ordered.move_to_end("b")
        self.lists["b"].append(2)
        self.deep["a"][0][0].number = 2
        self.space.number = self.count()
        self.random.random()
        self.numpy[0].random()
        self.numpy[1].rand()
        self.weight.sum().backward()
        self.optimizer.step()
        self.schedule.step()
        remember()
        return x + torch.rand(1, generator=self.generator)


def remember() -> None:
    CACHE["new"] = [COUNT]


def held(model: Keeps) -> dict[str, Any]:
    """All of it, copied."""
    cells = [cell.cell_contents for cell in model.count.__closure__ or ()]
    return copy.deepcopy(
        {
            "class": Keeps.calls,
            "stats": (model.stats.number, model.stats.seen, hasattr(model.stats, "lazy"), model.deep["a"][0][0].number),
            "dataclasses": (model.state, model.frozen.parts),
            "containers": (model.counter, list(model.last), list(model.log), list(model.ordered), dict(model.lists)),
            "others": (model.space.number, cells, model.random.getstate(), model.generator.get_state().tolist()),
            "numpy": (model.numpy[0].bit_generator.state["state"], model.numpy[1].get_state()[2]),
            "optimizer": repr((model.optimizer.state_dict(), model.schedule.state_dict(), model.weight.grad)),
        }
    )


@pytest.mark.parametrize("raises", [False, True])
def test_objects_are_as_before(raises: bool) -> None:
    model = Keeps()
    objects = dict(vars(model))
    before = held(model)
    if raises:
        with pytest.raises(TraceError):
            api.trace(model, (torch.ones(2, 3, dtype=torch.int64).numpy(),))
    else:
        api.trace(model, (torch.ones(2),))
    assert held(model) == before
    assert all(vars(model)[name] is value for name, value in objects.items())
    model(torch.ones(2))  # the model does all that
    assert all(held(model)[name] != said for name, said in before.items())
    Keeps.calls = 0


def test_globals_stay_as_the_run_leaves_them_which_is_said() -> None:
    CACHE.clear()
    graph = api.trace(Keeps(), (torch.ones(2),))
    assert CACHE["new"] == [COUNT]
    assert [note.message for note in graph.diagnostics if note.code == "global"] == [
        f"the run changed `{__name__}.{name}`, which stays as it left it" for name in ("CACHE", "COUNT")
    ]


def test_what_a_hook_collects_is_the_users() -> None:
    model, seen = Keeps(), []
    model.register_forward_hook(lambda module, args, out: seen.append(out))
    graph = api.trace(model, (torch.ones(2),))
    assert len(seen) == 1
    assert graph.outputs


class Outside(nn.Module):
    """Holds arrays, iterators and a generator."""

    def __init__(self) -> None:
        super().__init__()
        self.array, self.deep = np.zeros(3), [{"k": np.array([float("nan"), 1.0])}]
        self.large = np.zeros(2**18)
        self.listed, self.ranged, self.counted = iter([1, 2, 3]), iter(range(5)), (number for number in range(5))

    def forward(self, x: Tensor) -> Tensor:
        self.array += 1
        self.deep[0]["k"][1] = 5
        return x * next(self.listed) * next(self.ranged)


class GoesOn(Outside):
    """Changes what cannot be put back too."""

    def forward(self, x: Tensor) -> Tensor:
        self.large[7] = 1
        return super().forward(x) + sum(self.listed) + next(self.counted)


def test_arrays_and_iterators_are_put_back() -> None:
    model = Outside()
    first, second = (api.trace(model, (torch.ones(2),)) for _ in range(2))
    assert first == second
    assert first.diagnostics == ()
    assert model.array.tolist() == [0, 0, 0]
    assert model.deep[0]["k"][1] == 1
    assert (next(model.listed), next(model.ranged), next(model.counted)) == (1, 0, 0)


def test_what_cannot_be_put_back_is_said() -> None:
    graph = api.trace(GoesOn(), (torch.ones(2),))
    assert [note.message for note in graph.diagnostics if note.code == "object"] == [
        f"the run changed {name} that the model holds, which stays as it left it"
        for name in (
            "an array of shape (262144,)",
            "an iterator (`list_iterator`)",
            "the generator `Outside.__init__.<locals>.<genexpr>`",
        )
    ]
