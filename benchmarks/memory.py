"""Peak memory of a traced forward beside the bare one: VGG-16, batch 8, each in its own process."""

from __future__ import annotations

import sys

from benchmarks.common import keep, process, table

LIMIT = 1.05
RUN = """
import sys
import torch
from benchmarks.models import vgg16
torch.set_num_threads(1)
torch.manual_seed(0)
model, x = vgg16(), torch.randn(8, 3, 224, 224)
mode, grad = sys.argv[1:]
with torch.set_grad_enabled(grad == "grad"):
    if mode == "bare":
        model(x)
    else:
        from graphviz_torch import api
        graph = api.trace(model, (x,))
        assert len(graph.nodes) > 40
"""
RUNS = 3


def main() -> None:
    rows, figures = [], {}
    for grad in ("no grad", "grad"):
        bare, traced = (_peak(mode, grad) for mode in ("bare", "traced"))
        verdict = "reached" if traced / bare <= LIMIT else "missed"
        rows.append((grad, f"{bare:.0f}", f"{traced:.0f}", f"{traced / bare:.3f}", verdict))
        figures[grad] = {"bare": bare, "traced": traced}
    head = ("autograd", "bare MiB", "traced MiB", "ratio", f"≤ {LIMIT}")
    intro = f"Peak resident memory of the process (torch, weights and inputs included), least of {RUNS}."
    keep("memory", "Memory of VGG-16, batch 8", f"{intro}\n\n{table(head, rows)}", figures)


def _peak(mode: str, grad: str) -> float:
    costs = [process([sys.executable, "-c", RUN, mode, grad]) for _ in range(RUNS)]
    for cost in costs:
        if cost.code:
            sys.exit(cost.printed)
    return min(cost.peak for cost in costs)


if __name__ == "__main__":
    main()
