"""Labels of devices on a machine that has none of them."""

from __future__ import annotations

import re

import torch
from torch import Tensor, nn

from graphviz_torch import api
from graphviz_torch.check.devices import Labels, labels
from graphviz_torch.check.options import CheckOptions
from graphviz_torch.ir.walks import GraphIndex

torch.set_num_threads(1)


def labelled(model: nn.Module, *args: Tensor, device: str = "cuda") -> tuple[Labels, dict[str, str]]:
    """The labels, and those of each operation by its name."""
    index = GraphIndex(api.trace(model, args))
    found = labels(index, device)
    by_name = {index.nodes[index.values[value].producer].name: label for value, label in found.device.items()}
    return found, by_name


class Factories(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(4, 4)
        self.register_buffer("mask", torch.ones(4))
        self.plain = torch.ones(4)

    def forward(self, x: Tensor) -> Tensor:
        x = self.fc(x) * self.mask
        there = torch.arange(4, device=x.device)
        beside = torch.zeros_like(x)
        new = x.new_ones(4)
        return x + there + beside + new


class Bare(Factories):
    def forward(self, x: Tensor) -> Tensor:
        return self.fc(x) + torch.rand(4)


class Plain(Factories):
    def forward(self, x: Tensor) -> Tensor:
        return self.fc(x) * self.plain


def test_what_follows_the_input_is_on_its_device() -> None:
    found, names = labelled(Factories(), torch.ones(2, 4))
    assert found.mismatches == ()
    assert found.made == ()
    assert set(names.values()) == {"cuda:0"}
    assert set(names) >= {"x", "fc.weight", "mask", "linear", "arange", "zeros_like", "new_ones"}


def test_a_factory_that_names_no_device_stays_behind() -> None:
    found, names = labelled(Bare(), torch.ones(2, 4))
    assert names["rand"] == "cpu"
    assert found.made == ("#0:rand.0",)
    (mismatch,) = found.mismatches
    assert mismatch.node == "#0:add.0"
    assert mismatch.operands == ("fc#0:linear.0", "#0:rand.0")
    assert mismatch.devices == ("cuda:0", "cpu")
    assert names["add"] == "cuda:0"


def test_a_plain_attribute_stays_behind() -> None:
    found, names = labelled(Plain(), torch.ones(2, 4))
    assert names["plain"] == "cpu"
    assert [one.node for one in found.mismatches] == ["#0:mul.0"]


def test_a_scalar_on_the_cpu_may_join() -> None:
    class Net(Factories):
        def forward(self, x: Tensor) -> Tensor:
            return self.fc(x) * torch.tensor(2.0)

    assert labelled(Net(), torch.ones(2, 4))[0].mismatches == ()


def test_indices_may_stay_on_the_cpu() -> None:
    class Net(Factories):
        def forward(self, x: Tensor) -> Tensor:
            return self.fc(x)[torch.tensor([0, 1])]

    found, names = labelled(Net(), torch.ones(2, 4))
    assert found.mismatches == ()
    assert names["getitem"] == "cuda:0"


def test_moves_are_listed_with_their_bytes() -> None:
    class Net(Factories):
        def forward(self, x: Tensor) -> Tensor:
            y = self.fc(x).cpu()
            z = y.to("cpu").to(x.device)
            return self.fc(z.to(self.fc.weight))

    found, _ = labelled(Net(), torch.ones(2, 4))
    moved = [(one.node, one.source, one.target, one.bytes) for one in found.transfers]
    assert moved == [("#0:cpu.0", "cuda:0", "cpu", 32), ("#0:to.1", "cpu", "cuda:0", 32)]
    assert found.mismatches == ()


def test_nothing_assumed_the_labels_are_the_real_devices() -> None:
    found, names = labelled(Bare(), torch.ones(2, 4), device="")
    assert set(names.values()) == {"cpu"}
    assert found.mismatches == ()
    assert found.made == ("#0:rand.0",)


def test_what_stays_behind_is_pinned_to_its_card() -> None:
    report = api.check(Plain(), (torch.ones(2, 4),), None, CheckOptions(select=("D002",)))
    [found] = report.findings
    [node] = [node for node in report.graph.nodes if node.id == found.op]
    assert (node.kind, node.name) == ("constant", found.message.split("`")[1])
    assert re.search(r"<title>constant [^<]*D002", api.render_report(report, "svg").decode())


def test_transfers_are_in_the_report_where_a_device_is_assumed() -> None:
    class Net(Factories):
        def forward(self, x: Tensor) -> Tensor:
            y = self.fc(x).cpu() * 2
            return self.fc(y.to(x.device))

    report = api.check(Net(), (torch.ones(2, 4),), None, CheckOptions(assume_device="cuda"))
    assert [found.message for found in report if found.code == "D004"] == [
        "`cpu` brings a tensor of 2×4 (32 B) from the device to the cpu",
        "`to` moves a tensor of 2×4 (32 B) from cpu to cuda:0, in each call",
    ]
    assert "D004" not in api.check(Net(), (torch.ones(2, 4),), None, CheckOptions()).checked
