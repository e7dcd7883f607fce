"""What ends gradients, beyond the catalogue: several lines that are one fault, and graphs that were saved."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from graphviz_torch import api
from graphviz_torch.check.options import CheckOptions
from graphviz_torch.trace.options import TraceOptions

torch.set_num_threads(1)
P002 = CheckOptions(select=("P002",), training=False)


class Halves(nn.Module):
    def __init__(self, cut: bool, heads: bool) -> None:
        super().__init__()
        self.first, self.second = nn.Linear(4, 4), nn.Linear(4, 2)
        self.low, self.high = nn.Linear(4, 1), nn.Linear(4, 1)
        self.cut, self.heads = cut, heads

    def forward(self, x: Tensor) -> Tensor:
        h = self.first(x)
        if self.heads:
            self.low(h)
            self.high(h)
        return self.second(h.detach() if self.cut else h)


def test_results_that_are_dropped_in_one_place_are_one_finding() -> None:
    (found,) = api.check(Halves(cut=False, heads=True), (torch.ones(1, 4),), {}, P002)
    assert found.message == "no gradient reaches `low`, `high`: the result is never used"
    assert (found.module, found.source and found.source.code) == ("low", "self.low(h)")
    (more,) = [note for note in found.notes if note.startswith("likewise at ")]
    assert "test_cut.py:" in more


@pytest.mark.parametrize(("cut", "heads", "told"), [(True, False, ["first"]), (False, True, []), (False, False, [])])
def test_a_saved_graph_tells_of_cuts_and_not_of_what_modules_could_have_kept(
    cut: bool, heads: bool, told: list[str]
) -> None:
    graph = api.trace(Halves(cut, heads), (torch.ones(1, 4),), options=TraceOptions(training=False))
    report = api.check_graph(graph, P002)
    assert [one.message.split("`")[1] for one in report] == told


def test_nothing_is_said_where_the_whole_model_runs_without_gradients() -> None:
    model = Halves(cut=False, heads=False)
    model.forward = torch.no_grad()(model.forward)  # type: ignore[method-assign]
    assert len(api.check(model, (torch.ones(1, 4),), {}, P002)) == 0
