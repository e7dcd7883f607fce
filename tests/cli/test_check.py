"""`torchviz-cli check` and `explain` as scripts and people meet them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Done

Run = Callable[..., Done]

MODEL = """\
import torch
from torch import nn


class Head(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(512, 10)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 512, 3, 2, 1), nn.ReLU(), nn.MaxPool2d(2))
        self.head = Head()

    def forward(self, x):
        x = self.stem(x)
        x = x.flatten(1)
        return self.head.fc(x)


class Idle(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 4)
        self.spare = nn.Linear(4, 4)

    def forward(self, x):
        return self.fc(x)


def broken():
    return nn.Conv2d(3, 4, 3, groups=2)
"""
REPORT = """\
error[S001]: `head.fc` expects 512 features but receives 2048
  --> model.py:20 in Net.forward   (head.fc, Linear(512, 10))
   |
20 |         return self.head.fc(x)
   |                ^^^^^^^^^^^^^^^
   = dataflow: stem.2      4×512×2×2    model.py:18
               flatten(1)  4×2048       model.py:19  512·2·2 = 2048
               head.fc     needs *×512  model.py:20
   = note: 2048 is made by flatten(1) at model.py:19
   = help: pool 2×2 to 1×1 before `flatten`, or use Linear(2048, 10) for `head.fc`
   = torch said: mat1 and mat2 shapes cannot be multiplied (4x2048 and 512x10)

model.py:Net: 1 error
"""
IMAGE = ("-i", "4x3x8x8")


@pytest.fixture(autouse=True)
def model(tmp_path: Path) -> Path:
    file = tmp_path / "model.py"
    file.write_text(MODEL, encoding="utf-8")
    return file


def test_a_shape_fault_is_told_as_a_compiler_would(run: Run) -> None:
    done = run("check", "model.py:Net", *IMAGE)
    assert done.code == 1
    assert done.out.startswith(REPORT)
    assert done.err == ""


def test_json_has_what_is_promised_and_no_absolute_path(run: Run, tmp_path: Path) -> None:
    done = run("check", "model.py:Net", *IMAGE, "--json")
    assert done.code == 1
    document = json.loads(done.out)
    (found,) = document["findings"]
    assert document["format_version"] == 1
    assert document["summary"] == {"error": 1, "warning": 0, "info": 0}
    assert found["code"] == "S001"
    assert found["module"] == "head.fc"
    assert found["op"] == "head.fc#0:linear.0"
    assert (found["source"]["file"], found["source"]["line"]) == ("model.py", 20)
    assert found["operands"][0] == {"shape": [4, 2048], "dtype": "float32", "device": "cpu", "producer": "flatten(1)"}
    assert found["help"].endswith("use Linear(2048, 10) for `head.fc`")
    assert str(tmp_path) not in done.out
    assert run("check", "model.py:Net", *IMAGE, "--json").out == done.out


def test_a_good_model_passes(run: Run, model: Path) -> None:
    model.write_text(MODEL.replace("        self.spare = nn.Linear(4, 4)\n", ""), encoding="utf-8")
    done = run("check", "model.py:Idle", "-i", "2x4")
    assert done.code == 0
    assert done.out.startswith("model.py:Idle: no findings\n")


def test_select_and_ignore(run: Run) -> None:
    assert run("check", "model.py:Idle", "-i", "2x4").code == 1
    assert run("check", "model.py:Idle", "-i", "2x4", "--ignore", "P004").code == 0
    assert run("check", "model.py:Idle", "-i", "2x4", "--select", "S,A").code == 0
    assert "looked for P001, P004" in run("check", "model.py:Idle", "-i", "2x4", "--select", "P001,P004").out


def test_an_unknown_code_is_a_usage_error(run: Run) -> None:
    done = run("check", "model.py:Idle", "-i", "2x4", "--select", "P04")
    assert done.code == 2
    assert "error: there is no code `P04`" in done.err


def test_fail_on_says_what_is_bad_enough(run: Run) -> None:
    assert run("check", "model.py:Idle", "-i", "2x4", "--fail-on", "error").code == 0
    assert run("check", "model.py:Net", *IMAGE, "--fail-on", "error").code == 1
    assert run("check", "model.py:Idle", "-i", "2x4", "--fail-on", "fatal").code == 2


@pytest.mark.parametrize(("comment", "code"), [("ignore[P004]", 0), ("ignore", 0), ("ignore[P]", 0), ("ignore[S]", 1)])
def test_a_comment_silences_its_line(run: Run, model: Path, comment: str, code: int) -> None:
    line = "self.spare = nn.Linear(4, 4)"
    model.write_text(MODEL.replace(line, f"{line}  # torchviz: {comment}"), encoding="utf-8")
    assert run("check", "model.py:Idle", "-i", "2x4").code == code


def test_a_project_has_settings_that_the_command_line_overrides(run: Run, tmp_path: Path) -> None:
    settings = tmp_path / "pyproject.toml"
    settings.write_text('[tool.torchviz-cli.check]\nignore = ["P004"]\n')
    assert run("check", "model.py:Idle", "-i", "2x4").code == 0
    assert run("check", "model.py:Idle", "-i", "2x4", "--ignore", "S001").code == 1
    settings.write_text('[tool.torchviz-cli.check]\nfail-on = "error"\n')
    assert run("check", "model.py:Idle", "-i", "2x4").code == 0
    settings.write_text("[tool.torchviz-cli.check]\nignored = []\n")
    done = run("check", "model.py:Idle", "-i", "2x4")
    assert done.code == 2
    assert "pyproject.toml: [tool.torchviz-cli.check] has no setting `ignored`" in done.err


def test_a_picture_has_the_findings_pinned(run: Run, tmp_path: Path) -> None:
    done = run("check", "model.py:Net", *IMAGE, "-o", "report.svg", "-o", "report.png")
    assert done.code == 1
    assert "wrote report.svg" in done.err
    picture = (tmp_path / "report.svg").read_text(encoding="utf-8")
    assert 'class="badge error"' in picture
    assert ">S001</text>" in picture
    assert "S001  `head.fc` expects 512 features but receives 2048 (model.py:20)" in picture
    assert (tmp_path / "report.png").read_bytes().startswith(b"\x89PNG")


def test_a_saved_graph_is_checked_without_its_model(run: Run) -> None:
    run("render", "model.py:Net", *IMAGE, "-o", "net.json")
    done = run("check", "net.json")
    assert done.code == 1
    assert "error[S001]: `head.fc` expects 512 features but receives 2048" in done.out
    assert "\nnet.json: 1 error\n" in done.out


def test_a_model_that_cannot_be_built(run: Run) -> None:
    done = run("check", "model.py:broken", *IMAGE)
    assert done.code == 1
    assert "error[B001]: `broken` raised ValueError: in_channels must be divisible by groups" in done.out
    assert "--> model.py:34 in broken" in done.out


def test_code_that_does_not_parse(run: Run, model: Path) -> None:
    model.write_text("def build(:\n    pass\n", encoding="utf-8")
    done = run("check", "model.py:build", *IMAGE)
    assert done.code == 1
    assert "error[B001]: model.py is no valid Python" in done.out
    assert "--> model.py:1" in done.out


def test_what_is_not_there_is_a_usage_error(run: Run) -> None:
    assert run("check", "missing.py:build").code == 2
    assert run("check", "model.py:Nothing", *IMAGE).code == 2
    assert run("check", "model.py:Net").code == 2
    assert run("check", "model.py:Net", *IMAGE, "-o", "report.json").code == 2


def test_arguments_that_do_not_fit_are_a_finding(run: Run) -> None:
    done = run("check", "model.py:Net", *IMAGE, *IMAGE)
    assert done.code == 1
    assert "error[A001]: `Net` takes 1 input by position, 2 were given" in done.out


def test_what_the_model_prints_is_not_in_the_report(run: Run, model: Path) -> None:
    model.write_text(MODEL.replace("x = x.flatten(1)", 'print("noise"); x = x.flatten(1)'), encoding="utf-8")
    done = run("check", "model.py:Net", *IMAGE, "--json")
    assert json.loads(done.out)["summary"]["error"] == 1
    assert "noise" in done.err


def test_a_model_that_ends_the_program(run: Run, model: Path) -> None:
    model.write_text(MODEL.replace("x = x.flatten(1)", "raise SystemExit(0)"), encoding="utf-8")
    done = run("check", "model.py:Net", *IMAGE)
    assert done.code == 2
    assert "`Net` ended the program while it ran" in done.err


def test_a_model_that_hangs_is_stopped_and_told_where(run: Run, model: Path) -> None:
    model.write_text(MODEL.replace("x = x.flatten(1)", "while True: pass"), encoding="utf-8")
    done = run("check", "model.py:Net", *IMAGE, "--timeout", "1")
    assert done.code == 1
    assert "error[X001]" in done.out
    assert "model.py:19 in Net.forward" in done.out


def test_explain_prints_a_page_and_the_list(run: Run) -> None:
    assert run("explain", "s001").out.startswith("# S001: shapes do not fit\n")
    assert "S001  error    default  shapes do not fit\n" in run("explain", "ALL").out
    done = run("explain", "S9")
    assert done.code == 2
    assert "error: there is no code `S9`" in done.err


LOSSES = """
def total(out):
    return out.square().mean()


