"""The table of tracers: name to `module:function`, loaded on demand.

A tracer is `trace(model, args, kwargs, options) -> Graph`; other distributions add theirs through the entry point
group `graphviz_torch.tracers`.
"""

GROUP = "graphviz_torch.tracers"

TRACERS = {
    "runtime": "graphviz_torch.trace.runtime.tracer:trace",
    "autograd": "graphviz_torch.trace.autograd:trace",
    "fx": "graphviz_torch.trace.fx:trace",
}
