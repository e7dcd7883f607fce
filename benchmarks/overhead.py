"""CPU time of a trace over that of the bare forward, beside other tools, in one process with one thread."""

from __future__ import annotations

import argparse
import gc
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
WHAT = {"torchviz": "autograd graph only"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=7, help="of the bare forward and of ours; the least counts")
    parser.add_argument("--peer-runs", type=int, default=3)
    parser.add_argument("--models", default="", help="only those whose name has this in it")
    options = parser.parse_args()
    torch.set_num_threads(1)
    chosen = {name: entry for name, entry in MODELS.items() if options.models in name}
    figures: dict[str, dict[str, float | str]] = {name: {} for name in chosen}
    for tool, function in TOOLS.items():
        runs = options.runs if tool.startswith("ours") else options.peer_runs
        for name, (build, _) in chosen.items():
            figures[name][tool] = measured(build, function, runs)
            print(f"{name}: {tool}: {figures[name][tool]}", flush=True)
    report(figures)


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
        for _ in range(runs):
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
        "several runs, the bare forward measured in turn with the tool. What the others do to make a drawing is in "
        "their figure where it cannot be had apart: torchview and torchviz make a DOT text, torchvista an HTML page. "
        + versions
    )
    body = table(("model", *heads, "aim"), rows)
    keep("overhead", "Overhead of tracing", f"{intro}\n\n{body}", figures)


if __name__ == "__main__":
    main()
