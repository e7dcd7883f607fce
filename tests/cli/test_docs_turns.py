"""One process takes files in turn while each leaves everything as it was; none learns that others ran before it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Done
from tests.cli.test_docs import TABLE, entry, project
from torchviz_cli import ends

Run = Callable[..., Done]

# What a model shows of what others may have left: each part is another layer, or another size of one.
MODEL = """\
import os, sys, torch
from torch import nn
from helper import SIZE

Path = __import__("pathlib").Path
Path("pids").open("a").write(f"{os.getpid()} ")


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        sizes = [SIZE, len(os.environ.get("LEFT", "")), sys.getrecursionlimit() % 7, len(sys.meta_path)]
        sizes.append(len(nn.modules.module._global_forward_hooks))
        sizes.append(torch.get_default_dtype().itemsize)
        sizes.append(int(torch.rand(()) * 1000))
        self.layers = nn.ModuleList([nn.Linear(8, 1 + size) for size in sizes])

    def forward(self, x):
        return [layer(x) for layer in self.layers]


def build():
    return Net(), (torch.zeros(1, 8),)


"""
LEFT = {
    "nothing": "pass",
    "nothing_again": "pass",
    "environment": "os.environ['LEFT'] = 'abc'",
    "limit": "sys.setrecursionlimit(sys.getrecursionlimit() + 3)",
    "finder": "sys.meta_path.append(type('Finder', (), {'find_spec': staticmethod(lambda *a: None)}))",
    "hook": "nn.modules.module.register_module_forward_hook(lambda *a: None)",
    "dtype": "torch.set_default_dtype(torch.float64)",
    "random": "torch.manual_seed(3)",
    "method": "nn.Linear.forward = lambda self, x: x.relu()",
}


def files(folder: Path, left: dict[str, str]) -> None:
    for number, (name, code) in enumerate(left.items()):
        (folder / name).mkdir()
        (folder / name / "model.py").write_text(MODEL + code + "\n", encoding="utf-8")
        (folder / name / "helper.py").write_text(f"SIZE = {10 + number}\n", encoding="utf-8")


def listed(names: list[str]) -> str:
    return "".join(entry(name, target=f"{name}/model.py:build", input=None) for name in names)


def graphs(folder: Path) -> dict[str, bytes]:
    return {path.stem: path.read_bytes() for path in (folder / "docs/models/graphs").iterdir()}


def test_no_order_and_no_number_of_processes_makes_a_difference(tmp_path: Path, run: Run) -> None:
    files(tmp_path, LEFT)
    names = list(LEFT)
    for name in names:
        project(tmp_path, listed([name]))
        assert run("docs", "-q").code == 0
    alone = graphs(tmp_path)
    assert len(set(alone.values())) == len(names)
    for order, jobs in ((names, "1"), (names[::-1], "1"), (names[3:] + names[:3], "3"), (sorted(names), "2")):
        project(tmp_path, listed(order))
        checked = run("docs", "-q", "--check", "-j", jobs)
        assert checked.code == 0, checked.out
        done = run("docs", "-q", "--force", "-j", jobs)
        assert done.code == 0, done.err
        assert graphs(tmp_path) == alone


def test_files_that_leave_nothing_share_a_process(tmp_path: Path) -> None:
    names = [f"model{number}" for number in range(6)]
    files(tmp_path, dict.fromkeys(names, "print('hello')"))
    (tmp_path / "pyproject.toml").write_text(TABLE + 'formats = ["svg", "png"]\n' + listed(names), encoding="utf-8")
    command = [sys.executable, "-m", "torchviz_cli", "docs", "-j", "1"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert len(set((tmp_path / "pids").read_text().split())) == 1
    assert [line for line in done.stderr.splitlines() if line == "hello"] == ["hello"] * 6


def test_one_that_kills_its_process_takes_only_itself_down(tmp_path: Path, run: Run) -> None:
    files(tmp_path, {"a": "pass", "b": "pass", "dies": "print('last words', flush=True); os._exit(7)", "c": "pass"})
    project(tmp_path, listed(["a", "b", "dies", "c"]))
    done = run("docs", "-j", "1")
    assert done.code == 3
    assert sorted(graphs(tmp_path)) == ["a", "b", "c"]
    assert done.err.count("error: ") == 1
    assert (
        "error: dies: the process ended at once, with exit code 7 while the user's code ran\n  last words\n" in done.err
    )


def test_one_that_hangs_where_no_signal_reaches_it(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    hangs = "import signal, threading; signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals()); "
    files(tmp_path, {"a": "pass", "hangs": hangs + "threading.Event().wait()", "b": "pass"})
    project(tmp_path, listed(["a", "hangs", "b"]))
    monkeypatch.setattr(ends, "GRACE", 1.0)
    done = run("docs", "-j", "1", "--timeout", "3")
    assert done.code == 3
    assert sorted(graphs(tmp_path)) == ["a", "b"]
    assert "error: hangs: stopped after 3 seconds (--timeout), in code that does not come back to Python" in done.err


def test_a_thread_that_goes_on_is_not_waited_for(tmp_path: Path, run: Run) -> None:
    left = "import threading; threading.Thread(target=threading.Event().wait).start()"
    files(tmp_path, {"a": left, "b": "pass"})
    project(tmp_path, listed(["a", "b"]))
    assert run("docs", "-q").code == 0


SET = """\
import torch
from torch import nn

