"""CPU time of a trace over that of the bare forward, beside other tools, in one process with one thread.

Each model has a process of its own: what the library of another one has loaded is no part of its figures.
"""

from __future__ import annotations

import argparse
import gc
import json
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from benchmarks import models, peers
from benchmarks.common import installed, keep, table
from graphviz_torch import api
from graphviz_torch.errors import TorchvizError
from graphviz_torch.trace.options import TraceOptions

Model = tuple[nn.Module, tuple[Tensor, ...]]
Tool = Callable[[nn.Module, tuple[Tensor, ...]], Any]

MODELS: dict[str, tuple[Callable[[], Model], float | None]] = {
    "ResNet-50 at 224": (models.resnet50, 1.2),
    "GPT-2, 24 layers": (models.gpt2, 1.15),
    "200 tiny operations": (models.tiny, 6.0),
    "MLP of 50 small layers": (models.mlp, None),
}


def bare(model: nn.Module, args: tuple[Tensor, ...]) -> Any:
    return model(*args)


def ours(model: nn.Module, args: tuple[Tensor, ...]) -> Any:
    return api.trace(model, args)


def ours_both(model: nn.Module, args: tuple[Tensor, ...]) -> Any:
    return api.trace(model, args, options=TraceOptions(level="both"))


def _unnamed(tool: peers.Tool) -> Tool:
    return lambda model, args: tool(model, args, {})


# The last ones change torch or the model for good, so each gets a model of its own.
TOOLS: dict[str, Tool] = {
    "ours": ours,
    "ours, with aten operations": ours_both,
    **{name: _unnamed(tool) for name, tool in peers.PEERS.items()},
}
# What takes milliseconds is run so long, or the least of a few runs would be chance.
SECONDS = 6.0
WHAT = {"torchviz": "autograd graph only"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=7, help="of the bare forward and of ours, at least")
    parser.add_argument("--peer-runs", type=int, default=3)
    parser.add_argument("--models", default="", help="only those whose name has this in it")
    parser.add_argument("--one", choices=MODELS, help="the figures of this model alone, as JSON")
    options = parser.parse_args()
    if options.one:
        print(json.dumps(alone(options.one, options.runs, options.peer_runs)))
        return
    figures = {}
    for name in (name for name in MODELS if options.models in name):
        words = ["--one", name, "--runs", str(options.runs), "--peer-runs", str(options.peer_runs)]
        process = subprocess.run(
            [sys.executable, "-m", "benchmarks.overhead", *words], check=True, stdout=subprocess.PIPE, text=True
        )
        figures[name] = json.loads(process.stdout.splitlines()[-1])
        print(name, figures[name], flush=True)
    report(figures)


def alone(name: str, runs: int, peer_runs: int) -> dict[str, float | str]:
    """The figures of all tools on one model, in this process."""
    torch.set_num_threads(1)
    build = MODELS[name][0]
    return {
        tool: measured(build, function, runs if tool.startswith("ours") else peer_runs)
        for tool, function in TOOLS.items()
    }


def measured(build: Callable[[], Model], tool: Tool, runs: int) -> float | str:
    """CPU time over that of a bare forward that is measured in turn with it; or why there is none."""
    torch.manual_seed(0)
    model, args = build()
    model.eval()
    before, with_tool = [], []
    try:
        for _ in range(2):
            bare(model, args)
        tool(model, args)
        start = time.monotonic()
        while len(before) < runs or time.monotonic() - start < SECONDS:
            before.append(_cost(bare, model, args))
            with_tool.append(_cost(tool, model, args))
    except TorchvizError:
        raise
    except Exception as error:  # noqa: BLE001 - what another tool raises is the result
        return type(error).__name__
    return min(with_tool) / min(before)


def _cost(tool: Tool, model: nn.Module, args: tuple[Tensor, ...]) -> float:
    gc.collect()
    start = time.process_time()
    result = tool(model, args)
    del result  # a forward is over when its activations are free; some tools free them, others hand them on
    return time.process_time() - start


def report(figures: dict[str, dict[str, float | str]]) -> None:
    """Prints and keeps the table."""
    rows = []
    for name, found in figures.items():
        limit = MODELS[name][1]
        cells = [f"{ratio:.2f}" if isinstance(ratio, float) else ratio for ratio in found.values()]
        own = found["ours"]
        verdict = (
            "" if limit is None else f"≤ {limit}: {'reached' if isinstance(own, float) and own <= limit else 'missed'}"
        )
        rows.append((name, *cells, verdict))
    heads = [f"{tool} ({WHAT[tool]})" if tool in WHAT else tool for tool in TOOLS]
    versions = ", ".join(f"{tool} {installed(tool)}" for tool in TOOLS if not tool.startswith("ours"))
    intro = (
        "CPU time of a trace over that of the bare forward, autograd on, model in eval mode; each the least of "
        "several runs in a process of the model's own, the bare forward measured in turn with the tool. What the "
        "others do to make a drawing is in their figure where it cannot be had apart: torchview and torchviz make a "
        "DOT text, torchvista an HTML page. " + versions
    )
    body = table(("model", *heads, "aim"), rows)
    keep("overhead", "Overhead of tracing", f"{intro}\n\n{body}", figures)


if __name__ == "__main__":
    main()
