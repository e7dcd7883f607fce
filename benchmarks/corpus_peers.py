"""CPU time of a trace for each torch call over models of an external corpus, ours and other tools' side by side.

Each tool gets a process of its own for each model, in which it has traced two layers before. There the model is built
and run a few times, built again, and traced: what is measured is the first trace of a model in a process that is warm
otherwise, with the forward that is part of it. Ours is traced once more, for how much of the figure that coldness is.
The corpus is a folder as `benchmarks.corpus` takes it.
"""

from __future__ import annotations

import gc
import multiprocessing.process
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import torch
from torch import nn

from benchmarks.common import installed, keep, table
from benchmarks.corpus_processes import FORK, Record, arguments, collected
from benchmarks.corpus_steps import Case, Say, calls_of
from benchmarks.peers import CAPTURE, PEERS, Tool
from graphviz_torch import api

FORWARDS = 4


def ours(model: nn.Module, args: Sequence[Any], kwargs: Any) -> Any:
    return api.trace(model, args, kwargs)


def forward(model: nn.Module, args: Sequence[Any], kwargs: Any) -> Any:
    return model(*args, **kwargs)


TOOLS: dict[str, Tool] = {"forward": forward, "ours": ours, **PEERS}
SECONDS = 60.0


def main() -> None:
    options = arguments(__doc__, "benchmarks/results/corpus_peers.jsonl")
    summary(collected(options, run_model, _line), Path(options.out).with_suffix("").name)


def run_model(factory: Callable[[], Case], raises: bool, say: Say) -> None:
    """All tools on one model, each in a process of its own."""
    if raises:
        return
    say({"calls": calls_of(*_built(factory))})
    for name in TOOLS:
        say({"step": name})
        say({f"{name}_s": _in_a_process(partial(_measured, name, factory))})


def _in_a_process(work: Callable[[], list[float]]) -> list[float] | str:
    """What a function returns in a child, or why it does not."""
    receiving, sending = FORK.Pipe(duplex=False)
    child = FORK.Process(target=_answer, args=(sending, work))
    child.start()
    sending.close()
    try:
        found: list[float] | str = receiving.recv() if receiving.poll(SECONDS) else "TimeoutError"
    except EOFError:
        found = "the process ended"
    child.kill()
    child.join()
    return found


def _answer(sending: Any, work: Callable[[], list[float]]) -> None:
    # torchlens refuses what `multiprocessing` has started; it is imported only here, so nothing of it was forked.
    multiprocessing.process._parent_process = None  # type: ignore[attr-defined]
    try:
        sending.send(work())
    except Exception as error:  # noqa: BLE001 - what another tool raises is the result
        sending.send(type(error).__name__)


def _measured(name: str, factory: Callable[[], Case]) -> list[float]:
    """CPU seconds of the first call of a tool for a model, and of a second one where it is ours."""
    tool = TOOLS[name]
    tool(nn.Sequential(nn.Linear(2, 2), nn.ReLU()).eval(), (torch.randn(1, 2),), {})
    model, args, kwargs = _built(factory)
    for _ in range(FORWARDS):
        model(*args, **kwargs)
    return [_cost(tool, *_built(factory)) for _ in range(2 if name in ("forward", "ours") else 1)]


def _built(factory: Callable[[], Case]) -> Case:
    torch.manual_seed(0)
    model, args, kwargs = factory()
    return model, tuple(args), dict(kwargs)


def _cost(tool: Tool, model: nn.Module, args: Sequence[Any], kwargs: Any) -> float:
    gc.collect()
    start = time.process_time()
    graph = tool(model, args, kwargs)
    cost = time.process_time() - start
    del graph
    return cost


def summary(records: Sequence[Record], name: str) -> None:
    """Prints and keeps the table: of the models that every tool could trace, and of all that each could."""
    known = [record for record in records if record.get("calls") and isinstance(record.get("forward_s"), list)]
    common = [r for r in known if all(isinstance(r.get(f"{tool}_s"), list) for tool in TOOLS)]
    rows = [_row(tool, 0, known, common) for tool in TOOLS]
    rows.insert(2, _row("ours", 1, known, common))
    heads = ("tool", "models", "whole, of all it traced", f"whole, of {len(common)} that all traced", "added there")
    versions = ", ".join(f"{tool} {installed(tool)}" for tool in PEERS)
    intro = (
        "Median over the models of CPU milliseconds for each torch call, autograd on: of the whole trace with its "
        "forward, and of what it adds to a forward of a model that was just built too. The first trace of each model "
        f"in a process, after one of two layers; `ours, again` is the second. {', '.join(CAPTURE)} capture "
        f"operations; torchviz draws the graph of autograd. {versions}"
    )
    keep(
        name,
        "Cost of a trace beside other tools",
        f"{intro}\n\n{table(heads, rows)}",
        {row[0]: row[1:] for row in rows},
    )


def _row(tool: str, place: int, known: Sequence[Record], common: Sequence[Record]) -> tuple[str, ...]:
    traced = [record for record in known if isinstance(record.get(f"{tool}_s"), list)]
    whole = [_each(tool, place, record) for record in traced]
    alike = [_each(tool, place, record) for record in common]
    added = [_each(tool, place, record) - _each("forward", place, record) for record in common]
    figures = [f"{median(found):.3f}" if found else "-" for found in (whole, alike, added)]
    return (f"{tool}, again" if place else tool, f"{len(traced)} of {len(known)}", *figures)


def _each(tool: str, place: int, record: Record) -> float:
    """CPU milliseconds for each torch call."""
    return float(1000 * record[f"{tool}_s"][place] / record["calls"])


def _line(record: Record) -> str:
    costs = {tool: record.get(f"{tool}_s", "-") for tool in TOOLS}
    told = [f"{tool} {_short(cost)}" for tool, cost in costs.items()]
    return f"{record['family']:<13} {record['model']:<30} {record.get('calls', 0):>5} calls, ms: {', '.join(told)}"


def _short(cost: list[float] | str) -> str:
    return cost if isinstance(cost, str) else f"{1000 * cost[0]:.1f}"


if __name__ == "__main__":
    main()
