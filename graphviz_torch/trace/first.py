"""What the first trace of a process does once, done ahead for processes that part from this one."""

from __future__ import annotations

from torch import nn

from graphviz_torch.ir.graph import Graph
from graphviz_torch.trace import input_grammar, inputs, loading, matching, targets
from graphviz_torch.trace.options import TraceOptions
from graphviz_torch.trace.runtime import tracer


def build() -> nn.Module:
    """A small model."""
    return nn.Sequential(nn.Linear(4, 4), nn.ReLU())


def run() -> Graph:
    """Loads and traces a small model, as any other."""
    loaded = loading.load(targets.parse(f"{__name__}:build"), 0, examples=False)
    args, kwargs = inputs.make(loaded.model, (input_grammar.parse("1x4"),), 0)
    matching.check(loaded.model, args, kwargs, loaded.object, "")
    return tracer.trace(loaded.model, args, kwargs, TraceOptions(training=False, seed=0))
