"""`docs --check` of an unchanged project of 50 entries, over the time of loading and tracing its models.

The models are loaded and traced in one process, which imports each package once; the check runs one process at a time,
which takes files in turn while they leave no trace.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.common import keep, table

SMALL = """\
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(*[nn.Linear({width}, {width}) for _ in range(8)])

    def forward(self, x):
        return torch.relu(self.layers(x))


def build():
    return Net(), (torch.zeros(2, {width}),)
"""
REAL = """\
import torch
from transformers import BertConfig, BertModel


def build():
    config = BertConfig(
        hidden_size={width}, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64, vocab_size=100
    )
    return BertModel(config), (torch.zeros(1, 8, dtype=torch.int64),)
"""
CASES = {"files that import torch alone": SMALL, "files that import transformers": REAL}
ENTRY = '[[tool.torchviz-cli.docs]]\nname = "model{number}"\ntarget = "model{number}.py:build"\n\n'
BARE = """\
import sys
from graphviz_torch import api
from graphviz_torch.trace import loading, targets
from graphviz_torch.trace.options import TraceOptions
for number in range(int(sys.argv[1])):
    found = loading.load(targets.parse(f"model{number}.py:build", ()))
    api.trace(found.model, found.args or (), found.kwargs, TraceOptions(training=False, seed=0))
"""
MOST = 1.5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=50)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    found = {name: _measured(source, options.entries, options.runs) for name, source in CASES.items()}
    _report(found, options.entries)


def _measured(source: str, entries: int, runs: int) -> dict[str, float]:
    """The least seconds of each of several runs, by turns."""
    with tempfile.TemporaryDirectory() as folder:
        for number in range(entries):
            Path(folder, f"model{number}.py").write_text(source.format(width=8 + 2 * number), encoding="utf-8")
        listed = "".join(ENTRY.format(number=number) for number in range(entries))
        Path(folder, "pyproject.toml").write_text(listed, encoding="utf-8")
        docs = [sys.executable, "-m", "torchviz_cli", "docs", "-q", "-j", "1"]
        _seconds(docs, folder)
        costs = [
            (_seconds([sys.executable, "-c", BARE, str(entries)], folder), _seconds([*docs, "--check"], folder))
            for _ in range(runs)
        ]
    bare, check = (min(column) for column in zip(*costs, strict=True))
    return {"load_and_trace_s": round(bare, 2), "check_s": round(check, 2), "ratio": round(check / bare, 2)}


def _seconds(command: Sequence[str], folder: str) -> float:
    start = time.perf_counter()
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return time.perf_counter() - start


def _report(found: dict[str, dict[str, float]], entries: int) -> None:
    rows = [[name, row["load_and_trace_s"], row["check_s"], row["ratio"]] for name, row in found.items()]
    reached = all(row["ratio"] <= MOST for row in found.values())
    body = (
        f"{entries} entries, each of a file of its own; seconds, one process at a time, nothing has changed.\n\n"
        f"{table(['what', 'load and trace', 'docs --check', 'ratio'], rows)}\n\n"
        f"The ratio is to be at most {MOST}: {'reached' if reached else 'not reached'}."
    )
    keep("documents", "Checking documentation", body, found)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
