"""What the probes answer."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from graphviz_torch.trace.options import TraceOptions
from graphviz_torch.trace.probes.model import Probes
from graphviz_torch.trace.probes.records import Statistics, ValueStats

torch.set_num_threads(1)


def probes(model: nn.Module, *args: Any, training: bool | None = None, **kwargs: Any) -> Probes:
    return Probes(model, args, kwargs, TraceOptions(training=training, seed=0))


def ranges(found: Statistics) -> dict[str, ValueStats]:
    """By the name of the producer; the last of equal names wins."""
    nodes = {node.id: node.name for node in found.run.graph.nodes}
    values = {value.id: value for value in found.run.graph.values}
    return {nodes[values[value].producer]: stats for value, stats in found.values.items()}


# ---- backward


class Cut(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.lost, self.kept = nn.Linear(4, 4), nn.Linear(4, 4)
        self.frozen = nn.Linear(4, 4).requires_grad_(False)

    def forward(self, x: Tensor) -> Tensor:
        return self.kept(self.frozen(self.lost(x).detach())).softmax(-1)


def test_which_parameters_get_a_gradient_and_how_much() -> None:
    found = probes(Cut(), torch.ones(2, 4)).backward()
    norms = {one.name: one.norm for one in found.gradients}
    assert list(norms) == ["lost.weight", "lost.bias", "kept.weight", "kept.bias"]
    assert norms["lost.weight"] is None
    assert norms["kept.weight"] is not None
    assert norms["kept.weight"] > 1e-3  # a plain sum of a softmax would have none
    assert found.skipped == ""
    assert found.conflicts == ()


def test_gradients_are_those_of_the_loss() -> None:
    model, x, y = nn.Linear(4, 1), torch.randn(3, 4), torch.randn(3, 1)
    found = probes(model, x).backward(lambda out: (out - y).square().mean())
    (model(x) - y).square().mean().backward()
    assert model.weight.grad is not None
    assert found.gradients[0].norm == pytest.approx(float(model.weight.grad.norm()))
    assert found.gradients[0].weight == pytest.approx(float(model.weight.detach().norm()))


def test_a_loss_that_wants_the_inputs_gets_them() -> None:
    seen = []

    def loss(out: Tensor, x: Tensor) -> Tensor:
        seen.append(x.shape)
        return (out - x).sum()

    assert probes(nn.Linear(4, 4), torch.ones(2, 4)).backward(loss).gradients
    assert seen == [(2, 4)]


@pytest.mark.parametrize(
    ("model", "loss", "skipped"),
    [
        (nn.Linear(4, 4), lambda out: out, "the loss is no scalar, but 2×4"),
        (nn.Linear(4, 4), lambda out: 3, "the loss is int, no tensor"),
        (
            nn.Linear(4, 4),
            lambda out: out.detach().sum(),
            "the loss has no gradient: the way to the parameters is cut",
        ),
        (nn.ReLU(), None, "no output has a gradient: the way to the parameters is cut, or there are none that learn"),
    ],
)
def test_why_there_is_no_backward_pass(model: nn.Module, loss: Any, skipped: str) -> None:
    assert probes(model, torch.ones(2, 4)).backward(loss).skipped == skipped


def test_a_loss_that_raises_is_told_with_its_place() -> None:
    def loss(out: Tensor) -> Tensor:
        raise KeyError("target")

    raised = probes(nn.Linear(4, 4), torch.ones(2, 4)).backward(loss).raised
    assert raised is not None
    assert raised.exception == "KeyError"
    assert raised.frames[0].code == 'raise KeyError("target")'


class Written(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(4, 4)

    def forward(self, x: Tensor) -> Tensor:
        y = torch.exp(self.fc(x))
        y += 1
        return y


def test_a_write_to_what_backward_needs_is_found() -> None:
    found = probes(Written(), torch.ones(2, 4)).backward()
    assert [(one.node, one.function, one.saved) for one in found.conflicts] == [("#0:exp.0", "ExpBackward0", "result")]
    assert found.raised is not None
    assert found.raised.exception == "RuntimeError"
    assert found.gradients == ()


# ---- ranges


class Numbers(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        y = x.relu()
        z = y.view(-1)
        z = (z - 1).log()
        return z.sigmoid()


def test_ranges_are_those_of_the_tensors() -> None:
    x = torch.tensor([[-1.0, 0.5], [2.0, 0.0], [3.0, -2.0]])
    found = ranges(probes(Numbers(), x).stats())
    assert found["relu"].minimum == 0.0
    assert found["relu"].maximum == 3.0
    assert found["relu"].mean == pytest.approx(float(x.relu().mean()))
    assert found["relu"].std == pytest.approx(float(x.relu().std(correction=0)))
    assert found["relu"].zeros == 0.5
    assert found["view"] == found["relu"]
    assert (found["log"].nan, found["log"].inf) == (4, 0)
    assert found["log"].minimum == pytest.approx(0.0)
    assert found["log"].maximum == pytest.approx(math.log(2.0))
    assert not found["log"].finite
    assert found["sigmoid"].saturated == 0.0


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64, torch.int64, torch.bool])
def test_ranges_of_every_kind_of_number(dtype: torch.dtype) -> None:
    x = torch.tensor([0, 1, 1, 1]).to(dtype)
    found = ranges(probes(nn.Identity(), x).stats())["input"]
    assert (found.minimum, found.maximum, found.mean, found.zeros) == (0.0, 1.0, 0.75, 0.25)


def test_ranges_of_large_tensors_are_exact() -> None:
    x = torch.zeros(300_001)
    x[-1], x[150_000] = 5.0, math.nan
    found = ranges(probes(nn.Identity(), x).stats())["input"]
    assert (found.elements, found.nan, found.maximum) == (300_001, 1, 5.0)
    assert found.zeros == pytest.approx(299_999 / 300_001)


def test_ranges_of_what_is_written_in_place_are_those_at_the_time() -> None:
    class Net(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            y = x + 1
            z = y.exp()
            y.mul_(100)
            return y + z

    found = probes(Net(), torch.zeros(3)).stats()
    by_node = {value: stats.maximum for value, stats in found.values.items()}
    assert by_node["#0:add.0"] == 1.0
    assert by_node["#0:mul_.0"] == 100.0


def test_ranges_up_to_where_the_model_raised() -> None:
    class Net(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return (x * 2).view(7)

    found = probes(Net(), torch.ones(3)).stats()
    assert found.run.raised is not None
    assert found.values["#0:mul.0"].maximum == 2.0


def test_two_seeds_tell_what_depends_on_chance() -> None:
    class Net(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return x * 2 + torch.rand(3)

    first, second = (probes(Net(), torch.ones(3)).stats(seed).values for seed in (0, 1))
    assert [value for value in first if first[value] != second[value]] == ["#0:rand.0", "#0:add.0"]


# ---- time


def test_each_operation_and_call_has_its_time() -> None:
    model = nn.Sequential(nn.Linear(256, 256), nn.ReLU(), nn.Linear(256, 2))
    found = probes(model, torch.randn(64, 256)).timings()
    assert found is not None
    calls = [node for node in found.graph.nodes if node.kind == "call"]
    assert set(found.operations) == {node.id for node in calls}
    assert set(found.calls) == {call.id for call in found.graph.calls}
    assert all(seconds > 0 for seconds in (*found.operations.values(), *found.calls.values(), found.total))
    assert found.calls["0#0"] >= found.operations["0#0:linear.0"]
    assert found.calls["#0"] >= sum(found.operations.values())
    assert found.runs == 3
    assert calls[0].attributes == ((("input"), calls[0].attributes[0][1]), *calls[0].attributes[1:])


def test_a_model_that_raises_has_no_times() -> None:
    assert probes(nn.Linear(3, 3), torch.ones(2, 4)).timings() is None


# ---- another batch size


class Mixed(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(4, 4)

    def forward(self, x: Tensor, batch: dict[str, Tensor], scale: Tensor, factor: float = 2.0) -> Tensor:
        return self.fc(x) * batch["mask"] * scale * factor


def test_all_inputs_of_the_batch_grow() -> None:
    given = torch.ones(2, 4), {"mask": torch.ones(2, 1)}, torch.ones(4)
    found = probes(Mixed(), *given).other_batch()
    assert (found.size, found.other) == (2, 3)
    assert found.inputs == ("x", "batch['mask']")
    assert found.run is not None
    shapes = {value.id: value.meta.shape for value in found.run.graph.values}
    assert shapes["fc#0:linear.0"] == (3, 4)
    assert shapes["in:scale"] == (4,)
    assert given[0].shape == (2, 4)


def test_a_batch_size_that_is_built_in_shows() -> None:
    class Net(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return x.view(2, 2, 2)

    found = probes(Net(), torch.ones(2, 4)).other_batch()
    assert found.run is not None
    assert found.run.raised is not None


def test_without_inputs_there_is_no_batch() -> None:
    class Net(nn.Module):
        def forward(self, size: int = 3) -> Tensor:
            return torch.ones(size)

    assert probes(Net()).other_batch().skipped == "the inputs have no first dimension in common"


class Keeps(nn.Module):
    """Keeps a sum on itself, in a list, and among its arguments, and raises when it is called a second time."""

    def __init__(self, fails: bool = False) -> None:
        super().__init__()
        self.fc, self.fails, self._all = nn.Linear(4, 2), fails, [torch.zeros(2)]

    def forward(self, x: Tensor, given: dict[str, Any]) -> Tensor:
        if self.fails and len(self._all) > 1:
            raise ValueError("once only")
        y = self.fc(x)
        given["mean"] = y.mean(dim=0)
        self._all.append(y.sum(dim=0))
        return y + self._all[-1] * len(self._all)


def test_what_a_run_leaves_behind() -> None:
    run = Probes(Keeps(), (torch.ones(3, 4), {}), {}, TraceOptions()).run()
    assert run.kept == {"#0:mean.0", "#0:sum.0"}


@pytest.mark.parametrize("fails", [False, True])
def test_a_model_that_remembers_answers_otherwise_the_second_time(fails: bool) -> None:
    assert Probes(Keeps(fails), (torch.ones(3, 4), {}), {}, TraceOptions()).remembers()
    assert not Probes(nn.Dropout(0.5), (torch.ones(3, 4),), {}, TraceOptions(training=True)).remembers()
