"""Rules of exceptions that no operation raised: layers that look at their input first, missing attributes."""

from __future__ import annotations

import difflib
import re

from graphviz_torch.ir.graph import Failure, Module, Value
from graphviz_torch.ir.walks import GraphIndex
from graphviz_torch.trace.explain import words
from graphviz_torch.trace.explain.case import Misfit, Reason
from graphviz_torch.trace.explain.makers import made_by

RANKS = {
    "BatchNorm1d": (2, 3), "BatchNorm2d": (4,), "BatchNorm3d": (5,),
    "InstanceNorm1d": (2, 3), "InstanceNorm2d": (3, 4), "InstanceNorm3d": (4, 5),
}  # fmt: skip
RECURRENT = ("LSTM", "GRU", "RNN")
MAKES_SEVERAL = re.compile(r"lstm|gru|rnn_tanh|rnn_relu|multi_head_attention_forward")


def outside(index: GraphIndex, failure: Failure) -> Reason | None:
    """What is known of an exception between operations."""
    call = index.calls.get(failure.module_call or "")
    module = index.modules.get(call.path) if call is not None else None
    if call is None or module is None:
        return None
    if failure.exception == "AttributeError":
        return _attribute(index, failure, module)
    given = [index.values[operand] for operand in call.operands if operand in index.values]
    if not given:
        return None
    if failure.exception == "TypeError" and (reason := _several(index, module, given)) is not None:
        return reason
    return _layer(index, module, given[0]) or _state(index, module, given) or _mask(module, failure, given)


def _several(index: GraphIndex, module: Module, given: list[Value]) -> Reason | None:
    """A layer that takes one tensor is given all that a recurrent or attention layer returns."""
    maker = index.nodes[given[0].producer]
    if len(given) < 2 or not MAKES_SEVERAL.fullmatch(maker.name) or {value.producer for value in given} != {maker.id}:
        return None
    called = index.calls.get(maker.module_call or "")
    name = called.path if called is not None and called.path else maker.name
    shapes = ", ".join(words.sizes(value.meta.shape) for value in given)
    reason = f"{words.called(module)} takes one tensor and is given all that {name} returns: {shapes}"
    hint = f"{name}(...)[0] is the first of them, {words.sizes(given[0].meta.shape)}"
    return Reason(reason, (), hint, "argument", (Misfit(given[0]),))


def _mask(module: Module, failure: Failure, given: list[Value]) -> Reason | None:
    """What is masked is said in bool, or added as floating point."""
    if module.type_name != "MultiheadAttention" or failure.exception not in ("AssertionError", "RuntimeError"):
        return None
    odd = next((value for value in given[1:] if value.meta.dtype.startswith(("int", "uint"))), None)
    if odd is None:
        return None
    reason = f"{words.called(module)} needs a mask of bool, got {odd.meta.dtype}"
    return Reason(reason, (), "`.bool()` before it", "dtype", (Misfit(odd),))


def _state(index: GraphIndex, module: Module, given: list[Value]) -> Reason | None:
    """The states that a recurrent layer starts with: layers first, whatever the order of the input."""
    plain, named = words.arguments(module)
    shape = given[0].meta.shape
    if module.type_name not in RECURRENT or len(plain) < 2 or not plain[1].isdigit() or len(given) < 2 or not shape:
        return None
    layers = int(named.get("num_layers", "1")) * (2 if named.get("bidirectional") == "True" else 1)
    batch = () if len(shape) == 2 else (shape[0 if named.get("batch_first") == "True" else 1],)
    hidden, projected = int(plain[1]), int(named.get("proj_size", "0"))
    for place, state in enumerate(given[1:3]):
        needed = (layers, *batch, (projected or hidden) if place == 0 else hidden)
        found = state.meta.shape or ()
        if found != needed:
            reason = f"{words.called(module)} needs an initial state of {words.sizes(needed)}, got {words.sizes(found)}"
            swapped = len(found) == 3 and (found[1], found[0], found[2]) == needed
            hint = "put the layers before the batch: `.transpose(0, 1)`" if swapped else ""
            return Reason(reason, made_by(index, state), hint, misfits=(Misfit(state),))
    return None


def _layer(index: GraphIndex, module: Module, given: Value) -> Reason | None:
    shape = given.meta.shape
    if shape is None:
        return None
    ranks = RANKS.get(module.type_name)
    if ranks is not None and len(shape) not in ranks:
        wanted = " or ".join(map(str, ranks))
        reason = f"{words.called(module)} needs {wanted} dimensions, got {words.sizes(shape)}"
        return Reason(reason, made_by(index, given), misfits=(Misfit(given),))
    plain, _ = words.arguments(module)
    if module.type_name in RECURRENT and plain and plain[0].isdigit() and shape and shape[-1] != int(plain[0]):
        fitting = words.sizes((*shape[:-1], int(plain[0])))
        reason = f"{words.called(module)} needs {fitting}, got {words.sizes(shape)}"
        hint = words.constructed(module, _0=shape[-1])
        misfit = Misfit(given, len(shape) - 1, int(plain[0]), "features")
        return Reason(reason, made_by(index, given, str(shape[-1])), hint, misfits=(misfit,))
    return None


def _attribute(index: GraphIndex, failure: Failure, module: Module) -> Reason | None:
    """The attributes that the failing line reads and that look like a module or weight with another name."""
    if not failure.frames:
        return None
    known = _members(index, module)
    for name in re.findall(r"\bself\.(\w+)", failure.frames[0].code):
        near = difflib.get_close_matches(name, known, n=1)
        if name not in known and near:
            reason = f"{module.type_name} has no `{name}`"
            return Reason(reason, (f"it has {', '.join(known[:8])}",), f"self.{near[0]}", "attribute")
    return None


def _members(index: GraphIndex, module: Module) -> list[str]:
    """Names of the modules, parameters and buffers directly inside."""
    prefix = f"{module.path}." if module.path else ""
    children = [
        other.path[len(prefix) :].partition(".")[0]
        for other in index.graph.modules
        if other.path.startswith(prefix) and other.path != module.path
    ]
    return list(dict.fromkeys([*children, *(tensor.name for tensor in (*module.parameters, *module.buffers))]))