def rows(out):
    return out.mean(0)


NUMBER = 3
"""


def test_further_evidence_is_obtained_where_it_is_asked_for(run: Run, tmp_path: Path) -> None:
    (tmp_path / "losses.py").write_text(LOSSES, encoding="utf-8")
    words = ("check", "model.py:Idle", "-i", "2x4", "--ignore", "P004")
    for more in (
        ("--backward",),
        ("--stats",),
        ("--time",),
        ("--loss", "losses.py:total"),
        ("--assume-device", "cuda"),
    ):
        assert run(*words, *more).code == 0, more


def test_what_is_no_loss_and_no_device_is_a_usage_error(run: Run, tmp_path: Path) -> None:
    (tmp_path / "losses.py").write_text(LOSSES, encoding="utf-8")
    words = ("check", "model.py:Idle", "-i", "2x4")
    for more in (("--loss", "losses.py:NUMBER"), ("--loss", "losses.py:none"), ("--loss", "losses.py")):
        assert run(*words, *more).code == 2, more
    assert run(*words, "--assume-device", "gpu").code == 2


def test_what_would_raise_on_a_device_is_an_error_where_it_is_assumed(run: Run, model: Path) -> None:
    model.write_text(
        MODEL.replace("self.spare = nn.Linear(4, 4)", "self.spare = torch.ones(4)").replace(
            "return self.fc(x)\n\n\ndef", "return self.fc(x) + self.spare\n\n\ndef"
        ),
        encoding="utf-8",
    )
    assert "warning[D002]" in run("check", "model.py:Idle", "-i", "2x4").out
    assert "error[D001]" in run("check", "model.py:Idle", "-i", "2x4", "--assume-device", "cuda").out
