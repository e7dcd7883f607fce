"""Models that a check cannot do much with: each gets its finding or a clear word, and never a traceback of ours."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Done
from tests.support.interrupts import hearing

Run = Callable[..., Done]

MODEL = """\
import ctypes
import os
import signal
import subprocess
import time

import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 4)

    def forward(self, x):
        return self.fc(x)


class Nothing(Net):
    def forward(self, x):
        self.fc(x)


class Words(Net):
    def forward(self, x):
        return {"label": "cat", "score": self.fc(x).sum().item()}


class Bare(nn.Module):
    def forward(self, x):
        return x.relu() * 2


class Whole(nn.Module):
    def forward(self, ids):
        return ids.cumsum(0) % 7


class Large(Net):
    def forward(self, x):
        if len(x) > 2:
            raise MemoryError("no memory for so many")
        return self.fc(x).view(-1)


class Once(Net):
    def forward(self, x):
        if hasattr(self, "ran"):
            raise RuntimeError("only once")
        self.ran = True
        return self.fc(x)


class Prints(Net):
    def forward(self, x):
        os.write(1, b"noise from below")
        print("noise")
        return self.fc(x)


class Ends(Net):
    def forward(self, x):
        raise SystemExit(0)


class Hangs(Net):
    def forward(self, x):
        while True:
            pass


class Exits(Net):
    def forward(self, x):
        os._exit(0)


class Faults(Net):
    def forward(self, x):
        ctypes.string_at(0)


class Killed(Net):
    def forward(self, x):
        os.kill(os.getpid(), signal.SIGKILL)


class Leaves(Net):
    def forward(self, x):
        subprocess.Popen(["sleep", "20"], close_fds=False, stdout=-3, stderr=-3)
        os._exit(1)


class Sleeps(Net):
    def forward(self, x):
        print("running", flush=True)
        time.sleep(600)


def raises():
    raise ValueError("no such size")


def rows(out):
    return out.mean(0)


def word(out):
    return "loss"


def bad(out):
    raise KeyError("target")


def count(out):
    return out.long().sum()