Net = type("Net", (nn.Module,), {"forward": lambda self, x: [getattr(torch, name)(x) for name in self.names]})


def build():
    net = Net()
    net.names = {"sin", "cos", "tan", "exp", "abs", "neg", "sqrt", "log"}
    return net, (torch.ones(2),)
"""


def test_a_model_that_walks_a_set_is_the_same_each_time(tmp_path: Path) -> None:
    project(tmp_path, entry("net", input=None), SET)
    command = [sys.executable, "-m", "torchviz_cli", "docs"]
    for seed, words in (("1", []), ("2", ["--check"]), ("random", ["--check"])):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        done = subprocess.run([*command, *words], cwd=tmp_path, env=environment, capture_output=True, check=False)
        assert done.returncode == 0, done.stdout


SEEN = {
    "nothing": "x = [1]",
    "a class of one's own": "class Net(torch.nn.ReLU): pass\nNet()(torch.zeros(2))",
    "a method": "torch.nn.Linear.forward = lambda self, x: x",
    "a name of a module": "torch.nn.functional.relu = torch.relu",
    "a new name of a module": "torch.mine = 1",
    "a default": "torch.nn.Linear.__init__.__defaults__ = (False, None, None)",
    "the code of a function": "torch.nn.functional.silu.__code__ = (lambda input, inplace=False: input).__code__",
    "a hook": "torch.nn.modules.module.register_module_forward_hook(print)",
    "a registry": "import copyreg; copyreg.pickle(Heap, print)",
    "what was empty": "sys.modules['torch'].empty_before['a'] = 1",
    "a number in a table": "sys.modules['torch'].numbers_before['a'] = 2",
    "a virtual subclass": "import numbers; numbers.Number.register(type('N', (), {}))",
    "a filter": "import warnings; warnings.simplefilter('ignore')",
    "a logger": "import logging; logging.basicConfig()",
    "a module": "import ctypes.wintypes",
    "the environment": "import os; os.environ['A'] = 'b'",
    "the folder": "import os; os.chdir('/')",
    "the path": "sys.path.append('/')",
    "the arguments": "sys.argv.append('a')",
    "a limit": "sys.setrecursionlimit(3000)",
    "a signal": "import signal; signal.signal(signal.SIGUSR1, signal.SIG_IGN)",
    "an exit handler": "import atexit; atexit.register(print)",
    "a thread": "import threading; threading.Thread(target=threading.Event().wait, daemon=True).start()",
    "a child": "import subprocess; child = subprocess.Popen(['sleep', '5'])",
    "a context": "import decimal; decimal.getcontext().prec = 3",
    "chance": "import random; random.random()",
    "torch's chance": "torch.rand(1)",
    "the default dtype": "torch.set_default_dtype(torch.float64)",
    "the default device": "torch.set_default_device('meta')",
    "gradients": "torch.set_grad_enabled(False)",
    "threads of torch": "torch.set_num_threads(3)",
    "a mode": "torch.overrides.BaseTorchFunctionMode().__enter__()",
    "an operation": "torch.library.Library('mine', 'DEF').define('op(Tensor x) -> Tensor')",
    "output": "sys.stdout = sys.stderr",
}
PROGRAM = """\
import gc, json, os, sys
import numbers, copyreg, logging, decimal, subprocess, signal, atexit, threading, random, warnings
import torch, torch.overrides
from torchviz_cli.documents import heap, turns, warm
from graphviz_torch.trace import first

def stand(code):
    reading, writing = os.pipe()
    if os.fork() == 0:
        found = turns.Turns()
        exec(code, {"torch": torch, "sys": sys, "Heap": heap.Heap})
        stands = found.over()
        os.write(writing, (found.look() if stands == "unseen" else stands).encode())
        os._exit(0)
    os.close(writing)
    return os.read(reading, 99).decode()

def main():
    codes = json.loads(sys.stdin.read())
    first.run()
    torch.empty_before, torch.numbers_before = {}, {"a": 1}
    warm._OBJECTS = heap.objects()
    gc.freeze()
    sys.__stdout__.write(json.dumps({name: stand(code) for name, code in codes.items()}))

main()
"""


def test_whatever_is_left_is_seen() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], input=json.dumps(SEEN), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    same = [name for name, stand in json.loads(done.stdout).items() if stand != "changed"]
    assert same == ["nothing", "a class of one's own"]
