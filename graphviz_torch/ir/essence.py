"""What of a graph is the model, and what is the machine, the release of torch or the place in a file it was met at."""

from __future__ import annotations

import re
from dataclasses import replace
from hashlib import sha256

from graphviz_torch.ir import serial
from graphviz_torch.ir.graph import Failure, Graph, Hook, Module, ModuleCall, Node, Tensor, TensorMeta

DIGITS = 32
# The format that graphs are saved in may grow; what a model is does not change with it.
VERSION = re.compile(r'^"version": .*\n', re.MULTILINE)


def essence(graph: Graph, *, places: bool = False, devices: bool = False) -> Graph:
    """The graph without what differs from machine to machine though the model is the same.

    That is: strides and the names of autograd's nodes (kernels are chosen by processor), the release of torch, the
    wording of notes and exceptions, how the target was spelled; and unless they are asked for:

    Args:
        places: keep where in the source files things are.
        devices: keep the device also where there is one alone.
    """
    only_one = not devices and len(_devices(graph)) == 1
    sieve = _Sieve(places, only_one)
    return replace(
        graph,
        nodes=tuple(map(sieve.node, graph.nodes)),
        values=tuple(replace(value, meta=sieve.meta(value.meta)) for value in graph.values),
        calls=tuple(map(sieve.call, graph.calls)),
        modules=tuple(map(sieve.module, graph.modules)),
        origin=replace(graph.origin, target="", torch=""),
        diagnostics=tuple(replace(note, message="") for note in graph.diagnostics),
        failure=None if graph.failure is None else _failure(graph.failure),
    )


def fingerprint(essence: Graph) -> str:
    """The same short word for equal graphs, another one for others.

    Args:
        essence: what `essence` returned.
    """
    return fingerprint_of(serial.dumps(essence))


def fingerprint_of(saved: str) -> str:
    """The same, from how it is saved."""
    text = VERSION.sub("", saved, count=1)
    return sha256(text.encode("ascii")).hexdigest()[:DIGITS]


class _Sieve:
    """What stays of each part."""

    def __init__(self, places: bool, only_one: bool) -> None:
        self._places = places
        self._only_one = only_one
        self._metas: dict[TensorMeta, TensorMeta] = {}

    def meta(self, meta: TensorMeta) -> TensorMeta:
        found = self._metas.get(meta)
        if found is None:
            device = "" if self._only_one else meta.device
            found = self._metas[meta] = replace(meta, stride=None, device=device)
        return found

    def node(self, node: Node) -> Node:
        return replace(node, grad_fn=(), source=node.source if self._places else None)

    def call(self, call: ModuleCall) -> ModuleCall:
        return call if self._places else replace(call, source=None)

    def module(self, module: Module) -> Module:
        return replace(
            module,
            parameters=tuple(map(self._tensor, module.parameters)),
            buffers=tuple(map(self._tensor, module.buffers)),
            hooks=tuple(map(self._hook, module.hooks)),
            source=module.source if self._places else None,
        )

    def _tensor(self, tensor: Tensor) -> Tensor:
        return replace(tensor, meta=self.meta(tensor.meta))

    def _hook(self, hook: Hook) -> Hook:
        return hook if self._places else replace(hook, source=None)


def _devices(graph: Graph) -> set[str]:
    metas = [value.meta for value in graph.values]
    metas += [tensor.meta for module in graph.modules for tensor in (*module.parameters, *module.buffers)]
    return {meta.device for meta in metas if meta.device}


def _failure(failure: Failure) -> Failure:
    """Where it failed and with what; not the words, which name places and differ between releases."""
    return Failure(failure.node, failure.module_call, failure.exception, "")
