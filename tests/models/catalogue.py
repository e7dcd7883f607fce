"""The list of models: name to factory, `factory() -> (model, args, kwargs)`."""

from __future__ import annotations

from collections.abc import Callable

from tests.models import control, gradients, layers, machinery, memory, structures
from tests.models.control import Case

_FACTORIES: tuple[Callable[[], Case], ...] = (
    control.reuse,
    control.tied,
    control.time_loop,
    control.branch,
    control.recursive,
    control.experts,
    control.listed,
    control.cond,
    control.generator,
    control.caught,
    memory.slice_writes,
    memory.view_writes,
    memory.out_argument,
    memory.data_writes,
    memory.index_put,
    memory.counters,
    memory.cached,
    memory.key_value_cache,
    structures.outputs,
    structures.inputs,
    structures.no_input,
    structures.hands_on,
    structures.same_input,
    gradients.custom,
    gradients.detached,
    gradients.checkpointed,
    gradients.checkpointed_reentrant,
    gradients.inner_gradient,
    gradients.batched,
    gradients.functional_call,
    layers.attention,
    layers.lstm,
    layers.encoder,
    layers.products,
    layers.scatter,
    layers.random,
    layers.fourier,
    layers.sparse,
    layers.mixed,
    layers.windows,
    machinery.hooks,
    machinery.script,
    machinery.lazy,
    machinery.parametrized,
    machinery.subclass,
    machinery.through_numpy,
    machinery.threads,
    machinery.containers,
    machinery.graph_module,
)
MODELS: dict[str, Callable[[], Case]] = {factory.__name__: factory for factory in _FACTORIES}
