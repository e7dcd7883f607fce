"""What is said of the hooks of a model: the sample about them, and what needs a model of its own."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn

from graphviz_torch import api
from graphviz_torch.check.options import CheckOptions
from graphviz_torch.check.report import Report
from tests.check.harness import check

torch.set_num_threads(1)
SAMPLE = Path(__file__).parents[2] / "samples" / "hooks.py"
HOOKS = CheckOptions(select=("M002",), training=False)


def told(report: Report) -> list[tuple[str, str, str]]:
    return sorted((one.severity, one.module, one.message) for one in report)


def test_the_sample_shows_one_of_each_kind() -> None:
    report = check(SAMPLE)
    assert told(report) == [
        ("info", "body", "forward hook `clamp` of `body` changes the value"),
        ("info", "stem", "forward hook `remember` of `stem` ran, and left the value as it was"),
        ("info", "stem", "forward pre-hook `to_unit_range` of `stem` changes the value"),
        ("warning", "head", "`.forward` is called in place of `head`: its hook does not run"),
    ]
    lines = {one.source.code.partition("(")[0] for one in report if one.source is not None}
    assert lines == {"return self.head.forward", "def clamp", "def remember", "def to_unit_range"}


class Passed(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.inner = nn.Sequential(nn.Linear(4, 4), nn.ReLU())
        self.twice = nn.Linear(4, 4)
        self.out = nn.Linear(4, 2)

    def encode(self, x: Tensor) -> Tensor:
        return self.inner.forward(x)

    def forward(self, x: Tensor) -> Tensor:
        return self.out(self.twice(self.twice.forward(self.encode(x))))


def test_a_forward_without_hooks_is_mentioned_and_one_of_a_module_that_is_also_called_is_not() -> None:
    report = api.check(Passed(), (torch.ones(1, 4),), {}, HOOKS)
    assert told(report) == [("info", "inner", "`.forward` is called in place of `inner`: a hook on it would not run")]
    assert [one.source.code for one in report if one.source] == ["return self.inner.forward(x)"]


def test_hooks_of_a_backward_pass_wait_for_it() -> None:
    model = Passed()
    model.out.register_full_backward_hook(lambda module, grads, outputs: None)
    (found,) = [one for one in api.check(model, (torch.ones(1, 4),), {}, HOOKS) if one.module == "out"]
    assert found.message.startswith("backward hook `")
    assert found.message.endswith("of `out` waits for a backward pass")
