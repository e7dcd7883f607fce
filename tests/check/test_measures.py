"""Rules that read measurements: what options ask for, what is computed, and what is told when nothing is wrong."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from graphviz_torch import api
from graphviz_torch.check.lines import Lines
from graphviz_torch.check.options import CheckOptions
from graphviz_torch.ir.graph import SourceLocation
from tests.check.harness import CATALOGUE, check

torch.set_num_threads(1)


class Gate(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(4, 4)

    def forward(self, x: Tensor) -> Tensor:
        gate = torch.sigmoid(self.fc(x))
        gate += 1
        return gate


def test_a_write_is_found_without_a_backward_pass_and_not_looked_for_by_default() -> None:
    path = CATALOGUE / "g002_write_into_attention.py"
    without, with_pass = check(path, select=("G002",)), check(path, select=("G002",), backward=True)
    assert [found.source for found in without] == [found.source for found in with_pass] != []
    assert "modified by an inplace operation" in with_pass.findings[0].said
    assert not without.findings[0].said
    assert "G002" not in api.check(Gate(), (torch.ones(2, 4),), None, CheckOptions()).checked
    assert "G002" in api.check(Gate(), (torch.ones(2, 4),), None, CheckOptions(backward=True)).checked


def test_what_is_written_outside_of_gradients_is_no_fault() -> None:
    model = Gate().requires_grad_(False)
    assert not len(api.check(model, (torch.ones(2, 4),), None, CheckOptions(select=("G002",))))


def test_the_help_is_the_line_without_the_write() -> None:
    report = check(CATALOGUE / "g002_inplace_relu_after_sigmoid.py", select=("G002",))
    assert report.findings[0].help == "`gate = gate.mul(2.0)` makes a new tensor"


def test_the_first_number_that_is_none_is_shown_with_ranges() -> None:
    found = check(CATALOGUE / "n001_softmax_by_hand.py").findings[0]
    assert found.message == "`exp` makes the first Inf: 10 of 18 elements"
    assert found.notes[0].endswith("from 88.7 on `exp` is infinite in float32")
    assert [step.what for step in found.dataflow][:2] == ["energy", "exp()"]


class Masked(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return torch.where(x > 0, torch.sqrt(x), torch.zeros_like(x))


def test_what_does_not_reach_the_outputs_is_told_with_ranges_alone() -> None:
    x = torch.linspace(-1, 1, 8).reshape(2, 4)
    assert not len(api.check(Masked(), (x,), None, CheckOptions(select=("N001",))))
    found = api.check(Masked(), (x,), None, CheckOptions(select=("N001",), stats=True)).findings[0]
    assert found.message == "`sqrt` makes the first NaN: 4 of 8 elements"
    assert found.notes == (
        "it read negative numbers, down to -1",
        "it does not reach the outputs; gradients through it are NaN all the same",
    )


def test_a_parameter_that_holds_nan_is_the_first() -> None:
    model = nn.Linear(2, 2)
    with torch.no_grad():
        model.weight[0, 0] = torch.nan
    found = api.check(nn.Sequential(model), (torch.ones(1, 2),), None, CheckOptions(select=("N001",))).findings[0]
    assert found.message == "parameter `0.weight` holds NaN: 1 of 4 elements"


def test_the_tables_of_the_time_are_in_the_document() -> None:
    report = check(CATALOGUE / "r001_one_large_layer.py", select=("R001",), time=True)
    tables = report.to_dict()["findings"][0]["tables"]
    assert [table["title"] for table in tables] == ["by line", "by module", "by operation"]
    assert tables[1]["rows"][0][0] == "projection"
    assert tables[2]["rows"][0][0] == "linear"
    assert "268 MFLOP" in report.text()


def test_a_loop_is_told_with_its_share_of_the_time() -> None:
    report = check(CATALOGUE / "r002_loop_over_batch.py", select=("R002",), time=True)
    [found] = report.findings
    assert any(note.startswith("it takes ") and note.endswith(" of the time of all operations") for note in found.notes)
    assert found.help == "`encoder` on the whole gives 8×5×12 in one call"


def test_what_is_measured_is_in_the_graph_and_in_the_document() -> None:
    x = torch.tensor([[0.0, 1.0, 2.0, 5.0]])
    plain = api.check(Masked(), (x,), None, CheckOptions())
    assert plain.to_dict()["measured"] == {}
    report = api.check(Masked(), (x,), None, CheckOptions(stats=True, time=True))
    told = report.to_dict()["measured"]
    assert told["range"]["in:x"] == {
        "elements": 4, "minimum": 0.0, "maximum": 5.0, "mean": 2.0, "std": 3.5**0.5, "zeros": 0.25, "nan": 0, "inf": 0
    }  # fmt: skip
    assert told["range"].keys() == {value.id for value in report.graph.values}
    calls = {node.id for node in report.graph.nodes if node.kind == "call"}
    assert told["seconds"].keys() == calls | {call.id for call in report.graph.calls}
    assert all(seconds > 0 for seconds in told["seconds"].values())


def _place(code: str) -> SourceLocation:
    lines = (CATALOGUE / "r002_frames_of_a_video.py").read_text(encoding="utf-8").splitlines()
    number = next(number for number, line in enumerate(lines, 1) if code in line)
    return SourceLocation(
        "r002_frames_of_a_video.py", number, function="VideoNet.encode", code=lines[number - 1].strip()
    )


def test_a_loop_is_found_through_the_function_that_it_calls() -> None:
    lines = Lines((str(CATALOGUE),))
    loop = lines.loop(_place("self.cnn(frame)"))
    assert loop is not None
    assert lines.expression(loop.repeated) == "self.encode(frame)"
    assert loop.repeated.function == "VideoNet.forward"
    assert lines.loop(_place("self.temporal(")) is None


class Spare(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc, self.spare, self.calls = nn.Linear(4, 4), nn.Linear(4, 4), 0

    def forward(self, x: Tensor) -> Tensor:
        self.calls += 1
        counted.append(self.calls)
        return self.fc(x)


class Flattened(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        counted.append(1)
        return x * 2 if x.flatten().any() else x


counted: list[int] = []


@pytest.mark.parametrize("model", [Spare(), Flattened()])
def test_the_default_set_runs_a_model_once_where_one_run_tells(model: nn.Module) -> None:
    counted.clear()
    found = api.check(model, (torch.ones(2, 4),), None, CheckOptions())
    assert counted == [1]
    assert [one.module for one in found] == (["spare"] if isinstance(model, Spare) else [])