"""
INPUT = ("-i", "2x4")
EVERYTHING = ("--select", "ALL")

# name: (words, exit code, parts of what is said)
CASES: dict[str, tuple[tuple[str, ...], int, tuple[str, ...]]] = {
    "cannot be built": (("raises", *INPUT), 1, ("error[B001]", "no such size")),
    "too many arguments": (("Net", *INPUT, *INPUT), 1, ("error[A001]", "2 were given")),
    "another keyword": (("Net", "-i", "y=2x4"), 1, ("error[A001]", "y")),
    "no output": (("Nothing", *INPUT, *EVERYTHING), 1, ("error[A002]: forward of `Nothing` returns nothing",)),
    "no tensor in the output": (("Words", *INPUT), 1, ("warning[A002]: forward returns no tensor, but dict",)),
    "no tensor for a backward pass": (
        ("Words", *INPUT, "--backward"),
        1,
        ("not looked for G004: no output is of floating point",),
    ),
    "no parameters": (("Bare", *INPUT, "--stats"), 0, ("no findings",)),
    "no parameters for a backward pass": (
        ("Bare", *INPUT, "--backward"),
        0,
        ("no findings", "not looked for G004: no output has a gradient"),
    ),
    "integers alone": (
        ("Whole", "-i", "5:i64", "--backward", "--stats"),
        0,
        ("no findings", "not looked for G004: no output is of floating point"),
    ),
    "loss of several numbers": (
        ("Net", *INPUT, "--loss", "model.py:rows"),
        0,
        ("not looked for G004: the loss is no scalar, but 4",),
    ),
    "loss that is no tensor": (("Net", *INPUT, "--loss", "model.py:word"), 0, ("the loss is str, no tensor",)),
    "loss without a gradient": (("Net", *INPUT, "--loss", "model.py:count"), 0, ("the loss has no gradient",)),
    "loss that is not there": (
        ("Net", *INPUT, "--loss", "model.py:nothere"),
        2,
        ("error: `--loss model.py:nothere`: model.py has no object named `nothere`", "help: --loss FILE.py:FUNCTION"),
    ),
    "loss that raises": (
        ("Net", *INPUT, "--loss", "model.py:bad"),
        1,
        (
            "error[X001]: the loss raised KeyError: 'target'",
            "not looked for G004: the loss raised KeyError: 'target' at model.py:",
        ),
    ),
    "too large for a second run": (("Large", *INPUT), 0, ("no findings",)),
    "too large for a larger batch": (
        ("Large", *INPUT, "--select", "S004"),
        0,
        ("info[S004]: with a batch of 3 in place of 2 the model raises MemoryError", "no memory for so many"),
    ),
    "runs only once": (("Once", *INPUT, *EVERYTHING), 1, ("warning[M003]",)),
    "an empty batch": (("Net", "-i", "0x4", *EVERYTHING), 0, ("not looked for S004: the inputs have no first",)),
    "a format that it does not draw": (
        ("Net", *INPUT, "-o", "report.html"),
        2,
        ("`-o report.html` is no picture\n  formats: svg, png, pdf\n  help: -o report.svg",),
    ),
    "prints": (("Prints", *INPUT), 0, ("no findings",)),
    "ends the program": (("Ends", *INPUT), 2, ("`Ends` ended the program while it ran",)),
    "hangs": (
        ("Hangs", *INPUT, "--timeout", "1"),
        1,
        ("error[X001]: `Hangs` does not come to an end: stopped after 1 seconds (--timeout)\n",),
    ),
}


@pytest.fixture(autouse=True)
def model(tmp_path: Path) -> None:
    (tmp_path / "model.py").write_text(MODEL, encoding="utf-8")


@pytest.mark.parametrize("name", CASES)
def test_each_gets_its_finding_or_a_clear_word(name: str, run: Run) -> None:
    (object_, *words), code, parts = CASES[name]
    done = run("check", f"model.py:{object_}", *words)
    said = done.out + done.err
    assert done.code == code, said
    for part in parts:
        assert part in said
    assert "Traceback" not in said
    assert "noise" not in done.out


def _start(folder: Path, name: str, command: str = "check", *more: str) -> subprocess.Popen[str]:
    words = [sys.executable, "-m", "torchviz_cli", command, f"model.py:{name}", *INPUT, *more]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(words, cwd=folder, text=True, preexec_fn=hearing, **pipes)  # type: ignore[call-overload,no-any-return]


@pytest.mark.skipif(not hasattr(signal, "sigwaitinfo"), reason="signals of Linux")
@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Exits", "error: the process ended at once, with exit code 0 while the user's code ran\n"),
        ("Killed", "error: the process was killed by SIGKILL while the user's code ran\n"),
        pytest.param(
            "Leaves",
            "error: the process ended at once, with exit code 1 while the user's code ran\n",
            marks=pytest.mark.slow,
        ),
    ],
)
def test_a_model_that_takes_the_process_with_it_is_told(name: str, said: str, tmp_path: Path) -> None:
    _told(_start(tmp_path, name), said)


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "sigwaitinfo"), reason="signals of Linux")
@pytest.mark.parametrize("command", ["check", "render", "show"])
def test_every_command_tells_of_a_fault_in_native_code(command: str, tmp_path: Path) -> None:
    line = MODEL.partition("ctypes.string_at(0)")[0].count("\n") + 1
    said = f"error: the process was killed by SIGSEGV while the user's code ran\n  model.py:{line} in forward\n"
    _told(_start(tmp_path, "Faults", command), said)
    assert [file.name for file in tmp_path.iterdir() if file.suffix != ".py" and not file.is_dir()] == []


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "sigwaitinfo"), reason="signals of Linux")
def test_a_model_that_does_not_come_back_is_stopped() -> None:
    program = "import time; from torchviz_cli.guard import guarded; guarded(lambda: time.sleep(600), 0.5)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=300, check=False)
    said = "error: stopped after 0.5 seconds (--timeout), in code that does not come back to Python\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", said)


def _told(process: subprocess.Popen[str], said: str) -> None:
    out, err = process.communicate(timeout=300)
    assert process.returncode == 2
    assert out == ""
    assert err.startswith(said)


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "sigwaitinfo"), reason="signals of Linux")
@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGKILL, -signal.SIGKILL)])
def test_what_stops_the_command_stops_the_model(sent: signal.Signals, code: int, tmp_path: Path) -> None:
    process = _start(tmp_path, "Sleeps")
    assert process.stderr is not None
    assert any("running" in line for line in process.stderr)
    process.send_signal(sent)
    process.communicate(timeout=300)  # ends when nobody holds the other ends any more
    assert process.returncode == code
